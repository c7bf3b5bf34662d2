/* SPDX-License-Identifier: BSD-2-Clause */
/* Messages that ldns has written, names compressed, as answers. */
#include "driad/rdata.h"
#include "io/dns_message.h"

#include <criterion/criterion.h>
#include <ldns/ldns.h>
#include <stdlib.h>
#include <string.h>

#define QUESTION "10.2.0.192.in-addr.arpa."

static ldns_pkt *packet;
static struct dns_message message;

static void begin(void)
{
	ldns_rr *question;

	cr_assert_eq(ldns_rr_new_question_frm_str(&question, QUESTION " IN AMTRELAY", NULL, NULL),
		     0);
	packet = ldns_pkt_new();
	ldns_pkt_set_qr(packet, true);
	ldns_pkt_push_rr(packet, LDNS_SECTION_QUESTION, question);
}

static void end(void)
{
	dns_message_free(&message);
	ldns_pkt_free(packet);
}

TestSuite(dns_message, .init = begin, .fini = end);

static void put(ldns_pkt_section section, const char *text)
{
	ldns_rr *rr;

	cr_assert_eq(ldns_rr_new_frm_str(&rr, text, 0, NULL, NULL), 0, "%s", text);
	ldns_pkt_push_rr(packet, section, rr);
}

/* In memory of its own length, so that a byte read beyond it is seen. */
static void decode_part(const uint8_t *bytes, size_t length, unsigned type)
{
	uint8_t *part = malloc(length);

	memcpy(part, bytes, length);
	dns_message_decode(part, length, type, &message);
	free(part);
}

static void decode(unsigned type)
{
	uint8_t *bytes;
	size_t length;

	cr_assert_eq(ldns_pkt2wire(&bytes, packet, &length), 0);
	decode_part(bytes, length, type);
	free(bytes);
}

static void expect_record(unsigned number, const void *rdata, size_t length)
{
	const struct dns_record *record = &message.answer.records[number];

	cr_assert_eq(record->length, length);
	cr_expect_arr_eq(record->rdata, rdata, length);
}

#define EXPECT_RECORD(number, literal) expect_record(number, literal, sizeof(literal) - 1)

Test(dns_message, records_of_the_type_with_the_least_ttl)
{
	put(LDNS_SECTION_ANSWER, QUESTION " 300 IN TYPE260 \\# 6 0a01cb00710f");
	put(LDNS_SECTION_ANSWER, QUESTION " 200 IN A 192.0.2.1");
	put(LDNS_SECTION_ANSWER, QUESTION " 300 IN TYPE260 \\# 2 1480");
	put(LDNS_SECTION_AUTHORITY, "192.in-addr.arpa. 5 IN NS ns.example.net.");
	decode(DNS_TYPE_AMTRELAY);
	cr_expect_eq(message.answer.status, DNS_OK);
	cr_assert_eq(message.answer.count, 2);
	EXPECT_RECORD(0, "\x0a\x01\xcb\x00\x71\x0f");
	EXPECT_RECORD(1, "\x14\x80");
	cr_expect_eq(message.answer.ttl, 200);
	cr_expect_not(message.answer.secure);
	cr_expect_str_eq(message.answer.canonical, QUESTION);
}

Test(dns_message, cname_is_followed)
{
	put(LDNS_SECTION_ANSWER, QUESTION " 60 IN CNAME relays.example.net.");
	put(LDNS_SECTION_ANSWER, "relays.example.net. 300 IN TYPE260 \\# 6 0a01cb00710f");
	decode(DNS_TYPE_AMTRELAY);
	cr_expect_eq(message.answer.status, DNS_OK);
	cr_expect_eq(message.answer.count, 1);
	cr_expect_eq(message.answer.ttl, 60);
	cr_expect_str_eq(message.answer.canonical, "relays.example.net.");
}

