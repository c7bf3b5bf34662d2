/* SPDX-License-Identifier: BSD-2-Clause */
#include "driad/rdata.h"
#include "samples.h"

#include <ldns/ldns.h>

#define EXAMPLE  "09616d7472656c617973076578616d706c6503636f6d" /* amtrelays.example.com */
#define HEX_20   "6161616161616161616161616161616161616161"
#define A_20     "aaaaaaaaaaaaaaaaaaaa"
#define LABEL_61 "3d" HEX_20 HEX_20 HEX_20 "61"
#define LABEL_63 "3f" HEX_20 HEX_20 HEX_20 "616161"
#define TEXT_61  A_20 A_20 A_20 "a."
#define TEXT_63  A_20 A_20 A_20 "aaa."

static const struct {
	const char *what, *hex;
	enum fault fault;
	unsigned precedence, discovery_optional, type;
	const char *relay;
} records[] = {
	{"type 1", "0a01cb00710f", FAULT_NONE, 10, 0, 1, "203.0.113.15"},
	{"type 2", "0a0220010db8000000000000000000000015", FAULT_NONE, 10, 0, 2, "2001:db8::15"},
	{"type 3", "8083" EXAMPLE "00", FAULT_NONE, 128, 1, 3, "amtrelays.example.com."},
	{"type 0", "0000", FAULT_NONE, 0, 0, 0, ""},
	{"type 0 with D", "ff80", FAULT_NONE, 255, 1, 0, ""},
	{"type 3 without its final zero", "8083" EXAMPLE, FAULT_NONE, 128, 1, 3,
	 "amtrelays.example.com."},
	{"the case of letters is kept", "0003 03416d5400", FAULT_NONE, 0, 0, 3, "AmT."},
	{"unfriendly letters", "0003 06 612e62005c20 00", FAULT_NONE, 0, 0, 3,
	 "a\\.b\\000\\\\\\032."},
	{"label of 63", "0003" LABEL_63 "00", FAULT_NONE, 0, 0, 3, TEXT_63},
	{"name of 255", "0003" LABEL_63 LABEL_63 LABEL_63 LABEL_61 "00", FAULT_NONE, 0, 0, 3,
	 TEXT_63 TEXT_63 TEXT_63 TEXT_61},
	{"name of 255 without its final zero", "0003" LABEL_63 LABEL_63 LABEL_63 LABEL_61,
	 FAULT_NONE, 0, 0, 3, TEXT_63 TEXT_63 TEXT_63 TEXT_61},

	{"nothing", "", FAULT_TRUNCATED, 0, 0, 0, NULL},
	{"precedence alone", "0a", FAULT_TRUNCATED, 0, 0, 0, NULL},
	{"type 0 with something behind", "000000", FAULT_LENGTH, 0, 0, 0, NULL},
	{"type 1 without address", "0a01", FAULT_LENGTH, 0, 0, 0, NULL},
	{"type 1 of three bytes", "0a01cb0071", FAULT_LENGTH, 0, 0, 0, NULL},
	{"type 1 of five bytes", "0a01cb00710f00", FAULT_LENGTH, 0, 0, 0, NULL},
	{"type 1 with an IPv6 address", "0a0120010db8000000000000000000000015", FAULT_LENGTH, 0, 0,
	 0, NULL},
	{"type 2 with an IPv4 address", "0a02cb00710f", FAULT_LENGTH, 0, 0, 0, NULL},
	{"type 2 of fifteen bytes", "0a0220010db80000000000000000000000", FAULT_LENGTH, 0, 0, 0,
	 NULL},
	{"type 3 without name", "0a03", FAULT_LENGTH, 0, 0, 0, NULL},
	{"type 3 with the root", "0a0300", FAULT_LENGTH, 0, 0, 0, NULL},
	{"type 3 with something behind", "8083" EXAMPLE "0000", FAULT_LENGTH, 0, 0, 0, NULL},
	{"label beyond the end", "8083 04636f6d", FAULT_TRUNCATED, 0, 0, 0, NULL},
	{"pointer to the start", "8083c000", FAULT_LENGTH, 0, 0, 0, NULL},
	{"pointer to itself", "8083c002", FAULT_LENGTH, 0, 0, 0, NULL},
	{"pointer behind a label", "808303636f6dc002", FAULT_LENGTH, 0, 0, 0, NULL},
	{"label of 64", "80834061616161", FAULT_LENGTH, 0, 0, 0, NULL},
	{"label of type 10", "80838061", FAULT_LENGTH, 0, 0, 0, NULL},
	{"name of 256", "0003" LABEL_63 LABEL_63 LABEL_63 LABEL_61 "0161 00", FAULT_LENGTH, 0, 0, 0,
	 NULL},
	{"name of 256 without its final zero", "0003" LABEL_63 LABEL_63 LABEL_63 LABEL_63,
	 FAULT_LENGTH, 0, 0, 0, NULL},
	{"name without end",
	 "0003" LABEL_63 LABEL_63 LABEL_63 LABEL_63 LABEL_63 LABEL_63 LABEL_63 LABEL_63 "00",
	 FAULT_LENGTH, 0, 0, 0, NULL},
	{"type 4", "0a04cb00710f", FAULT_TYPE, 0, 0, 0, NULL},
	{"type 4 with D, empty", "0a84", FAULT_TYPE, 0, 0, 0, NULL},
	{"type 127", "0a7f00", FAULT_TYPE, 0, 0, 0, NULL},

	{"unspecified", "0a0100000000", FAULT_ADDRESS, 0, 0, 0, NULL},
	{"loopback", "0a017f000001", FAULT_ADDRESS, 0, 0, 0, NULL},
	{"multicast", "0a01e8010101", FAULT_ADDRESS, 0, 0, 0, NULL},
	{"link-local", "0a01a9fe0001", FAULT_ADDRESS, 0, 0, 0, NULL},
	{"broadcast", "0a01ffffffff", FAULT_ADDRESS, 0, 0, 0, NULL},
	{"::", "0a0200000000000000000000000000000000", FAULT_ADDRESS, 0, 0, 0, NULL},
	{"::1", "0a0200000000000000000000000000000001", FAULT_ADDRESS, 0, 0, 0, NULL},
	{"ff3e::1", "0a02ff3e0000000000000000000000000001", FAULT_ADDRESS, 0, 0, 0, NULL},
	{"fe80::1", "0a02fe800000000000000000000000000001", FAULT_ADDRESS, 0, 0, 0, NULL},
	{"::ffff:127.0.0.1", "0a0200000000000000000000ffff7f000001", FAULT_ADDRESS, 0, 0, 0, NULL},
};

