/* SPDX-License-Identifier: BSD-2-Clause */
/* Puts IP datagrams together from their fragments (RFC 791 section 3.2, RFC 8200 section 4.5, RFC
 * 5722). The BPF program hands over packets of a LAN before the kernel would reassemble them. */
#pragma once

#include "base/addr.h"
#include "base/cursor.h"
#include "base/fault.h"
#include "base/timers.h"

#define REASSEMBLY_TIME       (30 * USEC_PER_SEC) /* to wait for the fragments of a datagram */
#define REASSEMBLY_MAX        64                  /* incomplete datagrams */
#define REASSEMBLY_SENDER_MAX 8                   /* incomplete datagrams of one sender */
#define REASSEMBLY_BYTES      65535               /* of one datagram */
#define REASSEMBLY_BYTES_ALL  (1024 * 1024)       /* of all incomplete datagrams */

struct reassembly {
	struct timers *timers;
	/* A datagram is given up: fragments were missing too long, or others needed room. */
	void (*lost)(void *context, const struct addr *source);
	void *context;
	struct reassembly_datagram *oldest; /* list of incomplete datagrams, the oldest first */
	unsigned count;                     /* in the list */
	size_t bytes;                       /* allocated for them */
	uint8_t *whole;                     /* the last datagram that was completed */
};

/* Takes a packet that was seen on interface `ifindex`, from its version nibble on. `*whole` is
 * the packet itself if it is no fragment; the whole datagram, until the next call, if the packet
 * completes it; otherwise empty. Returns FAULT_FRAGMENTS if fragments contradict or overlap each
 * other: then all fragments of the datagram are dropped. FAULT_OVERSIZED if the datagram is longer
 * than REASSEMBLY_BYTES. */
enum fault reassembly_take(struct reassembly *reassembly, unsigned ifindex, struct cursor packet,
			   struct cursor *whole);
/* Forgets all datagrams, without a call of `lost`. */
void reassembly_free(struct reassembly *reassembly);
