/* SPDX-License-Identifier: BSD-2-Clause */
/* Relays of a source from DNS answers (RFC 8777 sections 3 and 4). The test answers for DNS. */
#include "driad/lookup.h"
#include "driad/service.h"
#include "virtual_time.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#define RDATA(text)                                                                                \
	{                                                                                          \
		(const uint8_t *)(text), sizeof(text) - 1                                          \
	}

static struct driad_options options;
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
	options = (struct driad_options){.ways = {DRIAD_SOURCE}, .way_count = 1};
	lookup = (struct driad_lookup){.timers = &timers, .actions = &actions, .options = &options};
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
	{DNS_UNREACHABLE, RDATA(""), "DNS server cannot be reached"},
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

Test(driad_lookup, the_reason_has_what_dns_adds_to_it)
{
	struct dns_answer failed = {.status = DNS_SERVER_FAILURE,
				    .detail = "192.0.2.53 says REFUSED"};

	driad_answer(lookup.questions[0], &failed);
	cr_expect_str_eq(lookup.reason, "DNS server fails");
	cr_expect_str_eq(lookup.detail, "192.0.2.53 says REFUSED");
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
	cr_expect_eq(lookup.candidate_counts[DRIAD_SOURCE], DRIAD_RELAYS_MAX);
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

/* All ways of section 3.1. A letter says what each of them finds: '-' it is not in use, '0'
 * nothing, 'N' a record without a relay, '1' one relay; from DNS also 'f' a failure, 'u' an answer
 * that is not validated. */

#define CONFIGURED_RELAY "203.0.113.1"
#define DNS_SD_RELAY     "203.0.113.2"
#define SOURCE_RELAY     "203.0.113.4"

static struct driad_rule rule;

static void use_ways(const enum driad_way *ways, unsigned count)
{
	driad_stop(&lookup);
	asked_count = cancelled = done = refused = 0;
	options.way_count = count;
	memcpy(options.ways, ways, count * sizeof(*ways));
	lookup = (struct driad_lookup){.timers = &timers,
				       .actions = &actions,
				       .options = &options,
				       .source = lookup.source};
	driad_start(&lookup);
}

static void configure(const char *prefix, const char *record)
{
	options.rules = &rule;
	options.rule_count = 1;
	cr_assert(prefix_parse(prefix, &rule.sources) && amtrelay_parse(record, &rule.record));
}

static struct driad_question *question_for(unsigned type)
{
	for (unsigned i = 0; i < asked_count; i++)
		if (asked[i]->type == type && asked[i]->query)
			return asked[i];
	return NULL;
}

static void answer_type(unsigned type, const struct dns_record *record, bool secure)
{
	struct dns_answer answer = {.status = record ? DNS_OK : DNS_NAME_ERROR,
				    .count = record ? 1 : 0,
				    .records = record,
				    .secure = secure};
	struct driad_question *question = question_for(type);

	cr_assert(question, "type %u is asked for", type);
	driad_answer(question, &answer);
}

static const struct dns_record pointer = RDATA("\x01r\x04_amt\x04_udp\x07"
					       "example\0"),
			       service = RDATA("\0\x07\0\0\x08\xdc\x01r\x07"
					       "example\0"),
			       service_address = RDATA("\xcb\0\x71\x02"),
			       source_relay = RDATA("\x0a\x01\xcb\x00\x71\x04");

static void answer_dns_sd(bool secure)
{
	answer_type(DNS_TYPE_PTR, &pointer, secure);
	answer_type(DNS_TYPE_SRV, &service, secure);
	if (!question_for(DNS_TYPE_A))
		return;
	answer_type(DNS_TYPE_A, &service_address, secure);
	answer_type(DNS_TYPE_AAAA, NULL, secure);
}

Test(driad_lookup, the_ways_come_in_their_order_whatever_the_precedence)
{
	static const struct {
		enum driad_way ways[DRIAD_WAYS];
		unsigned count;
		const char *relays;
	} rows[] = {
		{{DRIAD_CONFIGURED, DRIAD_DNS_SD, DRIAD_SOURCE},
		 3,
		 CONFIGURED_RELAY "/99/- " DNS_SD_RELAY "/7/- " SOURCE_RELAY "/10/-"},
		{{DRIAD_SOURCE, DRIAD_DNS_SD, DRIAD_CONFIGURED},
		 3,
		 SOURCE_RELAY "/10/- " DNS_SD_RELAY "/7/- " CONFIGURED_RELAY "/99/-"},
		{{DRIAD_DNS_SD}, 1, DNS_SD_RELAY "/7/-"},
		{{DRIAD_SOURCE, DRIAD_CONFIGURED},
		 2,
		 SOURCE_RELAY "/10/- " CONFIGURED_RELAY "/99/-"},
	};

	options.domain = "example.";
	configure("192.0.2.0/24", "99 0 1 " CONFIGURED_RELAY);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		use_ways(rows[i].ways, rows[i].count);
		if (question_for(DNS_TYPE_PTR))
			answer_dns_sd(false);
		if (question_for(DNS_TYPE_AMTRELAY))
			answer_type(DNS_TYPE_AMTRELAY, &source_relay, false);
		cr_expect_eq(done, 1, "row %zu", i);
		cr_expect_str_eq(relays(), rows[i].relays, "row %zu", i);
	}
}

