/* SPDX-License-Identifier: BSD-2-Clause */
/* The gateway's state machine (RFC 7450 section 5.2.3) in virtual time, against Queries that a
 * relay could send; Updates are read back byte by byte. */
#include "amt/discovery.h"
#include "amt/gateway.h"
#include "samples.h"
#include "virtual_time.h"

static struct timers timers;
static struct amt_gateway gateway;
#define SENT_MAX 128

static uint8_t sent[SENT_MAX][1500];
static size_t sent_length[SENT_MAX];
static unsigned sent_count;
static unsigned established, up, reported, failed;
static const char *failure;
static unsigned qqic; /* query interval of the Queries, if not that of the sample */
static int said_full;
static uint32_t nonce_sent_first; /* by establish() */

static void send_bytes(struct amt_gateway *of, const uint8_t *bytes, size_t length)
{
	(void)of;
	cr_assert_lt(sent_count, SENT_MAX);
	cr_assert_leq(length, AMT_DATAGRAM_MAX);
	memcpy(sent[sent_count], bytes, length);
	sent_length[sent_count++] = length;
}

static void on_established(struct amt_gateway *of, int family)
{
	(void)of;
	(void)family;
	established++;
}

static void on_up(struct amt_gateway *of, void *owner)
{
	(void)of;
	cr_assert(owner);
	up++;
}

static void on_reported(struct amt_gateway *of, void *owner)
{
	(void)of;
	cr_assert(owner);
	reported++;
	cr_expect_eq(up, reported, "the way is there first");
}

static size_t path_takes = 65535;

static size_t on_payload_max(struct amt_gateway *of)
{
	(void)of;
	return path_takes;
}

static void on_full(struct amt_gateway *of, bool full)
{
	(void)of;
	said_full = full;
}

static void on_failed(struct amt_gateway *of, int family, const char *reason)
{
	(void)of;
	(void)family;
	failed++;
	failure = reason;
}

static const struct amt_gateway_actions actions = {.send = send_bytes,
						   .payload_max = on_payload_max,
						   .established = on_established,
						   .up = on_up,
						   .reported = on_reported,
						   .full = on_full,
						   .failed = on_failed};

static void begin(void)
{
	timers = (struct timers){.now = 1000 * USEC_PER_SEC};
	gateway =
		(struct amt_gateway){.timers = &timers, .actions = &actions, .p_flag.first = AMT_P};
	amt_gateway_init(&gateway);
	sent_count = established = up = reported = failed = 0;
	failure = NULL;
	qqic = 0;
	said_full = -1;
}

static void end(void)
{
	amt_gateway_free(&gateway);
	timers_free(&timers);
}

TestSuite(amt_gateway, .init = begin, .fini = end);

static struct sg channel(const char *source, const char *group)
{
	struct sg sg;

	cr_assert(addr_parse(source, &sg.source) && addr_parse(group, &sg.group));
	return sg;
}

static uint32_t nonce_sent_in(unsigned number)
{
	const uint8_t *at = sent[number] + 4;

	return (uint32_t)at[0] << 24 | at[1] << 16 | at[2] << 8 | at[3];
}

static uint32_t nonce_sent(void)
{
	return nonce_sent_in(sent_count - 1);
}

static int type_sent(unsigned number)
{
	return number < sent_count ? sent[number][0] : 0;
}

/* The samples of IGMP have 125 s. */
static void set_qqic(const struct cursor *datagram)
{
	uint8_t *igmp = (uint8_t *)datagram->at + 24;
	unsigned sum = (igmp[2] << 8 | igmp[3]) + igmp[9] - qqic;

	igmp[9] = qqic;
	igmp[2] = sum >> 8;
	igmp[3] = sum;
}

/* Gives a sample Query to the gateway as the answer to the Request with `nonce`. */
static enum fault query(const char *sample, uint32_t nonce, enum protocol *protocol)
{
	struct cursor bytes = sample_udp(sample, 0);
	struct amt_message message;
	enum protocol ignored;
	enum fault fault = amt_decode(bytes, &message);

	cr_assert_eq(fault, FAULT_NONE);
	message.query.ticket.nonce = nonce;
	if (qqic)
		set_qqic(&message.query.datagram);
	fault = amt_gateway_receive(&gateway, &message.query, protocol ? protocol : &ignored);
	exact_free(bytes);
	return fault;
}

static void establish(const struct sg *sg)
{
	amt_gateway_want(&gateway, sg, &gateway);
	nonce_sent_first = nonce_sent();
	cr_assert_eq(query("amt-4-query-v4-g", nonce_sent_first, NULL), FAULT_NONE);
}

static unsigned requests_sent(void)
{
	unsigned count = 0;

	for (unsigned i = 0; i < sent_count; i++)
		count += type_sent(i) == AMT_REQUEST;
	return count;
}

/* "IS_IN 232.1.1.1 192.0.2.10" and so on, record by record, of an Update with IGMP. */
static const char *records(unsigned number)
{
	static const char *const names[] = {"?",     "IS_IN", "IS_EX", "TO_IN",
					    "TO_EX", "ALLOW", "BLOCK"};
	static char text[512];
	struct cursor c = cursor_over(sent[number], sent_length[number]);
	size_t at = 0;
	unsigned count;

	if (type_sent(number) != AMT_UPDATE)
		return "no Update";
	cursor_bytes(&c, AMT_UPDATE_HEADER + 24 + 6);
	text[0] = 0;
	for (count = cursor_u16(&c); count; count--) {
		const char *name = names[cursor_u8(&c) % 7];
		unsigned sources = (cursor_u8(&c), cursor_u16(&c));
		struct addr addr = cursor_addr(&c, AF_INET);
		char buf[ADDR_TEXT];

		at += snprintf(text + at, sizeof(text) - at, "%s%s %s", at ? "; " : "", name,
			       addr_format(&addr, buf));
		while (sources--) {
			addr = cursor_addr(&c, AF_INET);
			at += snprintf(text + at, sizeof(text) - at, " %s",
				       addr_format(&addr, buf));
		}
	}
	cr_assert(!c.failed && cursor_left(&c) == 0);
	return text;
}

Test(amt_gateway, first_channel_sends_a_request_with_a_fresh_nonce)
{
	struct sg sg = channel("192.0.2.10", "232.1.1.1");

	amt_gateway_want(&gateway, &sg, &gateway);
	cr_expect_eq(sent_count, 1);
	cr_expect_eq(type_sent(0), AMT_REQUEST);
	cr_expect_eq(sent[0][1], 0, "P=0 for IPv4, E=0");
	cr_expect_eq(gateway.igmp.state, AMT_REQUESTING);
	cr_expect_eq(gateway.mld.state, AMT_IDLE);
}

