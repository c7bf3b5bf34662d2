/* SPDX-License-Identifier: BSD-2-Clause */
/* A decoded message is compared as a line of text, so that each case is one line of a table. */
#include "amt/p_flag.h"
#include "amt/packets.h"
#include "samples.h"

#define LINE 1024

static void describe_query(const struct amt_query *query, FILE *out)
{
	const struct amt_ticket *ticket = &query->ticket;

	fprintf(out, "query L%d mac ", query->limit);
	for (unsigned i = 0; i < sizeof(ticket->mac); i++)
		fprintf(out, "%02x", ticket->mac[i]);
	fprintf(out, " nonce %08x datagram %zu", ticket->nonce, cursor_left(&query->datagram));
	if (ticket->has_gateway) {
		struct addr addr = addr_from_bytes(AF_INET6, ticket->gateway_address);
		char text[ADDR_TEXT];

		fprintf(out, " gateway %s port %u", addr_format(&addr, text), ticket->gateway_port);
	}
}

static const char *describe(const struct amt_message *message, char line[LINE])
{
	FILE *out = fmemopen(line, LINE, "w");
	char text[ADDR_TEXT];

	if (message->type == AMT_ADVERTISEMENT)
		fprintf(out, "relay %s nonce %08x",
			addr_format(&message->advertisement.relay, text),
			message->advertisement.nonce);
	else if (message->type == AMT_QUERY)
		describe_query(&message->query, out);
	else
		fprintf(out, "data %zu", cursor_left(&message->data));
	fclose(out);
	return line;
}

#define MAC_NONCE "mac 0badc0ffee01 nonce a1b2c3d4 "

static const struct {
	const char *name;
	unsigned frame;
	const char *is; /* NULL: not for a gateway */
} samples[] = {
	{"amt-1-discovery-v4", 0, NULL},
	{"amt-1-discovery-v6", 0, NULL},
	{"amt-2-advertisement-v4", 0, "relay 203.0.113.15 nonce 11223344"},
	{"amt-2-advertisement-v6", 0, "relay 2001:db8::15 nonce 11223344"},
	{"amt-3-request-v4", 0, NULL},
	{"amt-3-request-v6", 0, NULL},
	{"amt-3-request-v6-over-v6", 0, NULL},
	{"amt-4-query-v4", 0, "query L0 " MAC_NONCE "datagram 36"},
	{"amt-4-query-v4-g", 0,
	 "query L0 " MAC_NONCE "datagram 36 gateway ::198.51.100.2 port 40001"},
	{"amt-4-query-v4-limit", 0, "query L1 " MAC_NONCE "datagram 36"},
	{"amt-4-query-v4-qqic139", 0, "query L0 " MAC_NONCE "datagram 36"},
	{"amt-4-query-v6", 0, "query L0 " MAC_NONCE "datagram 76"},
	{"amt-4-query-v6-over-v6-g", 0,
	 "query L0 " MAC_NONCE "datagram 76 gateway 2001:db8:100::2 port 40001"},
	{"amt-5-update-v4-two-sg", 0, NULL},
	{"amt-5-update-v4-allow", 0, NULL},
	{"amt-5-update-v4-block", 0, NULL},
	{"amt-5-update-v4-empty", 0, NULL},
	{"amt-5-update-v6-two-sg", 0, NULL},
	{"amt-5-update-v6-over-v6-allow", 0, NULL},
	{"amt-6-data-v4", 0, "data 62"},
	{"amt-6-data-v6", 0, "data 82"},
	{"amt-6-data-v6-over-v6", 0, "data 82"},
	{"amt-6-data-v4-zero-csum", 0, "data 62"},
	{"amt-6-data-v4-over-v6-zero-csum", 0, "data 62"},
	{"amt-6-data-v4-ttl1", 0, "data 62"},
	{"amt-6-data-v4-inner-frag", 0, "data 1468"},
	{"amt-6-data-v4-inner-frag", 1, "data 116"},
	{"amt-7-teardown-v4", 0, NULL},
	{"amt-7-teardown-v6", 0, NULL},
};

Test(amt_packets, samples_decode_or_are_not_for_us)
{
	EACH(i, samples)
	{
		struct cursor bytes = sample_udp(samples[i].name, samples[i].frame);
		struct amt_message message;
		enum fault fault = amt_decode(bytes, &message);
		char line[LINE];

		cr_expect_eq(fault, samples[i].is ? FAULT_NONE : FAULT_TYPE, "%s: %s",
			     samples[i].name, fault_name(fault));
		if (!fault && samples[i].is)
			cr_expect_str_eq(describe(&message, line), samples[i].is, "%s: %s",
					 samples[i].name, line);
		exact_free(bytes);
	}
}

