/* SPDX-License-Identifier: BSD-2-Clause */
/* AMT messages (RFC 7450 section 5.1) as a gateway reads and writes them. */
#pragma once

#include "base/addr.h"
#include "base/cursor.h"
#include "base/fault.h"
#include "mcingest/amt_wire.h"

/* What a Query gives, and an Update and a Teardown give back. */
struct amt_ticket {
	uint8_t mac[AMT_MAC_LENGTH]; /* opaque to the gateway */
	uint32_t nonce;
	bool has_gateway; /* G: the relay's view of us; a Teardown is possible */
	uint16_t gateway_port;
	uint8_t gateway_address[16]; /* as on the wire: ::a.b.c.d for IPv4 */
};

struct amt_advertisement {
	uint32_t nonce;
	struct addr relay;
};

struct amt_query {
	bool limit; /* L: the relay takes no new gateways */
	struct amt_ticket ticket;
	struct cursor datagram; /* IGMP or MLD; may be followed by bytes to be ignored */
};

struct amt_message {
	uint8_t type; /* AMT_ADVERTISEMENT, AMT_QUERY or AMT_DATA */
	union {
		struct amt_advertisement advertisement;
		struct amt_query query;
		struct cursor data; /* the inner IP datagram or fragment */
	};
};

#define AMT_DISCOVERY_LENGTH 8
#define AMT_REQUEST_LENGTH   8
#define AMT_TEARDOWN_LENGTH  30

/* Decodes a UDP payload that a relay sent. FAULT_VERSION for another version, FAULT_TYPE for types
 * that are unknown or go to relays, FAULT_LENGTH for an Advertisement whose address is of neither
 * family. The advertised address is refused (FAULT_ADDRESS) where addr_is_martian. The result
 * points into `bytes`; the datagram in it may be empty. */
enum fault amt_decode(struct cursor bytes, struct amt_message *message);

void amt_encode_discovery(uint32_t nonce, uint8_t bytes[AMT_DISCOVERY_LENGTH]);
/* `flags`: P asks for MLDv2 (amt/p_flag.h), none for IGMPv3. */
void amt_encode_request(uint32_t nonce, uint8_t flags, uint8_t bytes[AMT_REQUEST_LENGTH]);
/* The header only; the report's datagram goes behind it. */
void amt_encode_update_header(const struct amt_ticket *ticket, uint8_t bytes[AMT_UPDATE_HEADER]);
/* Only for a ticket with has_gateway. */
void amt_encode_teardown(const struct amt_ticket *ticket, uint8_t bytes[AMT_TEARDOWN_LENGTH]);
