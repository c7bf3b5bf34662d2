/* SPDX-License-Identifier: BSD-2-Clause */
/* The daemon was away: relays and DNS are asked anew, soon and not all in one moment. */
#include "amt/holds.h"
#include "path/path.h"
#include "path/warm.h"
#include "path_lab.h"

#define ONE  "203.0.113.1"
#define TWO  "203.0.113.2"
#define HOUR (3600 * USEC_PER_SEC)

static void nothing(struct channel *channel)
{
	(void)channel;
}

static void of_channel(const struct channel *channel)
{
	(void)channel;
}

static const struct channel_actions actions = {PATH_CHANNEL_ACTIONS, .forward = nothing,
					       .stop_forwarding = nothing, .changed = of_channel,
					       .closed = of_channel};

static void begin(void)
{
	lab_begin(&actions, NULL, sizeof(struct path), LAB_CHANNELS);
	lab_configure((const char *[]){ONE, NULL});
}

TestSuite(path_return, .init = begin, .fini = lab_end);

static struct channel *join(const char *source, const char *group)
{
	struct channel *channel = lab_want(source, group);

	lab_run(5);
	cr_assert_eq(channel->state, CHANNEL_JOINED);
	channel_first_packet(channel, lab.timers.now);
	return channel;
}

Test(path_return, relays_are_asked_and_told_anew)
{
	struct channel *v4, *v6;
	unsigned requests, updates;

	lab_serve(ONE, true);
	v4 = join("192.0.2.10", "232.1.1.1");
	v6 = join("2001:db8:5::10", "ff3e::8000:1");
	requests = lab_sent(ONE, AMT_REQUEST);
	updates = lab_sent(ONE, AMT_UPDATE);
	paths_return(&lab.paths, HOUR);
	cr_expect_eq(lab_sent(ONE, AMT_REQUEST), requests, "not all tunnels at once");
	lab_run(1);
	cr_expect_geq(lab_sent(ONE, AMT_REQUEST), requests + 2, "one of each family");
	cr_expect_geq(lab_sent(ONE, AMT_UPDATE), updates + 2);
	cr_expect_eq(v4->state, CHANNEL_RECEIVING);
	cr_expect_eq(v6->state, CHANNEL_RECEIVING);
}

Test(path_return, a_tunnel_that_is_not_used_is_left_alone)
{
	unsigned requests;

	lab_serve(ONE, true);
	join("192.0.2.10", "232.1.1.1");
	channel_table_unwant(&lab.paths.channels,
			     &(struct sg){address("192.0.2.10"), address("232.1.1.1")}, 0);
	requests = lab_sent(ONE, AMT_REQUEST);
	paths_return(&lab.paths, HOUR);
	lab_run(5);
	cr_expect_eq(lab_sent(ONE, AMT_REQUEST), requests);
}

/* It is asked at intervals that have grown to minutes. */
Test(path_return, a_relay_that_was_dead_is_asked_at_once)
{
	struct channel *channel;

	lab_serve(ONE, true);
	channel = join("192.0.2.10", "232.1.1.1");
	lab_serve(ONE, false);
	path_probe(channel);
	lab_run(3600);
	cr_assert_eq(channel->state, CHANNEL_FAILED);
	lab_serve(ONE, true);
	paths_return(&lab.paths, HOUR);
	lab_run(2);
	cr_expect_eq(channel->state, CHANNEL_JOINED);
}

Test(path_return, a_channel_that_has_failed_is_tried_again)
{
	struct channel *channel;
	unsigned questions = 0;

	lab_ask_dns();
	channel = lab_want("192.0.2.10", "232.1.1.1");
	for (unsigned second = 0; second < 3600; second++) {
		lab_run(1);
		if (lab.questions != questions)
			lab_answer_dns(DNS_SERVER_FAILURE, 0, NULL);
		questions = lab.questions;
	}
	cr_assert_eq(channel->state, CHANNEL_FAILED);
	paths_return(&lab.paths, HOUR);
	lab_run(1);
	cr_expect_gt(lab.questions, questions);
}