static const char *relay_text(const struct amtrelay *record, char text[ADDR_TEXT])
{
	if (record->type == AMTRELAY_IPV4 || record->type == AMTRELAY_IPV6)
		return addr_format(&record->relay, text);
	return record->name;
}

Test(driad_rdata, records_decode_or_are_refused)
{
	EACH(i, records)
	{
		struct cursor bytes = from_hex(records[i].hex);
		struct amtrelay record;
		enum fault fault = amtrelay_decode(bytes.at, cursor_left(&bytes), &record);
		char text[ADDR_TEXT];

		cr_expect_str_eq(fault_name(fault), fault_name(records[i].fault), "%s: %s",
				 records[i].what, fault_name(fault));
		if (!fault && records[i].relay) {
			cr_expect_eq(record.precedence, records[i].precedence, "%s",
				     records[i].what);
			cr_expect_eq(record.discovery_optional, records[i].discovery_optional, "%s",
				     records[i].what);
			cr_expect_eq(record.type, records[i].type, "%s", records[i].what);
			cr_expect_str_eq(relay_text(&record, text), records[i].relay, "%s: %s",
					 records[i].what, relay_text(&record, text));
		}
		exact_free(bytes);
	}
}

static struct cursor name_of_escapes(void)
{
	uint8_t bytes[2 + 255] = {0, AMTRELAY_NAME};

	for (unsigned at = 2; at < 2 + 254; at += bytes[at] + 1)
		bytes[at] = at + 64 < 2 + 254 ? 63 : 2 + 254 - at - 1;
	return exact_copy(bytes, sizeof(bytes));
}

/* 250 bytes that take four characters each, and four dots. */
Test(driad_rdata, the_longest_text_fits)
{
	struct cursor bytes = name_of_escapes();
	struct amtrelay record;

	cr_assert_eq(amtrelay_decode(bytes.at, cursor_left(&bytes), &record), FAULT_NONE);
	cr_expect_eq(strlen(record.name), 250 * 4 + 4, "%zu", strlen(record.name));
	exact_free(bytes);
}

static void decode_damaged(struct cursor bytes, void *context)
{
	struct amtrelay record;

	(void)context;
	memset(&record, 0xff, sizeof(record));
	amtrelay_decode(bytes.at, cursor_left(&bytes), &record);
	cr_assert_lt(strnlen(record.name, DNS_NAME_TEXT), DNS_NAME_TEXT, "name without end");
}

Test(driad_rdata, damaged_records_do_no_harm)
{
	EACH(i, records)
	{
		struct cursor bytes = from_hex(records[i].hex);

		each_bit_flip(bytes, decode_damaged, NULL);
		each_truncation(bytes, decode_damaged, NULL);
		exact_free(bytes);
	}
}

static const struct {
	const char *source, *owner;
} owners[] = {
	{"192.0.2.10", "10.2.0.192.in-addr.arpa."},
	{"255.0.1.99", "99.1.0.255.in-addr.arpa."},
	{"2001:db8:5::10",
	 "0.1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.5.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa."},
	{"2001:db8::a",
	 "a.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa."},
};

Test(driad_rdata, owners)
{
	EACH(i, owners)
	{
		char name[DNS_NAME_TEXT];
		struct addr source;

		addr_parse(owners[i].source, &source);
		amtrelay_owner(&source, name);
		cr_expect_str_eq(name, owners[i].owner, "%s: %s", owners[i].source, name);
	}
}

