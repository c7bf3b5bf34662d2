/* SPDX-License-Identifier: BSD-2-Clause */
/* Routers and hosts of one or two LANs join and leave a channel. PIM asserts what is forwarded. */
#include "lan_lab.h"
#include "log_file.h"

static struct log_file log_file;

/* Hosts of lan0 are asked; both LANs have a neighbor in each family. */
static void begin(void)
{
	log_file = log_file_begin();
	lab_begin();
	lab_start(true);
	for (unsigned lan = 0; lan < 2; lan++) {
		lab_hello(lan, ipv4.router);
		lab_hello(lan, ipv6.router);
	}
	run_for(&lab.timers, 6); /* new neighbors are sent a Hello */
	lab_events();
}

static void end(void)
{
	lab_end();
	free(log_file_end(&log_file));
}

TestSuite(lan_interest, .init = begin, .fini = end);

/* Returns what was logged since the last call, to be freed. */
static char *read_log(void)
{
	char *log = log_file_end(&log_file);

	log_file = log_file_begin();
	return log;
}

static void expect_log(const struct lan_family *is, const char *what)
{
	struct sg sg = channel(is->source, is->group);
	char line[SG_TEXT + 64], text[SG_TEXT], *log = read_log();

	snprintf(line, sizeof(line), "%s %s\n", sg_format(&sg, text), what);
	cr_expect(strstr(log, line), "'%s' is not in: %s", line, log);
	free(log);
}

static void join(unsigned lan, const struct lan_family *is)
{
	lab_join(lan, is->router, is->source, is->group);
}

static void prune(unsigned lan, const struct lan_family *is)
{
	lab_prune(lan, is->router, is->source, is->group);
}

static void report(const struct lan_family *is, unsigned type)
{
	lab_report(0, is->host, type, is->source, is->group);
}

FAMILY_TEST(lan_interest, a_join_opens_the_channel_and_a_prune_closes_it)
{
	struct channel *opened;

	join(1, is);
	opened = lab_channel(is->source, is->group);
	cr_assert_not_null(opened);
	cr_expect_eq(opened->interfaces, 2);
	cr_expect_eq(opened->state, CHANNEL_DISCOVERING);
	expect_log(is, "joined on lan1");
	prune(1, is);
	cr_expect_null(lab_channel(is->source, is->group));
	expect_log(is, "left on lan1");
}

/* The time at which the kernel saw the Join counts, not the time at which the daemon read it. */
FAMILY_TEST(lan_interest, the_time_of_the_join_is_when_it_was_seen)
{
	struct wire_entry entry = {is->group, 0, FULL, false, is->source, SPARSE, FULL};
	uint8_t bytes[256], packet[512];
	struct ip_datagram ip =
		join_prune(is->router, is->ours, HELD, &entry, 1, bytes, sizeof(bytes));

	lans_observed_pim(&lab.lans, 10, 4711, lab_packet(&ip, packet, sizeof(packet)));
	cr_expect_eq(lab_channel(is->source, is->group)->trace.join_seen, 4711);
}

FAMILY_TEST(lan_interest, the_time_of_the_report_is_when_it_was_seen)
{
	uint8_t bytes[128], packet[512];
	struct ip_datagram ip = lab_report_datagram(is->host, MEMBERSHIP_ALLOW, is->source,
						    is->group, bytes, sizeof(bytes));

	lans_observed_hosts(&lab.lans, 10, 4711, lab_packet(&ip, packet, sizeof(packet)));
	cr_expect_eq(lab_channel(is->source, is->group)->trace.join_seen, 4711);
}

FAMILY_TEST(lan_interest, a_channel_of_two_lans_ends_with_the_last_lan)
{
	join(0, is);
	join(1, is);
	cr_expect_eq(lab_joined_on(is), 3);
	prune(0, is);
	cr_expect_eq(lab_joined_on(is), 2);
	prune(1, is);
	cr_expect_null(lab_channel(is->source, is->group));
}

FAMILY_TEST(lan_interest, hosts_join_and_leave)
{
	report(is, MEMBERSHIP_ALLOW);
	cr_expect_eq(lab_joined_on(is), 1);
	expect_log(is, "joined on lan0");
	report(is, MEMBERSHIP_BLOCK);
	cr_expect_not_null(strstr(lab_events(), "specific="));
	cr_expect_eq(lab_joined_on(is), 1, "another host may answer");
	run_for(&lab.timers, 2.1);
	cr_expect_null(lab_channel(is->source, is->group));
	expect_log(is, "left on lan0");
}

FAMILY_TEST(lan_interest, a_channel_stays_for_hosts_when_routers_leave)
{
	join(0, is);
	report(is, MEMBERSHIP_ALLOW);
	prune(0, is);
	run_for(&lab.timers, 10);
	cr_expect_eq(lab_joined_on(is), 1);
	report(is, MEMBERSHIP_BLOCK);
	run_for(&lab.timers, 2.1);
	cr_expect_null(lab_channel(is->source, is->group));
}

FAMILY_TEST(lan_interest, a_channel_stays_for_routers_when_hosts_leave)
{
	report(is, MEMBERSHIP_ALLOW);
	join(0, is);
	report(is, MEMBERSHIP_BLOCK);
	run_for(&lab.timers, 10);
	cr_expect_eq(lab_joined_on(is), 1);
	prune(0, is);
	cr_expect_null(lab_channel(is->source, is->group));
}

