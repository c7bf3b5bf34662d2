/* SPDX-License-Identifier: BSD-2-Clause */
/* The relays of sources: however many ask for those of one source, it is looked up once, and what
 * was found serves all who ask as long as the records' TTLs say. Who waits is told one by one, a
 * timer each, so that the loop is not held up by many. */
#pragma once

#include "driad/lookup.h"

#include <uthash.h>

#define DRIAD_KEEP_MOST 3600 /* seconds that an answer is kept, whatever its TTL */

struct driad_source;

/* One who asks; embedded. Zeroed memory waits for nothing. */
struct driad_waiter {
	struct driad_source *source;
	struct driad_waiter *prev, *next;
};

struct driad_source {
	struct addr address;
	struct driad_sources *table;
	struct driad_pending *pending; /* NULL once there is an answer */
	struct driad_waiter *waiting;
	struct timer timer; /* with an answer: the next to be told, or the answer's end */
	usec_t end;         /* of the answer */
	uint32_t ttl;       /* the least so far */
	unsigned relay_count;
	struct driad_relay *relays; /* in the order to be tried */
	const char *reason;         /* why there are none; a constant */
	UT_hash_handle hh;
};

struct driad_sources {
	struct timers *timers;
	/* The asking side of the lookups: ask, cancel, refused. */
	struct driad_actions actions;
	void *context;  /* the owner's, and the lookups' */
	unsigned limit; /* answers that are kept */
	/* There is an answer. The waiter waits no longer, and may want again. */
	void (*found)(struct driad_waiter *waiter, const struct driad_source *source);
	struct driad_source *by_address;
};

/* Fill timers, actions, context, limit and found in before. */
void driad_sources_init(struct driad_sources *sources);
/* `found` comes in the call where there is an answer. */
void driad_sources_want(struct driad_sources *sources, const struct addr *address,
			struct driad_waiter *waiter);
/* Nothing happens where it does not wait. */
void driad_sources_leave(struct driad_waiter *waiter);
/* When nobody waits any more. */
void driad_sources_free(struct driad_sources *sources);
