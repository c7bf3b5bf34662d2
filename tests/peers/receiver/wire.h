/* SPDX-License-Identifier: BSD-2-Clause */
/* The same packets as they come off the wire. Before a UDP socket sees a packet, the kernel drops
 * it if its checksum is wrong, and silently cuts off trailing bytes: only here both are noticed. */
#pragma once

#include "../address.h"

struct wire {
	int fd;
	struct address group, source;
	uint16_t port;
	uint64_t packets, bad_checksums, trailing;
};

void wire_open(struct wire *w, unsigned interface);

/* Reads all packets that wait. */
void wire_drain(struct wire *w);
