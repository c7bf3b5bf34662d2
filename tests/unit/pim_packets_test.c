/* SPDX-License-Identifier: BSD-2-Clause */
/* A decoded message is compared as a line of text, so that each case is one line of a table. */
#include "base/checksum.h"
#include "pim/packets.h"
#include "samples.h"

#define LINE 2048

static void describe_hello(const struct pim_hello *hello, FILE *out)
{
	char text[ADDR_TEXT];

	fprintf(out, "hello %u", hello->holdtime);
	if (hello->has_lan_prune_delay)
		fprintf(out, " lan %d/%u/%u", hello->tracking_support, hello->propagation_delay_ms,
			hello->override_interval_ms);
	if (hello->has_dr_priority)
		fprintf(out, " dr %u", hello->dr_priority);
	if (hello->has_generation_id)
		fprintf(out, " gen %08x", hello->generation_id);
	for (unsigned i = 0; i < hello->address_count; i++)
		fprintf(out, " %s", addr_format(&hello->addresses[i], text));
	if (hello->has_stray_bytes)
		fprintf(out, " ...");
}

/* "no" precedes entries that are no channel; "..." stands for what cannot be read. */
static void describe_join_prune(struct pim_join_prune message, FILE *out)
{
	char text[SG_TEXT];
	struct pim_entry entry;

	fprintf(out, "to %s %u", addr_format(&message.upstream, text), message.holdtime);
	while (pim_next_entry(&message, &entry))
		fprintf(out, "%s %s%s%s", entry.is_channel ? "" : " no", entry.prune ? "-" : "+",
			sg_format(&entry.sg, text), entry.has_attributes ? "..." : "");
	if (message.is_cut)
		fprintf(out, " ...");
}

static void describe_assert(const struct pim_assert *message, FILE *out)
{
	char text[SG_TEXT];

	fprintf(out, "assert %s%s%s %u %u", message->is_channel ? "" : "no ",
		sg_format(&message->sg, text), message->metric.rpt ? " rpt" : "",
		message->metric.preference, message->metric.metric);
}

static const char *describe(const struct pim_message *message, char line[LINE])
{
	FILE *out = fmemopen(line, LINE, "w");

	if (message->type == PIM_HELLO)
		describe_hello(&message->hello, out);
	else if (message->type == PIM_JOIN_PRUNE)
		describe_join_prune(message->join_prune, out);
	else if (message->type == PIM_ASSERT)
		describe_assert(&message->assert, out);
	else
		fprintf(out, "type %u", message->type);
	fclose(out);
	return line;
}

/* A datagram around message bytes, from a router at .2 or ::2. */
static struct ip_datagram around(struct cursor message, int family)
{
	struct ip_datagram ip = {.protocol = PIM_IP_PROTOCOL, .ttl = 1, .payload = message};

	addr_parse(family == AF_INET ? "10.0.0.2" : "fe80::2", &ip.source);
	ip.destination = pim_all_routers(family);
	return ip;
}

static uint32_t pseudo_sum(const struct ip_datagram *ip)
{
	if (ip->source.family == AF_INET)
		return 0;
	return checksum_pseudo(&ip->source, &ip->destination, PIM_IP_PROTOCOL,
			       cursor_left(&ip->payload));
}

static const struct {
	const char *name, *is;
} samples[] = {
	{"pim-hello-v4", "hello 105 lan 0/500/2500 dr 0 gen 5eed0001"},
	{"pim-hello-v6", "hello 105 lan 0/500/2500 dr 0 gen 5eed0001 2001:db8:a::1"},
	{"pim-hello-v4-addrlist", "hello 105 lan 0/500/2500 dr 0 gen 5eed0001 10.0.0.254 10.0.1.1"},
	{"pim-hello-v4-goodbye", "hello 0 lan 0/500/2500 dr 0 gen 5eed0001"},
	{"pim-hello-v4-unknown-options", "hello 105 lan 0/500/2500 dr 1 gen cafe0002"},
	{"pim-join-sg-v4", "to 10.0.0.1 210 +(192.0.2.10,232.1.1.1)"},
	{"pim-join-sg-v6", "to fe80::1 210 +(2001:db8:5::10,ff3e::8000:1)"},
	{"pim-prune-sg-v4", "to 10.0.0.1 210 -(192.0.2.10,232.1.1.1)"},
	{"pim-prune-sg-v6", "to fe80::1 210 -(2001:db8:5::10,ff3e::8000:1)"},
	{"pim-prune-echo-v4", "to 10.0.0.1 210 -(192.0.2.10,232.1.1.1)"},
	{"pim-join-multi-v4", "to 10.0.0.1 210 +(192.0.2.10,232.1.1.1) +(192.0.2.20,232.1.1.1) "
			      "+(192.0.2.20,232.1.1.2) -(192.0.2.10,232.1.1.2)"},
	{"pim-join-star-g-v4",
	 "to 10.0.0.1 210 no +(10.0.9.9,239.1.1.1) no -(192.0.2.10,239.1.1.1)"},
	{"pim-join-other-upstream-v4", "to 10.0.0.3 210 +(192.0.2.10,232.1.1.1)"},
	{"pim-assert-v4", "assert (192.0.2.10,232.1.1.1) 1 10"},
	{"pim-assert-v6", "assert (2001:db8:5::10,ff3e::8000:1) 1 10"},
	{"pim-assert-cancel-v4", "assert (192.0.2.10,232.1.1.1) rpt 2147483647 4294967295"},
};

