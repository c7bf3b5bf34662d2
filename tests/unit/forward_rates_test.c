/* SPDX-License-Identifier: BSD-2-Clause */
/* Who is stopped when a line is full, who is refused, and who comes back when. */
#include "channel/stop.h"
#include "forward/admission_shown.h"
#include "forward_lab.h"

#define MBIT    INT64_C(1000000)
#define GROUPS  8
#define RUNS    CHANNEL_RECEIVING
#define STOPPED CHANNEL_FAILED

static struct policies policies;
static struct rate_limits options;
static int64_t brings[LAB_SLOTS]; /* bits a second, by slot */

static void begin(void)
{
	fwd_begin();
	policies = (struct policies){0};
	options = (struct rate_limits){.policies = &policies};
	memset(brings, 0, sizeof(brings));
}

TestSuite(forward_rates, .init = begin, .fini = fwd_end);

static void limit(int64_t rate)
{
	options.rate = rate;
	admission_start(&fwd.forward, &options);
}

static void add_policy(const char *prefix, unsigned priority)
{
	struct policy *policy = &policies.list[policies.count++];

	policy->priority = priority;
	cr_assert(prefix_parse(prefix, &policy->prefix));
}

/* The channels' relays send for this time. */
static void run(double seconds)
{
	for (double run = 0; run < seconds; run += 0.25) {
		for (uint32_t slot = 0; slot < LAB_SLOTS; slot++) {
			const struct channel *channel = channel_table_at(&lab.paths.channels, slot);
			struct dataplane_channel_stats *stats = &fwd.stats[slot];

			if (!channel || !channel->forwarding || !brings[slot])
				continue;
			stats->packets += 1;
			stats->bytes += brings[slot] / 8 / 4;
			stats->last_ns = lab.timers.now * 1000;
			channel_first_packet(channel_table_at(&lab.paths.channels, slot),
					     lab.timers.now);
		}
		lab_run(0.25);
	}
}

static struct sg sg_of(unsigned group)
{
	char text[ADDR_TEXT];

	snprintf(text, sizeof(text), "232.0.0.%u", group);
	return (struct sg){.source = address(SOURCE), .group = address(text)};
}

/* Channel number `group` from 1 on, which LAN `lan` joins; it brings so many bits a second. */
static struct channel *join_on(unsigned group, unsigned lan, int64_t bits)
{
	struct sg sg = sg_of(group);
	struct channel *channel;

	cr_assert(channel_table_want(&lab.paths.channels, &sg, lan, lab.timers.now));
	channel = channel_table_find(&lab.paths.channels, &sg);
	brings[channel->slot] = bits;
	lab_run(0.25);
	return channel;
}

static struct channel *join(unsigned group, int64_t bits)
{
	return join_on(group, 0, bits);
}

static struct channel *at(unsigned group)
{
	struct sg sg = sg_of(group);
	struct channel *channel = channel_table_find(&lab.paths.channels, &sg);

	cr_assert(channel, "channel %u", group);
	return channel;
}

/* "+-+": the channels from 1 on, '+' for one that runs, '-' for one that is stopped. */
static const char *states(void)
{
	static char text[GROUPS + 1];

	memset(text, 0, sizeof(text));
	for (unsigned i = 0; i < GROUPS; i++) {
		struct sg sg = sg_of(i + 1);
		const struct channel *channel = channel_table_find(&lab.paths.channels, &sg);

		if (!channel)
			break;
		text[i] = channel->halted ? '-' : '+';
	}
	return text;
}

static int64_t used(void)
{
	struct admission_line line;
	unsigned next = 0;

	cr_assert(admission_next_line(&fwd.forward, &next, &line));
	return line.line->used;
}

Test(forward_rates, without_limits_nothing_is_measured)
{
	admission_start(&fwd.forward, &options);
	cr_expect_null(fwd.forward.rates);
	join(1, 1000 * MBIT);
	run(5);
	cr_expect_str_eq(states(), "+");
	cr_expect_eq(fwd.entry.rate, 0);
}

