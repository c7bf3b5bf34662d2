/* SPDX-License-Identifier: BSD-2-Clause */
/* Messages that were rejected: their count and their log. */
#pragma once

#include "base/addr.h"
#include "base/fault.h"

#include <stdint.h>

struct rejected {
	uint64_t counts[PROTOCOL_COUNT][FAULT_COUNT];
};

void rejected_count(struct rejected *rejected, enum protocol protocol, enum fault fault,
		    const struct addr *from);