Test(pim_packets, samples_decode)
{
	EACH(i, samples)
	{
		struct cursor datagram = sample_datagram(samples[i].name, 0);
		struct pim_message message;
		struct ip_datagram ip;
		char line[LINE];

		cr_assert_eq(ip_decode(datagram, &ip), FAULT_NONE, "%s", samples[i].name);
		cr_expect_str_eq(fault_name(pim_decode(&ip, &message)), "none", "%s",
				 samples[i].name);
		cr_expect_str_eq(describe(&message, line), samples[i].is, "%s: %s", samples[i].name,
				 line);
		exact_free(datagram);
	}
}

/* The checksum is written in before decoding; it stands as 0000 in the text. */
static const struct {
	const char *what;
	int family;
	const char *hex;
	enum fault fault;
	const char *is;
} messages[] = {
	{"nothing at all", AF_INET, "", FAULT_TRUNCATED, NULL},
	{"header cut", AF_INET, "2000 00", FAULT_TRUNCATED, NULL},
	{"version 1", AF_INET, "1000 0000", FAULT_VERSION, NULL},
	{"version 3", AF_INET, "3300 0000", FAULT_VERSION, NULL},
	{"the last assigned type", AF_INET, "2c00 0000", FAULT_NONE, "type 12"},
	{"an unassigned type", AF_INET, "2d00 0000", FAULT_TYPE, NULL},
	{"Register, which has a checksum rule of its own", AF_INET, "2100 0000 00000000",
	 FAULT_NONE, "type 1"},

	{"Hello without options", AF_INET, "2000 0000", FAULT_NONE, "hello 105"},
	{"flag bits of byte 1 are ignored", AF_INET, "20ff 0000", FAULT_NONE, "hello 105"},
	{"holdtime for ever", AF_INET, "2000 0000 0001 0002 ffff", FAULT_NONE, "hello 65535"},
	{"T bit, full values", AF_INET, "2000 0000 0002 0004 ffff ffff", FAULT_NONE,
	 "hello 105 lan 1/32767/65535"},
	{"option order is free", AF_INET, "2000 0000 0014 0004 01020304 0001 0002 0007", FAULT_NONE,
	 "hello 7 gen 01020304"},
	{"the last of two wins", AF_INET, "2000 0000 0001 0002 0007 0001 0002 0008", FAULT_NONE,
	 "hello 8"},
	{"a longer value than known", AF_INET, "2000 0000 0001 0003 0007 ff 0013 0004 00000009",
	 FAULT_NONE, "hello 7 dr 9"},
	{"unknown option of odd length", AF_INET, "2000 0000 fdeb 0001 ff 0013 0004 00000009",
	 FAULT_NONE, "hello 105 dr 9"},
	{"holdtime too short", AF_INET, "2000 0000 0001 0001 00", FAULT_LENGTH, NULL},
	{"LAN prune delay too short", AF_INET, "2000 0000 0002 0003 000000", FAULT_LENGTH, NULL},
	{"DR priority too short", AF_INET, "2000 0000 0013 0003 000000", FAULT_LENGTH, NULL},
	{"generation id too short", AF_INET, "2000 0000 0014 0000", FAULT_LENGTH, NULL},
	{"option beyond the message", AF_INET, "2000 0000 0001 0002 0007 0014 0004 010203",
	 FAULT_NONE, "hello 7 ..."},
	{"unknown option beyond the message", AF_INET, "2000 0000 0001 0002 0007 fdeb ffff 00",
	 FAULT_NONE, "hello 7 ..."},
	{"option header cut", AF_INET, "2000 0000 0001 0002 0007 0014 00", FAULT_NONE,
	 "hello 7 ..."},
	{"a single byte of an option", AF_INET, "2000 0000 0001 0002 0007 00", FAULT_NONE,
	 "hello 7 ..."},
	{"stray bytes and no option", AF_INET, "2000 0000 deadbe", FAULT_NONE, "hello 105 ..."},
	{"empty address list", AF_INET, "2000 0000 0018 0000", FAULT_NONE, "hello 105"},
	{"address list with the other family", AF_INET,
	 "2000 0000 0018 001e 0100 0a000001 0200 20010db8000000000000000000000001 0100 0a000002",
	 FAULT_NONE, "hello 105 10.0.0.1 10.0.0.2"},
	{"IPv4 addresses over IPv6", AF_INET6, "2000 0000 0018 0006 0100 0a000001", FAULT_NONE,
	 "hello 105"},
	{"address list up to an unknown family", AF_INET,
	 "2000 0000 0018 0012 0100 0a000001 0900 0a000003 0100 0a000002 0013 0004 00000009",
	 FAULT_NONE, "hello 105 dr 9 10.0.0.1"},
	{"address list up to an unknown encoding", AF_INET,
	 "2000 0000 0018 000c 0100 0a000001 0101 0a000003", FAULT_NONE, "hello 105 10.0.0.1"},
	{"address list cut", AF_INET, "2000 0000 0018 000b 0100 0a000001 0100 0a0000", FAULT_LENGTH,
	 NULL},

	{"no groups", AF_INET, "2300 0000 0100 0a000001 00 00 00d2", FAULT_NONE, "to 10.0.0.1 210"},
	{"no groups, then bytes", AF_INET, "2300 0000 0100 0a000001 00 00 00d2 ffffffffff",
	 FAULT_NONE, "to 10.0.0.1 210"},
	{"group without sources", AF_INET,
	 "2300 0000 0100 0a000001 00 01 00d2 01000020e8010101 0000 0000", FAULT_NONE,
	 "to 10.0.0.1 210"},
	{"empty group between others", AF_INET,
	 "2300 0000 0100 0a000001 00 03 00d2 01000020e8010101 0000 0000"
	 "01000020e8010102 0000 0001 01000420c000020a 01000020e8010103 0000 0000",
	 FAULT_NONE, "to 10.0.0.1 210 -(192.0.2.10,232.1.1.2)"},
	{"joins before prunes, holdtime 0, reserved byte, bytes behind", AF_INET,
	 "2300 0000 0100 0a000001 ff 01 0000 01000020e8010101 0001 0001"
	 "01000420c000020a 01000420c0000214 01000020e8010102",
	 FAULT_NONE, "to 10.0.0.1 0 +(192.0.2.10,232.1.1.1) -(192.0.2.20,232.1.1.1)"},
	{"S clear, reserved flags set", AF_INET,
	 "2300 0000 0100 0a000001 00 01 00d2 01007e20e8010101 0001 0001"
	 "01000020c000020a 0100fc20c0000214",
	 FAULT_NONE, "to 10.0.0.1 210 +(192.0.2.10,232.1.1.1) -(192.0.2.20,232.1.1.1)"},
	{"Z of the group is ignored", AF_INET,
	 "2300 0000 0100 0a000001 00 01 00d2 01000120e8010101 0001 0000 01000420c000020a",
	 FAULT_NONE, "to 10.0.0.1 210 +(192.0.2.10,232.1.1.1)"},
	{"bidirectional group", AF_INET,
	 "2300 0000 0100 0a000001 00 01 00d2 01008020e8010101 0001 0000 01000420c000020a",
	 FAULT_NONE, "to 10.0.0.1 210 no +(192.0.2.10,232.1.1.1)"},
	{"masked group, then a full one", AF_INET,
	 "2300 0000 0100 0a000001 00 02 00d2 01000004e0000000 0001 0000 01000420c000020a"
	 "01000020e8010101 0001 0000 01000420c000020a",
	 FAULT_NONE, "to 10.0.0.1 210 no +(192.0.2.10,224.0.0.0) +(192.0.2.10,232.1.1.1)"},
	{"masked source, and one whose mask is too long", AF_INET,
	 "2300 0000 0100 0a000001 00 01 00d2 01000020e8010101 0002 0000"
	 "01000418c0000200 01000480c000020a",
	 FAULT_NONE, "to 10.0.0.1 210 no +(192.0.2.0,232.1.1.1) no +(192.0.2.10,232.1.1.1)"},
	{"W alone, R alone, both", AF_INET,
	 "2300 0000 0100 0a000001 00 01 00d2 01000020e8010101 0001 0002"
	 "01000620c000020a 01000520c000020a 01000720c000020a",
	 FAULT_NONE,
	 "to 10.0.0.1 210 no +(192.0.2.10,232.1.1.1) no -(192.0.2.10,232.1.1.1) "
	 "no -(192.0.2.10,232.1.1.1)"},
	{"not forwardable, yet a channel to the codec", AF_INET,
	 "2300 0000 0100 0a000001 00 01 00d2 01000020e0000001 0001 0000 010004207f000001",
	 FAULT_NONE, "to 10.0.0.1 210 +(127.0.0.1,224.0.0.1)"},
	{"source of the other family", AF_INET,
	 "2300 0000 0100 0a000001 00 01 00d2 01000020e8010101 0002 0000"
	 "0200048020010db8000000000000000000000001 01000420c000020a",
	 FAULT_NONE, "to 10.0.0.1 210 no +(2001:db8::1,232.1.1.1) +(192.0.2.10,232.1.1.1)"},
	{"group and source of the other family", AF_INET,
	 "2300 0000 0100 0a000001 00 01 00d2 02000080ff3e0000000000000000000080000001 0001 0000"
	 "0200048020010db8000000000000000000000001",
	 FAULT_NONE, "to 10.0.0.1 210 no +(2001:db8::1,ff3e::8000:1)"},
	{"upstream unspecified", AF_INET, "2300 0000 0100 00000000 00 00 00d2", FAULT_NONE,
	 "to 0.0.0.0 210"},
	{"upstream of the other family", AF_INET6, "2300 0000 0100 0a000001 00 00 00d2",
	 FAULT_ADDRESS, NULL},
	{"upstream of an unknown family", AF_INET, "2300 0000 0600 0a000001 00 00 00d2",
	 FAULT_ADDRESS, NULL},
	{"upstream of an unknown encoding", AF_INET, "2300 0000 0101 0a000001 00 00 00d2",
	 FAULT_ADDRESS, NULL},
	{"group of an unknown family", AF_INET,
	 "2300 0000 0100 0a000001 00 02 00d2 01000020e8010101 0001 0000 01000420c000020a"
	 "00000020e8010102 0001 0000 01000420c000020a",
	 FAULT_NONE, "to 10.0.0.1 210 +(192.0.2.10,232.1.1.1) ..."},
	{"group of an unknown encoding", AF_INET,
	 "2300 0000 0100 0a000001 00 01 00d2 01010020e8010101 0000 0000", FAULT_NONE,
	 "to 10.0.0.1 210 ..."},
	{"source of an unknown family", AF_INET,
	 "2300 0000 0100 0a000001 00 01 00d2 01000020e8010101 0002 0001 01000420c000020a"
	 "03000420c0000214 01000420c000021e",
	 FAULT_NONE, "to 10.0.0.1 210 +(192.0.2.10,232.1.1.1) ..."},
	{"source of an unknown encoding", AF_INET,
	 "2300 0000 0100 0a000001 00 01 00d2 01000020e8010101 0001 0000 01020420c000020a",
	 FAULT_NONE, "to 10.0.0.1 210 ..."},
	{"source of an unknown encoding, cut", AF_INET,
	 "2300 0000 0100 0a000001 00 01 00d2 01000020e8010101 0001 0000 0102", FAULT_TRUNCATED,
	 NULL},
	{"sources with attributes (RFC 5384) between others", AF_INET,
	 "2300 0000 0100 0a000001 00 02 00d2 01000020e8010101 0002 0000 01010420c000020a"
	 "0006 01000a000009 4500 01000420c0000214 01000020e8010102 0000 0001 01010420c000020a 4000",
	 FAULT_NONE,
	 "to 10.0.0.1 210 +(192.0.2.10,232.1.1.1)... +(192.0.2.20,232.1.1.1) "
	 "-(192.0.2.10,232.1.1.2)..."},
	{"source with attributes over IPv6", AF_INET6,
	 "2300 0000 0200 fe800000000000000000000000000001 00 01 00d2"
	 "02000080ff3e0000000000000000000080000001 0001 0000"
	 "0201048020010db8000000000000000000000001 4001 ff",
	 FAULT_NONE, "to fe80::1 210 +(2001:db8::1,ff3e::8000:1)..."},
	{"attributes without end", AF_INET,
	 "2300 0000 0100 0a000001 00 01 00d2 01000020e8010101 0001 0000 01010420c000020a 0001ff",
	 FAULT_TRUNCATED, NULL},
	{"attribute longer than the message", AF_INET,
	 "2300 0000 0100 0a000001 00 01 00d2 01000020e8010101 0001 0000 01010420c000020a 4009ff",
	 FAULT_TRUNCATED, NULL},
	{"upstream cut", AF_INET, "2300 0000 0100 0a0000", FAULT_TRUNCATED, NULL},
	{"holdtime cut", AF_INET, "2300 0000 0100 0a000001 00 00 00", FAULT_TRUNCATED, NULL},
	{"more groups said than there", AF_INET, "2300 0000 0100 0a000001 00 01 00d2",
	 FAULT_TRUNCATED, NULL},
	{"counts cut", AF_INET, "2300 0000 0100 0a000001 00 01 00d2 01000020e8010101 0000 00",
	 FAULT_TRUNCATED, NULL},
	{"more joins said than there", AF_INET,
	 "2300 0000 0100 0a000001 00 01 00d2 01000020e8010101 ffff 0000 01000420c000020a",
	 FAULT_TRUNCATED, NULL},
	{"more prunes said than there", AF_INET,
	 "2300 0000 0100 0a000001 00 01 00d2 01000020e8010101 0001 ffff 01000420c000020a",
	 FAULT_TRUNCATED, NULL},
	{"255 groups said, two there", AF_INET,
	 "2300 0000 0100 0a000001 00 ff 00d2 01000020e8010101 0000 0000"
	 "01000020e8010102 0000 0000",
	 FAULT_TRUNCATED, NULL},

	{"Assert, full values", AF_INET,
	 "2500 0000 01000020e8010101 0100c000020a 7fffffff ffffffff", FAULT_NONE,
	 "assert (192.0.2.10,232.1.1.1) 2147483647 4294967295"},
	{"Assert, bytes behind", AF_INET,
	 "2500 0000 01000020e8010101 0100c000020a 00000001 00000002 ff", FAULT_NONE,
	 "assert (192.0.2.10,232.1.1.1) 1 2"},
	{"Assert (*,G)", AF_INET, "2500 0000 01000020e8010101 010000000000 80000001 00000002",
	 FAULT_NONE, "assert no (0.0.0.0,232.1.1.1) rpt 1 2"},
	{"Assert of masked groups", AF_INET,
	 "2500 0000 01000018e8010100 0100c000020a 00000001 00000002", FAULT_NONE,
	 "assert no (192.0.2.10,232.1.1.0) 1 2"},
	{"Assert of a bidirectional group", AF_INET,
	 "2500 0000 01008020e8010101 0100c000020a 00000001 00000002", FAULT_NONE,
	 "assert no (192.0.2.10,232.1.1.1) 1 2"},
	{"Assert of the other family", AF_INET6,
	 "2500 0000 01000020e8010101 0100c000020a 00000001 00000002", FAULT_ADDRESS, NULL},
	{"Assert with a source of the other family", AF_INET,
	 "2500 0000 01000020e8010101 020020010db8000000000000000000000001 00000001 00000002",
	 FAULT_ADDRESS, NULL},
	{"Assert with a group of an unknown encoding", AF_INET,
	 "2500 0000 01010020e8010101 0100c000020a 00000001 00000002", FAULT_ADDRESS, NULL},
	{"Assert with a source of an unknown family", AF_INET,
	 "2500 0000 01000020e8010101 0300c000020a 00000001 00000002", FAULT_ADDRESS, NULL},
	{"Assert, metric cut", AF_INET, "2500 0000 01000020e8010101 0100c000020a 00000001 000000",
	 FAULT_TRUNCATED, NULL},
	{"Assert, source cut", AF_INET, "2500 0000 01000020e8010101 0100c000", FAULT_TRUNCATED,
	 NULL},
	{"Assert, nothing in it", AF_INET, "2500 0000", FAULT_TRUNCATED, NULL},
};

