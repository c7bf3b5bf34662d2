/* SPDX-License-Identifier: BSD-2-Clause */
/* The same packets as they come off the wire. The kernel drops what has a wrong checksum before any
 * UDP socket sees it, and cuts off trailing bytes in silence: both show only here. */
#pragma once

#include "../address.h"

struct wire {
	int fd;
	struct address group, source;
	uint16_t port;
	uint64_t packets, bad_checksums, trailing;
};

void wire_open(struct wire *w, unsigned interface);

/* Reads all that waits. */
void wire_drain(struct wire *w);