Test(amt_gateway, request_is_repeated_with_the_same_nonce_and_given_up)
{
	struct sg sg = channel("192.0.2.10", "232.1.1.1");

	amt_gateway_want(&gateway, &sg, &gateway);
	run_for(&timers, 0.9);
	cr_expect_eq(sent_count, 1, "not before a second has passed");
	run_for(&timers, 20);
	cr_expect_eq(sent_count, AMT_TRANSMISSIONS);
	for (unsigned i = 1; i < sent_count; i++)
		cr_expect_arr_eq(sent[i], sent[0], AMT_REQUEST_LENGTH);
	cr_expect_eq(failed, 1);
	cr_expect_str_eq(failure, "relay does not answer Requests");
	cr_expect_eq(gateway.igmp.state, AMT_IDLE);
}

Test(amt_gateway, query_brings_the_full_current_state)
{
	struct sg one = channel("192.0.2.10", "232.1.1.1"),
		  two = channel("192.0.2.20", "232.1.1.1");

	amt_gateway_want(&gateway, &two, &gateway);
	establish(&one);
	cr_expect_eq(reported, 2);
	cr_expect_eq(sent_count, 2, "one Request, one Update");
	cr_expect_str_eq(records(1), "IS_IN 232.1.1.1 192.0.2.20 192.0.2.10");
	cr_expect_arr_eq(sent[1] + 2, ((uint8_t[]){0x0b, 0xad, 0xc0, 0xff, 0xee, 0x01}), 6, "MAC");
	cr_expect_arr_eq(sent[1] + 8, sent[0] + 4, 4, "the Request's nonce");
}

Test(amt_gateway, first_report_is_repeated_as_a_change)
{
	struct sg sg = channel("192.0.2.10", "232.1.1.1");

	establish(&sg);
	run_for(&timers, 1.1);
	cr_expect_eq(sent_count, 3);
	cr_expect_str_eq(records(2), "ALLOW 232.1.1.1 192.0.2.10");
	run_for(&timers, 60);
	cr_expect_eq(sent_count, 3, "QRV 2: two transmissions in all");
	cr_expect_eq(reported, 1);
}

Test(amt_gateway, changes_are_told_at_once_twice_and_together)
{
	struct sg one = channel("192.0.2.10", "232.1.1.1"),
		  two = channel("192.0.2.10", "232.1.1.2"),
		  three = channel("192.0.2.10", "232.1.1.3");

	establish(&one);
	run_for(&timers, 10);
	sent_count = up = reported = 0;
	amt_gateway_want(&gateway, &two, &gateway);
	amt_gateway_want(&gateway, &three, &gateway);
	amt_gateway_unwant(&gateway, &one);
	run_for(&timers, 0);
	cr_expect_eq(sent_count, 1);
	cr_expect_str_eq(records(0), "ALLOW 232.1.1.2 192.0.2.10; ALLOW 232.1.1.3 192.0.2.10; "
				     "BLOCK 232.1.1.1 192.0.2.10");
	cr_expect_eq(reported, 2);
	run_for(&timers, 1.1);
	cr_expect_eq(sent_count, 2);
	run_for(&timers, 60);
	cr_expect_eq(sent_count, 2);
}

Test(amt_gateway, a_relay_is_reminded_once_of_what_it_has_been_told)
{
	struct sg one = channel("192.0.2.10", "232.1.1.1"),
		  other = channel("192.0.2.10", "232.1.1.2");

	amt_gateway_want(&gateway, &one, &gateway);
	amt_gateway_remind(&gateway, &one);
	run_for(&timers, 0);
	cr_expect_eq(sent_count, 1, "no more than the Request before it was told");
	establish(&one);
	amt_gateway_remind(&gateway, &one);
	run_for(&timers, 10);
	cr_expect_eq(sent_count, 3, "a repetition is a reminder, too");
	amt_gateway_remind(&gateway, &one);
	amt_gateway_remind(&gateway, &one);
	amt_gateway_remind(&gateway, &other);
	run_for(&timers, 10);
	cr_expect_eq(sent_count, 4);
	cr_expect_str_eq(records(3), "ALLOW 232.1.1.1 192.0.2.10");
	cr_expect_eq(reported, 1);
	amt_gateway_unwant(&gateway, &one);
	run_for(&timers, 10);
	cr_expect_eq(sent_count, 6);
	amt_gateway_remind(&gateway, &one);
	run_for(&timers, 10);
	cr_expect_eq(sent_count, 6, "what was left is not wanted by a reminder");
}

#define MANY 2000 /* more than go out at once */

static struct sg many(unsigned number)
{
	struct sg sg = channel("192.0.2.10", "232.1.0.0");

	sg.group.bytes[2] = number >> 8;
	sg.group.bytes[3] = number;
	return sg;
}

/* Counts how often each of the many (S,G)s was in a record of `type`, in what was sent from `first`
 * on. */
static void count_records(unsigned first, uint8_t type, uint8_t times[MANY])
{
	memset(times, 0, MANY);
	for (unsigned i = first; i < sent_count; i++) {
		struct cursor c = cursor_over(sent[i], sent_length[i]);
		unsigned count;

		cursor_bytes(&c, AMT_UPDATE_HEADER + 24 + 6);
		for (count = cursor_u16(&c); count; count--) {
			cr_assert_eq(cursor_u8(&c), type);
			cr_assert_eq((cursor_u8(&c), cursor_u16(&c)), 1);
			cursor_u16(&c);
			times[cursor_u16(&c)]++;
			cursor_u32(&c);
		}
		cr_assert(!c.failed && cursor_left(&c) == 0);
	}
}

static void expect_each(unsigned first, uint8_t type, uint8_t expected)
{
	uint8_t times[MANY];

	count_records(first, type, times);
	for (unsigned i = 0; i < MANY; i++)
		cr_assert_eq(times[i], expected, "%u: %u", i, times[i]);
}

static void want_many(void)
{
	for (unsigned i = 0; i < MANY; i++) {
		struct sg sg = many(i);

		amt_gateway_want(&gateway, &sg, &gateway);
	}
}

/* Runs until the report of the current state is complete. */
static void run_report(void)
{
	while (gateway.igmp.rest)
		timers_run(&timers, timers_next(&timers));
}