Test(pim_packets, messages_decode_or_are_refused)
{
	EACH(i, messages)
	{
		struct cursor bytes = from_hex(messages[i].hex);
		struct ip_datagram ip = around(bytes, messages[i].family);
		struct pim_message message;
		enum fault fault;
		char line[LINE];

		fix_checksum(bytes, 2, pseudo_sum(&ip));
		fault = pim_decode(&ip, &message);
		cr_expect_str_eq(fault_name(fault), fault_name(messages[i].fault), "%s: %s",
				 messages[i].what, fault_name(fault));
		if (!fault && messages[i].is)
			cr_expect_str_eq(describe(&message, line), messages[i].is, "%s: %s",
					 messages[i].what, line);
		exact_free(bytes);
	}
}

Test(pim_packets, envelope_is_checked)
{
	static const struct {
		const char *what, *destination;
		uint8_t protocol, last_byte;
		enum fault fault;
	} cases[] = {
		{"as it should be", "ff02::d", 103, 5, FAULT_NONE},
		{"another protocol", "ff02::d", 17, 5, FAULT_TYPE},
		{"to all hosts", "ff02::1", 103, 5, FAULT_DESTINATION},
		{"to us alone", "fe80::1", 103, 5, FAULT_DESTINATION},
		{"to the IPv4 group", "224.0.0.13", 103, 5, FAULT_DESTINATION},
		{"damaged", "ff02::d", 103, 6, FAULT_CHECKSUM},
	};
	struct cursor bytes = from_hex("2000 0000 0001 0002 0005");
	struct ip_datagram ip = around(bytes, AF_INET6);
	struct pim_message message;

	fix_checksum(bytes, 2, pseudo_sum(&ip));
	EACH(i, cases)
	{
		ip.protocol = cases[i].protocol;
		addr_parse(cases[i].destination, &ip.destination);
		((uint8_t *)bytes.at)[9] = cases[i].last_byte;
		cr_expect_eq(pim_decode(&ip, &message), cases[i].fault, "%s", cases[i].what);
	}
	exact_free(bytes);
}

