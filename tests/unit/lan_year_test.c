/* SPDX-License-Identifier: BSD-2-Clause */
/* 400 days of a LAN, in virtual time: a router that restarts every day says Hello and joins, and
 * loses the channel to another router by an Assert; a host answers the Queries, leaves, and comes
 * back. Time goes past 2^32 milliseconds, Generation IDs past 2^32. */
#include "base/log.h"
#include "lan_lab.h"

#define DAYS     400
#define DAY      86400u
#define HOLDTIME 250
/* Seconds. Longer than usual, and the test shorter. */
#define STEP           200
#define HELLO_PERIOD   240
#define QUERY_INTERVAL 250

/* What was sent in all this time, and what runs at its end, must not depend on how long it was. */
struct account {
	uint64_t hellos, queries, delayed;
	size_t timers;
	unsigned generation;
};

static void begin(void)
{
	log_set_level(LOG_LEVEL_ERROR);
	lab_begin();
	lab.timers.now = ((1ull << 32) - DAY / 2 * 1000ull) * USEC_PER_MS;
	lab.lans.pim.hello_period = HELLO_PERIOD;
	lab.lans.hosts.query_interval = QUERY_INTERVAL;
	lab_start(true);
}

TestSuite(lan_year, .init = begin, .fini = lab_end, .timeout = 300);

static void hello(const struct lan_family *is, uint32_t generation_id)
{
	struct pim_hello hello = {
		.holdtime = HOLDTIME, .has_generation_id = true, .generation_id = generation_id};
	struct ip_datagram ip = {.source = address(is->router), .protocol = PIM_IP_PROTOCOL};
	uint8_t bytes[256];

	ip.destination = pim_all_routers(is->family);
	ip.payload = cursor_over(bytes, pim_encode_hello(&hello, &ip.source, bytes, sizeof(bytes)));
	lab_observe_pim(0, &ip);
}

/* The host wants a channel of its own, whose group is that of the router's channel. */
static const char *host_source(const struct lan_family *is)
{
	return is->family == AF_INET ? "192.0.2.11" : "2001:db8:5::11";
}

static void host_says(const struct lan_family *is, enum membership_record_type type)
{
	lab_report(0, is->host, type, host_source(is), is->group);
}

static struct pim_interface *pim_of(const struct lan_family *is)
{
	return &lan_pim_of(&lab.lans.list[0], is->family)->interface;
}

static struct membership_querier *querier_of(const struct lan_family *is)
{
	return &lan_hosts_of(&lab.lans.list[0], is->family)->querier;
}

static struct account account_of(const struct lan_family *is)
{
	return (struct account){.hellos = pim_of(is)->counters.hellos_sent,
				.queries = querier_of(is)->counters.queries_sent,
				.delayed = querier_of(is)->counters.queries_delayed,
				.timers = lab.timers.count,
				.generation = pim_of(is)->generation_id};
}

static void speak(const struct lan_family *is, uint32_t generation_id)
{
	hello(is, generation_id);
	lab_join(0, is->router, is->source, is->group);
	host_says(is, MEMBERSHIP_ALLOW);
}

/* The router wins the Assert. That ends after Assert_Time; a Join to us would end it sooner. */
static void lose_and_win(const struct lan_family *is, uint32_t generation_id)
{
	const struct channel *of = lab_channel(is->source, is->group);

	speak(is, generation_id);
	lab_assert(is, 0);
	run_for(&lab.timers, 100);
	hello(is, generation_id);
	run_for(&lab.timers, 79);
	cr_assert_eq(of->lost, 1);
	run_for(&lab.timers, 2);
	cr_assert_eq(of->lost, 0);
}

static void leave_and_return(const struct lan_family *is)
{
	host_says(is, MEMBERSHIP_BLOCK);
	cr_assert(strstr(lab_events(), "specific="));
	run_for(&lab.timers, 3);
	cr_assert_null(lab_channel(host_source(is), is->group));
	host_says(is, MEMBERSHIP_ALLOW);
}

static void pass_a_day(const struct lan_family *is, uint32_t generation_id)
{
	for (unsigned second = 0; second < DAY; second += STEP) {
		speak(is, generation_id);
		run_for(&lab.timers, STEP);
		lab_events();
		cr_assert_eq(lab_joined_on(is), 1);
		cr_assert(lab_channel(host_source(is), is->group));
	}
	leave_and_return(is);
	lose_and_win(is, generation_id);
}

/* Counts of a day's length, give or take a hundredth. */
static void check_count(uint64_t count, double expected, const char *what)
{
	cr_expect(count >= 0.99 * expected && count <= 1.01 * expected, "%s: %llu, not %.0f", what,
		  (unsigned long long)count, expected);
}

FAMILY_TEST(lan_year, joins_memberships_and_asserts_go_on)
{
	uint32_t generation_id = UINT32_MAX - DAYS / 2;
	struct account before, after;
	const struct channel *of;
	double seconds;
	usec_t since, start;

	pass_a_day(is, generation_id++);
	of = lab_channel(is->source, is->group);
	since = of->since;
	before = account_of(is);
	start = lab.timers.now;
	for (unsigned day = 1; day < DAYS; day++)
		pass_a_day(is, generation_id++);
	after = account_of(is);
	seconds = (double)(lab.timers.now - start) / USEC_PER_SEC;

	cr_expect_eq(lab_channel(is->source, is->group), of, "the channel was never closed");
	cr_expect_eq(of->since, since);
	cr_expect_eq(pim_neighbors_count(&pim_of(is)->neighbors), 1);
	cr_expect_eq(after.timers, before.timers, "nothing piles up");
	cr_expect_eq(after.generation, before.generation, "we have not restarted");
	/* Each restart of the router is answered by a Hello, which is the next periodic one. */
	check_count(after.hellos - before.hellos, seconds / HELLO_PERIOD, "Hellos");
	/* One General Query each interval; two for each leave. */
	check_count(after.queries - before.queries, seconds / QUERY_INTERVAL + 2 * (DAYS - 1),
		    "Queries");
	cr_expect_eq(after.delayed, 0, "the rate of Queries has never been used up");
	cr_expect_eq(lab_all_rejected(), 0);
}

/* A router whose Hello holds for ever is there after 400 days, its Joins are not. */
FAMILY_TEST(lan_year, silence_ends_joins_and_not_for_ever_neighbors)
{
	lab_hello(0, is->router);
	lab_join(0, is->router, is->source, is->group);
	host_says(is, MEMBERSHIP_ALLOW);
	run_for(&lab.timers, DAYS * (double)DAY);
	cr_expect_eq(lab_joined_on(is), 0);
	cr_expect_null(lab_channel(host_source(is), is->group));
	cr_expect_eq(pim_neighbors_count(&pim_of(is)->neighbors), 1);
	cr_expect_eq(HASH_COUNT(lab.channels.by_sg), 0);
}
