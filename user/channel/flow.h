/* SPDX-License-Identifier: BSD-2-Clause */
/* Whether a channel's data flows or has stopped, from the time of its last packet, looked at every
 * FLOW_INTERVAL. One that has flowed steadily is missed soon, any other later. */
#pragma once

#include "base/timers.h"

#define FLOW_INTERVAL    (500 * USEC_PER_MS)
#define FLOW_STEADY      4 /* looks in a row with data */
#define FLOW_STEADY_LEFT (1 * USEC_PER_SEC)
#define FLOW_OTHER_LEFT  (10 * USEC_PER_SEC)

enum flow_state { FLOW_UNKNOWN, FLOW_FLOWS, FLOW_STOPPED };

/* Zeroed memory is that of a channel that has had none. */
struct flow {
	usec_t last;
	unsigned steady;
};

/* `last` is when the last packet passed, 0 for none yet. */
enum flow_state flow_look(struct flow *flow, usec_t now, usec_t last);
