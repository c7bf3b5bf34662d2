/* SPDX-License-Identifier: BSD-2-Clause */
/* Messages of hosts and queriers on a LAN, read from samples and from text; and the Queries that we
 * write, compared with the samples of others. */
#include "base/checksum.h"
#include "membership/encode.h"
#include "samples.h"

static const struct sample {
	const char *name;
	enum membership_kind kind;
	const char *group; /* of a Query or an old report, or of the first record of a report */
	enum membership_record_type type;
	unsigned sources;
} samples[] = {
	{"igmp3-query-general", MEMBERSHIP_QUERY, "0.0.0.0", 0, 0},
	{"igmp3-query-group-source", MEMBERSHIP_QUERY, "232.1.1.1", 0, 1},
	{"igmp3-report-allow", MEMBERSHIP_REPORT, "232.1.1.1", MEMBERSHIP_ALLOW, 1},
	{"igmp3-report-is-ex-ssm", MEMBERSHIP_REPORT, "232.1.1.1", MEMBERSHIP_IS_EX, 0},
	{"igmp2-report-ssm", MEMBERSHIP_OLD_REPORT, "232.1.1.1", 0, 0},
	{"mld2-query-general", MEMBERSHIP_QUERY, "::", 0, 0},
	{"mld2-query-group-source", MEMBERSHIP_QUERY, "ff3e::8000:1", 0, 1},
	{"mld2-report-allow", MEMBERSHIP_REPORT, "ff3e::8000:1", MEMBERSHIP_ALLOW, 1},
};

static void expect_sources(struct cursor sources, int family, unsigned count, const char *name)
{
	struct addr source, wanted;
	unsigned found = 0;

	addr_parse(family == AF_INET ? "192.0.2.10" : "2001:db8:5::10", &wanted);
	for (; membership_next_source(&sources, family, &source); found++)
		cr_expect(addr_equal(&source, &wanted), "%s", name);
	cr_expect_eq(found, count, "%s", name);
}

static void expect_record(const struct sample *sample, struct membership_message *message,
			  const struct addr *group)
{
	struct membership_record record;

	cr_assert(membership_next_record(&message->records, group->family, &record));
	cr_expect_eq(record.type, sample->type, "%s", sample->name);
	cr_expect(addr_equal(&record.group, group), "%s", sample->name);
	expect_sources(record.sources, group->family, sample->sources, sample->name);
	cr_expect_not(membership_next_record(&message->records, group->family, &record));
}

static void expect_sample(const struct sample *sample, const struct ip_datagram *ip)
{
	struct membership_message message;
	enum fault fault = membership_decode(ip, &message);
	struct addr group;

	addr_parse(sample->group, &group);
	cr_assert_eq(fault, FAULT_NONE, "%s: %s", sample->name, fault_name(fault));
	cr_assert_eq(message.kind, sample->kind, "%s", sample->name);
	if (message.kind == MEMBERSHIP_REPORT) {
		expect_record(sample, &message, &group);
		return;
	}
	cr_expect(addr_equal(&message.group, &group), "%s", sample->name);
	cr_expect_not(message.suppress);
	if (message.kind != MEMBERSHIP_QUERY)
		return;
	cr_expect_eq(message.query.robustness, 2);
	cr_expect_eq(message.query.query_interval, 125);
	expect_sources(message.sources, group.family, sample->sources, sample->name);
}

Test(membership_lan, samples)
{
	EACH(i, samples)
	{
		struct cursor bytes = sample_datagram(samples[i].name, 0);
		struct ip_datagram ip;

		cr_assert_eq(ip_decode(bytes, &ip), FAULT_NONE);
		expect_sample(&samples[i], &ip);
		exact_free(bytes);
	}
}

/* Written by hand: the checksum stands as 0000 in the text. */
#define G4   "e8010101"
#define S4   "c000020a"
#define G6   "ff3e0000000000000000000080000001"
#define S6   "20010db8000500000000000000000010"
#define NONE "00000000000000000000000000000000"

enum { NO_ALERT = 1, TTL_2 = 2 };

