/* SPDX-License-Identifier: BSD-2-Clause */
/* Relays of a source from DNS answers (RFC 8777 sections 3 and 4). The test answers for DNS. */
#include "driad/lookup.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#define RDATA(text)                                                                                \
	{                                                                                          \
		(const uint8_t *)(text), sizeof(text) - 1                                          \
	}

static struct timers timers;
static struct driad_lookup lookup;
static struct driad_question *asked[16];
static unsigned asked_count, cancelled, refused, done;

static void *on_ask(struct driad_question *question)
{
	cr_assert_lt(asked_count, 16);
	asked[asked_count++] = question;
	return question;
}

static void on_cancel(void *query)
{
	cr_assert(query);
	cancelled++;
}

static void on_refused(struct driad_lookup *of, enum fault fault)
{
	(void)of;
	cr_assert(fault);
	refused++;
}

static void on_done(struct driad_lookup *of)
{
	(void)of;
	done++;
}

static const struct driad_actions actions = {
	.ask = on_ask, .cancel = on_cancel, .refused = on_refused, .done = on_done};

static void begin(void)
{
	timers = (struct timers){.now = 1000};
	lookup = (struct driad_lookup){.timers = &timers, .actions = &actions};
	addr_parse("192.0.2.10", &lookup.source);
	asked_count = cancelled = refused = done = 0;
	driad_start(&lookup);
}

static void end(void)
{
	driad_stop(&lookup);
	timers_free(&timers);
}

TestSuite(driad_lookup, .init = begin, .fini = end);

static void answer(unsigned question, enum dns_status status, const struct dns_record *records,
		   unsigned count)
{
	struct dns_answer answer = {.status = status, .count = count, .records = records};

	driad_answer(asked[question], &answer);
}

/* "203.0.113.15/10/D 2001:db8::15/20/-": address, precedence, D bit. */
static const char *relays(void)
{
	static char text[1024];
	char addr[ADDR_TEXT];
	size_t at = 0;

	text[0] = 0;
	for (unsigned i = 0; i < lookup.relay_count; i++)
		at += snprintf(text + at, sizeof(text) - at, "%s%s/%u/%s", i ? " " : "",
			       addr_format(&lookup.relays[i].address, addr),
			       lookup.relays[i].precedence,
			       lookup.relays[i].discovery_optional ? "D" : "-");
	return text;
}

Test(driad_lookup, asks_for_amtrelay_of_the_reverse_name)
{
	cr_expect_eq(asked_count, 1);
	cr_expect_str_eq(asked[0]->name, "10.2.0.192.in-addr.arpa.");
	cr_expect_eq(asked[0]->type, 260);
}

Test(driad_lookup, addresses_by_precedence)
{
	struct dns_record records[] = {
		RDATA("\x80\x81\xcb\x00\x71\x10"),
		RDATA("\x0a\x01\xcb\x00\x71\x0f"),
		RDATA("\x14\x02\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x15"),
	};

	answer(0, DNS_OK, records, 3);
	cr_expect_eq(done, 1);
	cr_expect_str_eq(relays(), "203.0.113.15/10/- 2001:db8::15/20/- 203.0.113.16/128/D");
	cr_expect_null(lookup.reason);
}

Test(driad_lookup, equals_come_in_random_order)
{
	struct dns_record records[] = {RDATA("\x0a\x01\xcb\x00\x71\x0f"),
				       RDATA("\x0a\x01\xcb\x00\x71\x10")};
	unsigned first = 0;

	for (int i = 0; i < 200; i++) {
		end();
		begin();
		answer(0, DNS_OK, records, 2);
		first += lookup.relays[0].address.bytes[3] == 0x0f;
	}
	cr_expect(first > 40 && first < 160, "%u of 200", first);
}

Test(driad_lookup, names_are_looked_up_in_both_families_at_once)
{
	struct dns_record name = RDATA("\x80\x83\x05relay\x07"
				       "example\0");
	struct dns_record v4 = RDATA("\xcb\x00\x71\x0f");
	struct dns_record v6 = RDATA("\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x15");

	answer(0, DNS_OK, &name, 1);
	cr_assert_eq(asked_count, 3);
	cr_expect_str_eq(asked[1]->name, "relay.example.");
	cr_expect_eq(asked[1]->type, DNS_TYPE_AAAA);
	cr_expect_eq(asked[2]->type, DNS_TYPE_A);
	answer(2, DNS_OK, &v4, 1);
	cr_expect_eq(done, 0);
	answer(1, DNS_OK, &v6, 1);
	cr_expect_eq(done, 1);
	cr_expect_eq(lookup.relay_count, 2);
	cr_expect(lookup.relays[0].precedence == 128 && lookup.relays[1].discovery_optional);
}

