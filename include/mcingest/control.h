/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Recognises inner packets that are control messages of a link, not data.
 *
 * Hosts and routers send such messages to their neighbors and never through a router, so a receiver
 * takes the sender for a neighbor. A tunnel carries packets of any source on the internet.
 * Therefore no control message of a link goes from a tunnel to a LAN.
 *
 * These are IGMP and PIM, and all of ICMPv6 except errors and echo: MLD, Neighbor Discovery,
 * Multicast Router Discovery. Also EIGRP, OSPF and VRRP: their daemons, and switches that snoop,
 * recognise them by their protocol, whatever group they are sent to. A packet of UDP is data: it
 * reaches only hosts that have joined its group and listen on its port.
 *
 * The programs and the daemon share this file, so that they judge alike. */
#pragma once

#include "mcingest/maps.h"

#ifndef __always_inline
#define __always_inline inline __attribute__((always_inline))
#endif

/* Numbers of protocols and of IPv6 extension headers. */
#define MCI_HOP_BY_HOP          0
#define MCI_IGMP                2
#define MCI_ROUTING             43
#define MCI_FRAGMENT            44
#define MCI_AUTHENTICATION      51
#define MCI_ICMPV6              58
#define MCI_DESTINATION_OPTIONS 60
#define MCI_EIGRP               88
#define MCI_OSPF                89
#define MCI_PIM                 103
#define MCI_VRRP                112

/* Higher types are messages of a link (RFC 4443 section 2.1). */
#define MCI_ICMPV6_ECHO_REPLY 129

#define MCI_EXTENSIONS_MAX  8 /* headers in a chain; RFC 8200 section 4.1 allows seven */
#define MCI_EXTENSION_BYTES 8 /* shortest extension header, and shortest ICMPv6 message */

#define MCI_IS_DATA (-1)

/* Copies a part of the packet. Returns 0, or another number if the packet has no such part. */
typedef long mci_load(void *packet, __u32 offset, void *to, __u32 length);

/* The protocol number decides alone, so this works for later fragments of IPv4, too. */
static __always_inline _Bool mci_is_link_protocol(__u8 protocol)
{
	return protocol == MCI_IGMP || protocol == MCI_EIGRP || protocol == MCI_OSPF ||
	       protocol == MCI_PIM || protocol == MCI_VRRP;
}

static __always_inline _Bool mci_is_extension(__u8 protocol)
{
	return protocol == MCI_HOP_BY_HOP || protocol == MCI_ROUTING || protocol == MCI_FRAGMENT ||
	       protocol == MCI_AUTHENTICATION || protocol == MCI_DESTINATION_OPTIONS;
}

static __always_inline __u32 mci_extension_length(__u8 protocol, const __u8 *header)
{
	if (protocol == MCI_FRAGMENT)
		return MCI_EXTENSION_BYTES;
	if (protocol == MCI_AUTHENTICATION)
		return (header[1] + 2) * 4;
	return (header[1] + 1) * 8;
}

static __always_inline _Bool mci_is_later_fragment(__u8 protocol, const __u8 *header)
{
	return protocol == MCI_FRAGMENT && (header[2] || header[3] & 0xf8);
}

static __always_inline int mci_judge_protocol(__u8 protocol)
{
	return mci_is_link_protocol(protocol) ? MCI_DROP_INNER_CONTROL : MCI_IS_DATA;
}

/* Judges an IPv6 packet by its chain of headers between `at` and `end`; the first header is of kind
 * `next`. Returns MCI_IS_DATA or the reason to drop the packet.
 *
 * A chain that does not end within the packet would hide its protocol, so the packet is dropped
 * (RFC 7112). A later fragment only tells the kind of its first header. That is enough: no receiver
 * can use it without the first fragment, which is judged by all headers. */
static __always_inline int mci_judge_chain(void *packet, mci_load *load, __u32 at, __u32 end,
					   __u8 next)
{
	__u8 header[MCI_EXTENSION_BYTES];

	for (int n = 0; n <= MCI_EXTENSIONS_MAX; n++) {
		if (!mci_is_extension(next) && next != MCI_ICMPV6)
			return mci_judge_protocol(next);
		if (at + sizeof(header) > end || load(packet, at, header, sizeof(header)))
			return MCI_DROP_INNER_HEADER;
		if (next == MCI_ICMPV6)
			return header[0] > MCI_ICMPV6_ECHO_REPLY ? MCI_DROP_INNER_CONTROL
								 : MCI_IS_DATA;
		if (mci_is_later_fragment(next, header))
			return mci_judge_protocol(header[0]);
		at += mci_extension_length(next, header);
		next = header[0];
	}
	return MCI_DROP_INNER_HEADER;
}
