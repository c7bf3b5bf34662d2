/* SPDX-License-Identifier: BSD-2-Clause */
/* RFC 7761 section 4.5.2, a row for each transition, in virtual time. */
#include "pim/downstream.h"

#include <criterion/criterion.h>

#define OVERRIDE (3 * USEC_PER_SEC)
#define ROOM     4 /* entries in all */
#define EACH_MAX 3 /* entries of one neighbor */

static struct timers timers;
static struct pim_downstream downstream;
static struct sg sg;
static struct addr router, other_router;
static int wanted_calls, unwanted_calls, echoes;

static bool joined(struct pim_downstream *of, const struct sg *which, const struct addr *from)
{
	(void)from;
	cr_assert_eq(of, &downstream);
	cr_assert(!memcmp(which, &sg, sizeof(struct sg)));
	if (pim_downstream_count(of) >= ROOM)
		return false;
	wanted_calls++;
	return true;
}

static void left(struct pim_downstream *of, const struct sg *which)
{
	cr_assert_eq(of, &downstream);
	cr_assert(!memcmp(which, &sg, sizeof(struct sg)));
	unwanted_calls++;
}

static void echo(struct pim_downstream *of, const struct sg *which)
{
	cr_assert_eq(of, &downstream);
	cr_assert(!memcmp(which, &sg, sizeof(struct sg)));
	echoes++;
}

static void begin(void)
{
	timers = (struct timers){.now = 1000 * USEC_PER_SEC};
	downstream = (struct pim_downstream){.timers = &timers,
					     .joiner_limit = EACH_MAX,
					     .joined = joined,
					     .left = left,
					     .echo = echo};
	wanted_calls = unwanted_calls = echoes = 0;
	addr_parse("192.0.2.10", &sg.source);
	addr_parse("232.1.1.1", &sg.group);
	addr_parse("10.0.0.2", &router);
	addr_parse("10.0.0.3", &other_router);
}

static void end(void)
{
	pim_downstream_free(&downstream);
	timers_free(&timers);
}

TestSuite(pim_downstream, .init = begin, .fini = end);

enum act { END, JOIN, PRUNE, PRUNE_ALONE, WAIT };

struct step {
	enum act act;
	unsigned value; /* Holdtime, or seconds to wait */
};

#define STOPPED 0 /* a stopped timer, or an Expiry Timer that never ends */