/* clang-format off */
static const struct {
	const char *what, *source, *hex;
	unsigned spoilt;
	enum fault fault;
	enum membership_kind kind;
} messages[] = {
	{"v3 Query", "10.0.0.2", "11640000 00000000 027d0000", 0, FAULT_NONE, MEMBERSHIP_QUERY},
	{"v3 Query of a proxy", "0.0.0.0", "11640000 00000000 027d0000", 0, FAULT_NONE, MEMBERSHIP_QUERY},
	{"v3 Query from nowhere", "0.0.0.1", "11640000 00000000 027d0000", 0, FAULT_ADDRESS, 0},
	{"v3 Query from a group", "232.0.0.1", "11640000 00000000 027d0000", 0, FAULT_ADDRESS, 0},
	{"v3 Query, no Router Alert", "10.0.0.2", "11640000 00000000 027d0000", NO_ALERT, FAULT_NONE, MEMBERSHIP_QUERY},
	{"v3 Query, TTL 2", "10.0.0.2", "11640000 00000000 027d0000", TTL_2, FAULT_OFF_LINK, 0},
	{"v3 Query, cut", "10.0.0.2", "11640000 " G4 " 027d0002 " S4, 0, FAULT_TRUNCATED, 0},
	{"v3 Query, more behind", "10.0.0.2", "11640000 " G4 " 027d0001 " S4 " 0102", 0, FAULT_NONE, MEMBERSHIP_QUERY},
	{"v3 Query, sources of no group", "10.0.0.2", "11640000 00000000 027d0001 " S4, 0, FAULT_ADDRESS, 0},
	{"Query of no version", "10.0.0.2", "11640000 00000000 0200", 0, FAULT_LENGTH, 0},
	{"v2 Query", "10.0.0.2", "11640000 00000000", 0, FAULT_NONE, MEMBERSHIP_OLD_QUERY},
	{"v1 Query, no Router Alert", "10.0.0.2", "11000000 00000000", NO_ALERT, FAULT_NONE, MEMBERSHIP_OLD_QUERY},
	{"v1 report, no Router Alert", "10.0.0.9", "12000000 " G4, NO_ALERT, FAULT_NONE, MEMBERSHIP_OLD_REPORT},
	{"v2 report, TTL 2", "10.0.0.9", "16000000 " G4, TTL_2, FAULT_OFF_LINK, 0},
	{"v2 Leave", "10.0.0.9", "17000000 " G4, 0, FAULT_NONE, MEMBERSHIP_OLD_REPORT},
	{"DVMRP", "10.0.0.9", "13000000 " G4, TTL_2, FAULT_NONE, MEMBERSHIP_OTHER},
	{"MLD's Query in IGMP", "10.0.0.9", "82000000 " G4 " 027d0000", 0, FAULT_NONE, MEMBERSHIP_OTHER},
	{"v3 report from 0.0.0.0", "0.0.0.0", "22000000 00000000", 0, FAULT_NONE, MEMBERSHIP_REPORT},
	{"v3 report, no Router Alert", "10.0.0.9", "22000000 00000000", NO_ALERT, FAULT_NONE, MEMBERSHIP_REPORT},
	{"v3 report, a record too few", "10.0.0.9", "22000000 00000002 05000001" G4 S4, 0, FAULT_TRUNCATED, 0},
	{"v3 report, a source too few", "10.0.0.9", "22000000 00000001 05000002" G4 S4, 0, FAULT_TRUNCATED, 0},
	{"v3 report, auxiliary data too short", "10.0.0.9", "22000000 00000001 05020001" G4 S4 "01020304", 0, FAULT_TRUNCATED, 0},
	{"v3 report, auxiliary data", "10.0.0.9", "22000000 00000001 05010001" G4 S4 "01020304", 0, FAULT_NONE, MEMBERSHIP_REPORT},
	{"v3 report, unknown record", "10.0.0.9", "22000000 00000001 63000001" G4 S4, 0, FAULT_NONE, MEMBERSHIP_REPORT},
	{"v3 report, more behind", "10.0.0.9", "22000000 00000001 05000001" G4 S4 "ff", 0, FAULT_NONE, MEMBERSHIP_REPORT},
	{"v3 report, 65535 records", "10.0.0.9", "22000000 0000ffff 05000001" G4 S4, 0, FAULT_TRUNCATED, 0},
	{"IGMP cut", "10.0.0.9", "220000", 0, FAULT_TRUNCATED, 0},
	{"v2 MLD Query", "fe80::2", "82000000 27100000 " NONE "027d0000", 0, FAULT_NONE, MEMBERSHIP_QUERY},
	{"v2 MLD Query, not link-local", "2001:db8::2", "82000000 27100000 " NONE "027d0000", 0, FAULT_ADDRESS, 0},
	{"v2 MLD Query from ::", "::", "82000000 27100000 " NONE "027d0000", 0, FAULT_ADDRESS, 0},
	{"v2 MLD Query, no Router Alert", "fe80::2", "82000000 27100000 " NONE "027d0000", NO_ALERT, FAULT_NONE, MEMBERSHIP_QUERY},
	{"v2 MLD Query, hop limit 2", "fe80::2", "82000000 27100000 " NONE "027d0000", TTL_2, FAULT_OFF_LINK, 0},
	{"v2 MLD Query, cut", "fe80::2", "82000000 27100000 " G6 "027d0002" S6, 0, FAULT_TRUNCATED, 0},
	{"v1 MLD Query", "fe80::2", "82000000 27100000 " NONE, 0, FAULT_NONE, MEMBERSHIP_OLD_QUERY},
	{"v1 MLD report", "fe80::9", "83000000 00000000 " G6, 0, FAULT_NONE, MEMBERSHIP_OLD_REPORT},
	{"v1 MLD report, cut", "fe80::9", "83000000 00000000 ff3e", 0, FAULT_TRUNCATED, 0},
	{"v1 MLD Done", "fe80::9", "84000000 00000000 " G6, 0, FAULT_NONE, MEMBERSHIP_OLD_REPORT},
	{"v2 MLD report from ::", "::", "8f000000 00000000", 0, FAULT_NONE, MEMBERSHIP_REPORT},
	{"v2 MLD report, not link-local", "2001:db8::9", "8f000000 00000000", 0, FAULT_ADDRESS, 0},
	{"v2 MLD report, a source too few", "fe80::9", "8f000000 00000001 05000002" G6 S6, 0, FAULT_TRUNCATED, 0},
	{"Echo Request", "fe80::9", "80000000 00010001", TTL_2, FAULT_NONE, MEMBERSHIP_OTHER},
	{"IGMP's report in ICMPv6", "fe80::9", "22000000 00000000", 0, FAULT_NONE, MEMBERSHIP_OTHER},
};
/* clang-format on */

