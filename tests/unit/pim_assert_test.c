/* SPDX-License-Identifier: BSD-2-Clause */
/* RFC 7761 section 4.6, a row for each transition of figure 8, in virtual time. We are 10.0.0.5,
 * with preference 200 and metric 100. */
#include "pim/assert.h"
#include "pim_messages.h"
#include "virtual_time.h"

#include <string.h>

#define LOWER  "10.0.0.4"
#define HIGHER "10.0.0.6"
#define THIRD  "10.0.0.7"

static struct timers timers;
static struct pim_asserts asserts;
static enum pim_interest our_interest;
static struct sg sg;
static int sent, cancels, lost_calls, found_calls;

static enum pim_interest interest(struct pim_asserts *of, const struct sg *which)
{
	cr_assert(of == &asserts && !memcmp(which, &sg, sizeof(sg)));
	return our_interest;
}

static void send_assert(struct pim_asserts *of, const struct sg *which,
			const struct pim_metric *metric)
{
	cr_assert(of == &asserts && !memcmp(which, &sg, sizeof(sg)));
	if (metric->rpt && metric->preference == 0x7fffffff && metric->metric == 0xffffffff) {
		cancels++;
		return;
	}
	cr_expect(!metric->rpt && metric->preference == 200 && metric->metric == 100);
	sent++;
}

static void lost(struct pim_asserts *of, const struct sg *which, bool is_lost)
{
	cr_assert(of == &asserts && !memcmp(which, &sg, sizeof(sg)));
	is_lost ? lost_calls++ : found_calls++;
}

static void begin(void)
{
	timers = (struct timers){.now = 1000 * USEC_PER_SEC};
	asserts = (struct pim_asserts){.timers = &timers,
				       .us = address("10.0.0.5"),
				       .metric = {.preference = 200, .metric = 100},
				       .interest = interest,
				       .send = send_assert,
				       .lost = lost};
	sg = channel("192.0.2.10", "232.1.1.1");
	our_interest = PIM_FORWARDED;
	sent = cancels = lost_calls = found_calls = 0;
}

static void end(void)
{
	pim_asserts_free(&asserts);
	timers_free(&timers);
}

TestSuite(pim_assert, .init = begin, .fini = end);

enum act { END, HEAR, DATA, JOIN, INTEREST, GONE, WAIT };

struct step {
	enum act act;
	const char *from;
	uint32_t preference, metric; /* preference: also interest, or seconds */
	bool rpt;
};

#define BETTER_FROM(who)                                                                           \
	{                                                                                          \
		HEAR, who, 100, 10, false                                                          \
	}
#define BEST_FROM(who)                                                                             \
	{                                                                                          \
		HEAR, who, 1, 10, false                                                            \
	}
#define WORSE_FROM(who)                                                                            \
	{                                                                                          \
		HEAR, who, 250, 10, false                                                          \
	}
#define EQUAL_FROM(who)                                                                            \
	{                                                                                          \
		HEAR, who, 200, 100, false                                                         \
	}
#define SHARED_FROM(who)                                                                           \
	{                                                                                          \
		HEAR, who, 1, 1, true                                                              \
	}
#define CANCEL_FROM(who)                                                                           \
	{                                                                                          \
		HEAR, who, 0x7fffffff, 0xffffffff, true                                            \
	}
#define OTHERS_DATA                                                                                \
	{                                                                                          \
		DATA, NULL, 0, 0, false                                                            \
	}
#define OUR_JOIN                                                                                   \
	{                                                                                          \
		JOIN, NULL, 0, 0, false                                                            \
	}
#define BECOMES(interest)                                                                          \
	{                                                                                          \
		INTEREST, NULL, interest, 0, false                                                 \
	}
#define LEAVES(who)                                                                                \
	{                                                                                          \
		GONE, who, 0, 0, false                                                             \
	}
#define PASSES(seconds)                                                                            \
	{                                                                                          \
		WAIT, NULL, seconds, 0, false                                                      \
	}

#define NI PIM_ASSERT_NO_INFO
#define W  PIM_ASSERT_WINNER
#define L  PIM_ASSERT_LOSER

