/* SPDX-License-Identifier: BSD-2-Clause */
/* PIM messages (RFC 7761 section 4.9): checks the header that all share, and decodes the messages
 * that an SSM-only router needs (section 4.8.2) by a codec for each: wire_hello.h,
 * wire_join_prune.h, wire_assert.h.
 *
 * Left out: Register, Bootstrap and the other types, which serve rendezvous points. Their checksum
 * is not checked, since that of a Register has a rule of its own. The TTL is not checked either:
 * the RFC demands it of senders only. */
#pragma once

#include "pim/wire_assert.h"
#include "pim/wire_hello.h"
#include "pim/wire_join_prune.h"

struct pim_message {
	uint8_t type; /* enum pim_type, or another assigned type, of which nothing is decoded */
	union {
		struct pim_hello hello;
		struct pim_join_prune join_prune;
		struct pim_assert assert;
	};
};

/* Decodes the message in a datagram: version 2, and for the types of enum pim_type the destination
 * ALL-PIM-ROUTERS, the checksum (with pseudo-header over IPv6) and the whole structure. FAULT_TYPE:
 * not PIM, or no assigned type. The result points into the datagram. */
enum fault pim_decode(const struct ip_datagram *ip, struct pim_message *message);