Test(driad_lookup, dns_sd_asks_for_the_service_of_the_domain)
{
	options.domain = "campus.example.";
	use_ways((enum driad_way[]){DRIAD_DNS_SD}, 1);
	cr_assert_eq(asked_count, 1);
	cr_expect_str_eq(asked[0]->name, "_amt._udp.campus.example.");
	answer_type(DNS_TYPE_PTR, &pointer, false);
	cr_expect_str_eq(asked[1]->name, "r._amt._udp.example.");
	cr_expect_eq(asked[1]->type, DNS_TYPE_SRV);
}

Test(driad_lookup, a_service_at_another_port_is_no_relay)
{
	struct dns_record elsewhere = RDATA("\0\x07\0\0\x08\xdd\x01r\x07"
					    "example\0");

	options.domain = "example.";
	use_ways((enum driad_way[]){DRIAD_DNS_SD}, 1);
	answer_type(DNS_TYPE_PTR, &pointer, false);
	answer_type(DNS_TYPE_SRV, &elsewhere, false);
	cr_expect_eq(done, 1);
	cr_expect_eq(refused, 1);
	cr_expect_eq(lookup.relay_count, 0);
}

Test(driad_lookup, anycast_addresses_need_no_question)
{
	use_ways((enum driad_way[]){DRIAD_ANYCAST}, 1);
	cr_expect_eq(asked_count, 0);
	cr_expect_eq(done, 1);
	cr_expect(!strcmp(relays(), "192.52.193.1/0/- 2001:3::1/0/-") ||
			  !strcmp(relays(), "2001:3::1/0/- 192.52.193.1/0/-"),
		  "%s", relays());
}

Test(driad_lookup, where_the_operator_says_none_there_is_none)
{
	options.domain = "example.";
	configure("192.0.2.0/24", "0 0 0 .");
	use_ways((enum driad_way[]){DRIAD_SOURCE, DRIAD_CONFIGURED, DRIAD_ANYCAST, DRIAD_DNS_SD},
		 4);
	cr_expect_eq(asked_count, 0);
	cr_expect_eq(done, 1);
	cr_expect_str_eq(lookup.reason, "the configuration says that the source has no relay");
	use_ways((enum driad_way[]){DRIAD_SOURCE}, 1);
	cr_expect_eq(asked_count, 1, "what is configured is not asked");
}

Test(driad_lookup, of_configured_prefixes_the_longest_counts)
{
	static const struct {
		const char *prefix, *record;
	} lines[] = {
		{"0.0.0.0/0", "1 0 1 203.0.113.1"},     {"192.0.2.0/24", "5 1 1 203.0.113.2"},
		{"192.0.2.0/24", "6 0 2 2001:db8::2"},  {"192.0.2.64/26", "1 0 1 203.0.113.3"},
		{"2001:db8::/32", "1 0 1 203.0.113.4"},
	};
	struct driad_rule rules[5];

	for (unsigned i = 0; i < 5; i++)
		cr_assert(prefix_parse(lines[i].prefix, &rules[i].sources) &&
			  amtrelay_parse(lines[i].record, &rules[i].record));
	options.rules = rules;
	options.rule_count = 5;
	use_ways((enum driad_way[]){DRIAD_CONFIGURED}, 1);
	cr_expect_str_eq(relays(), "203.0.113.2/5/D 2001:db8::2/6/-");
	addr_parse("198.51.100.1", &lookup.source);
	use_ways((enum driad_way[]){DRIAD_CONFIGURED}, 1);
	cr_expect_str_eq(relays(), "203.0.113.1/1/-");
	addr_parse("2001:db9::1", &lookup.source);
	use_ways((enum driad_way[]){DRIAD_CONFIGURED}, 1);
	cr_expect_str_eq(relays(), "");
	cr_expect_str_eq(lookup.reason, "no relay is configured for the source");
}

