/* SPDX-License-Identifier: BSD-2-Clause */
#include "channel/flow.h"

static usec_t missed_after(const struct flow *flow)
{
	return flow->steady >= FLOW_STEADY ? FLOW_STEADY_LEFT : FLOW_OTHER_LEFT;
}

enum flow_state flow_look(struct flow *flow, usec_t now, usec_t last)
{
	if (last > flow->last) {
		flow->last = last;
		if (flow->steady < FLOW_STEADY)
			flow->steady++;
		return now < last + FLOW_OTHER_LEFT ? FLOW_FLOWS : FLOW_UNKNOWN;
	}
	if (flow->last && now >= flow->last + missed_after(flow)) {
		flow->steady = 0;
		return FLOW_STOPPED;
	}
	if (flow->steady < FLOW_STEADY)
		flow->steady = 0;
	return FLOW_UNKNOWN;
}
