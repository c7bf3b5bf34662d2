/* SPDX-License-Identifier: GPL-2.0-only */
/* From a frame to what the programs decide by: the outer headers down to AMT's type, and the inner
 * (S,G). Reads only; knows no hook. */
#pragma once

#include "vmlinux.h"

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "mcingest/amt_wire.h"
#include "mcingest/maps.h"

#define ETH_HLEN      14
#define ETH_P_IP      0x0800
#define ETH_P_IPV6    0x86dd
#define ETH_P_8021Q   0x8100
#define ETH_P_8021AD  0x88a8
#define VLAN_HLEN     4
#define VLAN_VID_MASK 0x0fff
#define IPPROTO_UDP   17
#define IP_IS_PART    0x3fff /* more fragments follow, or it has an offset */
#define IP_OFFSET     0x1fff
#define IP_DF         0x4000
#define RTP_VERSION   2 /* RFC 3550 section 5.1 */

#define min(a, b) ((a) < (b) ? (a) : (b))
#define max(a, b) ((a) > (b) ? (a) : (b))

/* How much of a frame must be readable: for parse_outer(), and for parse_inner(). */
#define OUTER_HEADERS (ETH_HLEN + sizeof(struct ipv6hdr) + sizeof(struct udphdr) + AMT_DATA_HEADER)
#define ALL_HEADERS   (OUTER_HEADERS + sizeof(struct ipv6hdr))

/* What a step returns: that the next one shall follow, that the packet goes on its way up the stack,
 * or the reason to drop it. */
#define GO_ON (-1)
#define LEAVE (-2)

/* A frame; data to data_end is what of its `length` bytes can be read here. */
struct view {
	void *data, *data_end;
	__u32 length;
};

union address {
	__u8 bytes[16];
	__be32 words[4];
	__u64 halves[2];
};

/* Where a packet comes from, and to. */
struct way {
	union address source, destination;
	__u16 source_port, destination_port;
};

/* Offsets are from the start of the frame. */
struct outer {
	struct way way;
	__u16 ethertype;
	bool has_checksum; /* UDP's */
	__u32 ip_end; /* as the IP header has it, which leaves Ethernet's padding out */
	__u32 udp, udp_end;
};

/* Words of the header are as they stand in it, and loaded as a whole: what is stored in one size and
 * loaded in another stalls a processor. */
struct inner {
	union {
		struct mci_channel4_key v4;
		struct mci_channel6_key v6;
		__u64 words[4];
	} key;
	__u16 ethertype;
	__be16 fragment;     /* IPv4's flags and offset; of IPv6, DF */
	__be16 ttl;          /* the word that it stands in, beside the protocol */
	__be16 checksum;     /* IPv4's */
	__u8 protocol;
	__u32 offset, length; /* length as its own header has it */
	__u32 payload;        /* offset of what follows the IP header */
	bool is_rtp; /* it may be, at least */
	__u16 rtp_sequence;
	__u32 rtp_ssrc;
};

/* Where that word stands. */
static __always_inline __u32 ttl_offset(const struct inner *i)
{
	return i->ethertype == ETH_P_IP ? offsetof(struct iphdr, ttl)
					: offsetof(struct ipv6hdr, nexthdr);
}

/* `size` bytes at `offset`, or NULL. The mask is what the verifier needs to see of a bound. */
static __always_inline const void *view_at(const struct view *v, __u32 offset, __u32 size)
{
	const void *at = v->data + (offset & 0xff);

	return at + size <= v->data_end ? at : NULL;
}

static __always_inline void address_set_v4(union address *address, __be32 v4)
{
	address->halves[0] = 0;
	address->words[2] = bpf_htonl(0xffff);
	address->words[3] = v4;
}

static __always_inline void address_set_v6(union address *address, const struct in6_addr *v6)
{
	__builtin_memcpy(address, v6, sizeof(*address));
}

/* Fragments go up the stack, which puts them together: only the first has ports. So do packets with
 * options, for they are none that a relay would send. */
static __always_inline bool parse_outer_v4(const struct view *v, struct outer *o)
{
	const struct iphdr *ip = view_at(v, ETH_HLEN, sizeof(*ip));

	if (!ip || ip->version != 4 || ip->ihl != 5 || ip->protocol != IPPROTO_UDP ||
	    ip->frag_off & bpf_htons(IP_IS_PART))
		return false;
	address_set_v4(&o->way.source, ip->saddr);
	address_set_v4(&o->way.destination, ip->daddr);
	o->udp = ETH_HLEN + sizeof(*ip);
	o->ip_end = ETH_HLEN + bpf_ntohs(ip->tot_len);
	return true;
}

/* With extension headers, a fragment's among them, it goes up the stack. */
static __always_inline bool parse_outer_v6(const struct view *v, struct outer *o)
{
	const struct ipv6hdr *ip = view_at(v, ETH_HLEN, sizeof(*ip));

	if (!ip || ip->version != 6 || ip->nexthdr != IPPROTO_UDP)
		return false;
	address_set_v6(&o->way.source, &ip->saddr);
	address_set_v6(&o->way.destination, &ip->daddr);
	o->udp = ETH_HLEN + sizeof(*ip);
	o->ip_end = ETH_HLEN + sizeof(*ip) + bpf_ntohs(ip->payload_len);
	return true;
}

