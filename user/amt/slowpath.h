/* SPDX-License-Identifier: BSD-2-Clause */
/* Multicast Data that the BPF program left to the kernel's stack, and that the daemon reads from a
 * tunnel's socket: outer fragments, outer options, packets merged by GRO, inner packets longer than
 * the MTU of a LAN. They pass the same checks as in the program, in the same order, and are changed
 * in the same way; in addition IPv4 packets are fragmented to the MTU of a LAN (RFC 791
 * section 3.2). Bytes in, bytes out: sockets and channels are not known here. */
#pragma once

#include "base/addr.h"
#include "base/cursor.h"
#include "mcingest/maps.h"

#define SLOWPATH_HEADER_MAX 60

/* What a check returns if the packet has passed; otherwise it returns an enum mci_drop. */
#define SLOWPATH_GO_ON (-1)

/* A packet for the LAN: a copy of its header, and its payload where it was received. */
struct slowpath_packet {
	struct sg sg;
	uint8_t header[SLOWPATH_HEADER_MAX]; /* IPv4 with its options, or the 40 bytes of IPv6 */
	size_t header_length;
	const uint8_t *payload;
	size_t payload_length;
};

/* A check: whether (S,G) is joined through the tunnel that the packet came by. */
typedef int slowpath_match_fn(void *context, const struct sg *sg);

/* Checks what follows the AMT header; bytes behind the inner packet are ignored. If the result is
 * SLOWPATH_GO_ON, `packet` is ready for the LAN, with its TTL decremented. */
int slowpath_check(struct cursor data, slowpath_match_fn *match, void *context,
		   struct slowpath_packet *packet);

size_t slowpath_length(const struct slowpath_packet *packet);

/* The number of fragments that the packet needs for an MTU: 1 if it fits, 0 if it is too long and
 * must not be fragmented. */
unsigned slowpath_pieces(const struct slowpath_packet *packet, size_t mtu);
/* Makes fragment `number` (from 0) of those that slowpath_pieces() has counted. */
void slowpath_piece(const struct slowpath_packet *packet, size_t mtu, unsigned number,
		    struct slowpath_packet *piece);
