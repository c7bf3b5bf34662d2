/* SPDX-License-Identifier: BSD-2-Clause */
/* Cuts an IPv4 datagram that exceeds the tunnel, so that the gateway gets whole Data messages with
 * fragments inside (RFC 7450 section 5.3.3.6.2.1). */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define IPV4_HEADER_MAX 60

struct fragment {
	const uint8_t *datagram; /* may be a fragment itself */
	size_t room;             /* for header and payload of each */
	size_t done;             /* bytes of payload that earlier ones took */
	uint8_t header[IPV4_HEADER_MAX];
	size_t header_length;
	const uint8_t *payload;
	size_t payload_length;
};

/* Makes the next one; false when there is none. */
bool fragment_next(struct fragment *f);