Test(amt_gateway, a_large_report_goes_out_in_parts)
{
	want_many();
	query("amt-4-query-v4-g", nonce_sent(), NULL);
	cr_expect_lt(reported, MANY, "other events come between");
	cr_expect_gt(reported, 0);
	run_report();
	cr_expect_eq(reported, MANY);
	expect_each(1, 1, 1);
	sent_count = 0;
	cr_assert(timers_run_one(&timers, timers_next(&timers)));
	cr_expect_lt(sent_count, 10);
	run_for(&timers, 1.1);
	expect_each(0, 5, 1);
	sent_count = 0;
	run_for(&timers, 60);
	cr_expect_eq(sent_count, 0, "QRV 2");
}

/* A little more than 3 datagrams in 2 ms. */
Test(amt_gateway, a_large_report_is_no_burst)
{
	want_many();
	query("amt-4-query-v4-g", nonce_sent(), NULL);
	for (unsigned before = 1; reported < MANY; before = sent_count) {
		usec_t then = timers.now;

		cr_assert_leq(sent_count - before, 4);
		timers_run(&timers, timers_next(&timers));
		cr_assert_geq(timers.now, then + 2 * USEC_PER_MS);
	}
	cr_expect_leq(timers.now, 1000 * USEC_PER_SEC + 50 * USEC_PER_MS);
	run_for(&timers, 0.9);
	sent_count = 0;
	want_many(); /* sent again with the changes of the same moment */
	run_for(&timers, 0);
	cr_expect_leq(sent_count, 4);
	while (gateway.igmp.changed[AMT_FRESH])
		timers_run(&timers, timers_next(&timers));
	expect_each(0, 5, 1);
}

static void expect_zap_goes_first(void)
{
	struct sg new = channel("192.0.2.20", "232.9.9.9"), old = many(7);
	unsigned sent = sent_count;

	amt_gateway_want(&gateway, &new, &gateway);
	amt_gateway_unwant(&gateway, &old);
	run_for(&timers, 0);
	cr_expect_eq(sent_count, sent + 1);
	cr_expect_str_eq(records(sent), "ALLOW 232.9.9.9 192.0.2.20; BLOCK 232.1.0.7 192.0.2.10");
}

Test(amt_gateway, a_zap_does_not_wait_for_the_current_state)
{
	want_many();
	query("amt-4-query-v4-g", nonce_sent(), NULL);
	cr_assert(gateway.igmp.rest);
	expect_zap_goes_first();
}

Test(amt_gateway, a_zap_does_not_wait_for_repetitions)
{
	want_many();
	query("amt-4-query-v4-g", nonce_sent(), NULL);
	run_report();
	cr_assert(timers_run_one(&timers, timers_next(&timers)));
	cr_assert(gateway.igmp.changed[gateway.igmp.list], "it is not over");
	expect_zap_goes_first();
}

Test(amt_gateway, reports_fit_the_path)
{
	static const size_t paths[] = {500, 548, 1232, 65535};

	for (unsigned i = 0; i < 4; i++) {
		size_t most = 0;

		end();
		begin();
		path_takes = paths[i];
		want_many();
		query("amt-4-query-v4-g", nonce_sent(), NULL);
		run_report();
		for (unsigned j = 1; j < sent_count; j++)
			most = sent_length[j] > most ? sent_length[j] : most;
		cr_expect_leq(most, paths[i] < AMT_DATAGRAM_MAX ? paths[i] : AMT_DATAGRAM_MAX);
		cr_expect_gt(most + 20, paths[i] < AMT_DATAGRAM_MAX ? paths[i] : AMT_DATAGRAM_MAX,
			     "and fill it");
		expect_each(1, 1, 1);
	}
}

Test(amt_gateway, what_is_left_while_a_large_report_goes_out_is_not_in_it)
{
	uint8_t times[MANY];

	want_many();
	query("amt-4-query-v4-g", nonce_sent(), NULL);
	cr_assert_lt(reported, MANY);
	for (unsigned i = 0; i < MANY; i++) {
		struct sg sg = many(i);

		if (i >= reported)
			amt_gateway_unwant(&gateway, &sg);
	}
	run_report();
	count_records(1, 1, times);
	for (unsigned i = 0; i < MANY; i++)
		cr_assert_eq(times[i], i < reported);
	cr_expect_eq(HASH_COUNT(gateway.igmp.by_sg), reported);
}

Test(amt_gateway, many_changes_go_out_in_parts_and_a_query_between_them_takes_them_along)
{
	struct sg sg = many(0);

	establish(&sg);
	run_for(&timers, 125.5);
	sent_count = 0;
	want_many();
	cr_assert(timers_run_one(&timers, timers.now));
	cr_expect_lt(sent_count, 10);
	query("amt-4-query-v4-g", gateway.nonce, NULL);
	sent_count = 0;
	run_for(&timers, 5);
	cr_expect_eq(reported, MANY + 1);
	for (struct amt_subscription *each = gateway.igmp.by_sg; each; each = each->hh.next)
		cr_assert_eq(each->repeats, 0);
	cr_expect_null(gateway.igmp.changed[0]);
	cr_expect_null(gateway.igmp.changed[1]);
}

Test(amt_gateway, wanted_again_before_the_block_was_repeated)
{
	struct sg sg = channel("192.0.2.10", "232.1.1.1");

	establish(&sg);
	run_for(&timers, 10);
	amt_gateway_unwant(&gateway, &sg);
	run_for(&timers, 0);
	sent_count = 0;
	amt_gateway_want(&gateway, &sg, &gateway);
	run_for(&timers, 5);
	for (unsigned i = 0; i < sent_count; i++)
		cr_expect_str_eq(records(i), "ALLOW 232.1.1.1 192.0.2.10");
	cr_expect_eq(sent_count, 2);
	sent_count = 0;
	amt_gateway_unwant(&gateway, &sg);
	run_for(&timers, 5);
	cr_expect_str_eq(records(0), "BLOCK 232.1.1.1 192.0.2.10", "the relay may still send it");
}

Test(amt_gateway, left_before_the_relay_knew_it)
{
	struct sg sg = channel("192.0.2.10", "232.1.1.1");

	amt_gateway_want(&gateway, &sg, &gateway);
	amt_gateway_unwant(&gateway, &sg);
	query("amt-4-query-v4", nonce_sent(), NULL);
	run_for(&timers, 5);
	cr_expect_eq(sent_count, 1, "a BLOCK for what was never joined starts it at some relays");
	cr_expect_null(gateway.igmp.by_sg, "no subscription is left");
}

