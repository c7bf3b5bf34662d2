/* SPDX-License-Identifier: BSD-2-Clause */
#include "amt/race.h"
#include "base/memory.h"

#include <utlist.h>

struct amt_attempt {
	struct amt_member member;
	struct amt_race *race;
	const struct amt_candidate *candidate;
	struct pace_entry turn;
	struct amt_attempt *prev, *next;
};

void amt_race_add(struct amt_race *race, const struct amt_candidate *candidate)
{
	for (unsigned i = 0; i < race->count; i++)
		if (addr_equal(&race->candidates[i].address, &candidate->address))
			return;
	if (race->count < race->room)
		race->candidates[race->count++] = *candidate;
}

static const struct amt_hold *hold_of(const struct amt_race *race, unsigned number)
{
	return amt_holds_find(&race->tunnels->holds, &race->candidates[number].address,
			      race->tunnels->timers->now);
}

/* Takes full relays out, and puts those that are held down behind the others. */
static void order(struct amt_race *race)
{
	struct amt_candidate held[AMT_RACE_MAX];
	unsigned held_count = 0, count = 0;

	for (unsigned i = 0; i < race->count; i++) {
		const struct amt_hold *hold = hold_of(race, i);

		if (!hold)
			race->candidates[count++] = race->candidates[i];
		else if (amt_hold_forbids(hold))
			race->reason = hold->reason;
		else
			held[held_count++] = race->candidates[i];
	}
	for (unsigned i = 0; i < held_count; i++)
		race->candidates[count++] = held[i];
	race->count = count;
}

/* Whether the candidate's address may belong to somebody who never asked for our messages. */
static bool is_new(const struct amt_attempt *attempt)
{
	const struct amt_candidate *candidate = attempt->candidate;
	const struct amt_tunnels *tunnels = attempt->race->tunnels;

	return candidate->is_strange && amt_tunnels_have_room(tunnels, &attempt->member) &&
	       !amt_tunnels_know(tunnels, &candidate->address, candidate->discover);
}

/* The race may be over, and freed, after the call. */
static void ask(struct amt_attempt *attempt)
{
	struct amt_race *race = attempt->race;

	timer_start(race->tunnels->timers, &race->late,
		    race->started < race->count ? AMT_RACE_DELAY : AMT_RACE_LONG);
	amt_tunnels_join(race->tunnels, &attempt->member, &attempt->candidate->address,
			 attempt->candidate->discover);
}

/* The turn costs nothing if another race has asked the relay meanwhile. */
static bool turn_comes(struct pace_entry *entry)
{
	struct amt_attempt *attempt = container_of(entry, struct amt_attempt, turn);
	bool costs = is_new(attempt);

	ask(attempt);
	return costs;
}

/* The candidates behind this one wait as well, so that they do not all come at once. */
static void await_turn(struct amt_attempt *attempt)
{
	struct amt_race *race = attempt->race;

	timer_stop(race->tunnels->timers, &race->late);
	attempt->turn.turn = turn_comes;
	pace_wait(&race->tunnels->pace, &attempt->turn, &race->source, false);
}

static void ask_next(struct amt_race *race);

bool amt_race_waits(const struct amt_race *race)
{
	return race->attempts && race->attempts->prev->turn.network; /* the head's prev: the last */
}

static void attempt_up(struct amt_member *member)
{
	struct amt_attempt *attempt = container_of(member, struct amt_attempt, member);

	timer_stop(attempt->race->tunnels->timers, &attempt->race->late);
	attempt->race->actions->won(attempt->race, &attempt->candidate->address,
				    &member->tunnel->relay);
}

static void attempt_failed(struct amt_member *member, const char *reason)
{
	struct amt_attempt *attempt = container_of(member, struct amt_attempt, member);
	struct amt_race *race = attempt->race;

	DL_DELETE(race->attempts, attempt);
	free(attempt);
	race->reason = reason;
	if (amt_race_waits(race))
		return;
	if (race->started < race->count)
		ask_next(race);
	else if (!race->attempts)
		race->actions->lost(race, reason);
}

static const struct amt_member_actions attempt_actions = {.up = attempt_up,
							  .failed = attempt_failed};

/* The race may be over, and freed, after the call. */
static void ask_next(struct amt_race *race)
{
	struct amt_attempt *attempt = memory_new(sizeof(*attempt));

	attempt->race = race;
	attempt->candidate = &race->candidates[race->started++];
	attempt->member.actions = &attempt_actions;
	attempt->member.sg.source = race->source;
	attempt->member.connection = true;
	attempt->member.is_strange = attempt->candidate->is_strange;
	DL_APPEND(race->attempts, attempt);
	if (is_new(attempt))
		await_turn(attempt);
	else
		ask(attempt);
}

static void late_due(struct timer *timer)
{
	struct amt_race *race = container_of(timer, struct amt_race, late);

	if (race->started < race->count)
		ask_next(race);
	else
		race->actions->takes_long(race,
					  race->reason ? race->reason : "relay does not answer");
}

void amt_race_start(struct amt_race *race)
{
	race->late.fn = late_due;
	order(race);
	if (race->count)
		ask_next(race);
	else
		race->actions->lost(race, race->reason ? race->reason : "no relay");
}

void amt_race_end(struct amt_race *race)
{
	struct amt_attempt *attempt, *next;

	timer_stop(race->tunnels->timers, &race->late);
	DL_FOREACH_SAFE (race->attempts, attempt, next) {
		amt_tunnels_leave(race->tunnels, &attempt->member);
		pace_cancel(&attempt->turn);
		free(attempt);
	}
	race->attempts = NULL;
}
