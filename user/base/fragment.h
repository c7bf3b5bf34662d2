/* SPDX-License-Identifier: BSD-2-Clause */
/* One IP fragment, as it stands on the wire (RFC 791 section 3.2, RFC 8200 section 4.5). */
#pragma once

#include "base/addr.h"
#include "base/cursor.h"

#define FRAGMENT_UNIT 8 /* bytes that offsets count in */

/* What the fragments of one datagram have in common. Two keys are equal if their memory is. */
struct fragment_key {
	struct addr source, destination;
	uint32_t id;
	unsigned ifindex;
	uint8_t protocol; /* IPv4 only */
};

/* Points into the packet that was read. */
struct fragment {
	struct fragment_key key;
	const uint8_t
		*header; /* IP header; IPv6: with the extension headers before the fragment's */
	size_t header_length;
	size_t next_header; /* IPv6: offset in `header` of the byte that names the next header */
	uint8_t protocol;   /* IPv6: next header, as the fragment header names it */
	size_t offset, length;
	const uint8_t *bytes;
	bool more;
};

/* Reads a packet that was seen on interface `ifindex`, from its version nibble on. Returns false if
 * it is no fragment, or cannot be read: ip_decode() tells why. */
bool fragment_read(struct cursor packet, unsigned ifindex, struct fragment *fragment);
/* Whether the fragment is a whole datagram, independent of other fragments (RFC 6946). */
bool fragment_is_atomic(const struct fragment *fragment);