Test(amt_gateway, refreshes_by_the_querys_interval)
{
	struct sg sg = channel("192.0.2.10", "232.1.1.1");
	uint32_t first;

	establish(&sg);
	first = gateway.nonce;
	run_for(&timers, 124);
	sent_count = 0;
	run_for(&timers, 1.5);
	cr_expect_eq(sent_count, 1);
	cr_expect_eq(type_sent(0), AMT_REQUEST);
	cr_expect_neq(gateway.nonce, first);
	cr_expect_eq(gateway.igmp.state, AMT_REFRESHING);
	query("amt-4-query-v4-g", nonce_sent(), NULL);
	cr_expect_str_eq(records(1), "IS_IN 232.1.1.1 192.0.2.10");
	cr_expect_eq(up, 1, "it was up all the time");
	run_for(&timers, 10);
	cr_expect_eq(sent_count, 2, "current state is not repeated");
}

Test(amt_gateway, qqic_is_an_exponent_from_128_on)
{
	struct sg sg = channel("192.0.2.10", "232.1.1.1");

	amt_gateway_want(&gateway, &sg, &gateway);
	query("amt-4-query-v4-qqic139", nonce_sent(), NULL);
	run_for(&timers, 215);
	cr_expect_eq(gateway.igmp.state, AMT_ACTIVE);
	run_for(&timers, 2);
	cr_expect_eq(gateway.igmp.state, AMT_REFRESHING);
}

Test(amt_gateway, changes_go_out_with_the_old_ticket_while_refreshing)
{
	struct sg one = channel("192.0.2.10", "232.1.1.1"),
		  two = channel("192.0.2.10", "232.1.1.2");

	establish(&one);
	run_for(&timers, 125.5);
	cr_assert_eq(gateway.igmp.state, AMT_REFRESHING);
	sent_count = 0;
	amt_gateway_want(&gateway, &two, &gateway);
	run_for(&timers, 0);
	cr_expect_str_eq(records(0), "ALLOW 232.1.1.2 192.0.2.10");
}

Test(amt_gateway, a_relay_that_dies_fails_the_channels_after_its_refresh)
{
	struct sg sg = channel("192.0.2.10", "232.1.1.1");

	establish(&sg);
	run_for(&timers, 125 + 20);
	cr_expect_eq(failed, 1);
	cr_expect_str_eq(failure, "relay does not answer Requests any more");
}

/* Queries at a period of the relay's own, as freeRtr sends them. */

Test(amt_gateway, a_periodic_query_renews_the_tunnel)
{
	struct sg sg = channel("192.0.2.10", "232.1.1.1");

	establish(&sg);
	for (int i = 0; i < 5; i++) {
		run_for(&timers, 60);
		sent_count = 0;
		cr_expect_eq(query("amt-4-query-v4", nonce_sent_first, NULL), FAULT_NONE);
		cr_expect_str_eq(records(0), "IS_IN 232.1.1.1 192.0.2.10");
	}
	cr_expect_eq(requests_sent(), 0, "there was no need");
	cr_expect_eq(query("amt-4-query-v4", nonce_sent_first + 1, NULL), FAULT_UNEXPECTED);
	run_for(&timers, 60);
	cr_expect_eq(query("amt-4-query-v4", nonce_sent_first + 1, NULL), FAULT_UNEXPECTED);
}

Test(amt_gateway, a_relay_of_periodic_queries_has_time_to_answer)
{
	struct sg sg = channel("192.0.2.10", "232.1.1.1");

	establish(&sg);
	run_for(&timers, 60);
	cr_assert_eq(query("amt-4-query-v4", nonce_sent_first, NULL), FAULT_NONE);
	for (int i = 0; i < 5; i++) {
		run_for(&timers, 125 + 60);
		cr_assert_eq(gateway.igmp.state, AMT_REFRESHING);
		amt_gateway_probe(&gateway);
		run_for(&timers, 1);
		cr_assert_eq(query("amt-4-query-v4", nonce_sent(), NULL), FAULT_NONE);
	}
	cr_expect_eq(failed, 0);
	run_for(&timers, 600);
	cr_expect_eq(failed, 1, "it is gone");
}

Test(amt_gateway, a_relay_that_answers_at_once_is_periodic_no_more)
{
	struct sg sg = channel("192.0.2.10", "232.1.1.1");

	establish(&sg);
	run_for(&timers, 60);
	cr_assert_eq(query("amt-4-query-v4", nonce_sent_first, NULL), FAULT_NONE);
	run_for(&timers, 125);
	cr_assert_eq(query("amt-4-query-v4", nonce_sent(), NULL), FAULT_NONE);
	run_for(&timers, 125 + 20);
	cr_expect_eq(failed, 1);
}

Test(amt_gateway, a_relay_whose_data_comes_is_not_given_up)
{
	struct sg sg = channel("192.0.2.10", "232.1.1.1");

	establish(&sg);
	for (int i = 0; i < 600; i++) {
		run_for(&timers, 1);
		amt_gateway_flows(&gateway);
	}
	cr_expect_eq(failed, 0);
	amt_gateway_probe(&gateway); /* it has stopped */
	run_for(&timers, 5);
	cr_expect_eq(failed, 1);
}

Test(amt_gateway, queries_that_are_refused)
{
	struct sg sg = channel("192.0.2.10", "232.1.1.1");
	enum protocol protocol;

	cr_expect_eq(query("amt-4-query-v4", 1, &protocol), FAULT_UNEXPECTED, "nothing was asked");
	amt_gateway_want(&gateway, &sg, &gateway);
	cr_expect_eq(query("amt-4-query-v4", nonce_sent() + 1, &protocol), FAULT_NONCE);
	cr_expect_eq(protocol, PROTOCOL_AMT);
	cr_expect_eq(query("amt-4-query-v6", nonce_sent(), &protocol), FAULT_TYPE, "MLD for P=0");
	cr_expect_eq(protocol, PROTOCOL_MEMBERSHIP);
	cr_expect_eq(up, 0);
	cr_expect_eq(query("amt-4-query-v4", nonce_sent(), NULL), FAULT_NONE);
	cr_expect_eq(query("amt-4-query-v4", nonce_sent(), NULL), FAULT_UNEXPECTED,
		     "a second answer to one Request");
}

