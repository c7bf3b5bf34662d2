/* SPDX-License-Identifier: BSD-2-Clause */
/* The rate of a channel, from its packet and byte counters. The rate is the mean between two looks
 * that are at least METER_MIN apart; for a younger channel it is the mean since its beginning. */
#pragma once

#include "base/time.h"

#include <stdbool.h>

#define METER_INTERVAL (10 * USEC_PER_SEC) /* the owner looks at each channel once in this time */
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
	usec_t since;            /* begin of the interval that the next rate is taken over */
	struct meter_count base; /* the counters at that time */
	struct meter_rate rate;
	bool settled; /* `rate` is the mean between two looks, not since the beginning */
};

/* Begins at `now`, with the counters at `count`: earlier packets are not part of the rate. */
void meter_begin(struct meter *meter, usec_t now, const struct meter_count *count);
/* Updates the rate. Begins anew if the counters have gone back; a look less than METER_MIN after
 * the last one leaves a settled rate as it is. */
void meter_look(struct meter *meter, usec_t now, const struct meter_count *count);
