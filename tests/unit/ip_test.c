/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/ip.h"
#include "samples.h"

static const struct {
	const char *name;
	bool inside_amt; /* of AMT: the two bytes of Data, or the twelve of other messages */
	const char *is;
} samples[] = {
	{"pim-hello-v4", false, "10.0.0.1 224.0.0.13 protocol 103 ttl 1 payload 34"},
	{"pim-hello-v6", false, "fe80::1 ff02::d protocol 103 ttl 1 payload 56"},
	{"igmp3-query-general", false, "10.0.0.1 224.0.0.1 protocol 2 ttl 1 alert payload 12"},
	{"mld2-query-general", false, "fe80::1 ff02::1 protocol 58 ttl 1 alert payload 28"},
	{"mld2-report-allow", false, "fe80::50 ff02::16 protocol 58 ttl 1 alert payload 44"},
	{"amt-4-query-v4-g", false, "203.0.113.15 198.51.100.2 protocol 17 ttl 57 payload 74"},
	{"amt-6-data-v4", true, "192.0.2.10 232.1.1.1 protocol 17 ttl 15 payload 42"},
	{"amt-6-data-v6", true, "2001:db8:5::10 ff3e::8000:1 protocol 17 ttl 15 payload 42"},
};

static struct cursor sample_bytes(size_t i)
{
	struct cursor payload, copy;

	if (!samples[i].inside_amt)
		return sample_datagram(samples[i].name, 0);
	payload = sample_udp(samples[i].name, 0);
	copy = exact_copy(payload.at + 2, cursor_left(&payload) - 2);
	exact_free(payload);
	return copy;
}

static const char *describe(const struct ip_datagram *ip, char line[256])
{
	char source[ADDR_TEXT], destination[ADDR_TEXT];

	snprintf(line, 256, "%s %s protocol %u ttl %u%s payload %zu",
		 addr_format(&ip->source, source), addr_format(&ip->destination, destination),
		 ip->protocol, ip->ttl, ip->router_alert ? " alert" : "",
		 cursor_left(&ip->payload));
	return line;
}

Test(ip, samples_decode)
{
	EACH(i, samples)
	{
		struct cursor bytes = sample_bytes(i);
		struct ip_datagram ip;
		char line[256];

		cr_assert_eq(ip_decode(bytes, &ip), FAULT_NONE, "%s", samples[i].name);
		cr_expect_str_eq(describe(&ip, line), samples[i].is, "%s: %s", samples[i].name,
				 line);
		exact_free(bytes);
	}
}

Test(ip, fragments_are_refused)
{
	for (unsigned frame = 0; frame < 2; frame++) {
		struct cursor bytes = sample_udp("amt-6-data-v4-inner-frag", frame), c = bytes;
		struct ip_datagram ip;

		cursor_bytes(&c, 2);
		cr_expect_eq(ip_decode(c, &ip), FAULT_TRUNCATED, "fragment %u", frame);
		exact_free(bytes);
	}
}

#define V4_TAIL " 0a000001 e000000d " /* addresses */
#define V6_TAIL " fe800000000000000000000000000001 ff02000000000000000000000000000d "
#define PAYLOAD "aabb"

