/* SPDX-License-Identifier: BSD-2-Clause */
/* PIM on an interface in virtual time: the Hellos that we send (RFC 7761 section 4.3.1), the
 * neighbors that we learn and lose, and what Join/Prunes change (section 4.8.2). */
#include "log_file.h"
#include "pim_lan.h"
#include "samples.h"

#include <criterion/criterion.h>
#include <string.h>
#include <time.h>

static struct pim_hello sent; /* the latest */
static unsigned sent_count;
static uint32_t first_generation_id; /* of the first of the two Hellos at the start */
static int lost_count, found_count;
static enum pim_interest our_interest;
static struct pim_assert said; /* the latest Assert of ours */
static unsigned said_count;

static void send_message(void *context, const uint8_t *message, size_t length)
{
	struct pim_message decoded = sent_message(message, length);

	(void)context;
	if (decoded.type == PIM_ASSERT) {
		said = decoded.assert;
		said_count++;
	}
	if (decoded.type != PIM_HELLO)
		return;
	if (!sent_count)
		first_generation_id = decoded.hello.generation_id;
	sent = decoded.hello;
	sent_count++;
}

static enum pim_interest interest(void *context, const struct sg *sg)
{
	(void)context;
	(void)sg;
	return our_interest;
}

static void lost(void *context, const struct sg *sg, bool is_lost)
{
	(void)context;
	(void)sg;
	is_lost ? lost_count++ : found_count++;
}

static const struct pim_actions actions = {
	.send = send_message, .joined = joined, .left = left, .interest = interest, .lost = lost};

static void begin_as(const char *address)
{
	sent_count = said_count = lost_count = found_count = 0;
	our_interest = PIM_FORWARDED;
	pim_lan_begin(address, &actions, 4);
	cr_assert_eq(sent_count, 2);
	sent_count = 1;
}

static void begin(void)
{
	begin_as("10.0.0.1");
}

TestSuite(pim_interface, .init = begin, .fini = pim_lan_end);

static struct log_file log_file;

static void begin_with_log(void)
{
	log_file = log_file_begin();
	begin();
}

TestSuite(pim_interface_log, .init = begin_with_log, .fini = pim_lan_end);

static enum fault receive(const char *sample)
{
	struct cursor datagram = sample_datagram(sample, 0);
	struct ip_datagram ip;
	enum fault fault = ip_decode(datagram, &ip);

	if (!fault)
		fault = pim_interface_receive(&pim, &ip);
	exact_free(datagram);
	return fault;
}

/* A Hello of another router. */
static enum fault hello_from(const char *address, uint16_t holdtime, uint32_t generation)
{
	struct pim_hello hello = {
		.holdtime = holdtime, .has_generation_id = true, .generation_id = generation};
	struct ip_datagram ip = {.protocol = PIM_IP_PROTOCOL};
	uint8_t message[PIM_MESSAGE_MAX];

	addr_parse(address, &ip.source);
	ip.destination = pim_all_routers(ip.source.family);
	ip.payload = cursor_over(message,
				 pim_encode_hello(&hello, &ip.source, message, sizeof(message)));
	return pim_interface_receive(&pim, &ip);
}

static void expect_last(const char *source, const char *group)
{
	struct sg sg;

	addr_parse(source, &sg.source);
	addr_parse(group, &sg.group);
	cr_expect(!memcmp(&last, &sg, sizeof(struct sg)));
}

Test(pim_interface, hello_at_start_and_every_30_seconds)
{
	cr_expect_eq(sent_count, 1);
	cr_expect_neq(first_generation_id, pim.generation_id, "neighbors are to join anew");
	cr_expect_eq(sent.holdtime, 105);
	cr_expect(sent.has_lan_prune_delay && sent.propagation_delay_ms == 500 &&
		  sent.override_interval_ms == 2500);
	cr_expect(sent.has_dr_priority && sent.dr_priority == 0);
	cr_expect(sent.has_generation_id && sent.generation_id == pim.generation_id);
	run_for(&timers, 29.9);
	cr_expect_eq(sent_count, 1);
	run_for(&timers, 0.2);
	cr_expect_eq(sent_count, 2);
	run_for(&timers, 300);
	cr_expect_eq(sent_count, 12);
}