/* The usual destination of the message. */
static struct addr destination_of(struct cursor message, int family)
{
	bool query = cursor_left(&message) && message.at[0] == (family == AF_INET ? 0x11 : 130);
	struct membership_question question = {.from.family = family};

	if (!query)
		return membership_all_routers(family);
	cursor_bytes(&message, family == AF_INET ? 4 : 8);
	question.group = cursor_addr(&message, family);
	return membership_query_destination(&question);
}

static struct ip_datagram around(struct cursor message, const char *source)
{
	struct ip_datagram ip = {.ttl = 1, .router_alert = true, .payload = message};
	bool v4;

	addr_parse(source, &ip.source);
	v4 = ip.source.family == AF_INET;
	ip.protocol = v4 ? MEMBERSHIP_IGMP : MEMBERSHIP_ICMPV6;
	ip.destination = destination_of(message, ip.source.family);
	fix_checksum(message, 2,
		     v4 ? 0
			: checksum_pseudo(&ip.source, &ip.destination, MEMBERSHIP_ICMPV6,
					  cursor_left(&message)));
	return ip;
}

Test(membership_lan, messages_decode_or_are_refused)
{
	EACH(i, messages)
	{
		struct cursor bytes = from_hex(messages[i].hex);
		struct ip_datagram ip = around(bytes, messages[i].source);
		struct membership_message message;
		enum fault fault;

		ip.router_alert = !(messages[i].spoilt & NO_ALERT);
		ip.ttl = messages[i].spoilt & TTL_2 ? 2 : 1;
		fault = membership_decode(&ip, &message);
		cr_expect_str_eq(fault_name(fault), fault_name(messages[i].fault), "%s: %s",
				 messages[i].what, fault_name(fault));
		if (!fault)
			cr_expect_eq(message.kind, messages[i].kind, "%s", messages[i].what);
		exact_free(bytes);
	}
}