static const struct row {
	const char *section, *transition;
	struct step steps[8];
	enum pim_downstream_state state;
	unsigned et, ppt; /* seconds left */
	int wanted, unwanted, echoes;
} rows[] = {
	/* clang-format off */
	{"4.5.2 NI", "Receive Join -> J, ET = HoldTime",
	 {{JOIN, 210}}, PIM_JOIN, 210, STOPPED, 1, 0, 0},
	{"4.5.2 NI", "Receive Prune -> NI",
	 {{PRUNE, 0}}, PIM_NO_INFO, STOPPED, STOPPED, 0, 0, 0},
	{"4.9.5 NI", "Receive Join, HoldTime 0xffff -> J, ET never expires",
	 {{JOIN, 0xffff}, {WAIT, 1000000}}, PIM_JOIN, STOPPED, STOPPED, 1, 0, 0},
	{"4.9.5 NI", "Receive Join, HoldTime 0xfffe -> J, ET = 65534 s",
	 {{JOIN, 0xfffe}}, PIM_JOIN, 65534, STOPPED, 1, 0, 0},
	{"4.9.5 NI", "Receive Join, HoldTime 0 -> NI at once",
	 {{JOIN, 0}}, PIM_NO_INFO, STOPPED, STOPPED, 0, 0, 0},

	{"4.5.2 J", "Receive Join -> J, ET = max(ET, HoldTime): HoldTime is longer",
	 {{JOIN, 210}, {WAIT, 200}, {JOIN, 210}}, PIM_JOIN, 210, STOPPED, 1, 0, 0},
	{"4.5.2 J", "Receive Join -> J, ET = max(ET, HoldTime): ET is longer",
	 {{JOIN, 210}, {JOIN, 10}}, PIM_JOIN, 210, STOPPED, 1, 0, 0},
	{"4.9.5 J", "Receive Join, HoldTime 0xffff -> J, ET never expires",
	 {{JOIN, 10}, {JOIN, 0xffff}, {WAIT, 100}}, PIM_JOIN, STOPPED, STOPPED, 1, 0, 0},
	{"4.9.5 J", "ET never expires; Receive Join -> J, ET is not shortened",
	 {{JOIN, 0xffff}, {JOIN, 10}, {WAIT, 100}}, PIM_JOIN, STOPPED, STOPPED, 1, 0, 0},
	{"4.9.5 J", "Receive Join, HoldTime 0 -> NI at once",
	 {{JOIN, 210}, {JOIN, 0}}, PIM_NO_INFO, STOPPED, STOPPED, 1, 1, 0},
	{"4.5.2 J", "Receive Prune, several neighbors -> PP, PPT = J/P_Override_Interval",
	 {{JOIN, 210}, {PRUNE, 0}}, PIM_PRUNE_PENDING, 210, 3, 1, 0, 0},
	{"4.5.2 J", "Receive Prune, one neighbor -> PP, PPT = 0 -> NI, no PruneEcho",
	 {{JOIN, 210}, {PRUNE_ALONE, 0}}, PIM_NO_INFO, STOPPED, STOPPED, 1, 1, 0},
	{"4.9.5 J", "ET never expires; Receive Prune -> NI",
	 {{JOIN, 0xffff}, {PRUNE_ALONE, 0}}, PIM_NO_INFO, STOPPED, STOPPED, 1, 1, 0},
	{"4.5.2 J", "ET in its last second: J",
	 {{JOIN, 210}, {WAIT, 209}}, PIM_JOIN, 1, STOPPED, 1, 0, 0},
	{"4.5.2 J", "ET expires -> NI, no PruneEcho",
	 {{JOIN, 210}, {WAIT, 210}}, PIM_NO_INFO, STOPPED, STOPPED, 1, 1, 0},

	{"4.5.2 PP", "forwards as J does until PPT expires",
	 {{JOIN, 210}, {PRUNE, 0}, {WAIT, 2}}, PIM_PRUNE_PENDING, 208, 1, 1, 0, 0},
	{"4.5.2 PP", "Receive Join -> J, PPT canceled, ET = max(ET, HoldTime): HoldTime",
	 {{JOIN, 210}, {PRUNE, 0}, {WAIT, 2}, {JOIN, 210}}, PIM_JOIN, 210, STOPPED, 1, 0, 0},
	{"4.5.2 PP", "Receive Join -> J, PPT canceled, ET = max(ET, HoldTime): ET",
	 {{JOIN, 210}, {PRUNE, 0}, {WAIT, 2}, {JOIN, 10}}, PIM_JOIN, 208, STOPPED, 1, 0, 0},
	{"4.5.2 PP", "Receive Join -> J, PPT canceled without an expiry event",
	 {{JOIN, 210}, {PRUNE, 0}, {JOIN, 210}, {WAIT, 60}}, PIM_JOIN, 150, STOPPED, 1, 0, 0},
	{"4.9.5 PP", "Receive Join, HoldTime 0 -> NI at once",
	 {{JOIN, 210}, {PRUNE, 0}, {JOIN, 0}}, PIM_NO_INFO, STOPPED, STOPPED, 1, 1, 0},
	{"4.5.2 PP", "Receive Prune -> PP, PPT runs on",
	 {{JOIN, 210}, {PRUNE, 0}, {WAIT, 2}, {PRUNE, 0}}, PIM_PRUNE_PENDING, 208, 1, 1, 0, 0},
	{"4.5.2 PP", "Receive Prune, now of the only neighbor -> PP, PPT runs on",
	 {{JOIN, 210}, {PRUNE, 0}, {WAIT, 2}, {PRUNE_ALONE, 0}}, PIM_PRUNE_PENDING, 208, 1, 1, 0, 0},
	{"4.5.2 PP", "PPT expires -> NI, Send PruneEcho",
	 {{JOIN, 210}, {PRUNE, 0}, {WAIT, 3}}, PIM_NO_INFO, STOPPED, STOPPED, 1, 1, 1},
	{"4.5.2 PP", "ET expires -> NI, no PruneEcho",
	 {{JOIN, 2}, {PRUNE, 0}, {WAIT, 2}}, PIM_NO_INFO, STOPPED, STOPPED, 1, 1, 0},

	{"4.5.2 NI", "after a PruneEcho: Receive Join (the late override) -> J",
	 {{JOIN, 210}, {PRUNE, 0}, {WAIT, 3}, {JOIN, 210}}, PIM_JOIN, 210, STOPPED, 2, 1, 1},
	{"4.5.2 NI", "after ET: Receive Join -> J",
	 {{JOIN, 10}, {WAIT, 10}, {JOIN, 210}}, PIM_JOIN, 210, STOPPED, 2, 1, 0},
	/* clang-format on */
};

static void act(const struct step *step)
{
	switch (step->act) {
	case JOIN:
		cr_assert_eq(pim_downstream_join(&downstream, &sg, &router, step->value),
			     PIM_JOIN_TAKEN);
		break;
	case PRUNE:
		pim_downstream_prune(&downstream, &sg, OVERRIDE);
		break;
	case PRUNE_ALONE:
		pim_downstream_prune(&downstream, &sg, 0);
		break;
	case WAIT:
		timers_run(&timers, timers.now + step->value * USEC_PER_SEC);
		break;
	case END:
		break;
	}
}

