/* SPDX-License-Identifier: BSD-2-Clause */
/* From the data of a tunnel to the UDP payload. The relay may send inner fragments. */
#pragma once

#include "base/reassembly.h"

struct payload {
	struct sg sg;
	uint8_t ttl;            /* or hop limit */
	uint16_t port;          /* destination; host order */
	size_t length;          /* of the IP datagram */
	struct cursor datagram; /* the IP datagram, put together */
	struct cursor bytes;    /* the UDP payload */
};

enum payload_kind {
	PAYLOAD_UDP,
	PAYLOAD_FRAGMENT, /* others are missing */
	PAYLOAD_OTHER,    /* another protocol than UDP */
	PAYLOAD_BROKEN
};

/* Reads an IP packet, from its version nibble on. All but PAYLOAD_UDP leave `payload` as it is. The
 * result is valid until the next call. */
enum payload_kind payload_read(struct reassembly *reassembly, struct cursor packet,
			       struct payload *payload);
