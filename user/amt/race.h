/* SPDX-License-Identifier: BSD-2-Clause */
/* Chooses the relay for a source out of several candidates (Happy Eyeballs: RFC 8777 section 3.2,
 * RFC 8305 section 5). Each candidate is asked for a Query, in the order given; the next is asked
 * as soon as one fails, or AMT_RACE_DELAY later. The first that answers wins. The race subscribes
 * to nothing. Relays that are held down come last, and full relays are left out. A new relay that a
 * stranger has named waits for its turn. */
#pragma once

#include "amt/tunnels.h"

#define AMT_RACE_MAX   16 /* candidates */
#define AMT_RACE_DELAY (250 * USEC_PER_MS)
/* Longer than a relay that has never answered is asked. */
#define AMT_RACE_LONG (15 * USEC_PER_SEC)

struct amt_race;

struct amt_race_actions {
	/* won() or lost() ends the race, may come within amt_race_start(), and may free the race.
	 * The tunnel to `relay`, to which `candidate` led, is up. `reason` is a constant. */
	void (*won)(struct amt_race *race, const struct addr *candidate, const struct addr *relay);
	void (*lost)(struct amt_race *race, const char *reason);
	/* The race has taken AMT_RACE_LONG and goes on: relays that have served us before are asked
	 * until they are back. The owner may end the race in the call. */
	void (*takes_long)(struct amt_race *race, const char *reason);
};

struct amt_candidate {
	struct addr address;
	bool discover;   /* the address is a discovery address */
	bool is_strange; /* a stranger has named the address */
};

struct amt_race {
	struct amt_tunnels *tunnels;
	const struct amt_race_actions *actions;
	struct addr source;
	struct amt_candidate *candidates; /* the owner's memory, with room for `room` of them */
	unsigned room /* at most AMT_RACE_MAX */, count, started;
	struct timer late;
	struct amt_attempt *attempts;
	const char *reason; /* why the last attempt failed */
};

/* Before the race starts, set tunnels, actions, source, candidates and room, and add candidates. A
 * candidate whose address has been added already, or that finds no room, is left out. */
void amt_race_add(struct amt_race *race, const struct amt_candidate *candidate);
void amt_race_start(struct amt_race *race);
/* Leaves all relays that were asked. May be called at any time. */
void amt_race_end(struct amt_race *race);
/* Whether the next candidate waits for its turn. */
bool amt_race_waits(const struct amt_race *race);
