/* SPDX-License-Identifier: BSD-2-Clause */
/* Reports are read back by a small reader in this file, which is written from RFC 3376 section 4.2
 * and RFC 3810 section 5.2 and shares no code with the decoder. */
#include "base/checksum.h"
#include "mcingest/amt_wire.h"
#include "membership/encode.h"
#include "samples.h"

static const struct {
	const char *name;
	bool inside_amt;
	enum fault fault;
	struct membership_query is;
} samples[] = {
	{"amt-4-query-v4", true, FAULT_NONE, {AF_INET, 2, 125}},
	{"amt-4-query-v4-g", true, FAULT_NONE, {AF_INET, 2, 125}},
	{"amt-4-query-v4-limit", true, FAULT_NONE, {AF_INET, 2, 125}},
	{"amt-4-query-v4-qqic139", true, FAULT_NONE, {AF_INET, 2, 216}},
	{"amt-4-query-v6", true, FAULT_NONE, {AF_INET6, 2, 125}},
	{"amt-4-query-v6-over-v6-g", true, FAULT_NONE, {AF_INET6, 2, 125}},
	{"igmp3-query-general", false, FAULT_NONE, {AF_INET, 2, 125}},
	{"mld2-query-general", false, FAULT_NONE, {AF_INET6, 2, 125}},
	{"igmp3-query-group-source", false, FAULT_ADDRESS, {0}},
	{"mld2-query-group-source", false, FAULT_ADDRESS, {0}},
	{"igmp3-report-allow", false, FAULT_TYPE, {0}},
	{"igmp3-report-is-ex-ssm", false, FAULT_TYPE, {0}},
	{"igmp2-report-ssm", false, FAULT_TYPE, {0}},
	{"mld2-report-allow", false, FAULT_TYPE, {0}},
	{"amt-5-update-v4-two-sg", true, FAULT_TYPE, {0}},
	{"amt-5-update-v6-two-sg", true, FAULT_TYPE, {0}},
	{"pim-hello-v4", false, FAULT_TYPE, {0}},
	{"pim-hello-v6", false, FAULT_TYPE, {0}},
};

/* The IP datagram of a sample, with the bytes behind it in the AMT message. */
static struct cursor sample_inner(const char *name, bool inside_amt)
{
	struct cursor payload, copy;

	if (!inside_amt)
		return sample_datagram(name, 0);
	payload = sample_udp(name, 0);
	copy = exact_copy(payload.at + AMT_UPDATE_HEADER,
			  cursor_left(&payload) - AMT_UPDATE_HEADER);
	exact_free(payload);
	return copy;
}

Test(membership_packets, samples_decode_or_are_refused)
{
	EACH(i, samples)
	{
		struct cursor bytes = sample_inner(samples[i].name, samples[i].inside_amt);
		struct membership_query query;
		struct ip_datagram ip;
		enum fault fault;

		cr_assert_eq(ip_decode(bytes, &ip), FAULT_NONE, "%s", samples[i].name);
		fault = membership_decode_query(&ip, &query);
		cr_expect_str_eq(fault_name(fault), fault_name(samples[i].fault), "%s: %s",
				 samples[i].name, fault_name(fault));
		if (!fault)
			cr_expect(query.family == samples[i].is.family &&
					  query.robustness == samples[i].is.robustness &&
					  query.query_interval == samples[i].is.query_interval,
				  "%s: %d %u %u", samples[i].name, query.family, query.robustness,
				  query.query_interval);
		exact_free(bytes);
	}
}

/* A datagram around message bytes, from any host. */
static struct ip_datagram around(struct cursor message, int family)
{
	struct ip_datagram ip = {.ttl = 1, .payload = message};

	ip.protocol = family == AF_INET ? 2 : 58;
	addr_parse(family == AF_INET ? "192.0.2.1" : "2001:db8::1", &ip.source);
	addr_parse(family == AF_INET ? "224.0.0.1" : "ff02::1", &ip.destination);
	return ip;
}