Test(forward_rates, what_channels_bring_is_measured)
{
	limit(900 * MBIT);
	join(1, 300 * MBIT);
	join(2, 200 * MBIT);
	run(5);
	cr_expect_eq(used(), 500 * MBIT, "%ld", (long)used());
	brings[at(1)->slot] = 0;
	run(3);
	cr_expect_eq(used(), 200 * MBIT);
	channel_table_unwant(&lab.paths.channels, &at(2)->sg, 0);
	run(5);
	cr_expect_eq(used(), 0, "%ld", (long)used());
}

Test(forward_rates, youngest_is_stopped_as_a_whole)
{
	limit(900 * MBIT);
	for (unsigned i = 1; i <= 4; i++)
		join(i, 200 * MBIT);
	run(5);
	cr_expect_str_eq(states(), "++++");
	brings[at(1)->slot] = 350 * MBIT;
	run(1);
	cr_expect_str_eq(states(), "++++", "one look above the limit is not enough");
	run(3);
	cr_expect_str_eq(states(), "+++-");
	cr_expect_eq(at(4)->state, CHANNEL_FAILED);
	cr_expect(strstr(at(4)->reason, "'rate' in [limits]"), "%s", at(4)->reason);
	cr_expect_eq(used(), 750 * MBIT);
	cr_expect(!at(4)->forwarding && !path_relay(at(4)), "it has left its relay");
	cr_expect_not(at(4)->retry.slot);
}

Test(forward_rates, relay_is_told_that_a_channel_is_stopped)
{
	unsigned updates;

	limit(900 * MBIT);
	join(1, 500 * MBIT);
	join(2, 500 * MBIT);
	updates = lab_sent(ONE, AMT_UPDATE);
	run(5);
	cr_expect_str_eq(states(), "+-");
	cr_expect_gt(lab_sent(ONE, AMT_UPDATE), updates);
}

Test(forward_rates, fewest_lans_go_first_then_lowest_priority)
{
	add_policy("232.0.0.2", 1);
	add_policy(SOURCE, 5);
	limit(900 * MBIT);
	join(1, 200 * MBIT);
	join(2, 200 * MBIT); /* low priority */
	join(3, 200 * MBIT);
	join(4, 200 * MBIT);
	join_on(2, 1, 200 * MBIT); /* but two LANs */
	join_on(4, 1, 200 * MBIT); /* as this, of a higher priority */
	run(3);
	cr_assert_str_eq(states(), "++++");
	brings[at(4)->slot] = 350 * MBIT;
	run(4);
	cr_expect_str_eq(states(), "++-+", "the younger one of one LAN");
	brings[at(4)->slot] = 550 * MBIT;
	run(4);
	cr_expect_str_eq(states(), "-+-+", "the older one of one LAN");
	brings[at(4)->slot] = 850 * MBIT;
	run(4);
	cr_expect_str_eq(states(), "---+", "the lower priority");
}

Test(forward_rates, channels_without_data_stay)
{
	limit(900 * MBIT);
	join(1, 500 * MBIT);
	join(2, 500 * MBIT);
	join(3, 0);
	run(5);
	cr_expect_str_eq(states(), "+-+");
}

Test(forward_rates, newest_is_refused_while_the_line_is_full)
{
	limit(900 * MBIT);
	join(1, 800 * MBIT);
	join(2, 150 * MBIT);
	run(5);
	cr_assert_str_eq(states(), "+-");
	join(3, 10 * MBIT);
	cr_expect_str_eq(states(), "+--");
	cr_expect(strstr(at(3)->reason, "refused"), "%s", at(3)->reason);
	cr_expect_not(at(3)->forwarding);
	run(40);
	cr_expect_str_eq(states(), "+-+", "10 Mbit/s of 900 are free below 90 %%, 150 are not");
}

Test(forward_rates, wanted_more_than_others_is_not_refused)
{
	add_policy("232.0.0.3", 7);
	limit(900 * MBIT);
	join(1, 450 * MBIT);
	join(2, 440 * MBIT);
	run(3);
	brings[at(1)->slot] = 460 * MBIT;
	run(1);
	join(3, 100 * MBIT);
	cr_expect_neq(at(3)->state, CHANNEL_FAILED);
	run(5);
	cr_expect_str_eq(states(), "+-+");
}

