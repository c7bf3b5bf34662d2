/* SPDX-License-Identifier: GPL-2.0-only */
/* Counts, by cause, the packets to our tunnels that are left to the stack, from which the daemon
 * forwards them: the slow path. Only packets that the program does not handle come here, and
 * packets of others leave at the first header that shows it. */
#pragma once

#include "match.bpf.h"

#define IP_MORE_FRAGMENTS 0x2000

#define IPV6_HEADERS_MAX 4 /* extension headers that are skipped in search of UDP */
#define IPV6_FRAGMENT    44
#define IPV6_OFFSET      0xfff8

/* The headers before UDP. */
struct slow_outer {
	struct way way;
	__u32 udp;
	enum mci_slow cause; /* MCI_SLOW_COUNT if the headers show no cause */
};

static __always_inline void count_slow(enum mci_slow cause, __u32 packets)
{
	__u32 index = cause;
	__u64 *count = bpf_map_lookup_elem(&slow, &index);

	if (count)
		*count += packets;
}

/* Returns false if the packet is not UDP, or a later fragment: only the first fragment is counted.
 */
static __always_inline bool slow_parse_v4(const struct __sk_buff *skb, struct slow_outer *o)
{
	struct iphdr ip;

	if (bpf_skb_load_bytes(skb, ETH_HLEN, &ip, sizeof(ip)) || ip.protocol != IPPROTO_UDP ||
	    ip.frag_off & bpf_htons(IP_OFFSET))
		return false;
	if (ip.frag_off & bpf_htons(IP_MORE_FRAGMENTS))
		o->cause = MCI_SLOW_FRAGMENTS;
	else if (ip.ihl > sizeof(ip) / 4)
		o->cause = MCI_SLOW_OPTIONS;
	address_set_v4(&o->way.source, ip.saddr);
	address_set_v4(&o->way.destination, ip.daddr);
	o->udp = ETH_HLEN + ip.ihl * 4;
	return true;
}

/* Skips one header of the chain. Returns false if UDP cannot follow it. */
static __always_inline bool slow_step(const struct __sk_buff *skb, struct slow_outer *o, __u8 *next)
{
	__u8 header[4];

	if (bpf_skb_load_bytes(skb, o->udp, header, sizeof(header)))
		return false;
	if (*next != IPV6_FRAGMENT) {
		o->cause = MCI_SLOW_OPTIONS;
		o->udp += header[1] * 8;
	} else if ((header[2] << 8 | header[3]) & IPV6_OFFSET) {
		return false;
	} else {
		o->cause = MCI_SLOW_FRAGMENTS;
	}
	o->udp += 8;
	*next = header[0];
	return true;
}

/* Hop-by-hop options, destination options and a routing header have the same form. */
static __always_inline bool slow_is_header(__u8 next)
{
	return next == 0 || next == 60 || next == 43 || next == IPV6_FRAGMENT;
}

static __always_inline bool slow_parse_v6(const struct __sk_buff *skb, struct slow_outer *o)
{
	struct ipv6hdr ip;

	if (bpf_skb_load_bytes(skb, ETH_HLEN, &ip, sizeof(ip)))
		return false;
	address_set_v6(&o->way.source, &ip.saddr);
	address_set_v6(&o->way.destination, &ip.daddr);
	o->udp = ETH_HLEN + sizeof(ip);
	for (int n = 0; n < IPV6_HEADERS_MAX && slow_is_header(ip.nexthdr); n++)
		if (!slow_step(skb, o, &ip.nexthdr))
			return false;
	return ip.nexthdr == IPPROTO_UDP;
}

static __always_inline bool slow_parse(const struct __sk_buff *skb, struct slow_outer *o)
{
	if (skb->protocol == bpf_htons(ETH_P_IP))
		return slow_parse_v4(skb, o);
	return skb->protocol == bpf_htons(ETH_P_IPV6) && slow_parse_v6(skb, o);
}

/* Whether the packet is data for a tunnel of ours, from its relay. */
static __always_inline bool slow_is_ours(const struct __sk_buff *skb, struct slow_outer *o)
{
	const struct mci_tunnel *tunnel;
	struct {
		__be16 source, destination, length, checksum;
		__u8 amt[2];
	} udp;

	if (bpf_skb_load_bytes(skb, o->udp, &udp, sizeof(udp)) ||
	    udp.amt[0] != (AMT_VERSION << 4 | AMT_DATA))
		return false;
	o->way.source_port = bpf_ntohs(udp.source);
	o->way.destination_port = bpf_ntohs(udp.destination);
	tunnel = find_tunnel(&o->way);
	return tunnel && is_of_relay(&o->way, tunnel);
}

/* Counts a packet that parse_outer() does not accept, or that GRO has merged. Returns true if it
 * is ours. */
static __noinline bool slow_note(const struct __sk_buff *skb)
{
	struct slow_outer o = {.cause = MCI_SLOW_COUNT};

	if (!slow_parse(skb, &o))
		return false;
	if (skb->gso_size)
		o.cause = MCI_SLOW_AGGREGATES;
	if (o.cause == MCI_SLOW_COUNT || !slow_is_ours(skb, &o))
		return false;
	count_slow(o.cause, max(skb->gso_segs, 1));
	return true;
}
