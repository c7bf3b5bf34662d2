/* SPDX-License-Identifier: BSD-2-Clause */
/* Multicast Data that the program left to the kernel's stack, and that came out of a tunnel's
 * socket: outer fragments, outer options, what GRO glued together, inner packets longer than the
 * LAN takes. The same checks as the program's, in the same order, and the same changes; beyond them
 * the cutting of IPv4 packets to a LAN's MTU (RFC 791 section 3.2). Bytes in, bytes out: neither
 * sockets nor channels are known here. */
#pragma once

#include "base/addr.h"
#include "base/cursor.h"
#include "mcingest/maps.h"

#define SLOWPATH_HEADER_MAX 60

/* What a check returns: that the next one shall follow, or an enum mci_drop. */
#define SLOWPATH_GO_ON (-1)

/* A packet for the LAN: a header of its own, and a payload that stays where it was received. */
struct slowpath_packet {
	struct sg sg;
	uint8_t header[SLOWPATH_HEADER_MAX]; /* of IPv4 with its options, or IPv6's 40 bytes */
	size_t header_length;
	const uint8_t *payload;
	size_t payload_length;
};

/* Whether (S,G) is joined through the tunnel that a packet came by, and where: a check. */
typedef int slowpath_match_fn(void *context, const struct sg *sg);

/* Takes what follows the AMT header, bytes after the inner packet included. A check; where it says
 * to go on, `packet` is ready for the LAN, its TTL one less. */
int slowpath_check(struct cursor data, slowpath_match_fn *match, void *context,
		   struct slowpath_packet *packet);

size_t slowpath_length(const struct slowpath_packet *packet);

/* How many packets it takes to pass an MTU: 0 where it is too long and must not be cut. */
unsigned slowpath_pieces(const struct slowpath_packet *packet, size_t mtu);
/* Makes piece `number`, from 0, of those that slowpath_pieces() counted. */
void slowpath_piece(const struct slowpath_packet *packet, size_t mtu, unsigned number,
		    struct slowpath_packet *piece);
