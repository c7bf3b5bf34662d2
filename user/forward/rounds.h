/* SPDX-License-Identifier: BSD-2-Clause */
/* A round comes to every channel once in its period, to some of them at a time, so that the event
 * loop waits for none of it. Many channels make the parts come more often, not larger. */
#pragma once

#include "channel/channel.h"

struct forward;

typedef void round_fn(struct forward *forward, struct channel *channel);

struct round {
	struct forward *forward;
	usec_t period;
	round_fn *visit;
	struct timer part;  /* the next part */
	uint32_t next_slot; /* the first slot of the next part */
};

/* The first part comes after `period`. */
void round_start(struct round *round, struct forward *forward, usec_t period, round_fn *visit);
