/* SPDX-License-Identifier: BSD-2-Clause */
/* The steps of a channel from its Join to its data, and how long they took. */
#pragma once

#include "base/histogram.h"

#include <stdint.h>

/* In the order of a join. Each is reached at a moment, and counted as the time since the Join. */
enum channel_step {
	CHANNEL_STEP_DNS,    /* the relays are known, or it is known that there are none */
	CHANNEL_STEP_TUNNEL, /* a relay has answered */
	CHANNEL_STEP_UPDATE, /* the relay has been told */
	CHANNEL_STEP_FIRST_PACKET,
	CHANNEL_STEPS
};

const char *channel_step_name(enum channel_step step);

/* When each step of the latest attempt was reached; 0 if it was not. */
struct channel_trace {
	usec_t join_seen, dns_answered, tunnel_up, update_sent, first_packet;
	uint32_t timed; /* the steps that any attempt has reached, a bit each */
};

/* The Join was seen; no step has been reached. */
struct channel_trace channel_trace_begin(usec_t seen);
/* An earlier daemon has taken the steps: none of them is timed. */
struct channel_trace channel_trace_adopt(usec_t now);
/* A new attempt begins. */
void channel_trace_retry(struct channel_trace *trace);
/* The step is reached. Its time goes into `times` once in the channel's life: what comes later, by
 * another relay perhaps, is no join. */
void channel_trace_step(struct channel_trace *trace, struct histogram times[CHANNEL_STEPS],
			enum channel_step step, usec_t moment);
