/* SPDX-License-Identifier: GPL-2.0-only */
/* The way of nearly all packets: plain headers, lengths that agree with each other, a channel that
 * the forwarding tables know, and a route that the packet fits in all. Addresses and ports are
 * compared as they stand in the packet, and headers are stored as the route has them ready. What
 * does not fit is no reason to drop a packet: the caller goes on by the steps that find one. */
#pragma once

#include "clock.bpf.h"
#include "count.bpf.h"
#include "fast.bpf.h"
#include "parse.bpf.h"
#include "rate.bpf.h"

#define EXPRESS_NO  (-1) /* beside verdicts */
#define UDP_AND_RTP (sizeof(struct udphdr) + 12)
#define AMT_HEADERS (sizeof(struct udphdr) + AMT_DATA_HEADER)

/* What is left to do once all has been compared. */
struct express {
	struct fast fast;
	__u64 now;
	__u64 frame_head;
	__u32 frame_tail, out;
	__u32 length; /* of the inner packet */
	__u32 rtp;    /* MCI_RTP_IS and the sequence number, or 0 */
	__u32 ssrc;
	__be32 group;         /* its last four bytes */
	__be16 ttl, checksum; /* the new words; `ttl` has the protocol, too */
	__u8 lan, kind;
	bool has_checksum; /* of outer UDP */
};

/* What was read of the packet is read anew by the steps that follow. So all that has failed here is
 * the same to the verifier, which checks these steps once. */
#define express_forget(context) barrier_var(context)

static __always_inline __u32 express_header(__u32 version)
{
	return version == 4 ? sizeof(struct iphdr) : sizeof(struct ipv6hdr);
}

/* Bytes from the Ethernet header to the inner packet. */
static __always_inline __u32 express_surplus(__u32 outer)
{
	return express_header(outer) + AMT_HEADERS;
}

/* Length of a plain IP packet with UDP in it; 0 for any other. */
static __always_inline __u32 express_length(const void *header, __u32 version)
{
	const struct ipv6hdr *v6 = header;
	const struct iphdr *v4 = header;

	if (version == 6)
		return *(const __u8 *)header >> 4 == 6 && v6->nexthdr == IPPROTO_UDP
			       ? sizeof(*v6) + bpf_ntohs(v6->payload_len)
			       : 0;
	return *(const __u8 *)header == 0x45 && v4->protocol == IPPROTO_UDP &&
			       !(v4->frag_off & bpf_htons(IP_IS_PART))
		       ? bpf_ntohs(v4->tot_len)
		       : 0;
}

/* The new TTL, and the new checksum (equation 3 of RFC 1624, of constants where they are known). */
static __always_inline bool express_ttl(const void *header, __u32 version, struct express *e)
{
	const __be16 *words = header;
	__u32 sum;

	if (version == 6) {
		e->ttl = words[3] - bpf_htons(1);
		return ((const struct ipv6hdr *)header)->hop_limit > 1;
	}
	e->ttl = words[4] - bpf_htons(0x0100);
	sum = (__u16)~words[5] + (0xffff - bpf_htons(0x0100));
	e->checksum = ~((sum & 0xffff) + (sum >> 16));
	return ((const struct iphdr *)header)->ttl > 1;
}

static __always_inline void express_rtp(const __be32 *words, struct express *e)
{
	__u32 first = bpf_ntohl(words[0]);

	e->rtp = first >> 30 == RTP_VERSION ? MCI_RTP_IS | (__u16)first : 0;
	e->ssrc = bpf_ntohl(words[2]);
}

/* Whether outer addresses and ports are those of the route. `ip` is followed by UDP. */
static __always_inline bool express_came_its_way(const void *ip, __u32 outer,
						 const volatile struct mci_route *route)
{
	const __u64 *addresses =
		ip + (outer == 4 ? offsetof(struct iphdr, saddr) : offsetof(struct ipv6hdr, saddr));

	if (addresses[0] != route->addresses[0] ||
	    *(const __u32 *)(ip + express_header(outer)) != route->ports)
		return false;
	return outer == 4 ||
	       (addresses[1] == route->addresses[1] && addresses[2] == route->addresses[2] &&
		addresses[3] == route->addresses[3]);
}

