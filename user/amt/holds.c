/* SPDX-License-Identifier: BSD-2-Clause */
#include "amt/holds.h"
#include "base/memory.h"

static struct amt_hold *find(const struct amt_holds *holds, const struct addr *relay)
{
	struct amt_hold *hold;

	HASH_FIND(hh, holds->by_relay, relay, sizeof(*relay), hold);
	return hold;
}

static void lift(struct amt_holds *holds, struct amt_hold *hold)
{
	HASH_DEL(holds->by_relay, hold);
	free(hold);
}

void amt_holds_put(struct amt_holds *holds, const struct addr *relay, usec_t now, usec_t duration,
		   enum amt_hold_kind kind, const char *reason)
{
	const struct amt_hold *before = amt_holds_find(holds, relay, now);
	unsigned failures = before ? before->failures : 0;
	struct amt_hold *hold;

	amt_holds_lift(holds, relay);
	if (HASH_COUNT(holds->by_relay) >= AMT_HOLDS_MAX)
		lift(holds, holds->by_relay);
	hold = memory_new(sizeof(*hold));
	hold->relay = *relay;
	hold->since = now;
	hold->until = now + duration;
	hold->kind = kind;
	hold->failures = failures + 1;
	hold->reason = reason;
	HASH_ADD(hh, holds->by_relay, relay, sizeof(hold->relay), hold);
}

const struct amt_hold *amt_holds_find(struct amt_holds *holds, const struct addr *relay, usec_t now)
{
	struct amt_hold *hold = find(holds, relay);

	if (!hold || hold->until > now)
		return hold;
	if (hold->kind != AMT_HOLD_AWAITED)
		lift(holds, hold);
	return NULL;
}

bool amt_holds_awaits(const struct amt_holds *holds, const struct addr *relay)
{
	const struct amt_hold *hold = find(holds, relay);

	return hold && hold->kind == AMT_HOLD_AWAITED;
}

bool amt_hold_forbids(const struct amt_hold *hold)
{
	return hold->kind >= AMT_HOLD_REFUSING;
}

bool amt_holds_lift(struct amt_holds *holds, const struct addr *relay)
{
	struct amt_hold *hold = find(holds, relay);

	if (hold)
		lift(holds, hold);
	return hold;
}

void amt_holds_age(struct amt_holds *holds, usec_t time)
{
	struct amt_hold *hold;

	for (hold = holds->by_relay; hold; hold = hold->hh.next)
		hold->until -= hold->until < time ? hold->until : time;
}

void amt_holds_expire(struct amt_holds *holds, usec_t now)
{
	struct amt_hold *hold, *next;

	HASH_ITER (hh, holds->by_relay, hold, next)
		if (hold->until <= now)
			lift(holds, hold);
}
