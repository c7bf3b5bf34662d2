/* SPDX-License-Identifier: BSD-2-Clause */
/* Looks through all channels, some at a time, for the first ones in an order. Those that have
 * failed come first in any order. */
#pragma once

#include "base/ranking.h"
#include "channel/table.h"

#define SCAN_AT_ONCE  1024 /* channels in one turn, at some 100 ns each */
#define SCAN_FILTERED 128  /* the same with a filter, at some microseconds each */

enum scan_order {
	SCAN_BY_RATE, /* those without data before those with it */
	SCAN_BY_LOSS,
	SCAN_BY_AGE, /* the youngest first */
	SCAN_BY_SOURCE,
	SCAN_BY_GROUP,
	SCAN_ORDERS
};

struct scan {
	const struct channel_table *channels;
	enum scan_order order;
	char *filter; /* part of a source, group, relay or state; or NULL */
	struct ranking first;
	uint32_t next_slot;
	unsigned matching; /* channels that have passed the filter */
};

/* By its name; false if there is none of this name. */
bool scan_order_find(const char *name, enum scan_order *order);

/* `filter` is copied; NULL or "" lets all pass. `limit` channels are kept at most. */
void scan_begin(struct scan *scan, const struct channel_table *channels, enum scan_order order,
		const char *filter, unsigned limit);
/* One turn. Returns false after the last one. */
bool scan_on(struct scan *scan);
/* Takes the slots of those that follow the first `offset`, `room` at most, in their order. Returns
 * how many. Once, at the end. */
unsigned scan_take(struct scan *scan, unsigned offset, uint32_t slots[], unsigned room);
void scan_end(struct scan *scan);