Test(pim_packets, pseudo_header_belongs_to_ipv6_alone)
{
	struct cursor bytes = from_hex("2000 0000");
	struct ip_datagram v4 = around(bytes, AF_INET), v6 = around(bytes, AF_INET6);
	struct pim_message message;

	fix_checksum(bytes, 2, 0);
	cr_expect_eq(pim_decode(&v4, &message), FAULT_NONE);
	cr_expect_eq(pim_decode(&v6, &message), FAULT_CHECKSUM);
	fix_checksum(bytes, 2, pseudo_sum(&v6));
	cr_expect_eq(pim_decode(&v4, &message), FAULT_CHECKSUM);
	cr_expect_eq(pim_decode(&v6, &message), FAULT_NONE);
	exact_free(bytes);
}

static struct cursor hello_with_addresses(unsigned count)
{
	uint8_t bytes[8 + 40 * 6] = {0x20, 0, 0, 0, 0, 24, count * 6 >> 8, count * 6 & 0xff};

	for (unsigned i = 0; i < count; i++)
		memcpy(bytes + 8 + i * 6, (uint8_t[]){1, 0, 10, 0, 0, i}, 6);
	return exact_copy(bytes, 8 + count * 6);
}

Test(pim_packets, too_many_addresses_are_passed_over)
{
	for (unsigned count = PIM_ADDRESSES_MAX - 1; count <= 40; count++) {
		struct cursor bytes = hello_with_addresses(count);
		struct ip_datagram ip = around(bytes, AF_INET);
		unsigned kept = count < PIM_ADDRESSES_MAX ? count : PIM_ADDRESSES_MAX;
		struct pim_message message;

		fix_checksum(bytes, 2, 0);
		cr_assert_eq(pim_decode(&ip, &message), FAULT_NONE);
		cr_expect_eq(message.hello.address_count, kept, "%u of %u",
			     message.hello.address_count, count);
		cr_expect_eq(message.hello.addresses[kept - 1].bytes[3], kept - 1);
		exact_free(bytes);
	}
}

