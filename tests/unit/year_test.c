/* SPDX-License-Identifier: BSD-2-Clause */
/* 400 days of a box that is left alone, in virtual time: past 2^32 milliseconds, and through
 * hundreds of thousands of Queries, TTLs and Holdtimes. */
#include "path/path.h"
#include "path_lab.h"

#define ONE  "203.0.113.1"
#define TWO  "203.0.113.2"
#define DAYS 400
#define TTL  3600
#define DAY  86400.0

static unsigned changes, stopped;

static void nothing(struct channel *channel)
{
	(void)channel;
}

static void on_stopped(struct channel *channel)
{
	(void)channel;
	stopped++;
}

static void on_changed(const struct channel *channel)
{
	(void)channel;
	changes++;
}

static void on_closed(const struct channel *channel)
{
	(void)channel;
}

static const struct channel_actions actions = {PATH_CHANNEL_ACTIONS, .forward = nothing,
					       .stop_forwarding = on_stopped, .changed = on_changed,
					       .closed = on_closed};

static void begin(void)
{
	changes = stopped = 0;
	lab_begin(&actions, NULL, sizeof(struct path), LAB_CHANNELS);
	lab.timers.now = ((1ull << 32) - 43200 * 1000ull) * USEC_PER_MS; /* half a day before */
	lab_ask_dns();
	lab_serve(ONE, true);
	lab_serve(TWO, true);
}

TestSuite(year, .init = begin, .fini = lab_end, .timeout = 300);

static const char *const relays[] = {ONE, TWO, NULL};

/* A day in which DNS answers each question at once, and data flows if it should. */
static void pass_a_day(struct channel *channel, bool data)
{
	unsigned answered = lab.questions;

	for (unsigned minute = 0; minute < DAY / 60; minute++) {
		lab_run(60);
		if (lab.questions != answered)
			lab_answer_dns(DNS_OK, TTL, relays);
		answered = lab.questions;
		if (data)
			channel_flows(channel);
	}
}

static struct channel *join(const char *source, const char *group)
{
	struct channel *channel = lab_want(source, group);

	lab_run(0);
	lab_answer_dns(DNS_OK, TTL, relays);
	lab_run(1);
	cr_assert_eq(channel->state, CHANNEL_JOINED);
	channel_first_packet(channel, lab.timers.now);
	return channel;
}

static void check_year(const char *source, const char *group)
{
	struct channel *channel = join(source, group);
	unsigned requests = lab_sent(ONE, AMT_REQUEST), questions = lab.questions, before = changes;
	double seconds = DAYS * DAY;

	for (unsigned day = 0; day < DAYS; day++)
		pass_a_day(channel, true);
	requests = lab_sent(ONE, AMT_REQUEST) - requests;
	questions = lab.questions - questions;
	cr_expect_eq(channel->state, CHANNEL_RECEIVING);
	cr_expect_eq(changes, before, "no state has changed");
	cr_expect_eq(stopped, 0);
	/* The samples' QQIC is 125 s; a source is looked up again up to a tenth late. */
	cr_expect(requests >= 0.98 * seconds / 125 && requests <= 1.02 * seconds / 125, "%u",
		  requests);
	cr_expect(questions >= seconds / (1.1 * TTL + 60) && questions <= seconds / TTL, "%u",
		  questions);
	cr_expect_eq(HASH_COUNT(lab.paths.tunnels.by_relay), 1);
	cr_expect_eq(HASH_COUNT(lab.paths.sources.by_address), 1);
}

Test(year, an_ipv4_channel_is_received_all_the_time)
{
	check_year("192.0.2.10", "232.1.1.1");
}

Test(year, an_ipv6_channel_is_received_all_the_time)
{
	check_year("2001:db8:5::10", "ff3e::8000:1");
}

/* Its relays are asked again and again, more and more seldom, and never forgotten. */
Test(year, a_channel_whose_relays_are_dead_comes_back_when_they_do)
{
	struct channel *channel = join("192.0.2.10", "232.1.1.1");
	unsigned timers_before;

	lab_serve(ONE, false);
	lab_serve(TWO, false);
	path_probe(channel);
	pass_a_day(channel, false);
	cr_assert_eq(channel->state, CHANNEL_FAILED);
	timers_before = lab.timers.count;
	for (unsigned day = 1; day < DAYS; day++)
		pass_a_day(channel, false);
	cr_expect_eq(channel->state, CHANNEL_FAILED);
	cr_expect_leq(lab.timers.count, timers_before + 2, "nothing piles up");
	lab_serve(TWO, true);
	lab_run(600);
	cr_expect_eq(channel->state, CHANNEL_JOINED, "within ten minutes");
}
