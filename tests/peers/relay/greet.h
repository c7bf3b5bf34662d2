/* SPDX-License-Identifier: BSD-2-Clause */
/* With --greet, a packet of each channel at the moment at which an endpoint subscribes: the time
 * until it arrives is that of the join alone, without the wait for a source. */
#pragma once

#include "../address.h"

void greet(const struct address *source, const struct address *group, int64_t now);