Test(forward_rates, one_that_waits_comes_back_after_a_hold_and_below_90_percent)
{
	usec_t stopped;

	limit(900 * MBIT);
	join(1, 700 * MBIT);
	join(2, 250 * MBIT);
	run(5);
	cr_assert_str_eq(states(), "+-");
	brings[at(1)->slot] = 600 * MBIT;
	run(60);
	cr_expect_str_eq(states(), "+-", "850 of 900 are more than 90 %%");
	brings[at(1)->slot] = 500 * MBIT;
	run(5);
	cr_expect_str_eq(states(), "++");
	run(5);
	cr_expect_eq(used(), 750 * MBIT);
	brings[at(1)->slot] = 700 * MBIT;
	run(4);
	cr_assert_str_eq(states(), "+-");
	stopped = lab.timers.now;
	brings[at(1)->slot] = 100 * MBIT;
	while (at(2)->halted)
		run(0.25);
	cr_expect_geq(lab.timers.now - stopped, 16 * USEC_PER_SEC,
		      "it has come back too early once");
	cr_expect_leq(lab.timers.now - stopped, 22 * USEC_PER_SEC);
}

Test(forward_rates, waits_grow_to_five_minutes)
{
	usec_t longest = 0;

	limit(900 * MBIT);
	join(1, 800 * MBIT);
	join(2, 5 * MBIT);
	run(3);
	for (unsigned i = 0; i < 9; i++) {
		usec_t since;

		brings[at(2)->slot] = 150 * MBIT;
		while (!at(2)->halted)
			run(0.25);
		since = lab.timers.now;
		brings[at(1)->slot] = 500 * MBIT;
		while (at(2)->halted)
			run(0.25);
		longest = lab.timers.now - since;
		run(6);
		brings[at(1)->slot] = 800 * MBIT;
	}
	cr_expect_geq(longest, 298 * USEC_PER_SEC);
	cr_expect_leq(longest, 305 * USEC_PER_SEC);
}

Test(forward_rates, most_wanted_comes_back_first)
{
	add_policy("232.0.0.3", 6);
	limit(900 * MBIT);
	join(1, 100 * MBIT);
	join_on(1, 1, 100 * MBIT);
	join(2, 300 * MBIT);
	join(3, 300 * MBIT);
	run(5);
	brings[at(1)->slot] = 850 * MBIT;
	run(5);
	cr_assert_str_eq(states(), "+--");
	brings[at(1)->slot] = 400 * MBIT;
	run(30);
	cr_expect_str_eq(states(), "+-+");
	brings[at(1)->slot] = 200 * MBIT;
	run(5);
	cr_expect_str_eq(states(), "+++");
}

Test(forward_rates, more_wanted_one_takes_the_place_of_others)
{
	add_policy("232.0.0.2", 6);
	limit(900 * MBIT);
	join(1, 450 * MBIT);
	join_on(1, 1, 450 * MBIT);
	join(2, 440 * MBIT);
	run(5);
	brings[at(1)->slot] = 850 * MBIT;
	run(5);
	cr_assert_str_eq(states(), "+-");
	brings[at(1)->slot] = 300 * MBIT;
	join(3, 450 * MBIT);
	run(30);
	cr_expect_str_eq(states(), "++-", "priority 6 goes before priority 3");
	run(30);
	cr_expect_str_eq(states(), "++-", "which stays behind it");
}

Test(forward_rates, another_lan_may_be_worth_it)
{
	limit(900 * MBIT);
	join(1, 500 * MBIT);
	join(2, 500 * MBIT);
	run(5);
	cr_assert_str_eq(states(), "+-");
	join_on(2, 1, 500 * MBIT);
	run(20);
	cr_expect_str_eq(states(), "-+");
}

Test(forward_rates, full_lan_stops_a_channel_there_alone)
{
	options.lan_rates[0] = 500 * MBIT;
	limit(0);
	join(1, 300 * MBIT);
	join(2, 300 * MBIT);
	join_on(2, 1, 300 * MBIT);
	join(3, 150 * MBIT);
	run(5);
	cr_expect_eq(channel_egress(at(3)), 0);
	cr_expect(at(3)->halted, "no other LAN wants it");
	cr_expect(strstr(at(3)->reason, "lan_rate"), "%s", at(3)->reason);
	cr_expect(at(1)->halted, "one LAN wants it, and it is older");
	cr_expect_eq(channel_egress(at(2)), 3);
	join_on(4, 1, 300 * MBIT);
	run(2);
	cr_expect_eq(at(4)->state, CHANNEL_RECEIVING, "the other LAN has no limit");
}

