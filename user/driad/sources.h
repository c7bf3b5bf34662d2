/* SPDX-License-Identifier: BSD-2-Clause */
/* The relays of sources: however many use those of one source, it is looked up once, and what was
 * found serves all who ask as long as the records' TTLs say. Then (but see `renew` of the options)
 * it is looked up again, if it has users, who are told where other relays have come of it; up to a
 * tenth later, so that those of one moment do not stay together. Who waits is told one by one, a
 * timer each, so that the loop is not held up by many. Lookups wait for their turns, and those
 * again for the others of their network.
 *
 * A source is there as long as it has users or an answer that still serves. */
#pragma once

#include "driad/lookup.h"

#include <uthash.h>

#define DRIAD_KEEP_MAX  3600 /* seconds that an answer is kept, whatever its TTL */
#define DRIAD_KEEP_PART 30   /* and one that one of the ways has failed to add to */

struct driad_source;

/* What one lookup has found. It does not change: a later one makes another. */
struct driad_found {
	uint64_t number; /* from 1; no two have the same */
	unsigned holders;
	const char *reason; /* why there are none; a constant */
	unsigned count;
	struct driad_relay relays[]; /* in the order to be tried */
};

/* One who uses the relays of a source; embedded. Zeroed memory uses none. */
struct driad_user {
	struct driad_source *source;
	const struct driad_found *found; /* what it was told last, which stays; NULL before */
	bool is_told;                    /* and does not wait */
	struct driad_user *prev, *next;
};

struct driad_source {
	struct addr address;
	struct driad_sources *table;
	struct driad_pending *pending; /* a lookup under way */
	struct driad_found *found;     /* by the last one; NULL before */
	struct driad_user *waiting, *told;
	struct pace_entry turn; /* the lookup's begin */
	struct timer timer;     /* the next to be told, the next lookup, or the answer's end */
	usec_t end;             /* of the answer */
	usec_t renewal;         /* when it is to be looked up again */
	uint32_t ttl;           /* the least so far */
	bool failed;            /* a question so far got no answer */
	UT_hash_handle hh;
};

struct driad_sources {
	struct timers *timers;
	/* The asking side of the lookups: ask, cancel, refused. */
	struct driad_actions actions;
	const struct driad_options *options;
	struct pace pace; /* of lookups, and of what strangers make them ask */
	void *context;    /* the owner's, and the lookups' */
	unsigned limit;   /* answers that are kept */
	/* `user->found` is there, or other relays are there now. The user may leave or want again
	 * in the call. */
	void (*found)(struct driad_user *user);
	struct driad_source *by_address;
	uint64_t found_count; /* that there ever were */
};

/* Fill timers, actions, options, context, limit, found and the pace's limits in before. */
void driad_sources_init(struct driad_sources *sources);
/* `found` comes in the call where there is an answer. Who uses a source leaves it first. */
void driad_sources_want(struct driad_sources *sources, const struct addr *address,
			struct driad_user *user);
/* Nothing happens where it uses none. */
void driad_sources_leave(struct driad_user *user);
/* Whether the user's source waits for its turn to be looked up. */
bool driad_sources_waits(const struct driad_user *user);
/* When there are no users any more. */
void driad_sources_free(struct driad_sources *sources);
