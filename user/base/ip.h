/* SPDX-License-Identifier: BSD-2-Clause */
/* IP datagrams of both families: what stands around a PIM, IGMP or MLD message, on the LAN and
 * inside AMT. */
#pragma once

#include "base/addr.h"
#include "base/cursor.h"
#include "base/fault.h"

struct ip_datagram {
	struct addr source, destination;
	uint8_t protocol; /* of the payload, behind IPv6 hop-by-hop options */
	uint8_t ttl;      /* or hop limit */
	bool router_alert;
	struct cursor payload; /* trimmed to the header's own length */
};

/* Decodes from the version nibble on: header lengths, IPv4 header checksum, no fragments. Bytes
 * after the datagram's own length are left alone. IPv6: a hop-by-hop header is walked, any other
 * extension header is the payload's protocol. */
enum fault ip_decode(struct cursor bytes, struct ip_datagram *ip);

/* Writes the header of a datagram that carries IGMP or MLD with Router Alert (IHL 6, TOS 0xc0, TTL
 * 1; or hop-by-hop, hop limit 1), RFC 3376 section 4, RFC 3810 section 5. The caller writes
 * `payload_length` bytes after it. */
void ip_write_alert_header(struct writer *w, const struct addr *source,
			   const struct addr *destination, uint8_t protocol,
			   uint16_t payload_length);

/* The checksum of a message that has one of its own: over the message in IPv4 (PIM, IGMP), and over
 * the pseudo-header as well in IPv6. 0 where the message holds a right one. */
uint16_t ip_message_checksum(const struct addr *source, const struct addr *destination,
			     uint8_t protocol, const void *bytes, size_t length);