Test(amt_gateway, limit_fails_a_new_gateway_only)
{
	struct sg sg = channel("192.0.2.10", "232.1.1.1");

	amt_gateway_want(&gateway, &sg, &gateway);
	query("amt-4-query-v4-limit", nonce_sent(), NULL);
	cr_expect_eq(failed, 1);
	cr_expect_str_eq(failure, "relay takes no more gateways (L flag)");
	cr_expect_eq(said_full, -1);
	end();
	begin();
	establish(&sg);
	cr_expect_eq(said_full, -1);
	run_for(&timers, 125.5);
	query("amt-4-query-v4-limit", nonce_sent(), NULL);
	cr_expect_eq(failed, 0);
	cr_expect_eq(gateway.igmp.state, AMT_ACTIVE);
	cr_expect_eq(said_full, true, "the channels are to move, and are served until then");
	cr_expect_str_eq(records(sent_count - 1), "IS_IN 232.1.1.1 192.0.2.10");
	run_for(&timers, 125.5);
	query("amt-4-query-v4-g", nonce_sent(), NULL);
	cr_expect_eq(said_full, false);
}

Test(amt_gateway, moved_behind_a_nat_tears_the_old_endpoint_down)
{
	struct sg sg = channel("192.0.2.10", "232.1.1.1");

	establish(&sg);
	gateway.igmp.ticket.gateway_port++; /* the relay saw another port before */
	run_for(&timers, 125.5);
	sent_count = 0;
	query("amt-4-query-v4-g", gateway.nonce, NULL);
	cr_expect_eq(type_sent(0), AMT_TEARDOWN);
	cr_expect_str_eq(records(1), "IS_IN 232.1.1.1 192.0.2.10");
}

Test(amt_gateway, leaves_by_teardown_where_the_relay_allows_it)
{
	struct sg sg = channel("192.0.2.10", "232.1.1.1");

	establish(&sg);
	sent_count = 0;
	amt_gateway_leave(&gateway);
	cr_expect_eq(sent_count, 1);
	cr_expect_eq(type_sent(0), AMT_TEARDOWN);
	cr_expect_eq(sent_length[0], AMT_TEARDOWN_LENGTH);
}

Test(amt_gateway, leaves_by_blocking_all_otherwise)
{
	struct sg sg = channel("192.0.2.10", "232.1.1.1");

	amt_gateway_want(&gateway, &sg, &gateway);
	query("amt-4-query-v4", nonce_sent(), NULL);
	sent_count = 0;
	amt_gateway_leave(&gateway);
	cr_expect_eq(sent_count, 1);
	cr_expect_str_eq(records(0), "BLOCK 232.1.1.1 192.0.2.10");
}

Test(amt_gateway, unused_cycle_is_not_kept_warm)
{
	struct sg sg = channel("192.0.2.10", "232.1.1.1");

	establish(&sg);
	amt_gateway_unwant(&gateway, &sg);
	run_for(&timers, 10);
	cr_expect_null(gateway.igmp.by_sg, "no subscription is left");
	sent_count = 0;
	run_for(&timers, 1000);
	cr_expect_eq(sent_count, 0);
	cr_expect_eq(gateway.igmp.state, AMT_IDLE);
	amt_gateway_want(&gateway, &sg, &gateway);
	cr_expect_eq(type_sent(0), AMT_REQUEST);
}

Test(amt_gateway, unreachable_asks_again_at_once)
{
	struct sg sg = channel("192.0.2.10", "232.1.1.1");

	amt_gateway_want(&gateway, &sg, &gateway);
	amt_gateway_unreachable(&gateway);
	cr_expect_eq(sent_count, 1, "while a Query is awaited the retry timer decides");
	query("amt-4-query-v4", nonce_sent(), NULL);
	sent_count = 0;
	amt_gateway_unreachable(&gateway);
	run_for(&timers, 0);
	cr_expect_eq(type_sent(0), AMT_REQUEST);
}

/* Answers all Requests for `seconds`, and each Update by ICMP, like a firewall that passes only
 * short messages. */
static void answer_all(double seconds, bool refuse, bool data)
{
	usec_t end_of_it = timers.now + seconds * USEC_PER_SEC;
	unsigned seen = sent_count;

	while (timers.now < end_of_it && !failed) {
		bool asked = false;

		run_for(&timers, 0.02);
		if (data)
			amt_gateway_flows(&gateway);
		if (sent_count == seen)
			continue;
		while (seen < sent_count) /* an Update may follow the Request in the same step */
			asked |= type_sent(seen++) == AMT_REQUEST;
		if (asked)
			query("amt-4-query-v4-g", gateway.nonce, NULL);
		if (refuse)
			amt_gateway_unreachable(&gateway);
	}
}

Test(amt_gateway, a_relay_whose_updates_are_refused_is_given_up)
{
	struct sg sg = channel("192.0.2.10", "232.1.1.1");

	establish(&sg);
	amt_gateway_unreachable(&gateway);
	answer_all(60, true, false);
	cr_expect_eq(failed, 1);
	cr_expect_str_eq(failure,
			 "relay answers Requests, but takes no Updates (ICMP unreachable)");
	cr_expect(gateway.refusing);
	cr_expect_leq(requests_sent(), AMT_TRANSMISSIONS);
	cr_expect_leq(timers.now, 1020 * USEC_PER_SEC, "soon");
}

/* Forged ICMP errors cost some Requests, but never a tunnel that has data. */
Test(amt_gateway, a_relay_that_sends_data_is_not_given_up_for_icmps_sake)
{
	struct sg sg = channel("192.0.2.10", "232.1.1.1");

	establish(&sg);
	answer_all(600, true, true);
	cr_expect_eq(failed, 0);
	cr_expect_leq(requests_sent(), 40, "%u: more and more seldom", requests_sent());
	answer_all(300, false, false);
	cr_expect_eq(gateway.unreachables, 0, "a Query that nothing came after ends the row");
}

Test(amt_gateway, one_refusal_of_two_families_counts_once)
{
	struct sg four = channel("192.0.2.10", "232.1.1.1"),
		  six = channel("2001:db8:5::10", "ff3e::8000:1");

	establish(&four);
	amt_gateway_want(&gateway, &six, &gateway);
	query("amt-4-query-v6", nonce_sent(), NULL);
	amt_gateway_unreachable(&gateway);
	amt_gateway_unreachable(&gateway);
	cr_expect_eq(gateway.unreachables, 1);
	sent_count = 0;
	run_for(&timers, 0);
	cr_expect_eq(requests_sent(), 2, "both are asked again");
}

Test(amt_gateway, what_is_left_only_may_be_refused)
{
	struct sg sg = channel("192.0.2.10", "232.1.1.1");

	establish(&sg);
	amt_gateway_unwant(&gateway, &sg);
	run_for(&timers, 0);
	sent_count = 0;
	for (unsigned i = 0; i < 10; i++)
		amt_gateway_unreachable(&gateway);
	amt_gateway_leave(&gateway);
	amt_gateway_unreachable(&gateway);
	run_for(&timers, 60);
	cr_expect_eq(requests_sent(), 0);
	cr_expect_eq(failed, 0);
}

