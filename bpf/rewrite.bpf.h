/* SPDX-License-Identifier: GPL-2.0-only */
/* Changes in a packet between tunnel and LAN, once the hook has removed the tunnel's headers. */
#pragma once

#include "parse.bpf.h"

/* Bytes of the inner packet that TC removes for a moment when it strips. */
#define OVERLAP 8

/* The shortest inner packet from which the kernel lets TC remove OVERLAP bytes. A shorter packet
 * leaves with zeros behind it, which Ethernet would add anyway. */
static __always_inline __u32 rewrite_length_min(const struct inner *i)
{
	return OVERLAP + (i->ethertype == ETH_P_IP ? sizeof(struct iphdr) : sizeof(struct ipv6hdr));
}

/* Decrements the TTL or hop limit, in the words as they stand in the header. The checksum follows
 * equation 3 of RFC 1624: HC' = ~(~HC + ~m + m'). */
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

/* Writes the Ethernet header, as 16-bit words (RFC 1112 section 6.4, RFC 2464 section 7). */
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

/* Writes the Ethernet header and the changed words of the inner packet behind it. Returns false if
 * the frame is too short. */
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