Test(pim_interface, drained_it_says_goodbye_after_a_while_and_hello_no_more)
{
	pim_interface_drain(&pim, true);
	cr_expect_eq(sent_count, 1, "Asserts are settled first");
	run_for(&timers, 3);
	cr_expect_eq(sent_count, 2);
	cr_expect_eq(sent.holdtime, 0);
	hello_from("10.0.0.2", 105, 7);
	run_for(&timers, 300);
	cr_expect_eq(sent_count, 2, "not to a new neighbor either");
	pim_interface_drain(&pim, false);
	cr_expect_gt(sent_count, 2);
	cr_expect_eq(sent.holdtime, 105);
	cr_expect_eq(pim.asserts.metric.preference, pim.options->metric.preference);
}

Test(pim_interface, goodbye_when_stopped)
{
	pim_interface_stop(&pim);
	cr_expect_eq(sent_count, 2);
	cr_expect_eq(sent.holdtime, 0);
	cr_expect_eq(timers_next(&timers), USEC_NEVER);
}

Test(pim_interface, another_primary_address)
{
	uint32_t before = pim.generation_id;
	struct addr address, secondary;

	hello_from("10.0.0.2", 105, 1);
	receive("pim-join-sg-v4");
	run_for(&timers, 6);
	sent_count = 1;
	addr_parse("10.0.0.9", &address);
	addr_parse("10.7.0.1", &secondary);
	pim_interface_withdraw(&pim);
	cr_expect_eq(sent_count, 2);
	cr_expect_eq(sent.holdtime, 0);
	cr_expect(sent.generation_id == before);
	pim_interface_readdress(&pim, &address, &secondary, 1);
	cr_expect_eq(sent_count, 4);
	cr_expect_eq(sent.holdtime, 105);
	cr_expect(sent.generation_id != before);
	cr_expect(sent.address_count == 1 && addr_equal(&sent.addresses[0], &secondary));
	cr_expect(addr_equal(&pim.address, &address));
	cr_expect_eq(wanted_count, 1);
	cr_expect_eq(unwanted_count, 0, "routers follow: until they do, what they joined goes on");
}

Test(pim_interface, other_secondary_addresses)
{
	uint32_t before = pim.generation_id;
	struct addr secondary;

	addr_parse("10.7.0.1", &secondary);
	pim_interface_readdress(&pim, &pim.address, &secondary, 1);
	cr_expect_eq(sent_count, 2);
	cr_expect_eq(sent.holdtime, 105);
	cr_expect_eq(sent.generation_id, before);
	cr_expect(sent.address_count == 1 && addr_equal(&sent.addresses[0], &secondary));
}

Test(pim_interface, a_new_neighbor_and_a_restarted_one_hear_of_us_within_5_seconds)
{
	hello_from("10.0.0.2", 105, 1);
	run_for(&timers, 5);
	cr_expect_eq(sent_count, 2, "new");
	hello_from("10.0.0.2", 105, 1);
	run_for(&timers, 5);
	cr_expect_eq(sent_count, 2, "the same again");
	hello_from("10.0.0.2", 105, 2);
	run_for(&timers, 5);
	cr_expect_eq(sent_count, 3, "another Generation ID");
}

Test(pim_interface, neighbors_expire_and_say_goodbye)
{
	hello_from("10.0.0.2", 20, 1);
	hello_from("10.0.0.3", 0xffff, 1);
	hello_from("10.0.0.4", 105, 1);
	run_for(&timers, 19);
	cr_expect_eq(pim_neighbors_count(&pim.neighbors), 3);
	hello_from("10.0.0.4", 0, 1);
	cr_expect_eq(pim_neighbors_count(&pim.neighbors), 2);
	run_for(&timers, 2);
	cr_expect_eq(pim_neighbors_count(&pim.neighbors), 1, "Holdtime is over");
	run_for(&timers, 1000000);
	cr_expect_eq(pim_neighbors_count(&pim.neighbors), 1, "0xffff does not end");
	hello_from("10.0.0.9", 0, 1);
	cr_expect_eq(pim_neighbors_count(&pim.neighbors), 1, "a goodbye makes no neighbor");
}