/* Decodes a damaged message, with a correct checksum, so that the damage gets beyond that check. */
static void decode_damaged(struct cursor bytes, void *context)
{
	struct ip_datagram ip = around(bytes, *(int *)context);
	struct pim_message message;
	struct pim_entry entry;
	size_t entries = 0;

	fix_checksum(bytes, 2, pseudo_sum(&ip));
	if (pim_decode(&ip, &message))
		return;
	cr_assert_leq(message.type, PIM_TYPE_LAST);
	if (message.type == PIM_HELLO)
		cr_assert_leq(message.hello.address_count, PIM_ADDRESSES_MAX);
	while (message.type == PIM_JOIN_PRUNE && pim_next_entry(&message.join_prune, &entry))
		cr_assert_lt(entries++, cursor_left(&bytes) / 8, "entries out of nothing");
}

static void expect_refused(struct cursor bytes, void *context)
{
	struct ip_datagram ip = around(bytes, *(int *)context);
	struct pim_message message;

	fix_checksum(bytes, 2, pseudo_sum(&ip));
	cr_expect_neq(pim_decode(&ip, &message), FAULT_NONE, "%zu bytes", cursor_left(&bytes));
}

Test(pim_packets, damaged_samples_do_no_harm)
{
	EACH(i, samples)
	{
		struct cursor datagram = sample_datagram(samples[i].name, 0);
		bool join_prune = strncmp(samples[i].is, "to", 2) == 0;
		struct ip_datagram ip;
		int family;

		ip_decode(datagram, &ip);
		family = ip.source.family;
		each_bit_flip(ip.payload, decode_damaged, &family);
		each_truncation(ip.payload, join_prune ? expect_refused : decode_damaged, &family);
		exact_free(datagram);
	}
}