static uint32_t pseudo_sum(const struct ip_datagram *ip)
{
	if (ip->source.family == AF_INET)
		return 0;
	return checksum_pseudo(&ip->source, &ip->destination, 58, cursor_left(&ip->payload));
}

#define ZERO_16 "00000000000000000000000000000000"

/* The checksum is written in before decoding; it stands as 0000 in the text. */
static const struct {
	const char *what;
	int family;
	const char *hex;
	enum fault fault;
} messages[] = {
	{"nothing at all", AF_INET, "", FAULT_TRUNCATED},
	{"IGMP cut", AF_INET, "11010000 000000", FAULT_TRUNCATED},
	{"IGMPv1 Query", AF_INET, "11000000 00000000", FAULT_VERSION},
	{"IGMPv2 Query", AF_INET, "11640000 00000000", FAULT_VERSION},
	{"IGMP Query of no version", AF_INET, "11010000 00000000 027d", FAULT_LENGTH},
	{"IGMP Query of no version, longest", AF_INET, "11010000 00000000 027d00", FAULT_LENGTH},
	{"IGMPv3 Query", AF_INET, "11010000 00000000 027d0000", FAULT_NONE},
	{"S flag and reserved bits", AF_INET, "11010000 00000000 fa7d0000", FAULT_NONE},
	{"bytes behind", AF_INET, "11010000 00000000 027d0000 ffffff", FAULT_NONE},
	{"Query for a group", AF_INET, "11010000 e8010101 027d0000", FAULT_ADDRESS},
	{"Query with a source alone", AF_INET, "11010000 00000000 027d0001 c000020a",
	 FAULT_ADDRESS},
	{"Query with more sources than bytes", AF_INET, "11010000 00000000 027dffff",
	 FAULT_ADDRESS},
	{"IGMPv2 Leave", AF_INET, "17000000 e8010101", FAULT_TYPE},
	{"MLD's type in IGMP", AF_INET, "82010000 00000000 027d0000", FAULT_TYPE},
	{"MLD cut", AF_INET6, "82000000 000000", FAULT_TRUNCATED},
	{"MLD cut behind the code", AF_INET6, "82000000 00010000 " ZERO_16 "027d00", FAULT_LENGTH},
	{"MLD without the group's end", AF_INET6, "82000000 00010000 0000", FAULT_LENGTH},
	{"MLDv1 Query", AF_INET6, "82000000 00010000 " ZERO_16, FAULT_VERSION},
	{"MLDv2 Query", AF_INET6, "82000000 00010000 " ZERO_16 "027d0000", FAULT_NONE},
	{"MLDv2 Query for a group", AF_INET6,
	 "82000000 00010000 ff3e0000000000000000000080000001 027d0000", FAULT_ADDRESS},
	{"MLDv1 Done", AF_INET6, "84000000 00000000 " ZERO_16, FAULT_TYPE},
	{"Echo Request", AF_INET6, "80000000 00010001", FAULT_TYPE},
};

static enum fault decode_fixed(struct cursor bytes, int family, struct membership_query *query)
{
	struct ip_datagram ip = around(bytes, family);

	fix_checksum(bytes, 2, pseudo_sum(&ip));
	return membership_decode_query(&ip, query);
}

Test(membership_packets, messages_decode_or_are_refused)
{
	EACH(i, messages)
	{
		struct cursor bytes = from_hex(messages[i].hex);
		struct membership_query query;
		enum fault fault = decode_fixed(bytes, messages[i].family, &query);

		cr_expect_str_eq(fault_name(fault), fault_name(messages[i].fault), "%s: %s",
				 messages[i].what, fault_name(fault));
		exact_free(bytes);
	}
}