/* The checksum of an IPv4 header of 20 or 24 bytes is written in before decoding. */
static const struct {
	const char *what, *hex;
	enum fault fault;
	const char *is;
} datagrams[] = {
	{"nothing", "", FAULT_TRUNCATED, NULL},
	{"version 5", "50000000", FAULT_VERSION, NULL},
	{"version 0", "00", FAULT_VERSION, NULL},
	{"IPv4", "45c0 0016 0000 0000 0167 0000" V4_TAIL PAYLOAD, FAULT_NONE,
	 "10.0.0.1 224.0.0.13 protocol 103 ttl 1 payload 2"},
	{"DF", "45c0 0016 0000 4000 0167 0000" V4_TAIL PAYLOAD, FAULT_NONE,
	 "10.0.0.1 224.0.0.13 protocol 103 ttl 1 payload 2"},
	{"MF", "45c0 0016 0000 2000 0167 0000" V4_TAIL PAYLOAD, FAULT_TRUNCATED, NULL},
	{"offset", "45c0 0016 0000 0001 0167 0000" V4_TAIL PAYLOAD, FAULT_TRUNCATED, NULL},
	{"trailing bytes", "45c0 0016 0000 0000 0167 0000" V4_TAIL PAYLOAD "cccccccc", FAULT_NONE,
	 "10.0.0.1 224.0.0.13 protocol 103 ttl 1 payload 2"},
	{"no payload", "45c0 0014 0000 0000 0167 0000" V4_TAIL, FAULT_NONE,
	 "10.0.0.1 224.0.0.13 protocol 103 ttl 1 payload 0"},
	{"IHL 4", "44c0 0016 0000 0000 0167 0000" V4_TAIL PAYLOAD, FAULT_LENGTH, NULL},
	{"total below the header", "45c0 0013 0000 0000 0167 0000" V4_TAIL PAYLOAD, FAULT_LENGTH,
	 NULL},
	{"total below the options", "46c0 0016 0000 0000 0102 0000" V4_TAIL "94040000",
	 FAULT_LENGTH, NULL},
	{"total above the bytes", "45c0 0017 0000 0000 0167 0000" V4_TAIL PAYLOAD, FAULT_TRUNCATED,
	 NULL},
	{"options beyond the bytes", "4fc0 003c 0000 0000 0102 0000" V4_TAIL PAYLOAD,
	 FAULT_TRUNCATED, NULL},
	{"Router Alert", "46c0 0018 0000 0000 0102 0000" V4_TAIL "94040000", FAULT_NONE,
	 "10.0.0.1 224.0.0.13 protocol 2 ttl 1 alert payload 0"},
	{"NOPs, a record route, Router Alert",
	 "48c0 0020 0000 0000 0102 0000" V4_TAIL "0101070304 94040000 000000", FAULT_NONE,
	 "10.0.0.1 224.0.0.13 protocol 2 ttl 1 alert payload 0"},
	{"behind the end of the options",
	 "47c0 001c 0000 0000 0102 0000" V4_TAIL "0000000094040000", FAULT_NONE,
	 "10.0.0.1 224.0.0.13 protocol 2 ttl 1 payload 0"},
	{"behind an option without length",
	 "47c0 001c 0000 0000 0102 0000" V4_TAIL "0700000094040000", FAULT_NONE,
	 "10.0.0.1 224.0.0.13 protocol 2 ttl 1 payload 0"},
	{"an option beyond the header", "46c0 0018 0000 0000 0102 0000" V4_TAIL "01070994",
	 FAULT_NONE, "10.0.0.1 224.0.0.13 protocol 2 ttl 1 payload 0"},
	{"another option", "46c0 0018 0000 0000 0102 0000" V4_TAIL "01010100", FAULT_NONE,
	 "10.0.0.1 224.0.0.13 protocol 2 ttl 1 payload 0"},
	{"IPv6", "60000000 0002 67 01" V6_TAIL PAYLOAD, FAULT_NONE,
	 "fe80::1 ff02::d protocol 103 ttl 1 payload 2"},
	{"IPv6, class and label", "6fffffff 0002 67 ff" V6_TAIL PAYLOAD "cc", FAULT_NONE,
	 "fe80::1 ff02::d protocol 103 ttl 255 payload 2"},
	{"IPv6 cut", "60000000 0003 67 01" V6_TAIL PAYLOAD, FAULT_TRUNCATED, NULL},
	{"IPv6 fragment header", "60000000 0008 2c 01" V6_TAIL "3a00000000000000", FAULT_NONE,
	 "fe80::1 ff02::d protocol 44 ttl 1 payload 8"},
	{"hop-by-hop without header", "60000000 0000 00 01" V6_TAIL, FAULT_TRUNCATED, NULL},
	{"hop-by-hop cut", "60000000 0007 00 01" V6_TAIL "3a000502000001", FAULT_TRUNCATED, NULL},
	{"hop-by-hop longer than the payload", "60000000 0008 00 01" V6_TAIL "3a01050200000100",
	 FAULT_TRUNCATED, NULL},
	{"hop-by-hop of Pad1 and PadN", "60000000 000a 00 01" V6_TAIL "3a00000001020000" PAYLOAD,
	 FAULT_NONE, "fe80::1 ff02::d protocol 58 ttl 1 payload 2"},
	{"alert behind an unknown option",
	 "60000000 0012 00 01" V6_TAIL "3a013e0411111111 0000050200000100" PAYLOAD, FAULT_NONE,
	 "fe80::1 ff02::d protocol 58 ttl 1 alert payload 2"},
	{"option beyond the hop-by-hop header",
	 "60000000 000a 00 01" V6_TAIL "3a00050500000000" PAYLOAD, FAULT_TRUNCATED, NULL},
	{"option without length", "60000000 000a 00 01" V6_TAIL "3a00050200000005" PAYLOAD,
	 FAULT_TRUNCATED, NULL},
};