static void expect_datagram_refused(struct cursor bytes, void *context)
{
	struct pim_message message;
	struct ip_datagram ip;

	if (!ip_decode(bytes, &ip))
		cr_expect_neq(pim_decode(&ip, &message), FAULT_NONE, "%s", (char *)context);
}

Test(pim_packets, truncated_datagrams_are_refused)
{
	EACH(i, samples)
	{
		struct cursor datagram = sample_datagram(samples[i].name, 0);

		each_truncation(datagram, expect_datagram_refused, (char *)samples[i].name);
		exact_free(datagram);
	}
}

Test(pim_packets, encoder_makes_the_sample)
{
	static const uint8_t sample[] = {0x20, 0x00, 0x74, 0xb8, 0, 1,    0,    2,    0, 0x69, 0, 2,
					 0,    4,    0x01, 0xf4, 9, 0xc4, 0,    0x13, 0, 4,    0, 0,
					 0,    0,    0,    0x14, 0, 4,    0x5e, 0xed, 0, 1};
	const struct pim_hello hello = {.holdtime = 105,
					.has_lan_prune_delay = true,
					.propagation_delay_ms = 500,
					.override_interval_ms = 2500,
					.has_dr_priority = true,
					.has_generation_id = true,
					.generation_id = 0x5eed0001};
	uint8_t bytes[PIM_MESSAGE_MAX];
	struct addr source;

	addr_parse("10.0.0.1", &source);
	cr_assert_eq(pim_encode_hello(&hello, &source, bytes, sizeof(bytes)), sizeof(sample));
	cr_expect_arr_eq(bytes, sample, sizeof(sample));
}

