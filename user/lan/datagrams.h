/* SPDX-License-Identifier: BSD-2-Clause */
/* From the packets that the dataplane has observed on the LANs to whole IP datagrams: fragments are
 * put together (RFC 791, RFC 8200). One for each protocol. */
#pragma once

#include "base/fault.h"
#include "base/ip.h"
#include "base/reassembly.h"

typedef void datagrams_rejected_fn(void *context, enum protocol protocol, enum fault fault,
				   const struct addr *from);

struct datagrams {
	enum protocol protocol;
	datagrams_rejected_fn *rejected;
	void *context;
	struct reassembly reassembly;
};

void datagrams_init(struct datagrams *datagrams, struct timers *timers, enum protocol protocol,
		    datagrams_rejected_fn *rejected, void *context);
void datagrams_free(struct datagrams *datagrams);
/* Decodes the datagram that the packet is, or completes; `ip` is valid until the next call. False
 * if more fragments are awaited, or if the packet was rejected. */
bool datagrams_take(struct datagrams *datagrams, unsigned ifindex, struct cursor packet,
		    struct ip_datagram *ip);
