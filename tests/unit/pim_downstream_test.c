/* SPDX-License-Identifier: BSD-2-Clause */
/* RFC 7761 section 4.5.2, a row for each transition, in virtual time. */
#include "pim/downstream.h"

#include <criterion/criterion.h>

#define OVERRIDE (3 * USEC_PER_SEC)

static struct timers timers;
static struct pim_downstream downstream;
static struct sg sg;
static int wanted_calls, unwanted_calls;

static void wanted(struct pim_downstream *of, const struct sg *which, bool is_wanted)
{
	cr_assert_eq(of, &downstream);
	cr_assert(!memcmp(which, &sg, sizeof(struct sg)));
	is_wanted ? wanted_calls++ : unwanted_calls++;
}

static void begin(void)
{
	timers = (struct timers){.now = 1000 * USEC_PER_SEC};
	downstream = (struct pim_downstream){.timers = &timers, .limit = 4, .wanted = wanted};
	wanted_calls = unwanted_calls = 0;
	addr_parse("192.0.2.10", &sg.source);
	addr_parse("232.1.1.1", &sg.group);
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

static const struct row {
	const char *transition;
	struct step steps[8];
	enum pim_downstream_state state;
	int wanted, unwanted;
} rows[] = {
	{"NI: Prune changes nothing", {{PRUNE, 0}}, PIM_NO_INFO, 0, 0},
	{"NI: Join -> J", {{JOIN, 210}}, PIM_JOIN, 1, 0},
	{"NI: Join with Holdtime 0 changes nothing", {{JOIN, 0}}, PIM_NO_INFO, 0, 0},
	{"J: Expiry Timer still runs at its last second",
	 {{JOIN, 210}, {WAIT, 209}},
	 PIM_JOIN,
	 1,
	 0},
	{"J: Expiry Timer expires -> NI", {{JOIN, 210}, {WAIT, 210}}, PIM_NO_INFO, 1, 1},
	{"J: Join extends ET",
	 {{JOIN, 210}, {WAIT, 200}, {JOIN, 210}, {WAIT, 209}},
	 PIM_JOIN,
	 1,
	 0},
	{"J: ET = max(ET, Holdtime)", {{JOIN, 210}, {JOIN, 10}, {WAIT, 100}}, PIM_JOIN, 1, 0},
	{"J: Join with Holdtime 0 -> NI", {{JOIN, 210}, {JOIN, 0}}, PIM_NO_INFO, 1, 1},
	{"J: Holdtime 0xffff never expires", {{JOIN, 0xffff}, {WAIT, 1000000}}, PIM_JOIN, 1, 0},
	{"J: 0xffff is not shortened", {{JOIN, 0xffff}, {JOIN, 10}, {WAIT, 100}}, PIM_JOIN, 1, 0},
	{"J: 0xffff replaces a Holdtime",
	 {{JOIN, 10}, {JOIN, 0xffff}, {WAIT, 100}},
	 PIM_JOIN,
	 1,
	 0},
	{"J: 0xffff ends by a Prune", {{JOIN, 0xffff}, {PRUNE_ALONE, 0}}, PIM_NO_INFO, 1, 1},
	{"J: Prune, several neighbours -> PP", {{JOIN, 210}, {PRUNE, 0}}, PIM_PRUNE_PENDING, 1, 0},
	{"J: Prune, one neighbour -> NI", {{JOIN, 210}, {PRUNE_ALONE, 0}}, PIM_NO_INFO, 1, 1},
	{"PP: forwards like J until PPT",
	 {{JOIN, 210}, {PRUNE, 0}, {WAIT, 2}},
	 PIM_PRUNE_PENDING,
	 1,
	 0},
	{"PP: PPT expires -> NI", {{JOIN, 210}, {PRUNE, 0}, {WAIT, 3}}, PIM_NO_INFO, 1, 1},
	{"PP: Join -> J, PPT stops",
	 {{JOIN, 210}, {PRUNE, 0}, {WAIT, 2}, {JOIN, 210}, {WAIT, 60}},
	 PIM_JOIN,
	 1,
	 0},
	{"PP: Prune does not restart PPT",
	 {{JOIN, 210}, {PRUNE, 0}, {WAIT, 2}, {PRUNE, 0}, {WAIT, 1}},
	 PIM_NO_INFO,
	 1,
	 1},
	{"PP: ET expires -> NI", {{JOIN, 2}, {PRUNE, 0}, {WAIT, 2}}, PIM_NO_INFO, 1, 1},
	{"NI again: Join -> J", {{JOIN, 210}, {PRUNE_ALONE, 0}, {JOIN, 210}}, PIM_JOIN, 2, 1},
};

static void act(const struct step *step)
{
	switch (step->act) {
	case JOIN:
		cr_assert(pim_downstream_join(&downstream, &sg, step->value));
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

static enum pim_downstream_state state(void)
{
	struct pim_downstream_entry *entry;

	HASH_FIND(hh, downstream.by_sg, &sg, sizeof(sg), entry);
	return entry ? entry->state : PIM_NO_INFO;
}

Test(pim_downstream, transitions)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		begin();
		for (const struct step *step = rows[i].steps; step->act != END; step++)
			act(step);
		cr_expect_eq(state(), rows[i].state, "%s: state %d", rows[i].transition, state());
		cr_expect_eq(wanted_calls, rows[i].wanted, "%s: wanted %d times",
			     rows[i].transition, wanted_calls);
		cr_expect_eq(unwanted_calls, rows[i].unwanted, "%s: left %d times",
			     rows[i].transition, unwanted_calls);
		end();
	}
	begin();
}

Test(pim_downstream, a_full_table_refuses_and_keeps_what_it_has)
{
	unsigned refused = 0;

	for (int i = 0; i < 6; i++) {
		sg.group.bytes[3] = i;
		refused += !pim_downstream_join(&downstream, &sg, 210);
	}
	cr_expect_eq(refused, 2);
	cr_expect_eq(pim_downstream_count(&downstream), 4);
	sg.group.bytes[3] = 0;
	cr_expect(pim_downstream_join(&downstream, &sg, 210), "a refresh needs no room");
	pim_downstream_prune(&downstream, &sg, 0);
	sg.group.bytes[3] = 9;
	cr_expect(pim_downstream_join(&downstream, &sg, 210), "a place that was left is free");
}

Test(pim_downstream, adopted_state_ends_with_its_holdtime_or_lives_by_a_join)
{
	cr_expect(pim_downstream_adopt(&downstream, &sg, 210));
	cr_expect_not(pim_downstream_adopt(&downstream, &sg, 210));
	cr_expect_eq(state(), PIM_JOIN);
	timers_run(&timers, timers.now + 200 * USEC_PER_SEC);
	pim_downstream_join(&downstream, &sg, 210);
	cr_expect_eq(wanted_calls, 0, "it was wanted all the time");
	timers_run(&timers, timers.now + 209 * USEC_PER_SEC);
	cr_expect_eq(unwanted_calls, 0);
	timers_run(&timers, timers.now + 1 * USEC_PER_SEC);
	cr_expect_eq(unwanted_calls, 1);
}