/* The content of the datagram, for the two messages that carry one. */
Test(amt_packets, datagrams_are_where_they_should_be)
{
	static const char *const names[] = {"amt-4-query-v4-g", "amt-6-data-v4"};
	static const char *const destinations[] = {"224.0.0.1", "232.1.1.1"};

	EACH(i, names)
	{
		struct cursor bytes = sample_udp(names[i], 0), inner;
		struct amt_message message;
		struct ip_datagram ip;
		char text[ADDR_TEXT];

		cr_assert_eq(amt_decode(bytes, &message), FAULT_NONE);
		inner = message.type == AMT_QUERY ? message.query.datagram : message.data;
		cr_assert_eq(ip_decode(inner, &ip), FAULT_NONE, "%s", names[i]);
		cr_expect_str_eq(addr_format(&ip.destination, text), destinations[i], "%s", text);
		exact_free(bytes);
	}
}

#define QUERY "0badc0ffee01 a1b2c3d4 "

static const struct {
	const char *what, *hex;
	enum fault fault;
	const char *is;
} messages[] = {
	{"nothing at all", "", FAULT_TRUNCATED, NULL},
	{"version 1", "12000000 11223344 cb00710f", FAULT_VERSION, NULL},
	{"version 15", "f6004500", FAULT_VERSION, NULL},
	{"type 0", "00000000 11223344", FAULT_TYPE, NULL},
	{"type 8", "08000000 11223344", FAULT_TYPE, NULL},
	{"type 15", "0f000000 11223344", FAULT_TYPE, NULL},
	{"reserved bits of an Advertisement", "02ffffff 11223344 cb00710f", FAULT_NONE,
	 "relay 203.0.113.15 nonce 11223344"},
	{"Advertisement without nonce", "02000000 112233", FAULT_TRUNCATED, NULL},
	{"Advertisement without address", "02000000 11223344", FAULT_LENGTH, NULL},
	{"Advertisement with three bytes", "02000000 11223344 cb0071", FAULT_LENGTH, NULL},
	{"Advertisement with five bytes", "02000000 11223344 cb00710f00", FAULT_LENGTH, NULL},
	{"Advertisement with seventeen bytes",
	 "02000000 11223344 20010db8000000000000000000000015 00", FAULT_LENGTH, NULL},
	{"relay unspecified", "02000000 11223344 00000000", FAULT_ADDRESS, NULL},
	{"relay loopback", "02000000 11223344 7f000001", FAULT_ADDRESS, NULL},
	{"relay multicast", "02000000 11223344 e8010101", FAULT_ADDRESS, NULL},
	{"relay broadcast", "02000000 11223344 ffffffff", FAULT_ADDRESS, NULL},
	{"relay ::", "02000000 11223344 00000000000000000000000000000000", FAULT_ADDRESS, NULL},
	{"relay ::1", "02000000 11223344 00000000000000000000000000000001", FAULT_ADDRESS, NULL},
	{"relay ff3e::1", "02000000 11223344 ff3e0000000000000000000000000001", FAULT_ADDRESS,
	 NULL},
	{"relay ::ffff:127.0.0.1", "02000000 11223344 00000000000000000000ffff7f000001",
	 FAULT_ADDRESS, NULL},
	{"reserved bits of a Query", "04fc " QUERY "45", FAULT_NONE,
	 "query L0 " MAC_NONCE "datagram 1"},
	{"L and G", "0403 " QUERY "45 9c41 20010db8010000000000000000000002", FAULT_NONE,
	 "query L1 " MAC_NONCE "datagram 1 gateway 2001:db8:100::2 port 40001"},
	{"Query without datagram", "0400 " QUERY, FAULT_NONE, "query L0 " MAC_NONCE "datagram 0"},
	{"Query cut in its nonce", "0400 0badc0ffee01 a1b2c3", FAULT_TRUNCATED, NULL},
	{"Query with G, nothing before the fields",
	 "0401 " QUERY "9c41 20010db8010000000000000000000002", FAULT_NONE,
	 "query L0 " MAC_NONCE "datagram 0 gateway 2001:db8:100::2 port 40001"},
	{"Query with G, a byte short", "0401 " QUERY "9c41 20010db80100000000000000000000",
	 FAULT_TRUNCATED, NULL},
	{"Query with G, cut in its nonce", "0401 0badc0ffee01 a1b2c3", FAULT_TRUNCATED, NULL},
	{"Data cut", "06", FAULT_TRUNCATED, NULL},
	{"Data with a reserved byte, empty", "06ff", FAULT_NONE, "data 0"},
};

Test(amt_packets, messages_decode_or_are_refused)
{
	EACH(i, messages)
	{
		struct cursor bytes = from_hex(messages[i].hex);
		struct amt_message message;
		enum fault fault = amt_decode(bytes, &message);
		char line[LINE];

		cr_expect_str_eq(fault_name(fault), fault_name(messages[i].fault), "%s: %s",
				 messages[i].what, fault_name(fault));
		if (!fault && messages[i].is)
			cr_expect_str_eq(describe(&message, line), messages[i].is, "%s: %s",
					 messages[i].what, line);
		exact_free(bytes);
	}
}

