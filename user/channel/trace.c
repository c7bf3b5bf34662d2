/* SPDX-License-Identifier: BSD-2-Clause */
#include "channel/trace.h"

const char *channel_step_name(enum channel_step step)
{
	static const char *const names[CHANNEL_STEPS] = {
		[CHANNEL_STEP_DNS] = "dns",
		[CHANNEL_STEP_TUNNEL] = "tunnel",
		[CHANNEL_STEP_UPDATE] = "update",
		[CHANNEL_STEP_FIRST_PACKET] = "first_packet",
	};

	return names[step];
}

struct channel_trace channel_trace_begin(usec_t seen)
{
	return (struct channel_trace){.join_seen = seen};
}

struct channel_trace channel_trace_adopt(usec_t now)
{
	return (struct channel_trace){.join_seen = now, .timed = UINT32_MAX};
}

void channel_trace_retry(struct channel_trace *trace)
{
	*trace = (struct channel_trace){.join_seen = trace->join_seen, .timed = trace->timed};
}

/* A packet may have passed just before the Join was handled. */
static usec_t since_join(const struct channel_trace *trace, usec_t moment)
{
	return moment > trace->join_seen ? moment - trace->join_seen : 0;
}

void channel_trace_step(struct channel_trace *trace, struct histogram times[CHANNEL_STEPS],
			enum channel_step step, usec_t moment)
{
	usec_t *const moments[CHANNEL_STEPS] = {
		[CHANNEL_STEP_DNS] = &trace->dns_answered,
		[CHANNEL_STEP_TUNNEL] = &trace->tunnel_up,
		[CHANNEL_STEP_UPDATE] = &trace->update_sent,
		[CHANNEL_STEP_FIRST_PACKET] = &trace->first_packet,
	};

	*moments[step] = moment;
	if (trace->timed & 1u << step)
		return;
	trace->timed |= 1u << step;
	histogram_note(&times[step], since_join(trace, moment));
}
