/* SPDX-License-Identifier: BSD-2-Clause */
/* Relays that are held down: others are tried before them (RFC 8777 section 3.3, RFC 7450 section
 * 5.2.3.5.4). Bounded: the eldest makes room. */
#pragma once

#include "base/addr.h"
#include "base/timers.h"

#include <uthash.h>

#define AMT_HOLDS_MOST 1024
#define AMT_HOLD_FULL  (600 * USEC_PER_SEC) /* of a relay that says L */

struct amt_hold {
	struct addr relay; /* or the discovery address that led to none */
	usec_t since, until;
	bool full;          /* it takes no new gateways: not to be tried at all */
	unsigned failures;  /* in a row, each within the hold of the one before */
	const char *reason; /* a constant */
	UT_hash_handle hh;
};

struct amt_holds {
	struct amt_hold *by_relay;
};

/* From `now` on; in the place of an earlier hold of the same relay. */
void amt_holds_put(struct amt_holds *holds, const struct addr *relay, usec_t now, usec_t duration,
		   bool full, const char *reason);
/* NULL where the relay is not held down at `now`. */
const struct amt_hold *amt_holds_find(struct amt_holds *holds, const struct addr *relay,
				      usec_t now);
/* Lifts it; false where there was none. */
bool amt_holds_lift(struct amt_holds *holds, const struct addr *relay);
/* Lifts those that are over by `now`; all, with USEC_NEVER. */
void amt_holds_expire(struct amt_holds *holds, usec_t now);