static void check_dns(usec_t asleep, unsigned new_questions)
{
	struct channel *channel;
	unsigned questions;

	lab_ask_dns();
	lab_serve(ONE, true);
	channel = lab_want("192.0.2.10", "232.1.1.1");
	lab_run(0);
	lab_answer_dns(DNS_OK, 3600, (const char *const[]){ONE, NULL});
	lab_run(1);
	cr_assert_eq(channel->state, CHANNEL_JOINED);
	channel_first_packet(channel, lab.timers.now);
	questions = lab.questions;
	paths_return(&lab.paths, asleep);
	lab_run(1);
	cr_expect_eq(lab.questions, questions + new_questions);
	if (new_questions)
		lab_answer_dns(DNS_OK, 3600, (const char *const[]){ONE, NULL});
	lab_run(1800);
	cr_expect_eq(lab.questions, questions + new_questions, "the TTL holds again");
	cr_expect_eq(channel->state, CHANNEL_RECEIVING);
}

Test(path_return, answers_of_dns_have_aged)
{
	check_dns(2 * HOUR, 1);
}

Test(path_return, answers_of_dns_hold_where_the_clock_has_counted)
{
	check_dns(0, 0);
}

Test(path_return, an_answer_without_users_ages_as_well)
{
	struct sg sg = channel("192.0.2.10", "232.1.1.1");

	lab_ask_dns();
	lab_want("192.0.2.10", "232.1.1.1");
	lab_run(0);
	lab_answer_dns(DNS_OK, 3600, (const char *const[]){ONE, NULL});
	channel_table_unwant(&lab.paths.channels, &sg, 0);
	cr_assert_eq(HASH_COUNT(lab.paths.sources.by_address), 1);
	paths_return(&lab.paths, 2 * HOUR);
	lab_run(0);
	cr_expect_eq(HASH_COUNT(lab.paths.sources.by_address), 0);
}

Test(path_return, holds_have_aged)
{
	struct amt_holds *holds = &lab.paths.tunnels.holds;
	struct addr one = address(ONE), two = address(TWO);
	usec_t now = lab.timers.now;

	amt_holds_put(holds, &one, now, AMT_HOLD_FULL_TIME, AMT_HOLD_FULL, "full");
	amt_holds_put(holds, &two, now, AMT_HOLD_FULL_TIME, AMT_HOLD_AWAITED, "dead");
	paths_return(&lab.paths, 60 * USEC_PER_SEC);
	cr_expect_eq(amt_holds_find(holds, &one, now)->until, now + 540 * USEC_PER_SEC);
	paths_return(&lab.paths, USEC_NEVER);
	cr_expect_null(amt_holds_find(holds, &one, now));
	cr_expect_null(amt_holds_find(holds, &two, now));
	cr_expect(amt_holds_awaits(holds, &two), "however long ago");
}

Test(path_return, a_discovery_begins_anew)
{
	unsigned discoveries;

	EACH(i, lab.rules)
	{
		lab.rules[i].record.discovery_optional = false;
	}
	lab_want("192.0.2.10", "232.1.1.1");
	lab_run(5);
	discoveries = lab_sent(ONE, AMT_DISCOVERY);
	cr_assert_gt(discoveries, 1);
	paths_return(&lab.paths, HOUR);
	cr_expect_eq(lab_sent(ONE, AMT_DISCOVERY), discoveries + 1);
}

Test(path_return, a_warm_tunnel_is_tried_again)
{
	struct prefixes relays = {.count = 1, .list = {{address(ONE), 32}}};
	unsigned requests;

	path_warm_start(&lab.paths, &relays);
	lab_run(3600);
	lab_serve(ONE, true);
	requests = lab_sent(ONE, AMT_REQUEST);
	paths_return(&lab.paths, HOUR);
	lab_run(1);
	cr_expect_gt(lab_sent(ONE, AMT_REQUEST), requests);
}