Test(pim_interface, neighbors_are_bounded)
{
	char address[32];

	for (int i = 2; i < 6; i++) {
		snprintf(address, sizeof(address), "10.0.0.%d", i);
		cr_expect_eq(hello_from(address, 105, 1), FAULT_NONE);
	}
	cr_expect_eq(hello_from("10.0.0.99", 105, 1), FAULT_LIMIT);
	cr_expect_eq(hello_from("10.0.0.2", 105, 1), FAULT_NONE, "a known one is refreshed");
}

Test(pim_interface, a_flood_of_made_up_neighbors_leaves_the_real_ones)
{
	unsigned refused = 0;
	char address[32];

	hello_from("10.0.0.2", 105, 1);
	for (unsigned i = 0; i < 20000; i++) {
		/* forged Hellos with Holdtime 0xffff */
		snprintf(address, sizeof(address), "10.9.%u.%u", i >> 8, i & 255);
		refused += hello_from(address, 0xffff, 1) == FAULT_LIMIT;
		if (i % 1000 == 0) {
			cr_expect_eq(hello_from("10.0.0.2", 105, 1), FAULT_NONE);
			cr_expect_eq(receive("pim-join-sg-v4"), FAULT_NONE);
			run_for(&timers, 5);
		}
	}
	cr_expect_eq(pim_neighbors_count(&pim.neighbors), 4);
	cr_expect_eq(wanted_count, 1);
	cr_expect_eq(unwanted_count, 0);
	cr_expect_geq(refused, 20000 - 10);
	run_for(&timers, 100);
	hello_from("10.0.0.2", 105, 1);
	run_for(&timers, 5);
	cr_expect_eq(hello_from("10.0.0.3", 105, 1), FAULT_NONE, "the flood is over");
	cr_expect_eq(receive("pim-join-sg-v4"), FAULT_NONE, "the first is still there");
}

Test(pim_interface_log, neighbors_that_come_and_expire_without_end_fill_no_log)
{
	time_t start = time(NULL);
	unsigned lines = 0;
	char *log;

	for (unsigned i = 0; i < 1000; i++) {
		hello_from("10.0.0.2", 1, 1);
		hello_from("10.0.0.3", 1, 1);
		run_for(&timers, 2);
	}
	log = log_file_end(&log_file);
	for (const char *at = log; (at = strstr(at, "pim: neighbor")); at++)
		lines++;
	free(log);
	cr_expect_geq(lines, 2 * 20);
	cr_expect_leq(lines, (time(NULL) - start + 2) * 2 * 21, "%u of 4000", lines);
}

Test(pim_interface, a_neighbor_that_restarts_without_end_gets_a_hello_in_seconds_only)
{
	for (unsigned i = 0; i < 10000; i++) {
		hello_from("10.0.0.2", 105, i);
		run_for(&timers, 0.001);
	}
	cr_expect_leq(sent_count, 1 + 10 + 20, "%u Hellos in 10 s", sent_count);
	cr_expect_geq(sent_count, 3);
}

