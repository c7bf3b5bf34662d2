/* SPDX-License-Identifier: BSD-2-Clause */
/* What comes in and goes out on one interface, seen by libpcap: before any firewall when it comes
 * in, and after it when it goes out. */
#pragma once

#include "base/addr.h"
#include "base/cursor.h"
#include "io/loop.h"

struct capture;

struct capture_packet {
	struct addr source, destination;
	uint8_t protocol;
	uint16_t source_port, destination_port; /* of UDP */
	struct cursor payload;                  /* of UDP, as much of it as was captured */
};

typedef void capture_fn(void *owner, const char *interface, const struct capture_packet *packet);

/* Captures what the filter (pcap-filter(7)) takes. Returns NULL and a reason in `why`, which has
 * `size` bytes, if that cannot be. */
struct capture *capture_open(struct loop *loop, const char *interface, const char *filter,
			     capture_fn *fn, void *owner, char *why, size_t size);
void capture_close(struct capture *capture); /* NULL is allowed */

/* Reads an Ethernet frame, of which only the beginning may be there. Returns false if it is no IP
 * packet. The result points into the frame. */
bool capture_decode(struct cursor frame, struct capture_packet *packet);