Test(pim_packets, hellos_encode_to_what_they_were)
{
	static const char *const names[] = {"pim-hello-v4", "pim-hello-v6", "pim-hello-v4-addrlist",
					    "pim-hello-v4-goodbye"};

	EACH(i, names)
	{
		struct cursor datagram = sample_datagram(names[i], 0);
		struct pim_message message;
		uint8_t bytes[PIM_MESSAGE_MAX];
		struct ip_datagram ip;
		size_t length;

		ip_decode(datagram, &ip);
		cr_assert_eq(pim_decode(&ip, &message), FAULT_NONE);
		length = pim_encode_hello(&message.hello, &ip.source, bytes, sizeof(bytes));
		cr_assert_eq(length, cursor_left(&ip.payload), "%s: %zu bytes", names[i], length);
		cr_expect_arr_eq(bytes, ip.payload.at, length, "%s", names[i]);
		exact_free(datagram);
	}
}

static struct pim_hello largest_hello(void)
{
	struct pim_hello hello = {.holdtime = PIM_HOLDTIME_FOREVER,
				  .has_lan_prune_delay = true,
				  .tracking_support = true,
				  .propagation_delay_ms = 0x7fff,
				  .override_interval_ms = 0xffff,
				  .has_dr_priority = true,
				  .dr_priority = UINT32_MAX,
				  .has_generation_id = true,
				  .generation_id = UINT32_MAX,
				  .address_count = PIM_ADDRESSES_MAX};

	for (unsigned i = 0; i < PIM_ADDRESSES_MAX; i++) {
		addr_parse("2001:db8::", &hello.addresses[i]);
		hello.addresses[i].bytes[15] = i;
	}
	return hello;
}

Test(pim_packets, the_largest_hello_fits)
{
	struct pim_message sent = {.type = PIM_HELLO, .hello = largest_hello()}, got;
	struct ip_datagram ip = around((struct cursor){0}, AF_INET6);
	uint8_t bytes[PIM_MESSAGE_MAX];
	size_t length = pim_encode_hello(&sent.hello, &ip.source, bytes, sizeof(bytes));
	char sent_line[LINE], got_line[LINE];

	cr_assert_gt(length, 0);
	ip.payload = cursor_over(bytes, length);
	cr_assert_eq(pim_decode(&ip, &got), FAULT_NONE);
	cr_expect_str_eq(describe(&got, got_line), describe(&sent, sent_line));
}

Test(pim_packets, a_hello_without_options_says_its_holdtime)
{
	struct pim_hello hello = {.holdtime = 1};
	struct addr source;
	uint8_t bytes[16];

	addr_parse("10.0.0.1", &source);
	cr_assert_eq(pim_encode_hello(&hello, &source, bytes, sizeof(bytes)), 10);
	cr_expect_arr_eq(bytes + 4, ((uint8_t[]){0, 1, 0, 2, 0, 1}), 6);
}

Test(pim_packets, a_hello_that_does_not_fit_is_not_written)
{
	struct pim_hello hello = largest_hello();
	uint8_t whole[PIM_MESSAGE_MAX];
	struct addr source;
	size_t length;

	addr_parse("fe80::1", &source);
	length = pim_encode_hello(&hello, &source, whole, sizeof(whole));
	for (size_t size = 0; size <= length; size++) {
		uint8_t *bytes = malloc(size);

		cr_expect_eq(pim_encode_hello(&hello, &source, bytes, size),
			     size == length ? length : 0, "in %zu bytes", size);
		free(bytes);
	}
}

