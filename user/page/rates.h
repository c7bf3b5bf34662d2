/* SPDX-License-Identifier: BSD-2-Clause */
/* What the box forwards and drops, sampled over the last quarter of an hour. */
#pragma once

#include "base/timers.h"
#include "channel/meter.h"
#include "mcingest/maps.h"

#include <jansson.h>

#define RATES_INTERVAL (5 * USEC_PER_SEC)
#define RATES_MAX      180 /* samples: 15 minutes */

struct rates;

/* What is sampled: the rate now, and all drops so far, by reason. Returns false if it cannot be
 * read. */
typedef bool rates_read_fn(void *context, struct meter_rate *rate, uint64_t drops[MCI_DROP_COUNT]);

struct rates_sample {
	float packets_per_s, bits_per_s;
	float drops_per_s[MCI_DROP_COUNT];
};

struct rates {
	struct timers *timers;
	rates_read_fn *read;
	void *context;
	struct timer due;
	usec_t read_at; /* the latest counters; 0: none yet */
	uint64_t drops[MCI_DROP_COUNT];
	struct rates_sample samples[RATES_MAX];
	unsigned count, next; /* `next`: the place of the next one */
};

/* Zeroed memory with timers, read and context set. The first look comes in the next turn. */
void rates_start(struct rates *rates);
void rates_stop(struct rates *rates);
/* Sample number `i`, from 0 for the oldest to count - 1. */
const struct rates_sample *rates_at(const struct rates *rates, unsigned i);
/* {"interval_s": S, "packets_per_s": [...], "bits_per_s": [...], "drops_per_s": {reason: [...]}},
 * the oldest first; of the reasons only those that there were. A new reference. */
json_t *rates_view(const struct rates *rates);