Test(driad_lookup, one_family_of_a_name_is_enough)
{
	struct dns_record name = RDATA("\x0a\x03\x05relay\x07"
				       "example\0");
	struct dns_record v4 = RDATA("\xcb\x00\x71\x0f");

	answer(0, DNS_OK, &name, 1);
	answer(2, DNS_OK, &v4, 1);
	answer(1, DNS_NO_DATA, NULL, 0);
	cr_expect_str_eq(relays(), "203.0.113.15/10/-");
	cr_expect_null(lookup.reason);
}

static const struct failure {
	enum dns_status status;
	struct dns_record record;
	const char *reason;
} failures[] = {
	{DNS_NAME_ERROR, RDATA(""), "no AMTRELAY record for the source"},
	{DNS_NO_DATA, RDATA(""), "no AMTRELAY record for the source"},
	{DNS_TIMEOUT, RDATA(""), "DNS server does not answer"},
	{DNS_SERVER_FAILURE, RDATA(""), "DNS server fails"},
	{DNS_BOGUS, RDATA(""), "DNS answer fails DNSSEC validation"},
	{DNS_OK, RDATA("\0\0"), "AMTRELAY says that the source has no relay"},
	{DNS_OK, RDATA("\x0a\x01\xcb\x00\x71"), "AMTRELAY record is not usable"},
	{DNS_OK, RDATA("\x0a\x05\xcb\x00\x71\x0f"), "AMTRELAY record is not usable"},
	{DNS_OK, RDATA("\x0a\x01\x7f\x00\x00\x01"), "AMTRELAY record is not usable"},
	{DNS_OK, RDATA("\x0a\x01\xe0\x00\x00\x01"), "AMTRELAY record is not usable"},
};

Test(driad_lookup, no_relay_has_a_reason)
{
	for (size_t i = 0; i < sizeof(failures) / sizeof(failures[0]); i++) {
		end();
		begin();
		answer(0, failures[i].status, &failures[i].record, failures[i].status == DNS_OK);
		cr_expect_eq(done, 1);
		cr_expect_eq(lookup.relay_count, 0, "row %zu", i);
		cr_expect_str_eq(lookup.reason, failures[i].reason, "row %zu", i);
	}
}

Test(driad_lookup, type_0_beside_a_usable_record_is_passed_over)
{
	struct dns_record records[] = {RDATA("\0\0"), RDATA("\x0a\x01\xcb\x00\x71\x0f")};

	answer(0, DNS_OK, records, 2);
	cr_expect_str_eq(relays(), "203.0.113.15/10/-");
}

Test(driad_lookup, a_bad_record_does_not_spoil_the_others)
{
	struct dns_record records[] = {RDATA("\x0a"), RDATA("\x0a\x01\xcb\x00\x71\x0f"),
				       RDATA("\x0a\x02\x01")};

	answer(0, DNS_OK, records, 3);
	cr_expect_str_eq(relays(), "203.0.113.15/10/-");
	cr_expect_eq(refused, 2);
}

Test(driad_lookup, addresses_of_a_name_must_be_ones_a_relay_can_have)
{
	struct dns_record name = RDATA("\x0a\x03\x05relay\x07"
				       "example\0");
	struct dns_record bad[] = {RDATA("\x7f\0\0\x01"), RDATA("\xe0\0\0\x01"), RDATA("\x0a\0")};

	answer(0, DNS_OK, &name, 1);
	answer(1, DNS_NO_DATA, NULL, 0);
	answer(2, DNS_OK, bad, 3);
	cr_expect_eq(lookup.relay_count, 0);
	cr_expect_eq(refused, 3);
	cr_expect_str_eq(lookup.reason, "relay's name has no usable address");
}

Test(driad_lookup, hundreds_of_records_are_bounded)
{
	static struct dns_record records[400];
	struct dns_record address = RDATA("\x0a\x01\xcb\x00\x71\x0f");
	struct dns_record name = RDATA("\x0a\x03\x05relay\x07"
				       "example\0");

	for (int i = 0; i < 400; i++)
		records[i] = i % 2 ? address : name;
	answer(0, DNS_OK, records, 400);
	cr_expect_eq(lookup.relay_count, DRIAD_RELAYS_MAX);
	cr_expect_eq(asked_count, 1 + 2 * DRIAD_NAMES_MAX);
}

Test(driad_lookup, stopping_cancels_what_is_under_way)
{
	struct dns_record name = RDATA("\x0a\x03\x05relay\x07"
				       "example\0");

	answer(0, DNS_OK, &name, 1);
	driad_stop(&lookup);
	cr_expect_eq(cancelled, 2);
	cr_expect_eq(done, 0);
}