Test(forward_rates, lan_alone_is_left)
{
	options.lan_rates[0] = 500 * MBIT;
	limit(0);
	join(1, 300 * MBIT);
	join_on(1, 1, 300 * MBIT);
	join(2, 300 * MBIT);
	join_on(2, 1, 300 * MBIT);
	run(5);
	cr_expect_eq(channel_egress(at(1)), 3);
	cr_expect_eq(channel_egress(at(2)), 2);
	cr_expect_eq(at(2)->state, CHANNEL_RECEIVING);
	channel_table_unwant(&lab.paths.channels, &at(2)->sg, 1);
	cr_expect(at(2)->halted, "LAN 0 alone wants it now");
	join_on(2, 1, 300 * MBIT);
	cr_expect_not(at(2)->halted);
	cr_expect_eq(channel_egress(at(2)), 2);
	brings[at(1)->slot] = 100 * MBIT;
	run(25);
	cr_expect_eq(channel_egress(at(2)), 3);
}

Test(forward_rates, prefix_has_a_rate_of_its_own)
{
	add_policy("232.0.0.2/31", 3); /* 2 and 3 */
	policies.list[0].rate = 100 * MBIT;
	limit(0);
	join(1, 500 * MBIT);
	join(2, 80 * MBIT);
	join(3, 80 * MBIT);
	join(4, 500 * MBIT);
	run(5);
	cr_expect_str_eq(states(), "++-+");
	cr_expect(strstr(at(3)->reason, "[policy]"), "%s", at(3)->reason);
}

Test(forward_rates, programs_keep_the_rate_of_one_channel)
{
	add_policy("232.0.0.2", 3);
	policies.list[0].channel_rate = 20 * MBIT;
	options.channel_rate = 50 * MBIT;
	limit(0);
	cr_expect(admission_has_channel_rates(&fwd.forward));
	join(1, 10 * MBIT);
	cr_expect_eq(fwd.entry.rate, 50 * MBIT);
	join(2, 10 * MBIT);
	cr_expect_eq(fwd.entry.rate, 20 * MBIT);
	run(5);
	cr_expect_str_eq(states(), "++");
}

Test(forward_rates, what_is_above_a_channels_rate_fills_the_line)
{
	options.channel_rate = 50 * MBIT;
	limit(900 * MBIT);
	join(1, 50 * MBIT);
	for (unsigned i = 0; i < 10; i++) {
		fwd.over[at(1)->slot].bytes += 200 * MBIT / 8;
		run(1);
	}
	cr_expect_geq(used(), 240 * MBIT, "%ld", (long)used());
	cr_expect_leq(used(), 260 * MBIT, "%ld", (long)used());
}

Test(forward_rates, closed_channel_leaves_the_line)
{
	limit(900 * MBIT);
	join(1, 500 * MBIT);
	join(2, 500 * MBIT);
	run(5);
	cr_assert_str_eq(states(), "+-");
	channel_table_unwant(&lab.paths.channels, &at(1)->sg, 0);
	run(30);
	cr_expect_eq(at(2)->state, CHANNEL_RECEIVING);
	cr_expect_eq(used(), 500 * MBIT);
	channel_table_unwant(&lab.paths.channels, &at(2)->sg, 0);
	run(5);
	cr_expect_eq(used(), 0);
}

Test(forward_rates, channel_of_an_earlier_daemon_counts)
{
	struct sg sg = sg_of(1);
	struct addr one = address(ONE);

	limit(900 * MBIT);
	cr_assert(channel_table_adopt(&lab.paths.channels, &sg, 1, 7, true));
	path_adopt(at(1), &one);
	brings[7] = 100 * MBIT;
	run(5);
	cr_expect_eq(used(), 100 * MBIT);
}