Test(driad_lookup, a_configured_name_is_looked_up)
{
	configure("192.0.2.0/24", "10 1 3 relay.example");
	use_ways((enum driad_way[]){DRIAD_CONFIGURED}, 1);
	cr_assert_eq(asked_count, 2);
	cr_expect_str_eq(asked[0]->name, "relay.example.");
	answer_type(DNS_TYPE_A, &service_address, false);
	answer_type(DNS_TYPE_AAAA, NULL, false);
	cr_expect_str_eq(relays(), DNS_SD_RELAY "/10/D");
}

Test(driad_lookup, where_dnssec_is_required_only_what_is_validated_counts)
{
	options.domain = "example.";
	options.require_dnssec = true;
	use_ways((enum driad_way[]){DRIAD_SOURCE}, 1);
	answer_type(DNS_TYPE_AMTRELAY, &source_relay, false);
	cr_expect_eq(lookup.relay_count, 0);
	cr_expect_str_eq(lookup.reason, "DNS answer is not validated by DNSSEC, as required");
	use_ways((enum driad_way[]){DRIAD_SOURCE, DRIAD_DNS_SD}, 2);
	answer_type(DNS_TYPE_AMTRELAY, &source_relay, true);
	answer_type(DNS_TYPE_PTR, &pointer, false);
	cr_expect_str_eq(relays(), SOURCE_RELAY "/10/-");
}

/* RFC 8305 section 4 */
Test(driad_lookup, equals_of_two_families_take_turns)
{
	struct dns_record records[] = {
		RDATA("\x0a\x01\xcb\x00\x71\x0f"),
		RDATA("\x0a\x01\xcb\x00\x71\x10"),
		RDATA("\x0a\x02\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x15"),
		RDATA("\x0a\x02\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x16"),
		RDATA("\x14\x01\xcb\x00\x71\x11"),
	};

	for (int round = 0; round < 50; round++) {
		end();
		begin();
		answer(0, DNS_OK, records, 5);
		for (unsigned i = 1; i < 4; i++)
			cr_expect_neq(lookup.relays[i].address.family,
				      lookup.relays[i - 1].address.family, "%s", relays());
		cr_expect_eq(lookup.relays[4].precedence, 20);
	}
}

/* Late answers */

Test(driad_lookup, once_there_is_a_relay_the_other_ways_have_a_second)
{
	const enum driad_way ways[] = {DRIAD_DNS_SD, DRIAD_SOURCE};

	options.domain = "example.";
	use_ways(ways, 2);
	run_for(&timers, 30);
	cr_expect_eq(done, 0, "there is none");
	answer_type(DNS_TYPE_AMTRELAY, &(struct dns_record)RDATA("\x0a\x01\xcb\x00\x71\x0f"),
		    false);
	run_for(&timers, 0.9);
	cr_expect_eq(done, 0);
	run_for(&timers, 0.1);
	cr_expect_eq(done, 1);
	cr_expect_eq(cancelled, 1);
	cr_expect_str_eq(relays(), "203.0.113.15/10/-");
	cr_expect_null(lookup.reason);
	run_for(&timers, 30);
	cr_expect_eq(done, 1);
}

Test(driad_lookup, an_answer_in_that_second_is_taken)
{
	const enum driad_way ways[] = {DRIAD_DNS_SD, DRIAD_SOURCE};

	options.domain = "example.";
	use_ways(ways, 2);
	answer_type(DNS_TYPE_AMTRELAY, &(struct dns_record)RDATA("\x0a\x01\xcb\x00\x71\x0f"),
		    false);
	run_for(&timers, 0.9);
	answer_type(DNS_TYPE_PTR, NULL, false);
	cr_expect_eq(done, 1);
	cr_expect_eq(cancelled, 0);
	run_for(&timers, 10);
	cr_expect_eq(done, 1);
}

Test(driad_lookup, who_is_patient_waits_for_all)
{
	const enum driad_way ways[] = {DRIAD_DNS_SD, DRIAD_SOURCE};

	options.domain = "example.";
	use_ways(ways, 2);
	lookup.patient = true;
	answer_type(DNS_TYPE_AMTRELAY, &(struct dns_record)RDATA("\x0a\x01\xcb\x00\x71\x0f"),
		    false);
	run_for(&timers, 30);
	cr_expect_eq(done, 0);
	answer_type(DNS_TYPE_PTR, NULL, false);
	cr_expect_eq(done, 1);
}
