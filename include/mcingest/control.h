/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Inner packets that are no data but control messages of a link. Hosts and routers send them to
 * their neighbors and never through a router, so that who hears one takes the sender for a
 * neighbor. A tunnel carries what any source on the internet has sent: none of them goes to the
 * LAN.
 *
 * IGMP and PIM, and of ICMPv6 all that is neither an error nor an echo: MLD, Neighbor Discovery,
 * Multicast Router Discovery. EIGRP, OSPF and VRRP for the same reason: their daemons and snooping
 * switches take them by protocol, to whatever group they come. What goes over UDP is data: it
 * reaches only who has joined its group and listens on its port.
 *
 * The programs and the daemon share this, so that they judge alike. */
#pragma once

#include "mcingest/maps.h"

#ifndef __always_inline
#define __always_inline inline __attribute__((always_inline))
#endif

/* Protocols, and IPv6's extension headers, which are numbered with them. */
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

#define MCI_ICMPV6_ECHO_REPLY 129 /* the last type before those of a link (RFC 4443 section 2.1)   \
				   */

#define MCI_EXTENSIONS_MAX  8 /* in a row; RFC 8200 section 4.1 has seven at most */
#define MCI_EXTENSION_BYTES 8 /* the least of each, and of an ICMPv6 message */

#define MCI_IS_DATA (-1)

/* Reads a part of the packet; 0, or another number where there is no such part. */
typedef long mci_load(void *packet, __u32 offset, void *to, __u32 length);

/* Whatever follows: a later fragment of IPv4 says it, too. */
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

/* Of IPv6: walks the headers from `at`, of which the first is of kind `next`, to `end`.
 * MCI_IS_DATA, or the reason to drop it. A chain that does not end in the packet would hide what is
 * behind it, and is refused (RFC 7112). A later fragment says only what its first header is;
 * without the first fragment, which is judged by all of them, it is of no use to anybody. */
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
