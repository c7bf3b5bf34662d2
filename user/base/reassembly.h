/* SPDX-License-Identifier: BSD-2-Clause */
/* IP datagrams of their fragments (RFC 791 section 3.2, RFC 8200 section 4.5, RFC 5722), for what
 * is seen of a LAN before the kernel's own reassembly. */
#pragma once

#include "base/addr.h"
#include "base/cursor.h"
#include "base/fault.h"
#include "base/timers.h"

#define REASSEMBLY_TIME       (30 * USEC_PER_SEC)
#define REASSEMBLY_MAX        64    /* datagrams under way */
#define REASSEMBLY_SENDER_MAX 8     /* of them, those of one sender */
#define REASSEMBLY_BYTES      65535 /* of a datagram */
#define REASSEMBLY_BYTES_ALL  (1024 * 1024)

struct reassembly {
	struct timers *timers;
	/* A datagram is given up: fragments were missing for too long, or others took the room. */
	void (*lost)(void *context, const struct addr *source);
	void *context;
	struct reassembly_datagram *oldest; /* a list, the youngest last */
	unsigned count;
	size_t bytes; /* of all of them */
	uint8_t *whole;
};

/* Takes a packet from its version nibble on, seen on interface `ifindex`. `*datagram` is the packet
 * itself where it is no fragment; the whole datagram where this was its last fragment, good until
 * the next call; and empty where others are awaited. FAULT_FRAGMENTS where fragments contradict or
 * overlap each other: all of that datagram is passed over. */
enum fault reassembly_take(struct reassembly *reassembly, unsigned ifindex, struct cursor packet,
			   struct cursor *datagram);
/* Forgets all, and says nothing. */
void reassembly_free(struct reassembly *reassembly);