Test(dns_message, names_in_the_data_are_expanded)
{
	put(LDNS_SECTION_ANSWER, "_amt._udp.example.net. 300 IN PTR one._amt._udp.example.net.");
	decode(LDNS_RR_TYPE_PTR);
	cr_assert_eq(message.answer.count, 1);
	EXPECT_RECORD(0, "\3one\4_amt\4_udp\7example\3net\0");
	dns_message_free(&message);
	put(LDNS_SECTION_ANSWER,
	    "one._amt._udp.example.net. 300 IN SRV 1 2 2268 relay.example.net.");
	decode(LDNS_RR_TYPE_SRV);
	cr_assert_eq(message.answer.count, 1);
	EXPECT_RECORD(0, "\0\1\0\2\x08\xdc\5relay\7example\3net\0");
}

Test(dns_message, negative_answers_last_as_the_soa_says)
{
	put(LDNS_SECTION_AUTHORITY, "192.in-addr.arpa. 600 IN SOA ns. root. 1 2 3 4 90");
	decode(DNS_TYPE_AMTRELAY);
	cr_expect_eq(message.answer.status, DNS_NO_DATA);
	cr_expect_eq(message.answer.ttl, 90);
	ldns_pkt_set_rcode(packet, LDNS_RCODE_NXDOMAIN);
	put(LDNS_SECTION_ANSWER, QUESTION " 60 IN CNAME relays.example.net.");
	decode(DNS_TYPE_AMTRELAY);
	cr_expect_eq(message.answer.status, DNS_NAME_ERROR);
	cr_expect_eq(message.answer.ttl, 60);
	cr_expect_eq(message.answer.count, 0);
}

Test(dns_message, failures)
{
	decode(DNS_TYPE_AMTRELAY);
	cr_expect_eq(message.answer.status, DNS_NO_DATA);
	cr_expect_eq(message.answer.ttl, 0);
	ldns_pkt_set_rcode(packet, LDNS_RCODE_REFUSED);
	put(LDNS_SECTION_ANSWER, QUESTION " 300 IN TYPE260 \\# 6 0a01cb00710f");
	decode(DNS_TYPE_AMTRELAY);
	cr_expect_eq(message.answer.status, DNS_SERVER_FAILURE);
	cr_expect_eq(message.answer.count, 0);
}

Test(dns_message, what_is_cut_short_fails)
{
	uint8_t *bytes;
	size_t length;

	put(LDNS_SECTION_ANSWER, QUESTION " 60 IN CNAME relays.example.net.");
	put(LDNS_SECTION_ANSWER, "relays.example.net. 300 IN TYPE260 \\# 6 0a01cb00710f");
	cr_assert_eq(ldns_pkt2wire(&bytes, packet, &length), 0);
	for (size_t i = 0; i < length; i++) {
		decode_part(bytes, i, DNS_TYPE_AMTRELAY);
		cr_expect_eq(message.answer.status, DNS_SERVER_FAILURE, "%zu bytes", i);
		cr_expect_eq(message.answer.count, 0);
		dns_message_free(&message);
	}
	decode_part(bytes, length, DNS_TYPE_AMTRELAY);
	cr_expect_eq(message.answer.status, DNS_OK);
	free(bytes);
}

/* ldns takes a name as a whole, whatever the length of the data is. */
Test(dns_message, a_name_in_the_data_stays_within_the_message)
{
	static const uint8_t bytes[] = "\0\0\x80\0\0\0\0\1\0\0\0\0"
				       "\0\0\x0c\0\1\0\0\0\x3c\0\5\3one\0";
	uint8_t changed[sizeof(bytes) - 1];

	memcpy(changed, bytes, sizeof(changed));
	for (int length = 0; length < 8; length++) {
		changed[22] = length;
		dns_message_free(&message);
		decode_part(changed, sizeof(changed), LDNS_RR_TYPE_PTR);
		cr_expect_eq(message.answer.status, length <= 5 ? DNS_OK : DNS_SERVER_FAILURE,
			     "%d bytes", length);
		if (length && message.answer.status == DNS_OK)
			EXPECT_RECORD(0, "\3one\0");
	}
}
