/* SPDX-License-Identifier: BSD-2-Clause */
/* The daemon as a whole, its rooms wired as in the daemon, in 60 days of virtual time, past 2^32
 * milliseconds; or in as many as YEAR_DAYS says: 400 take a minute. Its world is that of the fuzz
 * target; here it is an honest one. Routers want a channel of each family, a host one of IPv4. Data
 * comes for ten minutes a week. */
#include "../fuzz/daemon_checks.h"

#include <criterion/criterion.h>
#include <stdlib.h>

#define DAYS       60
#define DAY        86400
#define STEP       100 /* seconds; a router says Hello and joins */
#define DATA_TIME  600
#define ROUND_TRIP (30 * USEC_PER_MS)

#define PLAY(step, ...) play(step, (const uint8_t[]){__VA_ARGS__}, sizeof((uint8_t[]){__VA_ARGS__}))

/* The answers of relays and DNS that are on their way. */
static struct {
	struct timer timer;
	bool pending[2]; /* IGMP, MLD */
} replies[2 * TUNNELS];
static struct timer answers;
static unsigned requests, questions;

static void play(void (*step)(void), const uint8_t *bytes, size_t length)
{
	input = cursor_over(bytes, length);
	step();
	must(!cursor_left(&input) && !input.failed);
}

static void reply_due(struct timer *timer)
{
	for (uint8_t i = 0; i < 2 * TUNNELS; i++)
		for (uint8_t mld = 0; &replies[i].timer == timer && mld < 2; mld++) {
			if (!replies[i].pending[mld])
				continue;
			replies[i].pending[mld] = false;
			PLAY(a_relays_query, i, mld | 2 << 1 | 1 << 5, 7); /* QRV 2, G, 128 s */
		}
}

static void on_request(struct udp_socket *socket, bool mld)
{
	size_t i = (size_t)(socket - world.udps);

	requests++;
	replies[i].pending[mld] = true;
	replies[i].timer.fn = reply_due;
	timer_start(&world.timers, &replies[i].timer, ROUND_TRIP);
}

/* By two relays, which need no Discovery; the TTL is 300 s. */
static void answers_due(struct timer *timer)
{
	(void)timer;
	for (size_t i = 0; i < QUESTIONS; i++)
		if (world.questions[i].of)
			PLAY(an_answer, 0, 3, 1, 4, 0, 5, 5);
}

static void on_question(struct question *question)
{
	cr_assert(question->of);
	questions++;
	answers.fn = answers_due;
	timer_start(&world.timers, &answers, ROUND_TRIP);
}

static void begin(void)
{
	world_begin(((1ull << 32) - DAY * 1000ull) * USEC_PER_MS);
	world.on_request = on_request;
	world.on_question = on_question;
	requests = questions = 0;
}

TestSuite(daemon_year, .init = begin, .fini = world_end, .timeout = 3600);

/* Router 0 on lan0, in both families. */
static void say_all(uint8_t generation_id)
{
	for (uint8_t who = 0; who <= 2; who += 2) {
		PLAY(a_hello, who, 1 | (generation_id & 3) << 1, 0); /* Holdtime 105 s */
		PLAY(a_join_prune, who, 1, 0, 0, 0, 1);              /* 210 s */
	}
	PLAY(a_report, 0, 1, MEMBERSHIP_ALLOW, 1);
}

static void take_data(void)
{
	for (uint8_t slot = 0; slot < 3; slot++)
		PLAY(fast_data, slot | 8);
}

static unsigned in_state(enum channel_state state)
{
	return world.paths.channels.states[state];
}

static void pass_a_day(unsigned day)
{
	for (unsigned second = 0; second < DAY; second += STEP) {
		say_all((uint8_t)day);
		for (unsigned i = 0; day % 7 == 0 && second < DATA_TIME && i < STEP; i++) {
			take_data();
			pass(1);
		}
		if (day % 7 || second >= DATA_TIME)
			pass(STEP);
		check_all();
		cr_assert_eq(in_state(CHANNEL_JOINED) + in_state(CHANNEL_RECEIVING), 3);
	}
}

/* Within a twentieth. */
static void expect_like(double count, double before)
{
	cr_expect_float_eq(count, before, before / 20, "%.0f, before %.0f", count, before);
}

static unsigned days_of_year(void)
{
	const char *text = getenv("YEAR_DAYS");
	unsigned days = text ? (unsigned)strtoul(text, NULL, 10) : DAYS;

	cr_assert_gt(days, 3);
	return days;
}

Test(daemon_year, it_is_on_the_last_day_as_on_the_first)
{
	unsigned requests_before, questions_before, days = days_of_year();
	size_t timers;

	pass_a_day(1);
	timers = world.timers.count;
	requests_before = requests;
	questions_before = questions;
	pass_a_day(2);
	requests_before = requests - requests_before;
	questions_before = questions - questions_before;
	for (unsigned day = 3; day < days; day++)
		pass_a_day(day);
	cr_expect_leq(world.timers.count, timers + 2, "nothing piles up");
	requests = questions = 0;
	pass_a_day(days);
	expect_like(requests, requests_before);
	expect_like(questions, questions_before);
	cr_expect_gt(requests, DAY / 130);
	cr_expect_gt(questions, DAY / 340);
	wind_down();
}
