/* SPDX-License-Identifier: BSD-2-Clause */
/* The AMT messages that a relay reads and writes (RFC 7450 section 5.1). */
#pragma once

#include "../address.h"

enum amt_type {
	AMT_DISCOVERY = 1,
	AMT_ADVERTISEMENT,
	AMT_REQUEST,
	AMT_QUERY,
	AMT_UPDATE,
	AMT_DATA,
	AMT_TEARDOWN,
};

#define AMT_MAC_LENGTH     6
#define AMT_QUERY_HEADER   12
#define AMT_QUERY_LIMIT    0x02
#define AMT_QUERY_GATEWAY  0x01
#define AMT_GATEWAY_LENGTH 18
#define AMT_DATA_HEADER    2
#define AMT_ADVERTISE_MAX  24

struct amt_message {
	enum amt_type type;
	bool reserved_set; /* ignored, but noted: our daemon must send zero */
	bool mld;          /* P flag of a Request */
	uint8_t flags;     /* the byte that it stands in */
	uint32_t nonce;
	uint8_t mac[AMT_MAC_LENGTH];
	const uint8_t *inner; /* IP datagram of an Update */
	size_t inner_length;
	uint16_t gateway_port; /* of a Teardown */
	struct address gateway;
};

/* Returns NULL, or why the message is ignored. */
const char *amt_read(const uint8_t *b, size_t length, struct amt_message *m);

size_t amt_write_advertisement(uint8_t *b, uint32_t nonce, const struct address *relay);

/* Writes the header. The caller writes the inner datagram behind it, then the gateway's fields. */
void amt_write_query(uint8_t *b, uint8_t flags, const uint8_t mac[AMT_MAC_LENGTH], uint32_t nonce);
void amt_write_gateway(uint8_t *b, const struct address *gateway, uint16_t port);

/* An IPv4 address is '::a.b.c.d' in 16 bytes, sections 5.1.4.9.2 and 5.1.7.7. */
void amt_wide_address(uint8_t b[16], const struct address *a);