Test(membership_packets, envelope_is_checked)
{
	struct cursor bytes = from_hex("11010000 00000000 027d0000");
	struct ip_datagram ip = around(bytes, AF_INET);
	struct membership_query query;

	fix_checksum(bytes, 2, 0);
	cr_assert_eq(membership_decode_query(&ip, &query), FAULT_NONE);
	ip.protocol = 58;
	cr_expect_eq(membership_decode_query(&ip, &query), FAULT_TYPE, "ICMPv6 over IPv4");
	ip.protocol = 2;
	((uint8_t *)bytes.at)[9]++;
	cr_expect_eq(membership_decode_query(&ip, &query), FAULT_CHECKSUM);
	exact_free(bytes);
}

Test(membership_packets, icmpv6_checksum_has_a_pseudo_header)
{
	struct cursor bytes = from_hex("82000000 00010000 " ZERO_16 "027d0000");
	struct ip_datagram ip = around(bytes, AF_INET6);
	struct membership_query query;

	fix_checksum(bytes, 2, 0);
	cr_expect_eq(membership_decode_query(&ip, &query), FAULT_CHECKSUM);
	fix_checksum(bytes, 2, pseudo_sum(&ip));
	cr_expect_eq(membership_decode_query(&ip, &query), FAULT_NONE);
	exact_free(bytes);
}

Test(membership_packets, interval_and_robustness)
{
	static const struct {
		uint8_t flags, code;
		unsigned robustness, interval;
	} cases[] = {
		{0x02, 125, 2, 125},   {0x00, 0, 2, 125},      {0x01, 1, 1, 1},
		{0x07, 127, 7, 127},   {0x0f, 0x80, 7, 128},   {0xf8, 0x81, 2, 136},
		{0x02, 0x8b, 2, 216},  {0x02, 0x8f, 2, 248},   {0x02, 0x90, 2, 256},
		{0x02, 0xc5, 2, 2688}, {0x02, 0xf0, 2, 16384}, {0x02, 0xff, 2, 31744},
	};

	EACH(i, cases)
	{
		struct cursor v4 = from_hex("11010000 00000000 027d0000");
		struct cursor v6 = from_hex("82000000 00010000 " ZERO_16 "027d0000");
		struct membership_query query;

		memcpy((uint8_t *)v4.at + 8, &cases[i].flags, 2);
		memcpy((uint8_t *)v6.at + 24, &cases[i].flags, 2);
		cr_assert_eq(decode_fixed(v4, AF_INET, &query), FAULT_NONE);
		cr_expect_eq(query.query_interval, cases[i].interval, "code %u", cases[i].code);
		cr_expect_eq(query.robustness, cases[i].robustness, "flags %u", cases[i].flags);
		cr_assert_eq(decode_fixed(v6, AF_INET6, &query), FAULT_NONE);
		cr_expect_eq(query.query_interval, cases[i].interval, "code %u", cases[i].code);
		cr_expect_eq(query.robustness, cases[i].robustness, "flags %u", cases[i].flags);
		exact_free(v4);
		exact_free(v6);
	}
}

static void decode_damaged(struct cursor bytes, void *context)
{
	struct membership_query query;

	if (decode_fixed(bytes, *(int *)context, &query) == FAULT_NONE) {
		cr_assert(query.robustness >= 1 && query.robustness <= 7);
		cr_assert(query.query_interval >= 1 && query.query_interval <= 31744);
	}
}

static void expect_refused(struct cursor bytes, void *context)
{
	struct membership_query query;

	cr_expect_neq(decode_fixed(bytes, *(int *)context, &query), FAULT_NONE, "%zu bytes",
		      cursor_left(&bytes));
}

static void expect_datagram_refused(struct cursor bytes, void *context)
{
	struct membership_query query;
	struct ip_datagram ip;

	if (!ip_decode(bytes, &ip))
		cr_expect_neq(membership_decode_query(&ip, &query), FAULT_NONE, "%s: %zu bytes",
			      (char *)context, cursor_left(&bytes));
}