/* In NoInfo there is no entry; its timers count as stopped. */
static const struct pim_downstream_entry *entry(void)
{
	static const struct pim_downstream_entry no_info;
	const struct pim_downstream_entry *found;

	HASH_FIND(hh, downstream.by_sg, &sg, sizeof(sg), found);
	return found ? found : &no_info;
}

static unsigned seconds(const struct timer *timer)
{
	return timer_left(&timers, timer) / USEC_PER_SEC;
}

static void check(const struct row *row)
{
	const struct pim_downstream_entry *e = entry();

	cr_expect_eq(e->state, row->state, "%s: %s: state %d", row->section, row->transition,
		     e->state);
	cr_expect_eq(seconds(&e->expiry), row->et, "%s: %s: ET", row->section, row->transition);
	cr_expect_eq(seconds(&e->prune_pending), row->ppt, "%s: %s: PPT", row->section,
		     row->transition);
	cr_expect_eq(wanted_calls, row->wanted, "%s: %s: wanted %d times", row->section,
		     row->transition, wanted_calls);
	cr_expect_eq(unwanted_calls, row->unwanted, "%s: %s: left %d times", row->section,
		     row->transition, unwanted_calls);
	cr_expect_eq(echoes, row->echoes, "%s: %s: %d PruneEchos", row->section, row->transition,
		     echoes);
}

Test(pim_downstream, transitions)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		begin();
		for (const struct step *step = rows[i].steps; step->act != END; step++)
			act(step);
		check(&rows[i]);
		end();
	}
	begin();
}

static void run_for(unsigned time)
{
	timers_run(&timers, timers.now + time * USEC_PER_SEC);
}

static enum pim_join_result join(uint8_t group, const struct addr *from)
{
	sg.group.bytes[3] = group;
	return pim_downstream_join(&downstream, &sg, from, 210);
}

static void prune(uint8_t group)
{
	sg.group.bytes[3] = group;
	pim_downstream_prune(&downstream, &sg, 0);
}

Test(pim_downstream, a_neighbor_has_a_limit_of_its_own)
{
	for (int group = 0; group < EACH_MAX; group++)
		cr_expect_eq(join(group, &router), PIM_JOIN_TAKEN);
	cr_expect_eq(join(8, &router), PIM_JOIN_TOO_MANY);
	cr_expect_eq(join(0, &router), PIM_JOIN_TAKEN, "a refresh needs no room");
	cr_expect_eq(join(9, &other_router), PIM_JOIN_TAKEN, "another neighbor has its own");
	prune(0);
	cr_expect_eq(join(8, &router), PIM_JOIN_TAKEN, "a place that was left is free");
}

Test(pim_downstream, one_that_has_all_it_may_keeps_up_what_others_have_joined)
{
	for (int group = 0; group < EACH_MAX; group++)
		join(group, &router);
	join(3, &other_router);
	run_for(200);
	sg.group.bytes[3] = 3;
	cr_expect_eq(pim_downstream_join(&downstream, &sg, &router, 0xffff), PIM_JOIN_TAKEN);
	cr_expect_eq(pim_downstream_joined_by(&downstream, &router), EACH_MAX);
	cr_expect_eq(seconds(&entry()->expiry), 210, "for no longer than by default");
}

/* Neighbors of a LAN, and when their Joins end. */

Test(pim_downstream, what_a_neighbor_has_joined_goes_with_it)
{
	sg.group.bytes[3] = 0;
	pim_downstream_join(&downstream, &sg, &router, 0xffff);
	run_for(100000);
	pim_downstream_bound(&downstream, &router, 0, true);
	cr_expect_eq(pim_downstream_joined_by(&downstream, &router), 0);
	run_for(0);
	cr_expect_eq(unwanted_calls, 1);
	cr_expect_eq(pim_downstream_count(&downstream), 0);
	pim_downstream_bound(&downstream, &router, 0, true);
}

Test(pim_downstream, what_another_has_joined_too_lasts_as_that_has_said)
{
	sg.group.bytes[3] = 0;
	pim_downstream_join(&downstream, &sg, &router, 0xffff);
	pim_downstream_join(&downstream, &sg, &other_router, 210);
	run_for(10);
	pim_downstream_bound(&downstream, &router, PIM_SUPPRESSION, true);
	cr_expect_eq(seconds(&entry()->expiry), 200);
	cr_expect(addr_equal(&entry()->claims->joiner->address, &other_router));
	pim_downstream_bound(&downstream, &other_router, PIM_SUPPRESSION, true);
	cr_expect_eq(seconds(&entry()->expiry), 90, "others may have kept silent");
	run_for(60);
	pim_downstream_join(&downstream, &sg, &router, 210);
	cr_expect_eq(seconds(&entry()->expiry), 210);
	run_for(210);
	cr_expect_eq(unwanted_calls, 1);
}

