/* SPDX-License-Identifier: GPL-2.0-only */
/* Parses a frame: the outer headers up to the type of AMT, then the inner packet. Only reads, and
 * works for both hooks. */
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
#define IP_IS_PART    0x3fff /* More Fragments, or an offset */
#define IP_OFFSET     0x1fff
#define IP_DF         0x4000
#define RTP_VERSION   2 /* RFC 3550 section 5.1 */

#define min(a, b) ((a) < (b) ? (a) : (b))
#define max(a, b) ((a) > (b) ? (a) : (b))

/* How many bytes of a frame must be readable, for parse_outer() and for parse_inner(). */
#define OUTER_HEADERS (ETH_HLEN + sizeof(struct ipv6hdr) + sizeof(struct udphdr) + AMT_DATA_HEADER)
#define ALL_HEADERS   (OUTER_HEADERS + sizeof(struct ipv6hdr))

/* A step returns GO_ON (the next step follows), LEAVE (the packet is left to the stack), or the
 * reason to drop the packet (enum mci_drop). */
#define GO_ON (-1)
#define LEAVE (-2)

/* A frame of `length` bytes, of which those from `data` to `data_end` can be read here. */
struct view {
	void *data, *data_end;
	__u32 length;
};

union address {
	__u8 bytes[16];
	__be32 words[4];
	__u64 halves[2];
};

/* The outer source and destination of a packet. Ports are in host order. */
struct way {
	union address source, destination;
	__u16 source_port, destination_port;
};

/* Offsets are from the start of the frame. */
struct outer {
	struct way way;
	__u16 ethertype;
	bool has_checksum; /* of UDP */
	__u32 ip_end;      /* as the IP header says, so without Ethernet's padding */
	__u32 udp, udp_end;
};

/* The words of the header are loaded as a whole and kept unchanged: a value that is stored in one
 * size and loaded in another stalls the processor. Offsets are from the start of the frame. */
struct inner {
	union {
		struct mci_channel4_key v4;
		struct mci_channel6_key v6;
		__u64 words[4];
	} key;
	__u16 ethertype;
	__be16 fragment; /* flags and offset of IPv4; Don't Fragment for IPv6 */
	__be16 ttl;      /* the word with the TTL or hop limit, and the protocol */
	__be16 checksum; /* of IPv4 */
	__u8 protocol;
	__u32 offset, length; /* length as the inner header says */
	__u32 payload;        /* offset of the first byte behind the IP header */
	__u32 rtp;            /* MCI_RTP_IS and the sequence number; 0 if it is not RTP */
	__u32 rtp_ssrc;
};

/* The offset of the word `ttl` in its header. */
static __always_inline __u32 ttl_offset(const struct inner *i)
{
	return i->ethertype == ETH_P_IP ? offsetof(struct iphdr, ttl)
					: offsetof(struct ipv6hdr, nexthdr);
}

/* Returns `size` bytes at `offset`, or NULL. The mask shows the verifier a bound. */
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

/* Fragments are left to the stack, which reassembles them. Packets with options are left to it,
 * too: no relay sends such packets. */
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

/* A packet with extension headers, such as a fragment, is left to the stack. */
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

/* Whether the packet may be AMT data. Any source port is accepted here: a packet to a tunnel of
 * ours from a wrong port must be dropped and counted. The UDP checksum is not verified: it may be 0
 * (RFC 7450 section 4.2.2.3), and a packet of this machine may still lack it. */
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

/* Bytes behind the inner packet are ignored. */
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

/* Reads what may be the sequence number and the SSRC of RTP. The daemon finds out whether it is
 * RTP, and how many packets were lost. */
static __always_inline void parse_rtp(const struct view *v, struct inner *i)
{
	const __be32 *words = view_at(v, i->payload + sizeof(struct udphdr), 3 * sizeof(*words));
	bool is_udp = i->protocol == IPPROTO_UDP && !(i->fragment & bpf_htons(IP_OFFSET));

	__u32 first = words && is_udp ? bpf_ntohl(words[0]) : 0;

	i->rtp = first >> 30 == RTP_VERSION ? MCI_RTP_IS | (__u16)first : 0;
	i->rtp_ssrc = words && is_udp ? bpf_ntohl(words[2]) : 0;
}
