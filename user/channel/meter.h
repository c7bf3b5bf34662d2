/* SPDX-License-Identifier: BSD-2-Clause */
/* How fast a channel flows: from counters that only grow, looked at now and then. What is shown is
 * the rate over the time between two looks, METER_MIN apart at least; of a channel that is
 * younger, the rate since it began. A look that comes sooner changes nothing else. */
#pragma once

#include "base/timers.h"

#include <stdbool.h>

#define METER_INTERVAL (10 * USEC_PER_SEC) /* in which each channel is to be looked at once */
#define METER_MIN      (METER_INTERVAL / 2)

struct meter_count {
	uint64_t packets;
	uint64_t bytes;
};

struct meter_rate {
	double packets_per_s;
	double bits_per_s;
};

struct meter {
	usec_t since;            /* what the next rate counts from: when, */
	struct meter_count base; /* and what the counters were then */
	struct meter_rate rate;
	bool settled; /* `rate` is one between two looks */
};

/* With counters that stand at `count` now; what they have counted before makes no rate. */
void meter_begin(struct meter *meter, usec_t now, const struct meter_count *count);
/* A look at the counters. Where they have gone back, it begins anew. */
void meter_look(struct meter *meter, usec_t now, const struct meter_count *count);