/* Section 4.3.2, for our DR priority of 0 and address of 10.0.0.1. */
static const struct dr_row {
	const char *what;
	struct {
		const char *address;
		bool given;
		uint32_t priority;
	} neighbors[3];
	const char *dr;
} dr_rows[] = {
	/* clang-format off */
	{"no neighbor: we", {{0}}, "10.0.0.1"},
	{"the highest priority", {{"10.0.0.2", 1, 10}, {"10.0.0.9", 1, 1}}, "10.0.0.2"},
	{"equal priorities: the highest address", {{"10.0.0.9", 1, 1}, {"10.0.0.2", 1, 1}}, "10.0.0.9"},
	{"priority 0 as ours: the highest address", {{"10.0.0.2", 1, 0}}, "10.0.0.2"},
	{"priority 0 as ours: the highest address is ours", {{"9.0.0.2", 1, 0}}, "10.0.0.1"},
	{"one without: the highest address of all", {{"10.0.0.2", 1, 10}, {"10.0.0.3", 0, 0}}, "10.0.0.3"},
	{"one without: we, by our address", {{"9.0.0.2", 1, 10}, {"9.0.0.3", 0, 0}}, "10.0.0.1"},
	{"the largest number there is", {{"9.0.0.2", 1, UINT32_MAX}, {"10.0.0.3", 1, 5}}, "9.0.0.2"},
	/* clang-format on */
};

Test(pim_interface, designated_router)
{
	EACH(i, dr_rows)
	{
		char text[ADDR_TEXT];

		pim_lan_end();
		begin();
		for (int n = 0; n < 3 && dr_rows[i].neighbors[n].address; n++) {
			struct pim_hello hello = {.holdtime = 105};
			struct addr from;

			addr_parse(dr_rows[i].neighbors[n].address, &from);
			hello.has_dr_priority = dr_rows[i].neighbors[n].given;
			hello.dr_priority = dr_rows[i].neighbors[n].priority;
			pim_neighbors_hello(&pim.neighbors, &from, &hello);
		}
		cr_expect_str_eq(addr_format(pim_interface_dr(&pim), text), dr_rows[i].dr, "%s: %s",
				 dr_rows[i].what, text);
	}
}

Test(pim_interface, join_of_a_stranger_is_refused)
{
	cr_expect_eq(receive("pim-join-sg-v4"), FAULT_SENDER);
	cr_expect_eq(wanted_count, 0);
}

Test(pim_interface, join_and_prune_from_a_neighbor)
{
	hello_from("10.0.0.2", 105, 1);
	cr_expect_eq(receive("pim-join-sg-v4"), FAULT_NONE);
	cr_expect_eq(wanted_count, 1);
	expect_last("192.0.2.10", "232.1.1.1");
	cr_expect_eq(receive("pim-prune-sg-v4"), FAULT_NONE);
	cr_expect_eq(unwanted_count, 1, "one neighbor: at once");
}

Test(pim_interface, prune_waits_for_an_override_where_there_are_more_neighbors)
{
	hello_from("10.0.0.2", 1000, 1);
	hello_from("10.0.0.3", 1000, 1);
	receive("pim-join-sg-v4");
	receive("pim-prune-sg-v4");
	run_for(&timers, 2.9);
	cr_expect_eq(unwanted_count, 0);
	run_for(&timers, 0.2);
	cr_expect_eq(unwanted_count, 1);
}

Test(pim_interface, joins_end_with_their_holdtime)
{
	hello_from("10.0.0.2", 1000, 1);
	receive("pim-join-sg-v4");
	run_for(&timers, 209);
	cr_expect_eq(unwanted_count, 0);
	run_for(&timers, 2);
	cr_expect_eq(unwanted_count, 1);
}

/* Whether routers join again after a restart, in which joins were taken over. */
static const struct {
	bool taken_over;
	double join_after, look_after; /* seconds; no Join comes after 0 */
	bool known, heeded;
} restarts[] = {
	{false, 1, 60, false, false}, {true, 0, 5, false, false}, {true, 0, 11, true, false},
	{true, 3, 3, true, true},     {true, 3, 600, true, true}, {true, 50, 60, true, false},
};