Test(membership_packets, damaged_samples_do_no_harm)
{
	EACH(i, samples)
	{
		struct cursor bytes = sample_inner(samples[i].name, samples[i].inside_amt), own;
		struct ip_datagram ip;
		int family;

		ip_decode(bytes, &ip);
		family = ip.source.family;
		own = cursor_over(bytes.at, ip.payload.end - bytes.at);
		each_bit_flip(ip.payload, decode_damaged, &family);
		each_truncation(ip.payload, expect_refused, &family);
		each_truncation(own, expect_datagram_refused, (char *)samples[i].name);
		exact_free(bytes);
	}
}

/* Reports */

static struct sg channel(int family, unsigned source, unsigned group)
{
	struct sg sg;

	addr_parse(family == AF_INET ? "192.0.2.0" : "2001:db8:5::", &sg.source);
	addr_parse(family == AF_INET ? "232.1.1.0" : "ff3e::8000:0", &sg.group);
	sg.source.bytes[addr_length(family) - 1] = source;
	sg.group.bytes[addr_length(family) - 1] = group;
	return sg;
}

struct change {
	enum membership_record_type type;
	unsigned source, group;
};

static size_t write_report(int family, const struct change *changes, size_t count, void *bytes,
			   size_t size)
{
	struct membership_report report;

	membership_report_begin(&report, family, bytes, size);
	for (size_t i = 0; i < count; i++) {
		struct sg sg = channel(family, changes[i].source, changes[i].group);

		cr_assert(membership_report_add(&report, changes[i].type, &sg), "change %zu", i);
	}
	return membership_report_end(&report);
}

Test(membership_packets, reports_are_the_samples)
{
	static const struct {
		const char *name;
		int family;
		size_t count;
		struct change changes[2];
	} cases[] = {
		{"amt-5-update-v4-two-sg",
		 AF_INET,
		 2,
		 {{MEMBERSHIP_IS_IN, 10, 1}, {MEMBERSHIP_IS_IN, 20, 2}}},
		{"amt-5-update-v4-allow", AF_INET, 1, {{MEMBERSHIP_ALLOW, 10, 1}}},
		{"amt-5-update-v4-block", AF_INET, 1, {{MEMBERSHIP_BLOCK, 10, 1}}},
		{"amt-5-update-v6-two-sg",
		 AF_INET6,
		 2,
		 {{MEMBERSHIP_IS_IN, 0x10, 1}, {MEMBERSHIP_IS_IN, 0x20, 2}}},
		{"amt-5-update-v6-over-v6-allow", AF_INET6, 1, {{MEMBERSHIP_ALLOW, 0x10, 1}}},
	};

	EACH(i, cases)
	{
		struct cursor sample = sample_inner(cases[i].name, true);
		uint8_t bytes[1500];
		size_t length = write_report(cases[i].family, cases[i].changes, cases[i].count,
					     bytes, sizeof(bytes));

		cr_assert_eq(length, cursor_left(&sample), "%s: %zu bytes", cases[i].name, length);
		cr_expect_arr_eq(bytes, sample.at, length, "%s", cases[i].name);
		exact_free(sample);
	}
}

/* Writes the records of a report as text, "+S/G" for example, with "|" before each. */
static void read_records(struct cursor c, int family, FILE *out)
{
	unsigned address = family == AF_INET ? 4 : 16, records;

	cursor_bytes(&c, 6);
	records = cursor_u16(&c);
	while (records--) {
		uint8_t type = cursor_u8(&c), auxiliary = cursor_u8(&c);
		unsigned sources = cursor_u16(&c);
		const uint8_t *group = cursor_bytes(&c, address);

		cr_assert(group && auxiliary == 0 && sources > 0, "bad record");
		fprintf(out, "|%c%u", " = ??+-"[type], group[address - 1]);
		while (sources--) {
			const uint8_t *source = cursor_bytes(&c, address);

			cr_assert(source, "source beyond the report");
			fprintf(out, ",%u", source[address - 1]);
		}
	}
	cr_assert_eq(cursor_left(&c), 0, "bytes behind the last record");
}