/* The log says it when the last one leaves, not before. */
Test(lan_interest, leaving_is_logged_once)
{
	unsigned lines = 0;
	char *log;

	join(0, &ipv4);
	report(&ipv4, MEMBERSHIP_ALLOW);
	prune(0, &ipv4);
	report(&ipv4, MEMBERSHIP_BLOCK);
	run_for(&lab.timers, 3);
	log = read_log();
	for (const char *at = log; (at = strstr(at, "left on lan0")); at++)
		lines++;
	cr_expect_eq(lines, 1, "%s", log);
	free(log);
}

/* lan0 goes down, but the channel is joined on lan1 only. */
FAMILY_TEST(lan_interest, a_lan_does_not_leave_what_it_has_not_joined)
{
	struct lan_link gone = {.name = "lan0"};
	char *log;

	join(1, is);
	lan_follow(&lab.lans.list[0], &gone);
	log = read_log();
	cr_expect_null(strstr(log, "left on lan0"), "%s", log);
	cr_expect_eq(lab_joined_on(is), 2);
	free(log);
}

/* Asserts (RFC 7761 section 4.6). We send them for channels that we forward onto the LAN, and can
 * lose all channels that the LAN wants. */

static void rival(const struct lan_family *is)
{
	struct sg sg = channel(is->source, is->group);

	lans_observed_rival(&lab.lans, 10, &sg);
}

static const char *saying(const char *what, const struct lan_family *is)
{
	static char text[ADDR_TEXT + 16];

	snprintf(text, sizeof(text), "%s=%s", what, is->ours);
	return text;
}

/* Returns a channel of lan0 that has data. */
static struct channel *receive(const struct lan_family *is)
{
	struct channel *received;

	join(0, is);
	received = lab_channel(is->source, is->group);
	lab_serve(received);
	return received;
}

FAMILY_TEST(lan_interest, data_of_another_router_is_answered_by_an_assert)
{
	receive(is);
	rival(is);
	cr_expect_str_eq(lab_events(), saying("assert", is));
	cr_expect_eq(lan_pim_of(&lab.lans.list[0], is->family)->interface.counters.asserts_sent, 1);
}

FAMILY_TEST(lan_interest, data_of_another_router_is_ignored_if_we_do_not_forward)
{
	struct sg sg = channel(is->source, is->group);

	rival(is);
	join(1, is);
	lab_serve(lab_channel(is->source, is->group));
	rival(is);
	join(0, is);
	channel_is_silent(lab_channel(is->source, is->group));
	rival(is);
	lans_observed_rival(&lab.lans, 99, &sg);
	cr_expect_str_eq(lab_events(), "", "no channel; none on lan0; none with data; no LAN");
}

FAMILY_TEST(lan_interest, data_of_another_router_is_ignored_without_address)
{
	struct lan_link without = lab_bare_link(0);

	receive(is);
	lab_add_address(&without, is == &ipv4 ? ipv6.ours : ipv4.ours);
	lan_follow(&lab.lans.list[0], &without);
	lab_events();
	rival(is);
	cr_expect_str_eq(lab_events(), "");
}

FAMILY_TEST(lan_interest, a_better_assert_ends_forwarding_but_not_the_join)
{
	struct channel *received = receive(is);

	join(1, is);
	lab_assert(is, 100);
	cr_expect_eq(received->lost, 1);
	cr_expect_eq(channel_egress(received), 2);
	cr_expect_eq(received->interfaces, 3);
	expect_log(is, "on lan0: another router has won the Assert");
	run_for(&lab.timers, 179.9);
	cr_expect_eq(received->lost, 1);
	run_for(&lab.timers, 0.2);
	cr_expect_eq(received->lost, 0);
	expect_log(is, "on lan0: the Assert is over");
}

FAMILY_TEST(lan_interest, a_worse_assert_is_answered)
{
	struct channel *received = receive(is);

	lab_assert(is, 300);
	cr_expect_eq(received->lost, 0);
	cr_expect_str_eq(lab_events(), saying("assert", is));
}

/* PIM_WANTED: the channel has no data yet, so our own metric is infinite. */
FAMILY_TEST(lan_interest, any_assert_wins_before_we_forward)
{
	join(0, is);
	lab_assert(is, 300);
	cr_expect_eq(lab_channel(is->source, is->group)->lost, 1);
	cr_expect_str_eq(lab_events(), "");
}

FAMILY_TEST(lan_interest, an_assert_for_an_unwanted_channel_is_ignored)
{
	join(1, is);
	lab_assert(is, 100);
	cr_expect_eq(lab_channel(is->source, is->group)->lost, 0);
	cr_expect_str_eq(lab_events(), "");
	expect_log(is, "joined on lan1");
}

/* CouldAssert becomes false: an AssertCancel tells the others. */
FAMILY_TEST(lan_interest, the_assert_is_cancelled_when_data_stops)
{
	struct channel *received = receive(is);

	rival(is);
	lab_events();
	channel_is_silent(received);
	cr_expect_str_eq(lab_events(), saying("cancel", is));
	channel_flows(received);
	rival(is);
	cr_expect_str_eq(lab_events(), saying("assert", is));
}

FAMILY_TEST(lan_interest, the_assert_is_cancelled_when_the_lan_leaves)
{
	receive(is);
	join(1, is);
	rival(is);
	lab_events();
	prune(0, is);
	cr_expect_str_eq(lab_events(), saying("cancel", is));
}

FAMILY_TEST(lan_interest, a_lost_assert_is_forgotten_when_the_lan_leaves)
{
	struct channel *received = receive(is);

	join(1, is);
	lab_assert(is, 100);
	cr_assert_eq(received->lost, 1);
	prune(0, is);
	cr_expect_eq(received->lost, 0);
	join(0, is);
	cr_expect_eq(channel_egress(received), 3);
}