Test(pim_interface, routers_that_heed_a_new_generation_id)
{
	struct sg sg = {address("192.0.2.99"), address("232.1.1.1")};

	for (size_t i = 0; i < sizeof(restarts) / sizeof(restarts[0]); i++) {
		bool known, heeded;

		pim_lan_end();
		begin();
		if (restarts[i].taken_over)
			cr_assert(pim_interface_adopt(&pim, &sg));
		hello_from("10.0.0.2", 1000, 1);
		run_for(&timers, restarts[i].join_after);
		if (restarts[i].join_after > 0)
			cr_expect_eq(receive("pim-join-sg-v4"), FAULT_NONE);
		run_for(&timers, restarts[i].look_after - restarts[i].join_after);
		heeded = pim_interface_is_heeded(&pim, &known);
		cr_expect_eq(known, restarts[i].known, "%zu", i);
		cr_expect(!known || heeded == restarts[i].heeded, "%zu", i);
	}
}

Test(pim_interface, a_join_for_another_router_opens_nothing)
{
	hello_from("10.0.0.2", 105, 1);
	cr_expect_eq(receive("pim-join-other-upstream-v4"), FAULT_NONE);
	cr_expect_eq(wanted_count, 0);
	cr_expect_eq(pim.counters.for_other_router, 1);
}

Test(pim_interface, a_join_for_a_secondary_address_of_ours_counts)
{
	addr_parse("10.0.0.3", &pim.secondaries[pim.secondary_count++]);
	hello_from("10.0.0.2", 105, 1);
	receive("pim-join-other-upstream-v4");
	cr_expect_eq(wanted_count, 1);
}

Test(pim_interface, star_g_and_rpt_entries_are_passed_over)
{
	hello_from("10.0.0.2", 105, 1);
	cr_expect_eq(receive("pim-join-star-g-v4"), FAULT_NONE);
	cr_expect_eq(wanted_count, 0);
	cr_expect_eq(pim.counters.entries_skipped, 2);
}

Test(pim_interface, every_group_and_source_of_a_message_counts)
{
	hello_from("10.0.0.2", 105, 1);
	cr_expect_eq(receive("pim-join-multi-v4"), FAULT_NONE);
	cr_expect_eq(wanted_count, 3);
	cr_expect_eq(pim_downstream_count(&pim.downstream), 3);
}

/* Asserts; the state machine has a test of its own */

static enum fault assert_from(const char *text, uint32_t preference)
{
	struct pim_metric metric = {.preference = preference, .metric = 10};
	struct ip_datagram ip = {.protocol = PIM_IP_PROTOCOL};
	uint8_t message[PIM_MESSAGE_MAX];
	struct sg sg;

	addr_parse("192.0.2.10", &sg.source);
	addr_parse("232.1.1.1", &sg.group);
	addr_parse(text, &ip.source);
	ip.destination = pim_all_routers(AF_INET);
	ip.payload = cursor_over(
		message, pim_encode_assert(&sg, &metric, &ip.source, message, sizeof(message)));
	return pim_interface_receive(&pim, &ip);
}

Test(pim_interface, an_assert_is_settled_anew_from_another_address)
{
	struct addr address;

	hello_from("10.0.0.2", 105, 1);
	assert_from("10.0.0.2", 100);
	cr_assert_eq(lost_count, 1);
	addr_parse("10.0.0.9", &address);
	pim_interface_readdress(&pim, &address, NULL, 0);
	cr_expect_eq(found_count, 1);
	assert_from("10.0.0.2", 100);
	cr_expect_eq(lost_count, 2);
}

Test(pim_interface, asserts_of_strangers_are_refused)
{
	cr_expect_eq(assert_from("10.0.0.2", 100), FAULT_SENDER);
	cr_expect_eq(lost_count, 0);
}

Test(pim_interface, an_assert_is_answered_with_our_metric)
{
	hello_from("10.0.0.2", 105, 1);
	sent_count = 0;
	cr_expect_eq(assert_from("10.0.0.2", 300), FAULT_NONE);
	cr_expect_eq(sent_count, 1, "the Hello that it waits for goes before");
	cr_assert_eq(said_count, 1);
	cr_expect(!said.metric.rpt && said.metric.preference == 200 && said.metric.metric == 100);
	cr_expect_eq(pim.counters.asserts_sent, 1);
	our_interest = PIM_WANTED;
	pim_interface_interest_changed(&pim, &said.sg);
	cr_assert_eq(said_count, 2, "AssertCancel");
	cr_expect(said.metric.rpt && said.metric.preference == 0x7fffffff &&
		  said.metric.metric == 0xffffffff);
}

