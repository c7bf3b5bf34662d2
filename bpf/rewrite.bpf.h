/* SPDX-License-Identifier: GPL-2.0-only */
/* What changes in a packet between tunnel and LAN, as bytes; the hook puts them into the frame. */
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

/* RFC 1624, equation 3: HC' = ~(~HC + ~m + m'). TTL and protocol are word 4 of an IPv4 header, the
 * checksum is word 5. */
static __always_inline void rewrite_ttl_v4(struct inner *i)
{
	__be16 *words = i->head.words;
	__u32 sum = (__u16)~words[5] + (__u16)~words[4];

	i->head.bytes[8]--;
	sum += words[4];
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	words[5] = ~sum;
}

static __always_inline void rewrite_ttl(struct inner *i)
{
	if (i->ethertype == ETH_P_IP)
		rewrite_ttl_v4(i);
	else
		i->head.bytes[7]--;
}

/* RFC 1112 section 6.4, RFC 2464 section 7. */
static __always_inline void rewrite_ethernet(struct ethhdr *eth, const struct inner *i,
					     const struct mci_egress *egress)
{
	const __u8 *v4 = i->key.v4.group, *v6 = i->key.v6.group;

	if (i->ethertype == ETH_P_IP) {
		const __u8 mac[6] = {0x01, 0x00, 0x5e, v4[1] & 0x7f, v4[2], v4[3]};

		__builtin_memcpy(eth->h_dest, mac, sizeof(mac));
	} else {
		const __u8 mac[6] = {0x33, 0x33, v6[12], v6[13], v6[14], v6[15]};

		__builtin_memcpy(eth->h_dest, mac, sizeof(mac));
	}
	__builtin_memcpy(eth->h_source, egress->mac, sizeof(eth->h_source));
	eth->h_proto = bpf_htons(i->ethertype);
}