static const struct row {
	const char *section, *transition;
	enum pim_interest interest; /* at first */
	struct step steps[5];
	enum pim_assert_state state;
	const char *winner; /* NULL in NoInfo */
	unsigned at;        /* seconds left of the Assert Timer */
	int sent, cancels, lost, found;
} rows[] = {
	/* clang-format off */
	{"4.6.1 NI", "Receive Inferior Assert, RPTbit clear -> W, A1", PIM_FORWARDED,
	 {WORSE_FROM(HIGHER)}, W, "10.0.0.5", 177, 1, 0, 0, 0},
	{"4.6.1 NI", "Receive Inferior Assert, but no CouldAssert: ours is infinite -> L, A6", PIM_WANTED,
	 {WORSE_FROM(HIGHER)}, L, HIGHER, 180, 0, 0, 1, 0},
	{"4.6.1 NI", "Receive Assert with RPTbit set and CouldAssert -> W, A1", PIM_FORWARDED,
	 {SHARED_FROM(HIGHER)}, W, "10.0.0.5", 177, 1, 0, 0, 0},
	{"4.6.1 NI", "Receive Assert with RPTbit set, no CouldAssert -> NI", PIM_WANTED,
	 {SHARED_FROM(HIGHER)}, NI, NULL, 0, 0, 0, 0, 0},
	{"4.6.4 NI", "Receive AssertCancel and CouldAssert -> W, A1", PIM_FORWARDED,
	 {CANCEL_FROM(HIGHER)}, W, "10.0.0.5", 177, 1, 0, 0, 0},
	{"4.6.4 NI", "Receive AssertCancel, no CouldAssert -> NI", PIM_WANTED,
	 {CANCEL_FROM(HIGHER)}, NI, NULL, 0, 0, 0, 0, 0},
	{"4.6.1 NI", "Data arrives and CouldAssert -> W, A1", PIM_FORWARDED,
	 {OTHERS_DATA}, W, "10.0.0.5", 177, 1, 0, 0, 0},
	{"4.6.1 NI", "Data arrives, no CouldAssert -> NI", PIM_WANTED,
	 {OTHERS_DATA}, NI, NULL, 0, 0, 0, 0, 0},
	{"4.6.1 NI", "Receive Acceptable Assert, RPTbit clear, AssTrDes -> L, A6", PIM_FORWARDED,
	 {BETTER_FROM(LOWER)}, L, LOWER, 180, 0, 0, 1, 0},
	{"4.6.1 NI", "Receive Acceptable Assert, no AssTrDes -> NI", PIM_UNWANTED,
	 {BETTER_FROM(LOWER)}, NI, NULL, 0, 0, 0, 0, 0},
	{"4.6.1 NI", "Receive Inferior Assert, no AssTrDes -> NI", PIM_UNWANTED,
	 {WORSE_FROM(LOWER)}, NI, NULL, 0, 0, 0, 0, 0},

	{"4.6.3", "equal preference and metric, the other's address is higher -> L", PIM_FORWARDED,
	 {EQUAL_FROM(HIGHER)}, L, HIGHER, 180, 0, 0, 1, 0},
	{"4.6.3", "equal preference and metric, the other's address is lower -> W", PIM_FORWARDED,
	 {EQUAL_FROM(LOWER)}, W, "10.0.0.5", 177, 1, 0, 0, 0},
	{"4.6.3", "preference comes before metric", PIM_FORWARDED,
	 {{HEAR, LOWER, 199, 0xfffffffe, false}}, L, LOWER, 180, 0, 0, 1, 0},
	{"4.6.3", "equal preference, the lower metric wins", PIM_FORWARDED,
	 {{HEAR, LOWER, 200, 99, false}}, L, LOWER, 180, 0, 0, 1, 0},
	{"4.6.3", "equal preference, the higher metric loses", PIM_FORWARDED,
	 {{HEAR, HIGHER, 200, 101, false}}, W, "10.0.0.5", 177, 1, 0, 0, 0},
	{"4.6.1", "an infinite metric is never acceptable, RPTbit or not", PIM_WANTED,
	 {{HEAR, HIGHER, 0x7fffffff, 0xffffffff, false}}, NI, NULL, 0, 0, 0, 0, 0},

	{"4.6.1 W", "Assert Timer Expires -> W, A3", PIM_FORWARDED,
	 {OTHERS_DATA, PASSES(177)}, W, "10.0.0.5", 177, 2, 0, 0, 0},
	{"4.6.1 W", "Receive Inferior Assert -> W, A3", PIM_FORWARDED,
	 {OTHERS_DATA, PASSES(100), WORSE_FROM(HIGHER)}, W, "10.0.0.5", 177, 2, 0, 0, 0},
	{"4.6.1 W", "Receive (*,G) Assert that mentions S -> W, A3", PIM_FORWARDED,
	 {OTHERS_DATA, PASSES(100), SHARED_FROM(HIGHER)}, W, "10.0.0.5", 177, 2, 0, 0, 0},
	{"4.6.1 W", "Data arrives -> W, nothing is sent", PIM_FORWARDED,
	 {OTHERS_DATA, PASSES(100), OTHERS_DATA}, W, "10.0.0.5", 77, 1, 0, 0, 0},
	{"4.6.1 W", "Receive Preferred Assert -> L, A2", PIM_FORWARDED,
	 {OTHERS_DATA, PASSES(100), BETTER_FROM(LOWER)}, L, LOWER, 180, 1, 0, 1, 0},
	{"4.6.1 W", "CouldAssert -> FALSE: no packets any more -> NI, A4", PIM_FORWARDED,
	 {OTHERS_DATA, BECOMES(PIM_WANTED)}, NI, NULL, 0, 1, 1, 0, 0},
	{"4.6.1 W", "CouldAssert -> FALSE: nobody wants it -> NI, A4", PIM_FORWARDED,
	 {OTHERS_DATA, BECOMES(PIM_UNWANTED)}, NI, NULL, 0, 1, 1, 0, 0},
	{"4.6.1 W", "Receive Join(S,G) -> W", PIM_FORWARDED,
	 {OTHERS_DATA, OUR_JOIN}, W, "10.0.0.5", 177, 1, 0, 0, 0},
	{"4.6.1 W", "another neighbor's NLT expires -> W", PIM_FORWARDED,
	 {OTHERS_DATA, LEAVES(LOWER)}, W, "10.0.0.5", 177, 1, 0, 0, 0},

	{"4.6.1 L", "Receive Preferred Assert, of a third -> L, A2", PIM_FORWARDED,
	 {BETTER_FROM(LOWER), PASSES(100), BEST_FROM(THIRD)}, L, THIRD, 180, 0, 0, 1, 0},
	{"4.6.1 L", "Receive Assert of a third, not preferred, acceptable -> L", PIM_FORWARDED,
	 {BEST_FROM(LOWER), PASSES(100), BETTER_FROM(THIRD)}, L, LOWER, 80, 0, 0, 1, 0},
	{"4.6.1 L", "Receive Inferior Assert of a third -> L", PIM_FORWARDED,
	 {BEST_FROM(LOWER), PASSES(100), WORSE_FROM(THIRD)}, L, LOWER, 80, 0, 0, 1, 0},
	{"4.6.4 L", "Receive AssertCancel of a third -> L", PIM_FORWARDED,
	 {BEST_FROM(LOWER), PASSES(100), CANCEL_FROM(THIRD)}, L, LOWER, 80, 0, 0, 1, 0},
	{"4.6.1 L", "Receive Acceptable Assert from Current Winner, as before -> L, A2", PIM_FORWARDED,
	 {BETTER_FROM(LOWER), PASSES(177), BETTER_FROM(LOWER)}, L, LOWER, 180, 0, 0, 1, 0},
	{"4.6.1 L", "Receive Acceptable Assert from Current Winner, worse than before -> L, A2", PIM_FORWARDED,
	 {BEST_FROM(LOWER), PASSES(100), BETTER_FROM(LOWER)}, L, LOWER, 180, 0, 0, 1, 0},
	{"4.6.1 L", "Receive Inferior Assert from Current Winner -> NI, A5", PIM_FORWARDED,
	 {BETTER_FROM(LOWER), WORSE_FROM(LOWER)}, NI, NULL, 0, 0, 0, 1, 1},
	{"4.6.1 L", "Receive AssertCancel from Current Winner -> NI, A5", PIM_FORWARDED,
	 {BETTER_FROM(LOWER), CANCEL_FROM(LOWER)}, NI, NULL, 0, 0, 0, 1, 1},
	{"4.6.1 L", "Receive AssertCancel from Current Winner, ours is infinite -> NI, A5", PIM_WANTED,
	 {BETTER_FROM(LOWER), CANCEL_FROM(LOWER)}, NI, NULL, 0, 0, 0, 1, 1},
	{"4.6.1 L", "Assert Timer runs -> L", PIM_FORWARDED,
	 {BETTER_FROM(LOWER), PASSES(179)}, L, LOWER, 1, 0, 0, 1, 0},
	{"4.6.1 L", "Assert Timer Expires -> NI, A5", PIM_FORWARDED,
	 {BETTER_FROM(LOWER), PASSES(180)}, NI, NULL, 0, 0, 0, 1, 1},
	{"4.6.1 L", "Current Winner's GenID Changes or NLT Expires -> NI, A5", PIM_FORWARDED,
	 {BETTER_FROM(LOWER), LEAVES(LOWER)}, NI, NULL, 0, 0, 0, 1, 1},
	{"4.6.1 L", "another neighbor's NLT expires -> L", PIM_FORWARDED,
	 {BETTER_FROM(LOWER), LEAVES(HIGHER)}, L, LOWER, 180, 0, 0, 1, 0},
	{"4.6.1 L", "AssTrDes -> FALSE -> NI, A5", PIM_FORWARDED,
	 {BETTER_FROM(LOWER), BECOMES(PIM_UNWANTED)}, NI, NULL, 0, 0, 0, 1, 1},
	{"4.6.1 L", "CouldAssert -> FALSE, AssTrDes -> L", PIM_FORWARDED,
	 {BETTER_FROM(LOWER), BECOMES(PIM_WANTED)}, L, LOWER, 180, 0, 0, 1, 0},
	{"4.6.1 L", "my_metric -> better than winner's metric -> NI, A5", PIM_WANTED,
	 {WORSE_FROM(LOWER), BECOMES(PIM_FORWARDED)}, NI, NULL, 0, 0, 0, 1, 1},
	{"4.6.1 L", "my_metric -> finite, but not better -> L", PIM_WANTED,
	 {BETTER_FROM(LOWER), BECOMES(PIM_FORWARDED)}, L, LOWER, 180, 0, 0, 1, 0},
	{"4.6.1 L", "Receive Join(S,G) on Interface I -> NI, A5", PIM_FORWARDED,
	 {BETTER_FROM(LOWER), OUR_JOIN}, NI, NULL, 0, 0, 0, 1, 1},
	{"4.6.1 L", "Data arrives: the winner's -> L", PIM_FORWARDED,
	 {BETTER_FROM(LOWER), OTHERS_DATA}, L, LOWER, 180, 0, 0, 1, 0},
	/* clang-format on */
};