static void lose(void)
{
	int before = lost_count;

	hello_from("10.0.0.2", 500, 1);
	hello_from("10.0.0.3", 100, 1);
	cr_expect_eq(assert_from("10.0.0.3", 100), FAULT_NONE);
	cr_expect_eq(lost_count, before + 1);
}

Test(pim_interface, what_ends_a_lost_assert)
{
	lose();
	run_for(&timers, 99);
	cr_expect_eq(found_count, 0);
	run_for(&timers, 2);
	cr_expect_eq(found_count, 1, "the winner's Hello has expired");
	lose();
	hello_from("10.0.0.3", 0, 1);
	cr_expect_eq(found_count, 2, "it said goodbye");
}

Test(pim_interface, a_winner_that_begins_anew_has_forgotten_that_it_won)
{
	lose();
	hello_from("10.0.0.3", 100, 1);
	hello_from("10.0.0.2", 500, 2);
	cr_expect_eq(found_count, 0);
	hello_from("10.0.0.3", 100, 2);
	cr_expect_eq(found_count, 1);
}

Test(pim_interface, a_join_to_the_loser_ends_it)
{
	lose();
	cr_expect_eq(receive("pim-join-other-upstream-v4"), FAULT_NONE);
	cr_expect_eq(found_count, 0);
	cr_expect_eq(receive("pim-join-sg-v4"), FAULT_NONE);
	cr_expect_eq(found_count, 1);
}

Test(pim_interface, an_assert_of_a_shared_tree_is_passed_over)
{
	uint8_t message[PIM_MESSAGE_MAX];
	struct ip_datagram ip = {.protocol = PIM_IP_PROTOCOL};
	struct sg sg = {0};

	hello_from("10.0.0.2", 105, 1);
	addr_parse("0.0.0.0", &sg.source);
	addr_parse("232.1.1.1", &sg.group);
	addr_parse("10.0.0.2", &ip.source);
	ip.destination = pim_all_routers(AF_INET);
	ip.payload = cursor_over(message, pim_encode_assert(&sg, &(struct pim_metric){.rpt = true},
							    &ip.source, message, sizeof(message)));
	cr_expect_eq(pim_interface_receive(&pim, &ip), FAULT_NONE);
	cr_expect_eq(pim.counters.entries_skipped, 1);
	cr_expect_eq(said_count, 0);
}

Test(pim_interface, our_own_messages_sent_back_are_not_a_neighbor)
{
	cr_expect_eq(hello_from("10.0.0.1", 105, 1), FAULT_NONE);
	cr_expect_eq(pim_neighbors_count(&pim.neighbors), 0);
}

/* Another daemon speaks for our addresses. Messages to it are followed, and nothing is sent.
 */
Test(pim_interface, who_observes_is_silent)
{
	pim_interface_stop(&pim);
	sent_count = 0;
	pim.observing = true;
	pim_interface_start(&pim);
	hello_from("10.0.0.2", 105, 1);
	hello_from("10.0.0.3", 105, 1);
	cr_expect_eq(receive("pim-join-sg-v4"), FAULT_NONE);
	cr_expect_eq(wanted_count, 1);
	pim_asserts_data(&pim.asserts, &last);
	cr_expect_eq(receive("pim-prune-sg-v4"), FAULT_NONE);
	run_for(&timers, 10);
	cr_expect_eq(unwanted_count, 1, "after the override interval of two neighbors");
	run_for(&timers, 1000);
	pim_interface_readdress(&pim, &(struct addr){.family = AF_INET, .bytes = {10, 0, 0, 9}},
				NULL, 0);
	pim_interface_stop(&pim);
	cr_expect_eq(sent_count, 0);
	cr_expect_eq(said_count, 0);
	cr_expect_eq(pim.counters.hellos_sent, 3, "those before, and their goodbye");
	cr_expect_eq(pim.counters.prune_echoes_sent, 0);
	timers_free(&timers);
	begin();
}