static void fix_header(struct cursor bytes)
{
	size_t header = cursor_left(&bytes) ? (bytes.at[0] & 15) * 4u : 0;

	if (header >= 20 && header <= cursor_left(&bytes) && bytes.at[0] >> 4 == 4)
		fix_checksum(cursor_over(bytes.at, header), 10, 0);
}

Test(ip, datagrams_decode_or_are_refused)
{
	EACH(i, datagrams)
	{
		struct cursor bytes = from_hex(datagrams[i].hex);
		struct ip_datagram ip;
		enum fault fault;
		char line[256];

		fix_header(bytes);
		fault = ip_decode(bytes, &ip);
		cr_expect_str_eq(fault_name(fault), fault_name(datagrams[i].fault), "%s: %s",
				 datagrams[i].what, fault_name(fault));
		if (!fault && datagrams[i].is)
			cr_expect_str_eq(describe(&ip, line), datagrams[i].is, "%s: %s",
					 datagrams[i].what, line);
		exact_free(bytes);
	}
}

Test(ip, a_damaged_ipv4_header_is_refused)
{
	struct cursor bytes = sample_datagram("pim-hello-v4", 0);
	struct ip_datagram ip;

	for (unsigned bit = 32; bit < 160; bit++) { /* behind version and lengths */
		((uint8_t *)bytes.at)[bit / 8] ^= 1 << bit % 8;
		cr_expect_eq(ip_decode(bytes, &ip), FAULT_CHECKSUM, "bit %u", bit);
		((uint8_t *)bytes.at)[bit / 8] ^= 1 << bit % 8;
	}
	exact_free(bytes);
}

static void expect_refused(struct cursor bytes, void *context)
{
	struct ip_datagram ip;

	cr_expect_eq(ip_decode(bytes, &ip), FAULT_TRUNCATED, "%s: %zu bytes", (char *)context,
		     cursor_left(&bytes));
}

static void decode_damaged(struct cursor bytes, void *context)
{
	struct ip_datagram ip;

	(void)context;
	fix_header(bytes);
	if (ip_decode(bytes, &ip) == FAULT_NONE)
		cr_assert(ip.payload.at >= bytes.at && ip.payload.end <= bytes.end, "outside");
}

Test(ip, damaged_samples_do_no_harm)
{
	EACH(i, samples)
	{
		struct cursor bytes = sample_bytes(i);

		each_truncation(bytes, expect_refused, (char *)samples[i].name);
		each_bit_flip(bytes, decode_damaged, NULL);
		exact_free(bytes);
	}
}

Test(ip, alert_headers_are_those_of_the_samples)
{
	static const struct {
		const char *name;
		size_t header;
	} cases[] = {{"igmp3-query-general", 24},
		     {"igmp3-report-allow", 24},
		     {"mld2-query-general", 48},
		     {"mld2-report-allow", 48}};

	EACH(i, cases)
	{
		struct cursor bytes = sample_datagram(cases[i].name, 0);
		struct writer w = writer_over(malloc(cases[i].header), cases[i].header);
		struct ip_datagram ip;

		ip_decode(bytes, &ip);
		ip_write_alert_header(&w, &ip.source, &ip.destination, ip.protocol,
				      cursor_left(&ip.payload));
		cr_assert_eq(writer_length(&w), cases[i].header, "%s", cases[i].name);
		cr_expect_arr_eq(w.start, bytes.at, cases[i].header, "%s", cases[i].name);
		free(w.start);
		exact_free(bytes);
	}
}

Test(ip, an_alert_header_without_room_fails)
{
	static const char *const sources[] = {"10.0.0.1", "fe80::1"};

	EACH(i, sources)
	{
		struct addr source;

		addr_parse(sources[i], &source);
		for (size_t size = 0; size < (i ? 48 : 24); size++) {
			struct writer w = writer_over(malloc(size), size);

			ip_write_alert_header(&w, &source, &source, 2, 8);
			cr_expect(w.failed, "%zu bytes", size);
			free(w.start);
		}
	}
}

/* The checksum of a header does not cover bytes written before it. */
Test(ip, an_alert_header_may_stand_anywhere)
{
	struct addr source, destination;
	uint8_t bytes[7 + 24 + 2];
	struct writer w = writer_over(bytes, sizeof(bytes));
	struct ip_datagram ip;

	addr_parse("0.0.0.0", &source);
	addr_parse("224.0.0.22", &destination);
	writer_bytes(&w, "seven..", 7);
	ip_write_alert_header(&w, &source, &destination, 2, 2);
	writer_u16(&w, 0);
	cr_assert_not(w.failed);
	cr_expect_eq(ip_decode(cursor_over(bytes + 7, 26), &ip), FAULT_NONE);
}
