/* SPDX-License-Identifier: BSD-2-Clause */
/* Whether the data of a channel flows or has stopped, judged from the time of its last packet at
 * every FLOW_INTERVAL. A stop is noticed soon after a steady flow, and later after any other. */
#pragma once

#include "base/time.h"

#define FLOW_INTERVAL (500 * USEC_PER_MS)
#define FLOW_STEADY   4 /* looks in a row with data that make a flow steady */
/* Time without a packet after which a steady flow, or any other, counts as stopped. */
#define FLOW_STEADY_LEFT (1 * USEC_PER_SEC)
#define FLOW_OTHER_LEFT  (10 * USEC_PER_SEC)

enum flow_state { FLOW_UNKNOWN, FLOW_FLOWS, FLOW_STOPPED };

/* Zeroed memory is a channel without data so far. */
struct flow {
	usec_t last;     /* when the last packet passed, as of the latest look */
	unsigned steady; /* looks in a row with data, up to FLOW_STEADY */
};

/* Looks at the channel. `last` is when its last packet passed, 0 if there was none yet. */
enum flow_state flow_look(struct flow *flow, usec_t now, usec_t last);