Test(membership_lan, checksums)
{
	EACH(i, samples)
	{
		struct cursor bytes = sample_datagram(samples[i].name, 0);
		struct membership_message message;
		struct ip_datagram ip;

		cr_assert_eq(ip_decode(bytes, &ip), FAULT_NONE);
		((uint8_t *)ip.payload.at)[2] ^= 1;
		cr_expect_eq(membership_decode(&ip, &message), FAULT_CHECKSUM, "%s",
			     samples[i].name);
		exact_free(bytes);
	}
}

/* Reads everything, under AddressSanitizer. */
static void read_through(struct cursor bytes, void *context)
{
	struct ip_datagram ip = around(bytes, context);
	struct membership_message message;
	struct membership_record record;
	struct addr source;
	int family = ip.source.family;

	if (membership_decode(&ip, &message))
		return;
	while (message.kind == MEMBERSHIP_REPORT &&
	       membership_next_record(&message.records, family, &record))
		while (membership_next_source(&record.sources, family, &source))
			;
	while (message.kind == MEMBERSHIP_QUERY &&
	       membership_next_source(&message.sources, family, &source))
		;
}

Test(membership_lan, spoilt_messages_are_read_within_their_bounds)
{
	EACH(i, messages)
	{
		struct cursor bytes = from_hex(messages[i].hex);

		each_truncation(bytes, read_through, (void *)messages[i].source);
		each_bit_flip(bytes, read_through, (void *)messages[i].source);
		exact_free(bytes);
	}
}

/* Queries that we write */

static struct cursor write_query(const struct membership_question *question, const char *source,
				 unsigned count)
{
	uint8_t bytes[MEMBERSHIP_QUERY_MAX];
	struct addr addr;
	struct writer w;

	membership_query_begin(&w, question, bytes, sizeof(bytes));
	addr_parse(source, &addr);
	while (count--)
		cr_assert(membership_query_add(&w, &addr));
	return exact_copy(bytes, membership_query_end(&w, question));
}

static const struct {
	const char *sample, *from, *group, *source;
	unsigned sources, max_response_ms;
} written[] = {
	{"igmp3-query-general", "10.0.0.1", "0.0.0.0", "192.0.2.10", 0, 10000},
	{"igmp3-query-group-source", "10.0.0.1", "232.1.1.1", "192.0.2.10", 1, 1000},
	{"mld2-query-general", "fe80::1", "::", "2001:db8:5::10", 0, 10000},
	{"mld2-query-group-source", "fe80::1", "ff3e::8000:1", "2001:db8:5::10", 1, 1000},
};

Test(membership_lan, queries_are_what_others_write)
{
	EACH(i, written)
	{
		struct cursor sample = sample_datagram(written[i].sample, 0), ours;
		struct membership_question question = {.robustness = 2,
						       .query_interval = 125,
						       .max_response_ms =
							       written[i].max_response_ms};
		struct ip_datagram theirs, mine;

		addr_parse(written[i].from, &question.from);
		addr_parse(written[i].group, &question.group);
		ours = write_query(&question, written[i].source, written[i].sources);
		cr_assert_eq(ip_decode(sample, &theirs), FAULT_NONE);
		cr_assert_eq(ip_decode(ours, &mine), FAULT_NONE);
		cr_expect(addr_equal(&mine.source, &theirs.source) &&
				  addr_equal(&mine.destination, &theirs.destination) &&
				  mine.ttl == 1 && mine.router_alert,
			  "%s", written[i].sample);
		cr_assert_eq(cursor_left(&mine.payload), cursor_left(&theirs.payload), "%s",
			     written[i].sample);
		cr_expect_arr_eq(mine.payload.at, theirs.payload.at, cursor_left(&mine.payload),
				 "%s", written[i].sample);
		exact_free(sample);
		exact_free(ours);
	}
}

