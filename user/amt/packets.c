/* SPDX-License-Identifier: BSD-2-Clause */
/* A gateway reads Relay Advertisements, Membership Queries and Multicast Data, and writes the other
 * four messages. Reserved bits are sent as zero and ignored when received. Whether an Advertisement
 * or a Query was asked for is not checked here, nor what Queries and Data carry.
 *
 * Left out: the E flag of a Request (RFC 9601), since relays that check reserved bits, Linux's
 * among them, drop a Request that has it. */
#include "amt/packets.h"

#include <string.h>

#define ADVERTISEMENT_V4 4 /* bytes of the relay's address */
#define ADVERTISEMENT_V6 16
#define QUERY_GATEWAY    0x01 /* G */
#define QUERY_LIMIT      0x02 /* L */

static enum fault decode_advertisement(struct cursor c, struct amt_advertisement *advertisement)
{
	cursor_bytes(&c, 3); /* reserved */
	advertisement->nonce = cursor_u32(&c);
	if (c.failed)
		return FAULT_TRUNCATED;
	/* Only the length tells the family. */
	switch (cursor_left(&c)) {
	case ADVERTISEMENT_V4:
		advertisement->relay = cursor_addr(&c, AF_INET);
		break;
	case ADVERTISEMENT_V6:
		advertisement->relay = cursor_addr(&c, AF_INET6);
		break;
	default:
		return FAULT_LENGTH;
	}
	return addr_is_martian(&advertisement->relay) ? FAULT_ADDRESS : FAULT_NONE;
}

static void read_bytes(struct cursor *c, void *to, size_t length)
{
	const uint8_t *from = cursor_bytes(c, length);

	if (from)
		memcpy(to, from, length);
}

static enum fault decode_query(struct cursor c, struct amt_query *query)
{
	struct amt_ticket *ticket = &query->ticket;
	uint8_t flags = cursor_u8(&c);
	size_t datagram;

	query->limit = flags & QUERY_LIMIT;
	ticket->has_gateway = flags & QUERY_GATEWAY;
	read_bytes(&c, ticket->mac, sizeof(ticket->mac));
	ticket->nonce = cursor_u32(&c);
	datagram = cursor_left(&c);
	if (ticket->has_gateway && datagram < AMT_GATEWAY_FIELDS)
		return FAULT_TRUNCATED;
	if (ticket->has_gateway)
		datagram -= AMT_GATEWAY_FIELDS;
	query->datagram = cursor_sub(&c, datagram);
	if (ticket->has_gateway) {
		ticket->gateway_port = cursor_u16(&c);
		read_bytes(&c, ticket->gateway_address, sizeof(ticket->gateway_address));
	}
	return c.failed ? FAULT_TRUNCATED : FAULT_NONE;
}

static enum fault decode_data(struct cursor c, struct cursor *data)
{
	cursor_u8(&c); /* reserved */
	*data = c;
	return c.failed ? FAULT_TRUNCATED : FAULT_NONE;
}

enum fault amt_decode(struct cursor bytes, struct amt_message *message)
{
	uint8_t first = cursor_u8(&bytes);

	*message = (struct amt_message){.type = first & 0x0f};
	if (bytes.failed)
		return FAULT_TRUNCATED;
	if (first >> 4 != AMT_VERSION)
		return FAULT_VERSION;
	switch (message->type) {
	case AMT_ADVERTISEMENT:
		return decode_advertisement(bytes, &message->advertisement);
	case AMT_QUERY:
		return decode_query(bytes, &message->query);
	case AMT_DATA:
		return decode_data(bytes, &message->data);
	default:
		return FAULT_TYPE;
	}
}

static void write_first(struct writer *w, uint8_t type)
{
	writer_u8(w, AMT_VERSION << 4 | type);
}

void amt_encode_discovery(uint32_t nonce, uint8_t bytes[AMT_DISCOVERY_LENGTH])
{
	struct writer w = writer_over(bytes, AMT_DISCOVERY_LENGTH);

	write_first(&w, AMT_DISCOVERY);
	writer_zero(&w, 3);
	writer_u32(&w, nonce);
}

void amt_encode_request(uint32_t nonce, uint8_t flags, uint8_t bytes[AMT_REQUEST_LENGTH])
{
	struct writer w = writer_over(bytes, AMT_REQUEST_LENGTH);

	write_first(&w, AMT_REQUEST);
	writer_u8(&w, flags);
	writer_zero(&w, 2);
	writer_u32(&w, nonce);
}

/* Update and Teardown begin alike. */
static void write_ticket(struct writer *w, uint8_t type, const struct amt_ticket *ticket)
{
	write_first(w, type);
	writer_u8(w, 0);
	writer_bytes(w, ticket->mac, sizeof(ticket->mac));
	writer_u32(w, ticket->nonce);
}

void amt_encode_update_header(const struct amt_ticket *ticket, uint8_t bytes[AMT_UPDATE_HEADER])
{
	struct writer w = writer_over(bytes, AMT_UPDATE_HEADER);

	write_ticket(&w, AMT_UPDATE, ticket);
}

void amt_encode_teardown(const struct amt_ticket *ticket, uint8_t bytes[AMT_TEARDOWN_LENGTH])
{
	struct writer w = writer_over(bytes, AMT_TEARDOWN_LENGTH);

	write_ticket(&w, AMT_TEARDOWN, ticket);
	writer_u16(&w, ticket->gateway_port);
	writer_bytes(&w, ticket->gateway_address, sizeof(ticket->gateway_address));
}

const char *amt_type_name(uint8_t first)
{
	static const char *const names[] = {
		[AMT_DISCOVERY] = "Discovery", [AMT_ADVERTISEMENT] = "Advertisement",
		[AMT_REQUEST] = "Request",     [AMT_QUERY] = "Query",
		[AMT_UPDATE] = "Update",       [AMT_DATA] = "Data",
		[AMT_TEARDOWN] = "Teardown"};
	unsigned type = first & 0x0f;

	return first >> 4 == AMT_VERSION && type < sizeof(names) / sizeof(names[0]) && names[type]
		       ? names[type]
		       : "another message";
}