Test(pim_downstream, what_ends_sooner_is_not_prolonged)
{
	sg.group.bytes[3] = 0;
	pim_downstream_join(&downstream, &sg, &router, 30);
	pim_downstream_bound(&downstream, &router, PIM_SUPPRESSION, true);
	cr_expect_eq(seconds(&entry()->expiry), 30);
}

Test(pim_downstream, a_neighbor_that_begins_anew_is_to_join_again)
{
	sg.group.bytes[3] = 0;
	pim_downstream_join(&downstream, &sg, &router, 0xffff);
	pim_downstream_bound(&downstream, &router, 210 * USEC_PER_SEC, false);
	cr_expect_eq(seconds(&entry()->expiry), 210);
	cr_expect_eq(pim_downstream_joined_by(&downstream, &router), 1);
	pim_downstream_join(&downstream, &sg, &router, 0xffff);
	cr_expect_eq(seconds(&entry()->expiry), STOPPED, "for ever again");
}

Test(pim_downstream, an_entry_knows_so_many_neighbors_by_name)
{
	struct addr others[20];

	sg.group.bytes[3] = 0;
	for (int i = 0; i < 20; i++) {
		others[i] = router;
		others[i].bytes[3] = 100 + i;
		pim_downstream_join(&downstream, &sg, &others[i], 300 + i);
	}
	cr_expect_eq(HASH_COUNT(downstream.joiners), PIM_CLAIMS_MAX);
	cr_expect_eq(pim_downstream_joined_by(&downstream, &others[19]), 1);
	for (int i = 0; i < 20; i++)
		pim_downstream_bound(&downstream, &others[i], 0, true);
	cr_expect_eq(seconds(&entry()->expiry), 300 + 11, "of the latest that was forgotten");
}

Test(pim_downstream, who_has_the_most_yields_the_latest)
{
	for (int group = 0; group < EACH_MAX; group++)
		join(group, &router);
	join(1, &other_router);
	join(2, &other_router);
	cr_assert_eq(pim_downstream_largest(&downstream)->entries, EACH_MAX);
	sg.group.bytes[3] = 2;
	pim_downstream_yield(&downstream, pim_downstream_largest(&downstream));
	cr_expect_eq(unwanted_calls, 0, "another keeps it");
	cr_expect(addr_equal(&entry()->claims->joiner->address, &other_router));
	pim_downstream_join(&downstream, &sg, &router, 210);
	pim_downstream_bound(&downstream, &other_router, 0, true);
	pim_downstream_yield(&downstream, pim_downstream_largest(&downstream));
	cr_expect_eq(unwanted_calls, 1);
	cr_expect_eq(pim_downstream_joined_by(&downstream, &router), 2);
}

Test(pim_downstream, what_cannot_be_had_stays_in_no_info_and_may_be_had_later)
{
	for (int group = 0; group < EACH_MAX; group++)
		join(group, &router);
	cr_expect_eq(join(3, &other_router), PIM_JOIN_TAKEN);
	cr_expect_eq(join(4, &other_router), PIM_JOIN_REJECTED);
	cr_expect_eq(entry()->state, PIM_NO_INFO);
	cr_expect_eq(pim_downstream_count(&downstream), ROOM);
	prune(0);
	cr_expect_eq(join(4, &other_router), PIM_JOIN_TAKEN);
}

Test(pim_downstream, joiners_go_with_their_last_entry)
{
	join(0, &router);
	join(1, &router);
	prune(0);
	cr_expect_eq(HASH_COUNT(downstream.joiners), 1);
	prune(1);
	cr_expect_eq(HASH_COUNT(downstream.joiners), 0);
}

Test(pim_downstream, adopted_state_ends_with_its_holdtime_or_lives_by_a_join)
{
	cr_expect(pim_downstream_adopt(&downstream, &sg, 210, 0));
	cr_expect_not(pim_downstream_adopt(&downstream, &sg, 210, 0));
	cr_expect_eq(entry()->state, PIM_JOIN);
	timers_run(&timers, timers.now + 200 * USEC_PER_SEC);
	pim_downstream_join(&downstream, &sg, &router, 210);
	cr_expect_eq(wanted_calls, 0, "it was wanted all the time");
	timers_run(&timers, timers.now + 209 * USEC_PER_SEC);
	cr_expect_eq(unwanted_calls, 0);
	timers_run(&timers, timers.now + 1 * USEC_PER_SEC);
	cr_expect_eq(unwanted_calls, 1);
}