Test(amt_gateway, a_relay_that_is_waited_for_is_asked_each_second_and_more_seldom_later)
{
	struct sg sg = channel("192.0.2.10", "232.1.1.1");

	gateway.patient = true;
	amt_gateway_want(&gateway, &sg, &gateway);
	for (unsigned i = 0; i < 3; i++) {
		sent_count = 0;
		run_for(&timers, 59.5);
		cr_assert_geq(sent_count, 59, "%u", sent_count);
	}
	sent_count = 0;
	run_for(&timers, 1200);
	cr_expect_leq(sent_count, 60, "%u", sent_count);
	cr_expect_eq(failed, 0);
	for (sent_count = 0; !sent_count;)
		run_for(&timers, 0.1);
	query("amt-4-query-v4-g", gateway.nonce, NULL);
	cr_expect_eq(reported, 1);
	run_for(&timers, 125 + 20);
	cr_expect_eq(failed, 1, "it has to prove itself anew");
}

Test(amt_gateway, a_relay_is_asked_as_often_as_it_says)
{
	struct sg sg = channel("192.0.2.10", "232.1.1.1");

	qqic = 1; /* it forgets after 2 * 1 s + QRI */
	establish(&sg);
	run_for(&timers, 0.9);
	sent_count = 0;
	run_for(&timers, 0.2);
	cr_expect_eq(requests_sent(), 1);
	cr_expect_eq(gateway.igmp.query_interval, 1);
}

Test(amt_gateway, leaves_as_often_as_the_protocols_in_use_say)
{
	struct sg six = channel("2001:db8:5::10", "ff3e::8000:1");

	cr_expect_eq(amt_gateway_leaves(&gateway), 0, "the relay knows nothing of us");
	amt_gateway_want(&gateway, &six, &gateway);
	query("amt-4-query-v6", nonce_sent(), NULL);
	gateway.mld.robustness = 5;
	cr_expect_eq(amt_gateway_leaves(&gateway), 5);
}

Test(amt_gateway, igmp_and_mld_have_cycles_of_their_own)
{
	struct sg four = channel("192.0.2.10", "232.1.1.1"),
		  six = channel("2001:db8:5::10", "ff3e::8000:1");

	establish(&four);
	sent_count = 0;
	amt_gateway_want(&gateway, &six, &gateway);
	cr_expect_eq(type_sent(0), AMT_REQUEST);
	cr_expect_eq(sent[0][1], 1, "P");
	cr_expect_eq(query("amt-4-query-v6", nonce_sent(), NULL), FAULT_NONE);
	cr_expect_eq(up, 2);
	cr_expect_eq(type_sent(1), AMT_UPDATE);
	cr_expect_eq(sent[1][AMT_UPDATE_HEADER] >> 4, 6);
}

Test(amt_gateway, igmp_and_mld_are_refreshed_at_once_under_one_nonce)
{
	struct sg four = channel("192.0.2.10", "232.1.1.1"),
		  six = channel("2001:db8:5::10", "ff3e::8000:1");
	uint32_t nonce;

	establish(&four);
	nonce = nonce_sent_in(0);
	run_for(&timers, 30);
	amt_gateway_want(&gateway, &six, &gateway);
	cr_expect_eq(nonce_sent(), nonce, "the other's ticket stays good");
	query("amt-4-query-v6", nonce, NULL);
	run_for(&timers, 10);
	sent_count = 0;
	run_for(&timers, 85.5);
	cr_assert_eq(sent_count, 2);
	cr_expect_eq(type_sent(0), AMT_REQUEST);
	cr_expect_eq(type_sent(1), AMT_REQUEST);
	cr_expect_neq(sent[0][1], sent[1][1], "P");
	cr_expect_eq(nonce_sent_in(0), nonce_sent_in(1));
	cr_expect_neq(nonce_sent_in(0), nonce);
	nonce = nonce_sent();
	cr_expect_eq(query("amt-4-query-v6", nonce, NULL), FAULT_NONE);
	cr_expect_eq(query("amt-4-query-v6", nonce, NULL), FAULT_UNEXPECTED);
	cr_expect_eq(gateway.igmp.state, AMT_REFRESHING);
	cr_expect_eq(query("amt-4-query-v4-g", nonce, NULL), FAULT_NONE);
	cr_expect_eq(gateway.igmp.state, AMT_ACTIVE);
}

Test(amt_gateway, a_connection_is_kept_ready_and_reports_nothing)
{
	amt_gateway_connect(&gateway, AF_INET);
	query("amt-4-query-v4-g", nonce_sent(), NULL);
	cr_expect_eq(established, 1);
	run_for(&timers, 120);
	cr_expect_eq(sent_count, 1, "no Update");
	run_for(&timers, 5.5);
	cr_expect_eq(sent_count, 2, "but the next Request");
	query("amt-4-query-v4-g", nonce_sent(), NULL);
	amt_gateway_disconnect(&gateway, AF_INET);
	run_for(&timers, 126);
	cr_expect_eq(gateway.igmp.state, AMT_IDLE);
}

/* Nothing is sent to cancel a Request (RFC 8777 section 3.2.3). */
Test(amt_gateway, a_connection_that_is_cancelled_asks_no_more)
{
	amt_gateway_connect(&gateway, AF_INET);
	amt_gateway_disconnect(&gateway, AF_INET);
	run_for(&timers, 60);
	cr_expect_eq(sent_count, 1);
	cr_expect_eq(failed, 0);
}

Test(amt_gateway, a_probe_that_is_answered_changes_nothing)
{
	struct sg sg = channel("192.0.2.10", "232.1.1.1");

	establish(&sg);
	run_for(&timers, 10);
	sent_count = 0;
	amt_gateway_probe(&gateway);
	cr_expect_eq(type_sent(0), AMT_REQUEST);
	run_for(&timers, 0.1);
	cr_expect_eq(query("amt-4-query-v4-g", nonce_sent(), NULL), FAULT_NONE);
	cr_expect_str_eq(records(1), "IS_IN 232.1.1.1 192.0.2.10", "it may have been restarted");
	amt_gateway_probe(&gateway);
	cr_expect_eq(sent_count, 2, "not again so soon");
	run_for(&timers, 20);
	cr_expect_eq(failed, 0);
	cr_expect_eq(gateway.igmp.state, AMT_ACTIVE);
}

