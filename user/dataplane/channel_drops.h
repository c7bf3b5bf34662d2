/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "dataplane/state.h"

/* The slot is free, or is about to have another channel. */
void channel_drops_clear(struct dataplane *dp, uint32_t slot);