Test(pim_interface, ipv6)
{
	pim_lan_end();
	begin_as("fe80::1");
	cr_expect_eq(sent_count, 1);
	hello_from("fe80::2", 105, 1);
	cr_expect_eq(receive("pim-join-sg-v6"), FAULT_NONE);
	expect_last("2001:db8:5::10", "ff3e::8000:1");
	cr_expect_eq(receive("pim-prune-sg-v6"), FAULT_NONE);
	cr_expect_eq(unwanted_count, 1);
}

/* Joins end with their neighbor */

/* The Join of the sample, with a Holdtime that never ends. */
static enum fault join_for_ever(void)
{
	struct cursor datagram = sample_datagram("pim-join-sg-v4", 0);
	struct ip_datagram ip;
	enum fault fault = ip_decode(datagram, &ip);
	uint8_t *message = (uint8_t *)ip.payload.at;

	memset(message + 12, 0xff, 2);
	fix_checksum(ip.payload, 2, 0);
	if (!fault)
		fault = pim_interface_receive(&pim, &ip);
	exact_free(datagram);
	return fault;
}

Test(pim_interface, a_goodbye_ends_what_the_only_neighbor_has_joined)
{
	hello_from("10.0.0.2", 0xffff, 1);
	cr_expect_eq(join_for_ever(), FAULT_NONE);
	run_for(&timers, 1000000);
	cr_expect_eq(unwanted_count, 0);
	hello_from("10.0.0.2", 0, 1);
	run_for(&timers, 0.1);
	cr_expect_eq(unwanted_count, 1);
}

Test(pim_interface, where_others_are_left_they_have_time_to_join)
{
	hello_from("10.0.0.2", 105, 1);
	hello_from("10.0.0.3", 0xffff, 1);
	cr_expect_eq(join_for_ever(), FAULT_NONE);
	run_for(&timers, 105 + 89);
	cr_expect_eq(unwanted_count, 0, "its Hellos have ended, 89 s ago");
	run_for(&timers, 2);
	cr_expect_eq(unwanted_count, 1);
}

Test(pim_interface, a_neighbor_that_begins_anew_has_210_s_to_join_again)
{
	hello_from("10.0.0.2", 0xffff, 1);
	cr_expect_eq(join_for_ever(), FAULT_NONE);
	hello_from("10.0.0.2", 0xffff, 2);
	run_for(&timers, 209);
	cr_expect_eq(unwanted_count, 0);
	run_for(&timers, 2);
	cr_expect_eq(unwanted_count, 1);
}

Test(pim_interface, who_says_no_hello_joins_for_an_hour_at_most)
{
	options.require_hello = false;
	cr_expect_eq(join_for_ever(), FAULT_NONE);
	run_for(&timers, 3599);
	cr_expect_eq(unwanted_count, 0);
	run_for(&timers, 2);
	cr_expect_eq(unwanted_count, 1);
}

Test(pim_interface, neighbors_of_other_subnets_are_told_apart)
{
	struct addr near, far;

	cr_assert(prefix_parse("10.0.0.1/24", &subnets.list[0]));
	subnets.count = 1;
	hello_from("10.0.0.2", 105, 1);
	hello_from("10.9.9.2", 105, 1);
	addr_parse("10.0.0.2", &near);
	addr_parse("10.9.9.2", &far);
	cr_expect_not(pim_interface_is_foreign(&pim, pim_neighbors_find(&pim.neighbors, &near)));
	cr_expect(pim_interface_is_foreign(&pim, pim_neighbors_find(&pim.neighbors, &far)));
	pim_neighbors_find(&pim.neighbors, &far)->hello.addresses[0] = near;
	pim_neighbors_find(&pim.neighbors, &far)->hello.address_count = 1;
	cr_expect_not(pim_interface_is_foreign(&pim, pim_neighbors_find(&pim.neighbors, &far)),
		      "its Address List has one of ours");
}