/* RFC 3376 sections 4.1.1 and 4.1.7, RFC 3810 sections 5.1.3 and 5.1.9 */
static const struct {
	const char *from;
	unsigned max_response_ms, interval;
	unsigned max_response_code, qqic;
} codes[] = {
	{"10.0.0.1", 12700, 127, 127, 127},       {"10.0.0.1", 12800, 128, 0x80, 0x80},
	{"10.0.0.1", 12900, 135, 0x80, 0x80},     {"10.0.0.1", 13600, 216, 0x81, 0x8b},
	{"10.0.0.1", 3174400, 31744, 0xff, 0xff}, {"10.0.0.1", 9999999, 99999, 0xff, 0xff},
	{"fe80::1", 32767, 125, 32767, 125},      {"fe80::1", 32768, 248, 0x8000, 0x8f},
	{"fe80::1", 32775, 256, 0x8000, 0x90},    {"fe80::1", 8387584, 1024, 0xffff, 0xb0},
};

Test(membership_lan, times_are_coded)
{
	EACH(i, codes)
	{
		struct membership_question question = {.robustness = 7,
						       .query_interval = codes[i].interval,
						       .max_response_ms = codes[i].max_response_ms};
		struct membership_message message;
		struct ip_datagram ip;
		struct cursor bytes;
		const uint8_t *b;
		unsigned code;

		addr_parse(codes[i].from, &question.from);
		question.group = (struct addr){.family = question.from.family};
		bytes = write_query(&question, "192.0.2.10", 0);
		cr_assert_eq(ip_decode(bytes, &ip), FAULT_NONE);
		b = ip.payload.at;
		code = question.from.family == AF_INET ? b[1] : (unsigned)(b[4] << 8 | b[5]);
		cr_expect_eq(code, codes[i].max_response_code, "row %zu: %#x", i, code);
		cr_assert_eq(membership_decode(&ip, &message), FAULT_NONE);
		cr_expect_eq(message.query.robustness, 7);
		code = b[question.from.family == AF_INET ? 9 : 25];
		cr_expect_eq(code, codes[i].qqic, "row %zu: %#x", i, code);
		cr_expect_leq(message.query.query_interval, codes[i].interval);
		exact_free(bytes);
	}
}

Test(membership_lan, a_query_takes_what_its_datagram_has_room_for)
{
	static const char *const from[] = {"10.0.0.1", "fe80::1"};
	static const char *const sources[] = {"192.0.2.10", "2001:db8:5::10"};
	static const unsigned rooms[] = {(1280 - 24 - 12) / 4, (1280 - 48 - 28) / 16};

	EACH(i, from)
	{
		struct membership_question question = {.suppress = true, .robustness = 2};
		uint8_t bytes[MEMBERSHIP_QUERY_MAX];
		struct membership_message message;
		struct ip_datagram ip;
		struct addr source;
		unsigned added = 0;
		struct writer w;
		size_t length;

		addr_parse(from[i], &question.from);
		addr_parse(i ? "ff3e::8000:1" : "232.1.1.1", &question.group);
		addr_parse(sources[i], &source);
		membership_query_begin(&w, &question, bytes, sizeof(bytes));
		while (membership_query_add(&w, &source))
			added++;
		length = membership_query_end(&w, &question);
		cr_expect_eq(added, rooms[i]);
		cr_assert_eq(ip_decode(cursor_over(bytes, length), &ip), FAULT_NONE);
		cr_assert_eq(membership_decode(&ip, &message), FAULT_NONE);
		cr_expect(message.suppress);
		while (membership_next_source(&message.sources, source.family, &source))
			added--;
		cr_expect_eq(added, 0);
	}
}