Test(amt_gateway, a_probe_tells_within_a_second_that_a_near_relay_is_dead)
{
	struct sg sg = channel("192.0.2.10", "232.1.1.1");

	amt_gateway_want(&gateway, &sg, &gateway);
	run_for(&timers, 0.02);
	query("amt-4-query-v4-g", nonce_sent(), NULL);
	cr_expect_eq(gateway.round_trip, 20000);
	run_for(&timers, 10);
	sent_count = 0;
	amt_gateway_probe(&gateway);
	run_for(&timers, 0.79);
	cr_expect_eq(sent_count, AMT_TRANSMISSIONS);
	cr_expect_eq(failed, 0);
	run_for(&timers, 0.02);
	cr_expect_eq(failed, 1);
	cr_expect_str_eq(failure, "relay sends no data and does not answer");
}

Test(amt_gateway, a_probe_is_not_put_off_by_the_next)
{
	struct sg sg = channel("192.0.2.10", "232.1.1.1");

	amt_gateway_want(&gateway, &sg, &gateway);
	run_for(&timers, 0.5);
	query("amt-4-query-v4-g", nonce_sent(), NULL);
	run_for(&timers, 10);
	sent_count = 0;
	amt_gateway_probe(&gateway);
	run_for(&timers, 2.1);
	amt_gateway_probe(&gateway);
	run_for(&timers, 2);
	cr_expect_eq(sent_count, AMT_TRANSMISSIONS);
	cr_expect_eq(failed, 1);
}

Test(amt_gateway, a_probe_hastens_a_request_that_is_under_way)
{
	struct sg sg = channel("192.0.2.10", "232.1.1.1");
	uint32_t nonce;

	establish(&sg);
	run_for(&timers, 125.5);
	nonce = nonce_sent();
	sent_count = 0;
	amt_gateway_probe(&gateway);
	cr_expect_eq(sent_count, 1);
	cr_expect_neq(nonce_sent(), nonce, "what was answered before the silence proves nothing");
	run_for(&timers, 5);
	cr_expect_eq(failed, 1);
}

Test(amt_gateway, unreachable_is_believed_only_of_a_relay_that_is_probed)
{
	struct sg sg = channel("192.0.2.10", "232.1.1.1");

	establish(&sg);
	amt_gateway_unreachable(&gateway);
	amt_gateway_unreachable(&gateway);
	run_for(&timers, 0.001);
	cr_expect_eq(failed, 0);
	query("amt-4-query-v4-g", nonce_sent(), NULL);
	amt_gateway_probe(&gateway);
	amt_gateway_unreachable(&gateway);
	run_for(&timers, 0.001);
	cr_expect_eq(failed, 1);
}

Test(amt_gateway, many_channels_go_into_as_many_reports_as_they_need)
{
	struct sg sg = channel("192.0.2.10", "232.0.0.1");
	unsigned carried = 0;

	for (unsigned i = 0; i < 500; i++) {
		sg.group.bytes[2] = i >> 8;
		sg.group.bytes[3] = i;
		amt_gateway_want(&gateway, &sg, &gateway);
	}
	query("amt-4-query-v4", nonce_sent(), NULL);
	run_report();
	cr_expect_gt(sent_count, 3);
	for (unsigned i = 1; i < sent_count; i++)
		carried += sent[i][AMT_UPDATE_HEADER + 24 + 6] << 8 |
			   sent[i][AMT_UPDATE_HEADER + 24 + 7];
	cr_expect_eq(carried, 500);
	cr_expect_eq(reported, 500);
}

/* Discovery (section 5.2.3.4) */

static struct amt_discovery discovery;
static struct addr found;
static uint32_t discovery_nonce;

static void discovery_send(struct amt_discovery *of, const uint8_t *bytes, size_t length)
{
	(void)of;
	cr_assert_eq(length, AMT_DISCOVERY_LENGTH);
	discovery_nonce = (uint32_t)bytes[4] << 24 | bytes[5] << 16 | bytes[6] << 8 | bytes[7];
	sent_count++;
}

static void discovery_found(struct amt_discovery *of, const struct addr *relay)
{
	(void)of;
	found = *relay;
}

static void discovery_failed(struct amt_discovery *of, const char *reason)
{
	(void)of;
	failure = reason;
	failed++;
}

static const struct amt_discovery_actions discovery_actions = {
	.send = discovery_send, .found = discovery_found, .failed = discovery_failed};

static void begin_discovery(void)
{
	begin();
	found = (struct addr){0};
	discovery = (struct amt_discovery){.timers = &timers, .actions = &discovery_actions};
	amt_discovery_start(&discovery);
}

static void end_discovery(void)
{
	amt_discovery_stop(&discovery);
	end();
}

TestSuite(amt_discovery, .init = begin_discovery, .fini = end_discovery);

Test(amt_discovery, finds_the_relay_of_the_answer_with_its_nonce)
{
	struct amt_advertisement advertisement = {.nonce = discovery_nonce};
	char text[ADDR_TEXT];

	addr_parse("203.0.113.15", &advertisement.relay);
	cr_expect_neq(discovery_nonce, 0);
	advertisement.nonce++;
	cr_expect_eq(amt_discovery_receive(&discovery, &advertisement), FAULT_NONCE);
	advertisement.nonce--;
	cr_expect_eq(amt_discovery_receive(&discovery, &advertisement), FAULT_NONE);
	cr_expect_str_eq(addr_format(&found, text), "203.0.113.15");
	cr_expect_eq(amt_discovery_receive(&discovery, &advertisement), FAULT_UNEXPECTED);
	run_for(&timers, 1000);
	cr_expect_eq(sent_count, 1);
	cr_expect_eq(failed, 0);
}

Test(amt_discovery, repeats_with_the_same_nonce_and_gives_up)
{
	uint32_t nonce = discovery_nonce;

	run_for(&timers, 0.9);
	cr_expect_eq(sent_count, 1);
	run_for(&timers, 20);
	cr_expect_eq(sent_count, AMT_TRANSMISSIONS);
	cr_expect_eq(discovery_nonce, nonce);
	cr_expect_eq(failed, 1);
	amt_discovery_start(&discovery);
	cr_expect_neq(discovery_nonce, nonce, "a new discovery has a new one");
}

/* The P flag */

enum manner { RFC_7450, LINUX };

/* Answers the Requests from number `from` on as such a relay does; returns how many Queries of MLD
 * were taken. With `copies` the network sends each Query so often. */
