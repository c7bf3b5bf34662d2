/* SPDX-License-Identifier: BSD-2-Clause */
/* Lines that can be full, and channels that are stopped for want of room. */
#pragma once

#include "forward/admission_shown.h"
#include "lan/state.h"

#include <jansson.h>

/* The lines that have a limit; without limits, []. */
json_t *view_rates(const struct forward *forward, const struct lans *lans);
/* Where the channel is stopped, and why; null if it is not. */
json_t *view_stopped(const struct channel *channel, const struct lans *lans);
