/* SPDX-License-Identifier: BSD-2-Clause */
/* The relays of all sources. However many users (channels) a source has, it is looked up once, and
 * the answer holds for as long as the TTLs of its records say. Then, but no sooner than `renew` of
 * the options, a source that has users is looked up again. The users are told if the answer has
 * changed. The time of the next lookup is moved by up to a tenth at random, so that sources that
 * were looked up together do not stay together. Users are told one by one, each by a timer of no
 * time, so that many of them do not hold up the loop. Lookups have turns (base/pace.h), repeated
 * ones after the first ones of their network.
 *
 * A source is kept as long as it has users or an answer that still holds. */
#pragma once

#include "base/histogram.h"
#include "driad/lookup.h"

#include <uthash.h>

#define DRIAD_KEEP_MAX  3600 /* seconds that an answer is kept at most, whatever its TTL */
#define DRIAD_KEEP_PART 30   /* the same, if relays were found but a question got no answer */

struct driad_source;

/* The result of one lookup; it never changes. */
struct driad_found {
	uint64_t number;    /* unique, from 1 */
	unsigned holders;   /* references to it */
	const char *reason; /* why there are no relays; a string constant */
	char *detail;       /* what DNS adds to the reason, or NULL */
	unsigned count;
	struct driad_relay relays[]; /* in the order to be tried */
};

/* A user of the relays of a source; embedded in the caller's struct. Zeroed memory uses none. */
struct driad_user {
	struct driad_source *source;
	const struct driad_found *found; /* what it was told last; NULL before */
	bool is_told;                    /* `found` is the present result */
	struct driad_user *prev, *next;
};

struct driad_source {
	struct addr address;
	struct driad_sources *table;
	struct driad_pending *pending; /* the lookup under way, or NULL */
	struct driad_found *found;     /* result of the last lookup, or NULL */
	struct driad_user *waiting, *told;
	struct pace_entry turn; /* waits for the lookup's turn */
	struct timer timer; /* tells the next user, begins the next lookup, or ends the answer */
	usec_t end;         /* until when the answer holds */
	usec_t renewal;     /* when the next lookup is due */
	uint32_t ttl;       /* seconds, the smallest TTL of this lookup so far */
	bool failed;        /* a question of this lookup got no answer */
	UT_hash_handle hh;
};

struct driad_sources {
	struct timers *timers;
	/* The caller fills in ask, cancel and refused. */
	struct driad_actions actions;
	const struct driad_options *options;
	struct pace pace; /* turns of lookups, and of names in zones of sources */
	void *context;    /* the owner's, and the lookups' */
	unsigned limit;   /* of answers that are kept */
	/* `user->found` is new. The user may leave the source or want another one in the call. */
	void (*found)(struct driad_user *user);
	struct driad_source *by_address;
	uint64_t found_count; /* results so far */
	uint64_t answers[DRIAD_WAYS][DNS_STATUSES];
	struct histogram answer_times;
};

/* The caller has filled in timers, actions, options, context, limit, found and the limits of
 * `pace`. */
void driad_sources_init(struct driad_sources *sources);
/* The user wants the relays of a source, instead of those of the source that it used before. If
 * there is an answer already, found() is called within this call. */
void driad_sources_want(struct driad_sources *sources, const struct addr *address,
			struct driad_user *user);
/* The user no longer wants them. Does nothing if it uses no source. */
void driad_sources_leave(struct driad_user *user);
/* Whether the user's source waits for its turn to be looked up. */
bool driad_sources_waits(const struct driad_user *user);
/* Our timers have not counted this time: all answers end sooner by it. */
void driad_sources_age(struct driad_sources *sources, usec_t time);
/* There must be no users any more. */
void driad_sources_free(struct driad_sources *sources);
