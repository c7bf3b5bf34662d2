/* SPDX-License-Identifier: BSD-2-Clause */
#include "messages.h"

#include "../ip.h"

void amt_wide_address(uint8_t b[16], const struct address *a)
{
	size_t length = address_length(a->family);

	memset(b, 0, 16);
	memcpy(b + 16 - length, a->bytes, length);
}

static struct address amt_narrow_address(const uint8_t b[16])
{
	static const uint8_t zero[12];

	return memcmp(b, zero, sizeof(zero)) ? address_from(AF_INET6, b)
					     : address_from(AF_INET, b + 12);
}

static const char *read_discovery(const uint8_t *b, size_t length, struct amt_message *m)
{
	if (length != 8)
		return "Discovery is not 8 bytes long";
	m->reserved_set = b[1] || b[2] || b[3];
	m->nonce = get32(b + 4);
	return NULL;
}

static const char *read_request(const uint8_t *b, size_t length, struct amt_message *m)
{
	if (length != 8)
		return "Request is not 8 bytes long";
	m->reserved_set = b[1] & 0xfe || b[2] || b[3];
	m->mld = b[1] & 1;
	m->flags = b[1];
	m->nonce = get32(b + 4);
	return NULL;
}

static const char *read_update(const uint8_t *b, size_t length, struct amt_message *m)
{
	if (length <= 12)
		return "Update without a datagram";
	m->reserved_set = b[1];
	memcpy(m->mac, b + 2, AMT_MAC_LENGTH);
	m->nonce = get32(b + 8);
	m->inner = b + 12;
	m->inner_length = length - 12;
	return NULL;
}

static const char *read_teardown(const uint8_t *b, size_t length, struct amt_message *m)
{
	if (length != 30)
		return "Teardown is not 30 bytes long";
	m->reserved_set = b[1];
	memcpy(m->mac, b + 2, AMT_MAC_LENGTH);
	m->nonce = get32(b + 8);
	m->gateway_port = get16(b + 12);
	m->gateway = amt_narrow_address(b + 14);
	return NULL;
}

const char *amt_read(const uint8_t *b, size_t length, struct amt_message *m)
{
	*m = (struct amt_message){0};
	if (!length)
		return "empty";
	if (b[0] >> 4)
		return "version is not 0";
	m->type = b[0] & 15;
	switch (m->type) {
	case AMT_DISCOVERY:
		return read_discovery(b, length, m);
	case AMT_REQUEST:
		return read_request(b, length, m);
	case AMT_UPDATE:
		return read_update(b, length, m);
	case AMT_TEARDOWN:
		return read_teardown(b, length, m);
	default:
		return "not a type that relays take";
	}
}

size_t amt_write_advertisement(uint8_t *b, uint32_t nonce, const struct address *relay)
{
	put32(b, (uint32_t)AMT_ADVERTISEMENT << 24);
	put32(b + 4, nonce);
	memcpy(b + 8, relay->bytes, address_length(relay->family));
	return 8 + address_length(relay->family);
}

void amt_write_query(uint8_t *b, uint8_t flags, const uint8_t mac[AMT_MAC_LENGTH], uint32_t nonce)
{
	b[0] = AMT_QUERY;
	b[1] = flags;
	memcpy(b + 2, mac, AMT_MAC_LENGTH);
	put32(b + 8, nonce);
}

void amt_write_gateway(uint8_t *b, const struct address *gateway, uint16_t port)
{
	put16(b, port);
	amt_wide_address(b + 2, gateway);
}