static __always_inline bool parse_amt_data(const struct view *v, struct outer *o)
{
	const struct udphdr *udp = view_at(v, o->udp, sizeof(*udp) + 1);

	if (!udp || bpf_ntohs(udp->len) <= sizeof(*udp) ||
	    *(const __u8 *)(udp + 1) != (AMT_VERSION << 4 | AMT_DATA))
		return false;
	o->way.source_port = bpf_ntohs(udp->source);
	o->way.destination_port = bpf_ntohs(udp->dest);
	o->udp_end = o->udp + bpf_ntohs(udp->len);
	o->has_checksum = udp->check;
	return true;
}

/* Whether it may be AMT data. Any source port may: from a wrong one it is to be dropped and
 * counted, if it is to a tunnel of ours. The UDP checksum is not looked at: it may be 0, and where
 * a packet was made on this machine it may not be finished yet. */
static __always_inline bool parse_outer(const struct view *v, __u16 ethertype, struct outer *o)
{
	o->ethertype = ethertype;
	return (ethertype == ETH_P_IP ? parse_outer_v4(v, o) : parse_outer_v6(v, o)) &&
	       parse_amt_data(v, o);
}

/* Multicast is 224.0.0.0/4 and ff00::/8. */

static __always_inline int parse_inner_v4(const struct iphdr *ip, struct inner *i)
{
	const __be16 *words = (const void *)ip;

	i->ethertype = ETH_P_IP;
	i->length = bpf_ntohs(ip->tot_len);
	i->payload = i->offset + ip->ihl * 4;
	if (ip->ihl < 5 || i->length < ip->ihl * 4)
		return MCI_DROP_INNER_HEADER;
	i->fragment = ip->frag_off;
	i->ttl = words[4];
	i->checksum = ip->check;
	i->protocol = ip->protocol;
	i->key.words[0] = *(const __u64 *)&ip->saddr;
	return (ip->daddr & bpf_htonl(0xf0000000)) == bpf_htonl(0xe0000000)
		       ? GO_ON
		       : MCI_DROP_NOT_MULTICAST;
}

static __always_inline int parse_inner_v6(const struct ipv6hdr *ip, struct inner *i)
{
	const __u64 *addresses = (const void *)&ip->saddr;
	const __be16 *words = (const void *)ip;

	i->ethertype = ETH_P_IPV6;
	i->length = sizeof(*ip) + bpf_ntohs(ip->payload_len);
	i->payload = i->offset + sizeof(*ip);
	i->fragment = bpf_htons(IP_DF);
	i->ttl = words[3];
	i->protocol = ip->nexthdr;
	i->key.words[0] = addresses[0];
	i->key.words[1] = addresses[1];
	i->key.words[2] = addresses[2];
	i->key.words[3] = addresses[3];
	return ip->daddr.in6_u.u6_addr8[0] == 0xff ? GO_ON : MCI_DROP_NOT_MULTICAST;
}

static __always_inline int parse_inner_ip(const struct view *v, __u32 room, struct inner *i)
{
	const __u8 *first = view_at(v, i->offset, 1);
	const void *ip;

	if (!first)
		return MCI_DROP_TRUNCATED;
	if (*first >> 4 == 4) {
		ip = view_at(v, i->offset, sizeof(struct iphdr));
		return ip && room >= sizeof(struct iphdr) ? parse_inner_v4(ip, i)
							  : MCI_DROP_TRUNCATED;
	}
	if (*first >> 4 == 6) {
		ip = view_at(v, i->offset, sizeof(struct ipv6hdr));
		return ip && room >= sizeof(struct ipv6hdr) ? parse_inner_v6(ip, i)
							    : MCI_DROP_TRUNCATED;
	}
	return MCI_DROP_INNER_VERSION;
}

/* What follows the inner packet's own length is left out of it, and is no fault. */
static __always_inline int parse_inner(const struct view *v, const struct outer *o, struct inner *i)
{
	__u32 end = min(o->ip_end, v->length);
	int reason;

	i->offset = o->udp + sizeof(struct udphdr) + AMT_DATA_HEADER;
	if (o->udp_end > end || o->udp_end <= i->offset)
		return MCI_DROP_TRUNCATED;
	reason = parse_inner_ip(v, o->udp_end - i->offset, i);
	if (reason == GO_ON && i->length > o->udp_end - i->offset)
		return MCI_DROP_TRUNCATED;
	return reason;
}

/* What may be RTP's sequence number and source. Whether it is, the daemon finds out, and from
 * numbers and counts of packets how many were lost. */
static __always_inline void parse_rtp(const struct view *v, struct inner *i)
{
	const __be32 *words = view_at(v, i->payload + sizeof(struct udphdr), 3 * sizeof(*words));
	bool is_udp = i->protocol == IPPROTO_UDP && !(i->fragment & bpf_htons(IP_OFFSET));

	__u32 first = words && is_udp ? bpf_ntohl(words[0]) : 0;

	i->is_rtp = first >> 30 == RTP_VERSION;
	i->rtp_sequence = first;
	i->rtp_ssrc = words && is_udp ? bpf_ntohl(words[2]) : 0;
}