static __always_inline bool express_fits(const void *ip, __u32 outer, struct express *e)
{
	const volatile struct mci_route *route = e->fast.route;

	e->kind = route->kind;
	e->lan = route->lan;
	e->out = route->out;
	e->frame_head = route->frame_head;
	e->frame_tail = route->frame_tail;
	return e->kind >> 4 == outer && express_came_its_way(ip, outer, route) &&
	       e->length <= route->mtu && e->now <= route->deadline_ns && fast_still_is(&e->fast);
}

/* Compares a frame of `length` bytes, which must be readable as far as RTP goes. */
static __always_inline bool express_read(const void *data, const void *data_end, __u32 length,
					 __u32 outer, __u32 inner, struct express *e)
{
	const void *ip = data + ETH_HLEN, *packet = ip + express_surplus(outer);
	const void *payload = packet + express_header(inner);
	const struct udphdr *udp = ip + express_header(outer);
	const __u64 *key = packet + (inner == 4 ? offsetof(struct iphdr, saddr)
						: offsetof(struct ipv6hdr, saddr));

	if (payload + UDP_AND_RTP > data_end)
		return false;
	e->length = express_length(packet, inner);
	if (ETH_HLEN + express_length(ip, outer) != length ||
	    ETH_HLEN + express_header(outer) + bpf_ntohs(udp->len) != length ||
	    ETH_HLEN + express_surplus(outer) + e->length != length ||
	    *(const __u8 *)(udp + 1) != (AMT_VERSION << 4 | AMT_DATA))
		return false;
	e->now = now_ns();
	if (!express_ttl(packet, inner, e) || !fast_find(inner, key, &e->fast) ||
	    !express_fits(ip, outer, e))
		return false;
	e->has_checksum = udp->check;
	e->group = *(const __be32 *)(payload - sizeof(__be32));
	express_rtp(payload + sizeof(struct udphdr), e);
	return true;
}

/* Writes the Ethernet header, and what changes in the inner packet behind it. Returns false if the
 * frame is too short. */
static __always_inline bool express_write(void *data, const void *data_end, __u32 inner,
					  const struct express *e)
{
	const __u8 *group = (const void *)&e->group;
	__be16 *ip = data + ETH_HLEN;

	if (data + ETH_HLEN + sizeof(struct iphdr) > data_end)
		return false;
	*(__u64 *)data = e->frame_head;
	*(__u32 *)(data + 8) = e->frame_tail;
	*(__be16 *)(data + 12) = inner == 4 ? bpf_htons(ETH_P_IP) : bpf_htons(ETH_P_IPV6);
	if (inner == 4) {
		*(__u8 *)(data + 3) = group[1] & 0x7f;
		*(__be16 *)(data + 4) = ((const __be16 *)group)[1];
		ip[offsetof(struct iphdr, ttl) / 2] = e->ttl;
		ip[offsetof(struct iphdr, check) / 2] = e->checksum;
	} else {
		*(__be32 *)(data + 2) = e->group;
		ip[offsetof(struct ipv6hdr, nexthdr) / 2] = e->ttl;
	}
	return true;
}

static __always_inline void express_count(const struct express *e)
{
	count_forwarded(MCI_FAST_SLOT(e->fast.state), e->length, e->rtp, e->ssrc, e->now);
}

/* Whether the packet is above its channel's rate, and so dropped and counted. */
static __always_inline bool express_is_over(const struct express *e)
{
	__u32 slot = MCI_FAST_SLOT(e->fast.state);

	if (!rate_is_over(slot, e->length, e->now))
		return false;
	count_drop(MCI_DROP_OVER_RATE);
	note_drop(slot, MCI_DROP_OVER_RATE, e->length);
	return true;
}

/* The kernel did not strip the packet, of which the daemon hears as of others. */
static __noinline int express_unsent(__u32 slot, __u32 length)
{
	count_account(MCI_ACCOUNT_UNSENT, 1);
	count_drop(MCI_DROP_REWRITE);
	return note_drop(slot, MCI_DROP_REWRITE, length);
}
