/* SPDX-License-Identifier: BSD-2-Clause */
/* From the relays that may serve a source to the one that will: they are asked for a Query in their
 * order, the next as soon as one fails or is AMT_RACE_DELAY late, and the first that answers has
 * won (Happy Eyeballs: RFC 8777 section 3.2, RFC 8305 section 5). Nothing is reported to any of
 * them. Those that are held down come last, and full ones not at all. One that a stranger has named
 * and that is not known waits for its turn. */
#pragma once

#include "amt/tunnels.h"

#define AMT_RACE_MOST  16 /* candidates */
#define AMT_RACE_DELAY (250 * USEC_PER_MS)
/* By then a relay that has never answered has been given up. */
#define AMT_RACE_LONG (15 * USEC_PER_SEC)

struct amt_race;

struct amt_race_actions {
	/* Either is the last word, may come within amt_race_start(), and the race may be freed in
	 * it. The tunnel of `relay`, to which `candidate` led, is up. */
	void (*won)(struct amt_race *race, const struct addr *candidate, const struct addr *relay);
	void (*lost)(struct amt_race *race, const char *reason);
	/* It takes AMT_RACE_LONG and goes on: some of the relays have served us, and are asked
	 * until they are back. It may be ended, too. */
	void (*takes_long)(struct amt_race *race, const char *reason);
};

struct amt_candidate {
	struct addr address;
	bool discover;   /* it is a discovery address */
	bool is_strange; /* a stranger has named it */
};

struct amt_race {
	struct amt_tunnels *tunnels;
	const struct amt_race_actions *actions;
	struct addr source;
	struct amt_candidate *candidates; /* as they are to be tried; the owner's memory */
	unsigned room /* AMT_RACE_MOST at most */, count, started;
	struct timer late;
	struct amt_attempt *attempts;
	const char *reason; /* of the last that failed */
};

/* Fill tunnels, actions, source, candidates and room in before; then add candidates, the same
 * address once, as many as there is room for; and start. */
void amt_race_add(struct amt_race *race, const struct amt_candidate *candidate);
void amt_race_start(struct amt_race *race);
/* Leaves those that were asked. Also where it has not started, or is over. */
void amt_race_end(struct amt_race *race);
/* Whether the next waits for its turn. */
bool amt_race_waits(const struct amt_race *race);

/* What the tunnels say of members that are connections. */
void amt_race_up(struct amt_member *member);
void amt_race_failed(struct amt_member *member, const char *reason);