static const char *read_report(const uint8_t *bytes, size_t length, char line[4096])
{
	FILE *out = fmemopen(line, 4096, "w");
	struct ip_datagram ip;
	char text[ADDR_TEXT];
	bool v4;

	cr_assert_eq(ip_decode(cursor_over(bytes, length), &ip), FAULT_NONE);
	v4 = ip.source.family == AF_INET;
	cr_assert_eq(cursor_left(&ip.payload), length - (v4 ? 24 : 48), "length of the header");
	cr_assert(addr_is_unspecified(&ip.source));
	cr_assert_str_eq(addr_format(&ip.destination, text), v4 ? "224.0.0.22" : "ff02::16");
	cr_assert(ip.router_alert && ip.ttl == 1 && ip.protocol == (v4 ? 2 : 58));
	cr_assert_eq(ip.payload.at[0], v4 ? 0x22 : 143);
	cr_assert_eq(checksum_fold(checksum_add(pseudo_sum(&ip), ip.payload.at,
						cursor_left(&ip.payload))),
		     0, "checksum");
	read_records(ip.payload, ip.source.family, out);
	fclose(out);
	return line;
}

Test(membership_packets, neighbors_share_a_record)
{
	static const struct change changes[] = {
		{MEMBERSHIP_IS_IN, 1, 1}, {MEMBERSHIP_IS_IN, 2, 1}, {MEMBERSHIP_IS_IN, 3, 1},
		{MEMBERSHIP_IS_IN, 3, 2}, {MEMBERSHIP_ALLOW, 4, 2}, {MEMBERSHIP_ALLOW, 5, 2},
		{MEMBERSHIP_BLOCK, 5, 2}, {MEMBERSHIP_ALLOW, 6, 2}, {MEMBERSHIP_ALLOW, 6, 1},
	};
	static const char is[] = "|=1,1,2,3|=2,3|+2,4,5|-2,5|+2,6|+1,6";
	static const int families[] = {AF_INET, AF_INET6};
	static const size_t lengths[] = {24 + 8 + 6 * 8 + 9 * 4, 48 + 8 + 6 * 20 + 9 * 16};

	EACH(i, families)
	{
		uint8_t bytes[1500];
		char line[4096];
		size_t length =
			write_report(families[i], changes, sizeof(changes) / sizeof(changes[0]),
				     bytes, sizeof(bytes));

		cr_assert_eq(length, lengths[i], "%zu", length);
		cr_expect_str_eq(read_report(bytes, length, line), is, "%s", line);
	}
}

Test(membership_packets, an_empty_report_is_none)
{
	struct membership_report report;
	uint8_t bytes[1500];

	membership_report_begin(&report, AF_INET, bytes, sizeof(bytes));
	cr_expect_eq(membership_report_end(&report), 0);
	membership_report_begin(&report, AF_INET6, bytes, sizeof(bytes));
	cr_expect_eq(membership_report_end(&report), 0);
}

/* Counts the (S,G)s of different groups that fit in a report. */
static unsigned fill(int family, uint8_t *bytes, size_t size, size_t *length)
{
	struct membership_report report;
	unsigned count = 0;
	struct sg sg = channel(family, 1, 0);

	membership_report_begin(&report, family, bytes, size);
	while (membership_report_add(&report, MEMBERSHIP_IS_IN, &sg))
		sg = channel(family, 1, ++count);
	*length = membership_report_end(&report);
	return count;
}