static unsigned answer_requests(enum manner manner, unsigned from, unsigned copies)
{
	unsigned taken = 0, to = sent_count;

	for (unsigned i = from; i < to; i++) {
		bool mld = sent[i][1] == (manner == LINUX ? AMT_P_LINUX : AMT_P);

		if (sent[i][0] != AMT_REQUEST || (manner == LINUX && sent[i][1] == AMT_P))
			continue;
		for (unsigned copy = 0; copy < copies; copy++)
			taken += !query(mld ? "amt-4-query-v6" : "amt-4-query-v4", nonce_sent_in(i),
					NULL) &&
				 mld;
	}
	return taken;
}

static void want_mld(void)
{
	struct sg six = channel("2001:db8:5::10", "ff3e::8000:1");

	amt_gateway_want(&gateway, &six, &gateway);
}

/* The flags of all Requests since `from`, as "01 80". */
static const char *flags_since(unsigned from)
{
	static char text[128];
	int at = 0;

	text[0] = 0;
	for (unsigned i = from; i < sent_count; i++)
		if (sent[i][0] == AMT_REQUEST)
			at += snprintf(text + at, sizeof(text) - at, "%s%02x", at ? " " : "",
				       sent[i][1]);
	return text;
}

/* Runs until the Requests at the query interval, which are then the first in `sent`. */
static void run_to_refresh(void)
{
	run_for(&timers, 5); /* repeats of changes */
	sent_count = 0;
	for (unsigned i = 0; i < 1300 && !sent_count; i++)
		run_for(&timers, 0.1);
	cr_assert_gt(sent_count, 0);
}

Test(amt_gateway, linux_is_asked_by_its_own_p_flag_where_the_rfcs_stays_unanswered)
{
	want_mld();
	cr_expect_str_eq(flags_since(0), "01");
	cr_expect_eq(answer_requests(LINUX, 0, 1), 0);
	run_for(&timers, 1.1);
	cr_expect_str_eq(flags_since(0), "01 80 01");
	cr_expect_eq(answer_requests(LINUX, 0, 1), 1);
	cr_expect_eq(up, 1);
	run_to_refresh();
	cr_expect_str_eq(flags_since(0), "80", "what was answered is asked");
	cr_expect_eq(answer_requests(LINUX, 0, 1), 1);
	run_to_refresh();
	run_for(&timers, 1);
	cr_expect_str_eq(flags_since(0), "80 80", "and nothing else, once it is known");
	cr_expect_eq(failed, 0);
}

Test(amt_gateway, linux_serves_both_families_side_by_side)
{
	struct sg four = channel("192.0.2.10", "232.1.1.1");

	establish(&four);
	want_mld();
	run_for(&timers, 1.1);
	cr_expect_eq(answer_requests(LINUX, sent_count - 2, 1), 1);
	for (unsigned i = 0; i < 5; i++) {
		run_to_refresh();
		cr_assert(gateway.igmp.state == AMT_REFRESHING &&
			  gateway.mld.state == AMT_REFRESHING);
		cr_expect_eq(nonce_sent_in(0), nonce_sent_in(1));
		cr_expect_eq(answer_requests(LINUX, 0, 1), 1);
		cr_assert(gateway.igmp.state == AMT_ACTIVE && gateway.mld.state == AMT_ACTIVE);
	}
	cr_expect_eq(failed, 0);
}

/* Only the known form is sent. If an answer is late, the RFC's form is sent as well. */
Test(amt_gateway, a_relay_that_follows_the_rfc_loses_nothing)
{
	want_mld();
	cr_expect_eq(answer_requests(RFC_7450, 0, 1), 1);
	run_to_refresh();
	run_for(&timers, 1);
	cr_expect_str_eq(flags_since(0), "01 01", "the second since the first was lost");
	cr_expect_eq(answer_requests(RFC_7450, 1, 1), 1);
	cr_expect_eq(gateway.mld.state, AMT_ACTIVE);
	cr_expect_eq(failed, 0);
}

Test(amt_gateway, a_lost_request_does_not_make_it_linux)
{
	want_mld();
	run_for(&timers, 1.1);
	cr_expect_str_eq(flags_since(0), "01 80 01");
	cr_expect_eq(answer_requests(RFC_7450, 1, 1), 1, "the IGMP Query is no fault");
	cr_expect_eq(gateway.igmp.state, AMT_IDLE);
	run_to_refresh();
	cr_expect_str_eq(flags_since(0), "01");
	cr_expect_eq(answer_requests(RFC_7450, 0, 1), 1);
}

Test(amt_gateway, taken_for_linux_wrongly_it_is_asked_again_at_once)
{
	want_mld();
	run_for(&timers, 1.1);
	cr_expect_eq(answer_requests(RFC_7450, 2, 1), 1); /* the IGMP Query was lost */
	run_to_refresh();
	cr_expect_str_eq(flags_since(0), "80");
	cr_expect_eq(answer_requests(RFC_7450, 0, 1), 0);
	cr_expect_str_eq(flags_since(0), "80 01");
	cr_expect_eq(answer_requests(RFC_7450, 1, 1), 1);
	cr_expect_eq(gateway.mld.state, AMT_ACTIVE);
	run_to_refresh();
	cr_expect_str_eq(flags_since(0), "01");
}

Test(amt_gateway, copies_of_igmp_queries_do_not_lose_a_linux_relay)
{
	struct sg four = channel("192.0.2.10", "232.1.1.1");

	establish(&four);
	want_mld();
	run_for(&timers, 1.1);
	cr_expect_gt(answer_requests(LINUX, sent_count - 2, 2), 0);
	for (unsigned i = 0; i < 5; i++) {
		run_to_refresh();
		for (unsigned answered = 0, tries = 0; tries < 4; tries++) {
			unsigned from = answered;

			answered = sent_count;
			answer_requests(LINUX, from, 2);
			run_for(&timers, 1.1);
		}
		cr_assert_eq(gateway.mld.state, AMT_ACTIVE);
	}
	cr_expect_eq(failed, 0);
}

Test(amt_gateway, an_igmp_query_that_nothing_explains_is_refused)
{
	want_mld();
	cr_expect_eq(query("amt-4-query-v4", nonce_sent(), NULL), FAULT_TYPE);
	run_for(&timers, 1.1);
	cr_expect_eq(query("amt-4-query-v4", nonce_sent(), NULL), FAULT_NONE);
	cr_expect_eq(query("amt-4-query-v4", nonce_sent(), NULL), FAULT_TYPE,
		     "one for each Request");
	cr_expect_eq(established, 0);
}

Test(amt_gateway, without_an_answer_both_forms_are_given_up)
{
	want_mld();
	run_for(&timers, 30);
	cr_expect_str_eq(flags_since(0), "01 80 01 80 01 80 01");
	cr_expect_eq(failed, 1);
}
