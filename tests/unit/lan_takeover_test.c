/* SPDX-License-Identifier: BSD-2-Clause */
/* A channel is lost by Assert, and its winner falls silent. Time is counted in steps of 1 ms: what
 * the winner sends, and what comes by our relay, each so many milliseconds apart, or never (0). */
#include "lan_lab.h"

#define TAKEOVER (100 * USEC_PER_MS)

static struct {
	bool listening;
	usec_t heard;
	uint64_t arrived;
} wire;

static bool listen_to(const struct lan *lan, const struct sg *sg, bool begin)
{
	(void)sg;
	cr_assert_eq(lan->number, 0);
	cr_assert_neq(wire.listening, begin);
	wire.listening = begin;
	wire.heard = 0;
	return true;
}

static usec_t heard(const struct lan *lan, const struct sg *sg)
{
	(void)lan;
	(void)sg;
	cr_assert(wire.listening);
	return wire.heard;
}

static uint64_t arrived(const struct lan *lan, const struct sg *sg)
{
	(void)lan;
	(void)sg;
	return wire.arrived;
}

static struct lan_actions actions;

static void begin(void)
{
	memset(&wire, 0, sizeof(wire));
	lab_begin();
	actions = lab_lan_actions;
	actions.listen = listen_to;
	actions.heard = heard;
	actions.arrived = arrived;
	lab.lans.actions = &actions;
	lab.lans.takeover = TAKEOVER;
	lab_start(false);
	lab_hello(0, ipv4.router);
	lab_hello(0, ipv6.router);
	lab_hello(0, ipv4.router2);
	lab_hello(0, ipv6.router2);
	run_for(&lab.timers, 6);
	lab_events();
}

static void end(void)
{
	lab_end();
	fini_assert(!wire.listening, "the dataplane still listens");
}

TestSuite(lan_takeover, .init = begin, .fini = end);

static bool is_lost(const struct lan_family *is)
{
	return lab_channel(is->source, is->group)->lost;
}

static void lose(const struct lan_family *is)
{
	lab_assert(is, 10);
	cr_assert(is_lost(is));
	lab_events();
}

static void lose_a_channel(const struct lan_family *is)
{
	lab_join(0, is->router, is->source, is->group);
	lab_serve(lab_channel(is->source, is->group));
	lose(is);
}

/* Returns how many milliseconds pass until we forward, at most `most`. */
static unsigned pass(const struct lan_family *is, unsigned most, unsigned winner, unsigned ours)
{
	unsigned ms;

	for (ms = 0; ms < most && is_lost(is); ms++) {
		if (ours && ms % ours == 0)
			wire.arrived++;
		if (winner && ms % winner == 0)
			wire.heard = lab.timers.now;
		run_for(&lab.timers, 0.001);
	}
	return ms;
}

FAMILY_TEST(lan_takeover, a_winner_that_falls_silent_is_replaced_in_time)
{
	unsigned ms;

	lose_a_channel(is);
	cr_expect_eq(pass(is, 5000, 1, 1), 5000, "it sends");
	ms = pass(is, 1000, 0, 1);
	cr_expect(ms >= 99 && ms <= 105, "%u", ms);
	cr_expect_str_eq(lab_events(), "", "without an Assert");
	cr_expect_not(wire.listening);
}

FAMILY_TEST(lan_takeover, a_winner_that_never_sent_is_replaced_too)
{
	lose_a_channel(is);
	cr_expect_leq(pass(is, 1000, 0, 1), 140);
}

FAMILY_TEST(lan_takeover, nothing_is_taken_over_while_the_source_is_silent)
{
	lose_a_channel(is);
	pass(is, 1000, 1, 1);
	cr_expect_eq(pass(is, 20000, 0, 0), 20000);
	cr_expect_eq(pass(is, 20000, 5, 5), 20000, "it goes on, for both");
	cr_expect_eq(pass(is, 90, 0, 0) + pass(is, 3000, 1, 1), 3090, "a short pause");
	cr_expect_eq(pass(is, 20000, 0, 0), 20000);
	cr_expect_leq(pass(is, 3000, 0, 1), 1300, "it goes on for us alone");
}

FAMILY_TEST(lan_takeover, a_slow_channel_is_left_to_the_hellos)
{
	lose_a_channel(is);
	cr_expect_eq(pass(is, 20000, 0, 500), 20000);
}

FAMILY_TEST(lan_takeover, who_is_contradicted_waits_longer_each_time)
{
	unsigned waits[8];

	lose_a_channel(is);
	for (unsigned i = 0; i < 8; i++) {
		waits[i] = pass(is, 100000, 0, 1);
		run_for(&lab.timers, 0.02);
		lose(is);
	}
	cr_expect_leq(waits[0], 140);
	for (unsigned i = 1; i < 7; i++)
		cr_expect(waits[i] >= 1000u << (i - 1) && waits[i] <= (1000u << (i - 1)) + 1100,
			  "%u: %u", i, waits[i]);
	cr_expect_leq(waits[7], 61100, "a minute at most");
	pass(is, 100000, 0, 1);
	run_for(&lab.timers, 11);
	lose(is);
	cr_expect_leq(pass(is, 10000, 0, 1), 140, "the last one was not in vain");
}

FAMILY_TEST(lan_takeover, it_ends_with_the_channel)
{
	lose_a_channel(is);
	lab_prune(0, is->router, is->source, is->group);
	run_for(&lab.timers, 10);
	cr_expect_not(wire.listening);
	cr_expect_null(lab.lans.list[0].takeovers);
}

static void say_to_winner(const struct lan_family *is, bool prune)
{
	struct wire_entry entry = {is->group, 0, FULL, prune, is->source, SPARSE, FULL};
	uint8_t bytes[256];
	struct ip_datagram ip =
		join_prune(is->router2, is->router, HELD, &entry, 1, bytes, sizeof(bytes));

	lab_observe_pim(0, &ip);
}

static bool is_there(const struct lan_family *is)
{
	struct sg sg = channel(is->source, is->group);

	return channel_table_find(&lab.channels, &sg);
}

/* Routers send their Joins to the winner. */
FAMILY_TEST(lan_takeover, what_is_joined_at_the_winner_stays_joined)
{
	lab.lans.pim.follow_winners = true;
	say_to_winner(is, false);
	cr_expect_not(is_there(is), "what nobody has joined here is not ours");
	lose_a_channel(is);
	run_for(&lab.timers, 150);
	lab_assert(is, 10);
	say_to_winner(is, false);
	run_for(&lab.timers, 100);
	cr_expect(is_there(is), "HELD is 210");
	say_to_winner(is, true);
	run_for(&lab.timers, 10);
	cr_expect_not(is_there(is));
}

FAMILY_TEST(lan_takeover, else_it_ends_with_its_holdtime)
{
	lose_a_channel(is);
	run_for(&lab.timers, 150);
	lab_assert(is, 10);
	say_to_winner(is, false);
	run_for(&lab.timers, 100);
	cr_expect_not(is_there(is));
}

FAMILY_TEST(lan_takeover, off_by_default)
{
	lab.lans.takeover = 0;
	lose_a_channel(is);
	cr_expect_not(wire.listening);
	cr_expect_eq(pass(is, 5000, 0, 1), 5000);
}
