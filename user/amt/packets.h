/* SPDX-License-Identifier: BSD-2-Clause */
/* AMT messages (RFC 7450 section 5.1) as a gateway reads and writes them. */
#pragma once

#include "base/addr.h"
#include "base/cursor.h"
#include "base/fault.h"
#include "mcingest/amt_wire.h"

/* What a Query hands out, and an Update or a Teardown must return. */
struct amt_ticket {
	uint8_t mac[AMT_MAC_LENGTH]; /* opaque to the gateway */
	uint32_t nonce;
	bool has_gateway; /* G flag: the fields below are there, and a Teardown is possible */
	uint16_t gateway_port;
	uint8_t gateway_address[16]; /* as on the wire: ::a.b.c.d for IPv4 */
};

struct amt_advertisement {
	uint32_t nonce;
	struct addr relay;
};

struct amt_query {
	bool limit; /* L flag: the relay takes no new gateways */
	struct amt_ticket ticket;
	struct cursor datagram; /* IGMP or MLD; bytes behind it are ignored */
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

/* Decodes a UDP payload of a relay. FAULT_VERSION for another version, FAULT_TYPE for types that
 * are unknown or sent to relays only, FAULT_LENGTH for an Advertisement whose address is of neither
 * family, FAULT_ADDRESS if that address is a martian. The result points into `bytes`; the datagram
 * in it may be empty. */
enum fault amt_decode(struct cursor bytes, struct amt_message *message);

/* The name of the message that begins with this byte, for the log. */
const char *amt_type_name(uint8_t first);

void amt_encode_discovery(uint32_t nonce, uint8_t bytes[AMT_DISCOVERY_LENGTH]);
/* `flags` is a form of the P flag (amt/p_flag.h) to ask for MLDv2, 0 for IGMPv3. */
void amt_encode_request(uint32_t nonce, uint8_t flags, uint8_t bytes[AMT_REQUEST_LENGTH]);
/* Writes the header only; the report's datagram follows it. */
void amt_encode_update_header(const struct amt_ticket *ticket, uint8_t bytes[AMT_UPDATE_HEADER]);
/* Only for a ticket with has_gateway. */
void amt_encode_teardown(const struct amt_ticket *ticket, uint8_t bytes[AMT_TEARDOWN_LENGTH]);
