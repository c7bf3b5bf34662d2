/* SPDX-License-Identifier: GPL-2.0-only */
/* What changes in a packet between tunnel and LAN, once the hook has taken the tunnel away. */
#pragma once

#include "parse.bpf.h"

/* Bytes of an inner packet that TC's way of stripping takes away for a moment and gives back. */
#define OVERLAP 8

/* Shorter packets leave with zeros behind them (which they have on the wire anyway), for the kernel
 * would not let TC take OVERLAP bytes away from them. */
static __always_inline __u32 rewrite_least(const struct inner *i)
{
	return OVERLAP +
	       (i->ethertype == ETH_P_IP ? sizeof(struct iphdr) : sizeof(struct ipv6hdr));
}

/* One TTL or hop less, in the words as they stand in the header. RFC 1624, equation 3, of the
 * checksum: HC' = ~(~HC + ~m + m'). */
static __always_inline void rewrite_ttl(struct inner *i)
{
	__be16 one = i->ethertype == ETH_P_IP ? bpf_htons(0x0100) : bpf_htons(0x0001);
	__u32 sum = (__u16)~i->checksum + (__u16)~i->ttl;

	i->ttl -= one;
	sum += i->ttl;
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	i->checksum = ~sum;
}

/* RFC 1112 section 6.4, RFC 2464 section 7. `eth` as 16-bit words. */
static __always_inline void rewrite_ethernet(__be16 eth[7], const struct inner *i,
					     const struct mci_lan *lan)
{
	const __be16 *source = (const void *)lan->mac;
	const __be16 *v4 = (const void *)i->key.v4.group, *v6 = (const void *)i->key.v6.group;

	if (i->ethertype == ETH_P_IP) {
		eth[0] = bpf_htons(0x0100);
		eth[1] = bpf_htons(0x5e00) | (v4[0] & bpf_htons(0x007f));
		eth[2] = v4[1];
	} else {
		eth[0] = bpf_htons(0x3333);
		eth[1] = v6[6];
		eth[2] = v6[7];
	}
	eth[3] = source[0];
	eth[4] = source[1];
	eth[5] = source[2];
	eth[6] = bpf_htons(i->ethertype);
}

/* Writes Ethernet and the changed words of the inner packet behind it. */
static __always_inline bool rewrite_frame(__be16 *eth, const void *end, const struct inner *i,
					  const struct mci_lan *lan)
{
	__be16 *ip = eth + ETH_HLEN / 2;

	if ((void *)(ip + sizeof(struct iphdr) / 2) > end)
		return false;
	rewrite_ethernet(eth, i, lan);
	ip[ttl_offset(i) / 2] = i->ttl;
	if (i->ethertype == ETH_P_IP)
		ip[offsetof(struct iphdr, check) / 2] = i->checksum;
	return true;
}