Test(amt_packets, a_query_without_g_has_no_gateway)
{
	struct cursor bytes = sample_udp("amt-4-query-v4", 0);
	static const uint8_t zero[16];
	struct amt_message message;

	memset(&message, 0xff, sizeof(message));
	cr_assert_eq(amt_decode(bytes, &message), FAULT_NONE);
	cr_expect_not(message.query.ticket.has_gateway);
	cr_expect_eq(message.query.ticket.gateway_port, 0);
	cr_expect_arr_eq(message.query.ticket.gateway_address, zero, sizeof(zero));
	exact_free(bytes);
}

/* All that is decoded lies within the bytes: it is read here under AddressSanitizer. */
static void decode_damaged(struct cursor bytes, void *context)
{
	struct amt_message message;
	struct cursor inner;
	unsigned sum = 0;

	(void)context;
	if (amt_decode(bytes, &message) || message.type == AMT_ADVERTISEMENT)
		return;
	inner = message.type == AMT_QUERY ? message.query.datagram : message.data;
	cr_assert(inner.at >= bytes.at && inner.end <= bytes.end, "datagram outside");
	while (cursor_left(&inner))
		sum += cursor_u8(&inner);
	cr_assert_leq(sum, 255 * cursor_left(&bytes));
}

Test(amt_packets, damaged_samples_do_no_harm)
{
	EACH(i, samples)
	{
		struct cursor bytes = sample_udp(samples[i].name, samples[i].frame);

		each_bit_flip(bytes, decode_damaged, NULL);
		each_truncation(bytes, decode_damaged, NULL);
		exact_free(bytes);
	}
}

static void expect_cut_header_refused(struct cursor bytes, void *context)
{
	struct amt_message message;

	if (cursor_left(&bytes) < *(size_t *)context)
		cr_expect_neq(amt_decode(bytes, &message), FAULT_NONE, "%zu bytes",
			      cursor_left(&bytes));
}

Test(amt_packets, truncated_headers_are_refused)
{
	static const struct {
		const char *name;
		size_t header;
	} cases[] = {
		{"amt-2-advertisement-v4", 12},
		{"amt-4-query-v4", 12},
		{"amt-4-query-v4-g", 12 + 18},
		{"amt-6-data-v4", 2},
	};

	EACH(i, cases)
	{
		struct cursor bytes = sample_udp(cases[i].name, 0);
		size_t header = cases[i].header;

		each_truncation(bytes, expect_cut_header_refused, &header);
		exact_free(bytes);
	}
}

/* Encoders */

static void expect_sample(const char *name, const uint8_t *bytes, size_t length, size_t whole)
{
	struct cursor sample = sample_udp(name, 0);

	cr_assert_eq(cursor_left(&sample), whole, "%s", name);
	cr_expect_arr_eq(sample.at, bytes, length, "%s", name);
	exact_free(sample);
}

Test(amt_packets, discovery_and_request_are_the_samples)
{
	uint8_t bytes[8];

	amt_encode_discovery(0x11223344, bytes);
	expect_sample("amt-1-discovery-v4", bytes, 8, 8);
	expect_sample("amt-1-discovery-v6", bytes, 8, 8);
	amt_encode_request(0xa1b2c3d4, 0, bytes);
	expect_sample("amt-3-request-v4", bytes, 8, 8);
	amt_encode_request(0xa1b2c3d4, AMT_P, bytes);
	expect_sample("amt-3-request-v6", bytes, 8, 8);
	expect_sample("amt-3-request-v6-over-v6", bytes, 8, 8);
}

static struct amt_ticket ticket_of(const char *query)
{
	struct cursor bytes = sample_udp(query, 0);
	struct amt_message message;

	cr_assert_eq(amt_decode(bytes, &message), FAULT_NONE, "%s", query);
	exact_free(bytes);
	return message.query.ticket;
}

Test(amt_packets, updates_give_back_the_ticket)
{
	struct amt_ticket v4 = ticket_of("amt-4-query-v4");
	struct amt_ticket v6 = ticket_of("amt-4-query-v6-over-v6-g");
	uint8_t bytes[AMT_UPDATE_HEADER];

	amt_encode_update_header(&v4, bytes);
	expect_sample("amt-5-update-v4-allow", bytes, 12, 12 + 44);
	expect_sample("amt-5-update-v4-two-sg", bytes, 12, 12 + 56);
	amt_encode_update_header(&v6, bytes);
	expect_sample("amt-5-update-v6-over-v6-allow", bytes, 12, 12 + 92);
}

Test(amt_packets, teardowns_give_back_the_ticket)
{
	struct amt_ticket v4 = ticket_of("amt-4-query-v4-g");
	struct amt_ticket v6 = ticket_of("amt-4-query-v6-over-v6-g");
	uint8_t bytes[AMT_TEARDOWN_LENGTH];

	amt_encode_teardown(&v4, bytes);
	expect_sample("amt-7-teardown-v4", bytes, 30, 30);
	amt_encode_teardown(&v6, bytes);
	expect_sample("amt-7-teardown-v6", bytes, 30, 30);
}