Test(driad_rdata, no_source_has_no_owner)
{
	char name[DNS_NAME_TEXT] = "left over";

	amtrelay_owner(&(struct addr){0}, name);
	cr_expect_str_eq(name, "");
}

Test(driad_rdata, nothing_stays_allocated)
{
	size_t before = __sanitizer_get_current_allocated_bytes();

	EACH(i, records)
	{
		struct cursor bytes = from_hex(records[i].hex);
		struct amtrelay record;
		char name[DNS_NAME_TEXT];

		amtrelay_decode(bytes.at, cursor_left(&bytes), &record);
		amtrelay_owner(&record.relay, name);
		exact_free(bytes);
	}
	cr_expect_eq(__sanitizer_get_current_allocated_bytes(), before);
}

/* The answer of a sample as one line: owner, then each record. */
static void describe_answer(const char *name, char *line, size_t size)
{
	struct cursor bytes = sample_udp(name, 1);
	FILE *out = fmemopen(line, size, "w");
	char text[ADDR_TEXT], *owner;
	ldns_pkt *packet;

	cr_assert_eq(ldns_wire2pkt(&packet, bytes.at, cursor_left(&bytes)), LDNS_STATUS_OK);
	owner = ldns_rdf2str(ldns_rr_owner(ldns_rr_list_rr(ldns_pkt_answer(packet), 0)));
	fprintf(out, "%s", owner);
	for (size_t i = 0; i < ldns_pkt_ancount(packet); i++) {
		ldns_rdf *rdata = ldns_rr_rdf(ldns_rr_list_rr(ldns_pkt_answer(packet), i), 0);
		struct amtrelay record;

		cr_assert_eq(amtrelay_decode(ldns_rdf_data(rdata), ldns_rdf_size(rdata), &record),
			     FAULT_NONE, "%s, record %zu", name, i);
		fprintf(out, " %u %d %u %s", record.precedence, record.discovery_optional,
			record.type, relay_text(&record, text));
	}
	fclose(out);
	free(owner);
	ldns_pkt_free(packet);
	exact_free(bytes);
}

Test(driad_rdata, samples)
{
	static const struct {
		const char *name, *is;
	} cases[] = {
		{"dns-amtrelay-v4", "10.2.0.192.in-addr.arpa. 10 0 1 203.0.113.15 "
				    "10 0 2 2001:db8::15 128 1 3 amtrelays.example.com."},
		{"dns-amtrelay-v6",
		 "0.1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.5.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa. "
		 "10 0 2 2001:db8::15"},
		{"dns-amtrelay-none", "10.2.0.192.in-addr.arpa. 0 0 0 "},
	};

	EACH(i, cases)
	{
		char line[1024];

		describe_answer(cases[i].name, line, sizeof(line));
		cr_expect_str_eq(line, cases[i].is, "%s: %s", cases[i].name, line);
	}
}

/* Presentation form (section 4.3), in both directions, and RDATA */

static const struct {
	const char *text, *again, *hex;
} forms[] = {
	{"10 0 1 203.0.113.15", "10 0 1 203.0.113.15", "0a01cb00710f"},
	{"255 1 2 2001:db8::15", "255 1 2 2001:db8::15", "ff8220010db8000000000000000000000015"},
	{"128 1 3 amtrelays.example.com", "128 1 3 amtrelays.example.com.", "8083" EXAMPLE "00"},
	{" 0\t0  0  . ", "0 0 0 .", "0000"},
	{"256 0 1 203.0.113.15", NULL, NULL},
	{"10 2 1 203.0.113.15", NULL, NULL},
	{"10 0 4 203.0.113.15", NULL, NULL},
	{"10 0 1 2001:db8::15", NULL, NULL},
	{"10 0 2 203.0.113.15", NULL, NULL},
	{"10 0 1 224.0.0.1", NULL, NULL},
	{"10 0 1 203.0.113.15 x", NULL, NULL},
	{"10 0 1", NULL, NULL},
	{"-1 0 1 203.0.113.15", NULL, NULL},
	{"10 0 0 203.0.113.15", NULL, NULL},
	{"10 0 3 .", NULL, NULL},
	{"10 0 3 a..b", NULL, NULL},
	{"", NULL, NULL},
};

Test(driad_rdata, presentation_form)
{
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		uint8_t rdata[AMTRELAY_MAX];
		char text[AMTRELAY_TEXT];
		struct amtrelay record;
		struct cursor wanted;

		cr_assert_eq(amtrelay_parse(forms[i].text, &record), !!forms[i].again, "%s",
			     forms[i].text);
		if (!forms[i].again)
			continue;
		amtrelay_format(&record, text);
		cr_expect_str_eq(text, forms[i].again);
		wanted = from_hex(forms[i].hex);
		cr_assert_eq(amtrelay_encode(&record, rdata), cursor_left(&wanted), "%s", text);
		cr_expect_arr_eq(rdata, wanted.at, cursor_left(&wanted), "%s", text);
		exact_free(wanted);
	}
}
