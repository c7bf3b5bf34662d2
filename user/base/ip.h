/* SPDX-License-Identifier: BSD-2-Clause */
/* IP datagrams of both families, which carry PIM, IGMP and MLD messages on a LAN and inside AMT. */
#pragma once

#include "base/addr.h"
#include "base/cursor.h"
#include "base/fault.h"

struct ip_datagram {
	struct addr source, destination;
	uint8_t protocol; /* of the payload; IPv6: behind a hop-by-hop header */
	uint8_t ttl;      /* or hop limit */
	bool router_alert;
	struct cursor payload; /* without bytes beyond the length in the header */
};

/* Decodes a datagram from its version nibble on. Checks header lengths and the IPv4 header
 * checksum; fragments are FAULT_TRUNCATED. Bytes behind the datagram are ignored. In IPv6 a
 * hop-by-hop header is walked; any other extension header is the protocol of the payload. The
 * result points into `bytes`. */
enum fault ip_decode(struct cursor bytes, struct ip_datagram *ip);

/* Writes the header of a datagram with Router Alert that carries IGMP (TOS 0xc0, TTL 1; RFC 3376
 * section 4) or MLD (hop-by-hop header, hop limit 1; RFC 3810 section 5). The caller writes
 * `payload_length` bytes behind it. */
void ip_write_alert_header(struct writer *w, const struct addr *source,
			   const struct addr *destination, uint8_t protocol,
			   uint16_t payload_length);

/* The checksum of a PIM, IGMP or MLD message: over the message alone in IPv4, with the
 * pseudo-header in IPv6. Returns 0 if the message holds a correct checksum. */
uint16_t ip_message_checksum(const struct addr *source, const struct addr *destination,
			     uint8_t protocol, const void *bytes, size_t length);
