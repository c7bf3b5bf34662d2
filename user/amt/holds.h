/* SPDX-License-Identifier: BSD-2-Clause */
/* Relays that are held down after a failure: other relays are tried before them (RFC 8777
 * section 3.3, RFC 7450 section 5.2.3.5.4). In a full table the oldest hold makes room. */
#pragma once

#include "base/addr.h"
#include "base/time.h"

#include <uthash.h>

#define AMT_HOLDS_MAX      1024
#define AMT_HOLD_FULL_TIME (600 * USEC_PER_SEC) /* for a relay with the L flag */

enum amt_hold_kind {
	AMT_HOLD_BEHIND,  /* other relays are tried first */
	AMT_HOLD_AWAITED, /* the same; the relay has served us, and is kept until it does again */
	/* The relay is not tried at all: */
	AMT_HOLD_REFUSING, /* it takes no Updates */
	AMT_HOLD_FULL      /* it takes no new gateways */
};

struct amt_hold {
	struct addr relay; /* or a discovery address that led to no relay */
	usec_t since, until;
	enum amt_hold_kind kind;
	unsigned failures;  /* in a row, each during the hold of the previous one */
	const char *reason; /* a string constant */
	UT_hash_handle hh;
};

struct amt_holds {
	struct amt_hold *by_relay;
};

/* Holds the relay down from `now` on; replaces an earlier hold. */
void amt_holds_put(struct amt_holds *holds, const struct addr *relay, usec_t now, usec_t duration,
		   enum amt_hold_kind kind, const char *reason);
/* Returns NULL if the relay is not held down at `now`. */
const struct amt_hold *amt_holds_find(struct amt_holds *holds, const struct addr *relay,
				      usec_t now);
/* Whether the relay has served us and failed since, however long ago. */
bool amt_holds_awaits(const struct amt_holds *holds, const struct addr *relay);
/* Whether the relay must not be tried at all. */
bool amt_hold_forbids(const struct amt_hold *hold);
/* Lifts a hold; returns false if there was none. */
bool amt_holds_lift(struct amt_holds *holds, const struct addr *relay);
/* All holds end sooner by this time. */
void amt_holds_age(struct amt_holds *holds, usec_t time);
/* Removes the holds that have ended by `now`; all holds if `now` is USEC_NEVER. */
void amt_holds_expire(struct amt_holds *holds, usec_t now);
