/* SPDX-License-Identifier: BSD-2-Clause */
/* Fragments an IPv4 datagram that is too long for the tunnel, so that the gateway gets complete
 * Data messages with fragments inside (RFC 7450 section 5.3.3.6.2.1). */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define IPV4_HEADER_MAX 60

struct fragment {
	const uint8_t *datagram; /* may be a fragment itself */
	size_t room;             /* bytes for header and payload of each fragment */
	size_t done;             /* bytes of payload in earlier fragments */
	uint8_t header[IPV4_HEADER_MAX];
	size_t header_length;
	const uint8_t *payload;
	size_t payload_length;
};

/* Makes the next fragment; false after the last. */
bool fragment_next(struct fragment *f);
