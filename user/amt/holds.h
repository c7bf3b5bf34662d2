/* SPDX-License-Identifier: BSD-2-Clause */
/* Relays that are held down: others are tried before them (RFC 8777 section 3.3, RFC 7450 section
 * 5.2.3.5.4). Bounded: the eldest makes room. */
#pragma once

#include "base/addr.h"
#include "base/timers.h"

#include <uthash.h>

#define AMT_HOLDS_MAX      1024
#define AMT_HOLD_FULL_TIME (600 * USEC_PER_SEC) /* of a relay that says L */

enum amt_hold_kind {
	AMT_HOLD_BEHIND,  /* others are tried before it */
	AMT_HOLD_AWAITED, /* the same; it has served us, and is known here until it does again */
	/* Not to be tried at all: */
	AMT_HOLD_REFUSING, /* it takes no Updates */
	AMT_HOLD_FULL      /* it takes no new gateways */
};

struct amt_hold {
	struct addr relay; /* or the discovery address that led to none */
	usec_t since, until;
	enum amt_hold_kind kind;
	unsigned failures;  /* in a row, each within the hold of the one before */
	const char *reason; /* a constant */
	UT_hash_handle hh;
};

struct amt_holds {
	struct amt_hold *by_relay;
};

/* From `now` on; in the place of an earlier hold of the same relay. */
void amt_holds_put(struct amt_holds *holds, const struct addr *relay, usec_t now, usec_t duration,
		   enum amt_hold_kind kind, const char *reason);
/* NULL where the relay is not held down at `now`. */
const struct amt_hold *amt_holds_find(struct amt_holds *holds, const struct addr *relay,
				      usec_t now);
/* Whether it has served us and failed since, however long ago. */
bool amt_holds_awaits(const struct amt_holds *holds, const struct addr *relay);
/* Whether it is of a kind that keeps the relay from being tried. */
bool amt_hold_forbids(const struct amt_hold *hold);
/* Lifts it; false where there was none. */
bool amt_holds_lift(struct amt_holds *holds, const struct addr *relay);
/* Lifts those that are over by `now`; all, with USEC_NEVER. */
void amt_holds_expire(struct amt_holds *holds, usec_t now);
