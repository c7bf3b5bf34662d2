/* SPDX-License-Identifier: BSD-2-Clause */
/* What a relay sends: each field that is decoded stands in the bytes where RFC 7450 section 5.1 has
 * it, and an Update and a Teardown give back what the Query gave. */
#include "amt/packets.h"
#include "fuzz.h"

#include <string.h>

#define ADVERTISED_AT 8
#define TICKET_AT     2 /* MAC and nonce, in Query, Update and Teardown alike */
#define TICKET        (AMT_UPDATE_HEADER - TICKET_AT)

static void check_advertisement(const struct amt_advertisement *advertisement, struct cursor bytes)
{
	size_t length = cursor_left(&bytes) - ADVERTISED_AT;

	must(addr_length(advertisement->relay.family) == length);
	must(!memcmp(advertisement->relay.bytes, bytes.at + ADVERTISED_AT, length));
	must(!addr_is_martian(&advertisement->relay));
}

static void check_gateway_fields(const struct amt_query *query, struct cursor bytes)
{
	uint8_t teardown[AMT_TEARDOWN_LENGTH];

	amt_encode_teardown(&query->ticket, teardown);
	must(teardown[0] == AMT_TEARDOWN);
	must(!memcmp(teardown + TICKET_AT, bytes.at + TICKET_AT, TICKET));
	must(!memcmp(teardown + AMT_UPDATE_HEADER, bytes.end - AMT_GATEWAY_FIELDS,
		     AMT_GATEWAY_FIELDS));
}

static void check_query(const struct amt_query *query, struct cursor bytes)
{
	size_t tail = query->ticket.has_gateway ? AMT_GATEWAY_FIELDS : 0;
	uint8_t update[AMT_UPDATE_HEADER];

	must(query->datagram.at == bytes.at + AMT_UPDATE_HEADER);
	must(query->datagram.end == bytes.end - tail);
	amt_encode_update_header(&query->ticket, update);
	must(update[0] == AMT_UPDATE);
	must(!memcmp(update + TICKET_AT, bytes.at + TICKET_AT, TICKET));
	if (query->ticket.has_gateway)
		check_gateway_fields(query, bytes);
}

/* Whether the length is one that the message may have. */
static bool is_whole(const uint8_t *bytes, size_t size)
{
	switch (size ? bytes[0] : 0) {
	case AMT_ADVERTISEMENT:
		return size == ADVERTISED_AT + 4 || size == ADVERTISED_AT + 16;
	case AMT_QUERY:
		return size >= AMT_UPDATE_HEADER &&
		       size - AMT_UPDATE_HEADER >= (bytes[1] & 1 ? AMT_GATEWAY_FIELDS : 0);
	default:
		return size >= AMT_DATA_HEADER && bytes[0] == AMT_DATA;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *start, size_t size)
{
	struct cursor bytes = cursor_over(start, size);
	struct amt_message message;
	enum fault fault = amt_decode(bytes, &message);

	must(is_whole(start, size) == (fault == FAULT_NONE || fault == FAULT_ADDRESS));
	if (fault)
		return 0;
	must(start[0] == message.type);
	switch (message.type) {
	case AMT_ADVERTISEMENT:
		check_advertisement(&message.advertisement, bytes);
		break;
	case AMT_QUERY:
		check_query(&message.query, bytes);
		break;
	default:
		must(message.type == AMT_DATA);
		must(message.data.at == start + AMT_DATA_HEADER && message.data.end == bytes.end);
	}
	return 0;
}