static void act(const struct step *step)
{
	struct addr from = step->from ? address(step->from) : (struct addr){0};
	struct pim_assert message = {.sg = sg,
				     .is_channel = true,
				     .metric = {.rpt = step->rpt,
						.preference = step->preference,
						.metric = step->metric}};

	switch (step->act) {
	case HEAR:
		pim_asserts_receive(&asserts, &from, &message);
		break;
	case DATA:
		pim_asserts_data(&asserts, &sg);
		break;
	case JOIN:
		pim_asserts_join(&asserts, &sg);
		break;
	case INTEREST:
		our_interest = step->preference;
		pim_asserts_interest_changed(&asserts, &sg);
		break;
	case GONE:
		pim_asserts_neighbor_gone(&asserts, &from);
		break;
	case WAIT:
		run_for(&timers, step->preference);
		break;
	case END:
		break;
	}
}

static void check(const struct row *row)
{
	const struct pim_assert_entry *entry = pim_asserts_find(&asserts, &sg);
	char text[ADDR_TEXT];

	cr_expect_eq(entry ? entry->state : NI, row->state, "%s: %s: state %d", row->section,
		     row->transition, entry ? entry->state : NI);
	cr_expect_eq(sent, row->sent, "%s: %s: %d Asserts", row->section, row->transition, sent);
	cr_expect_eq(cancels, row->cancels, "%s: %s: %d cancels", row->section, row->transition,
		     cancels);
	cr_expect_eq(lost_calls, row->lost, "%s: %s: lost %d times", row->section, row->transition,
		     lost_calls);
	cr_expect_eq(found_calls, row->found, "%s: %s: found again %d times", row->section,
		     row->transition, found_calls);
	if (!entry || !row->winner)
		return;
	cr_expect_str_eq(addr_format(&entry->winner, text), row->winner, "%s: %s: %s", row->section,
			 row->transition, text);
	cr_expect_eq(timer_left(&timers, &entry->timer) / USEC_PER_SEC, row->at, "%s: %s: AT",
		     row->section, row->transition);
}

Test(pim_assert, transitions)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		begin();
		our_interest = rows[i].interest;
		for (const struct step *step = rows[i].steps; step->act != END; step++)
			act(step);
		check(&rows[i]);
		end();
	}
	begin();
}

/* What we have won is given up at once; what others have won they keep. */
Test(pim_assert, another_metric)
{
	struct pim_metric metric = {.preference = 200, .metric = 100};

	pim_asserts_data(&asserts, &sg);
	cr_assert_eq(pim_asserts_find(&asserts, &sg)->state, PIM_ASSERT_WINNER);
	pim_asserts_change_metric(&asserts, &metric);
	cr_expect_null(pim_asserts_find(&asserts, &sg));
	cr_expect_eq(cancels, 1);
	pim_asserts_receive(&asserts, &(struct addr){.family = AF_INET, .bytes = {10, 0, 0, 6}},
			    &(struct pim_assert){.sg = sg, .metric = metric});
	cr_assert_eq(pim_asserts_find(&asserts, &sg)->state, PIM_ASSERT_LOSER);
	pim_asserts_change_metric(&asserts, &metric);
	cr_expect_eq(pim_asserts_find(&asserts, &sg)->state, PIM_ASSERT_LOSER);
	cr_expect_eq(cancels, 1);
}