/* The sample has Holdtime 210, one prune, and the sparse bit, as our message has, byte for byte. */
Test(pim_packets, a_prune_echo_is_the_sample)
{
	struct cursor datagram = sample_datagram("pim-prune-echo-v4", 0);
	struct ip_datagram ip;
	uint8_t bytes[PIM_MESSAGE_MAX];
	struct sg sg;
	size_t length;

	addr_parse("192.0.2.10", &sg.source);
	addr_parse("232.1.1.1", &sg.group);
	cr_assert_eq(ip_decode(datagram, &ip), FAULT_NONE);
	length = pim_encode_prune_echo(&sg, 1, &ip.source, bytes, sizeof(bytes));
	cr_assert_eq(length, cursor_left(&ip.payload));
	cr_expect_arr_eq(bytes, ip.payload.at, length);
	cr_expect_eq(pim_encode_prune_echo(&sg, 1, &ip.source, bytes, length - 1), 0);
	exact_free(datagram);
}

Test(pim_packets, asserts_are_the_samples)
{
	static const char *const names[] = {"pim-assert-v4", "pim-assert-v6",
					    "pim-assert-cancel-v4"};

	EACH(i, names)
	{
		struct cursor datagram = sample_datagram(names[i], 0);
		uint8_t bytes[PIM_MESSAGE_MAX];
		struct pim_message message;
		struct ip_datagram ip;
		size_t length;

		cr_assert_eq(ip_decode(datagram, &ip), FAULT_NONE);
		cr_assert_eq(pim_decode(&ip, &message), FAULT_NONE);
		length = pim_encode_assert(&message.assert.sg, &message.assert.metric, &ip.source,
					   bytes, sizeof(bytes));
		cr_assert_eq(length, cursor_left(&ip.payload), "%s", names[i]);
		cr_expect_arr_eq(bytes, ip.payload.at, length, "%s", names[i]);
		cr_expect_eq(pim_encode_assert(&message.assert.sg, &message.assert.metric,
					       &ip.source, bytes, length - 1),
			     0);
		exact_free(datagram);
	}
}

/* Each group has one set (section 4.9.5.1). */
Test(pim_packets, prunes_of_one_group_stand_in_one_set)
{
	struct ip_datagram ip = around((struct cursor){0}, AF_INET6);
	static const char *const groups[] = {"ff3e::1", "ff3e::2", "ff3e::1"};
	struct sg prunes[3];
	uint8_t bytes[PIM_MESSAGE_MAX];
	struct pim_message message;
	char line[LINE];

	EACH(i, groups)
	{
		addr_parse("2001:db8::10", &prunes[i].source);
		prunes[i].source.bytes[15] += i;
		addr_parse(groups[i], &prunes[i].group);
	}
	ip.payload = cursor_over(
		bytes, pim_encode_prune_echo(prunes, 3, &ip.source, bytes, sizeof(bytes)));
	cr_assert_eq(pim_decode(&ip, &message), FAULT_NONE);
	cr_expect_str_eq(describe(&message, line),
			 "to fe80::2 210 -(2001:db8::10,ff3e::1) -(2001:db8::12,ff3e::1) "
			 "-(2001:db8::11,ff3e::2)");
	cr_expect_eq(bytes[4 + 18 + 1], 2, "groups");
}

Test(pim_packets, the_largest_prune_echo_fits)
{
	struct sg prunes[PIM_PRUNES_MAX] = {0};
	struct addr source;
	uint8_t bytes[PIM_MESSAGE_MAX];

	addr_parse("fe80::1", &source);
	for (unsigned i = 0; i < PIM_PRUNES_MAX; i++) {
		addr_parse("2001:db8::10", &prunes[i].source);
		addr_parse("ff3e::1", &prunes[i].group);
		prunes[i].group.bytes[14] = i;
	}
	cr_expect_eq(pim_encode_prune_echo(prunes, PIM_PRUNES_MAX, &source, bytes, sizeof(bytes)),
		     26 + PIM_PRUNES_MAX * 44);
}

Test(pim_packets, all_routers)
{
	char text[ADDR_TEXT];
	struct addr v4 = pim_all_routers(AF_INET), v6 = pim_all_routers(AF_INET6);

	cr_expect_str_eq(addr_format(&v4, text), "224.0.0.13");
	cr_expect_str_eq(addr_format(&v6, text), "ff02::d");
}