/* protocols.md section 1.6; what surrounds the report is IP, UDP and AMT. */
Test(membership_packets, as_many_as_a_path_carries)
{
	static const struct {
		int family;
		unsigned mtu, outer, count;
	} cases[] = {
		{AF_INET, 1500, 20, 119}, {AF_INET, 1500, 40, 117}, {AF_INET6, 1500, 20, 39},
		{AF_INET6, 1500, 40, 38}, {AF_INET, 1280, 20, 100}, {AF_INET, 1280, 40, 99},
		{AF_INET6, 1280, 20, 32}, {AF_INET6, 1280, 40, 32},
	};

	EACH(i, cases)
	{
		size_t size = cases[i].mtu - cases[i].outer - 8 - 12, length;
		uint8_t *bytes = malloc(size);
		unsigned count = fill(cases[i].family, bytes, size, &length);
		char line[4096];

		cr_expect_eq(count, cases[i].count, "%u in %u of %u", count,
			     cases[i].family == AF_INET ? 4 : 6, cases[i].mtu);
		cr_expect_leq(length, size);
		read_report(bytes, length, line);
		free(bytes);
	}
}

Test(membership_packets, small_buffers_take_what_fits)
{
	static const struct {
		int family;
		size_t empty, record;
	} cases[] = {{AF_INET, 32, 12}, {AF_INET6, 56, 36}};

	EACH(i, cases)
	{
		for (size_t size = 0; size < 200; size++) {
			uint8_t *bytes = malloc(size);
			size_t fits = size < cases[i].empty
					      ? 0
					      : (size - cases[i].empty) / cases[i].record;
			size_t length;

			cr_expect_eq(fill(cases[i].family, bytes, size, &length), fits, "%zu bytes",
				     size);
			cr_expect_eq(length, fits ? cases[i].empty + fits * cases[i].record : 0,
				     "%zu bytes", size);
			free(bytes);
		}
	}
}

/* A whole state in reports of 80 bytes: together they name every (S,G) once. */
Test(membership_packets, a_full_report_is_followed_by_another)
{
	struct membership_report report;
	char whole[4096] = "", line[4096];
	uint8_t bytes[80];
	unsigned reports = 0;

	membership_report_begin(&report, AF_INET, bytes, sizeof(bytes));
	for (unsigned source = 1; source <= 30; source++) {
		struct sg sg = channel(AF_INET, source, source / 20);

		while (!membership_report_add(&report, MEMBERSHIP_ALLOW, &sg)) {
			size_t length = membership_report_end(&report);

			cr_assert(length > 0 && length <= sizeof(bytes), "%zu bytes", length);
			strcat(whole, read_report(bytes, length, line));
			membership_report_begin(&report, AF_INET, bytes, sizeof(bytes));
			reports++;
		}
	}
	strcat(whole, read_report(bytes, membership_report_end(&report), line));
	cr_expect_eq(reports, 3, "%u", reports);
	cr_expect_str_eq(whole,
			 "|+0,1,2,3,4,5,6,7,8,9,10|+0,11,12,13,14,15,16,17,18,19"
			 "|+1,20,21,22,23,24,25,26,27,28,29|+1,30",
			 "%s", whole);
}

Test(membership_packets, a_refused_addition_changes_nothing)
{
	struct change one = {MEMBERSHIP_ALLOW, 1, 1};
	struct sg same = channel(AF_INET, 2, 1), other = channel(AF_INET, 2, 2);
	struct sg first = channel(AF_INET, 1, 1);
	struct membership_report report;
	uint8_t expected[44], bytes[47]; /* room for one, and three bytes that fit nothing */

	cr_assert_eq(write_report(AF_INET, &one, 1, expected, sizeof(expected)), 44);
	membership_report_begin(&report, AF_INET, bytes, sizeof(bytes));
	cr_assert(membership_report_add(&report, MEMBERSHIP_ALLOW, &first));
	cr_expect_not(membership_report_add(&report, MEMBERSHIP_ALLOW, &same));
	cr_expect_not(membership_report_add(&report, MEMBERSHIP_ALLOW, &other));
	cr_expect_not(membership_report_add(&report, MEMBERSHIP_BLOCK, &same));
	cr_assert_eq(membership_report_end(&report), 44);
	cr_expect_arr_eq(bytes, expected, 44);
}
