// SPDX-License-Identifier: GPL-2.0-only
/* TC ingress of a LAN. Copies every PIM packet to the daemon, and every IGMP and MLD packet if the
 * daemon asked for them; counts the joins of hosts if it did not. Tells the daemon of routers that
 * forward our channels to the LAN, too. Lets every packet pass. */
#include "parse.bpf.h"
#include "rival.bpf.h"
#include "share.bpf.h"
#include "skb.bpf.h"
#include "unasked.bpf.h"

#define IPPROTO_HOPOPTS  0
#define IPPROTO_IGMP     2
#define IPPROTO_ROUTING  43
#define IPPROTO_FRAGMENT 44
#define IPPROTO_ICMPV6   58
#define IPPROTO_DSTOPTS  60
#define IPPROTO_PIM      103

#define MLD_QUERY  130
#define MLD_DONE   132
#define MLD_REPORT 143

#define EXTENSIONS_MAX 4 /* extension headers that are skipped in search of the protocol */

#define NOTHING (-1)

/* Sizes of records for packets of up to so many bytes. */
#define SHORT 256
#define FRAME 1500
#define JUMBO 9216

/* The interfaces whose IGMP and MLD the daemon asked for. Pinned, because hosts leave while a
 * daemon restarts, too. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, MCI_LANS_MAX);
	__uint(pinning, LIBBPF_PIN_BY_NAME);
	__type(key, __u32);
	__type(value, __u8);
} asked SEC(".maps");

/* The kind of record for this packet, or NOTHING. */
static __always_inline int kind_v4(const struct __sk_buff *skb)
{
	__u8 protocol;

	if (bpf_skb_load_bytes(skb, ETH_HLEN + offsetof(struct iphdr, protocol), &protocol, 1))
		return NOTHING;
	if (protocol == IPPROTO_IGMP)
		return MCI_OBSERVED_MEMBERSHIP;
	return protocol == IPPROTO_PIM ? MCI_OBSERVED_PIM : NOTHING;
}

static __always_inline bool is_walked(__u8 header)
{
	return header == IPPROTO_HOPOPTS || header == IPPROTO_ROUTING || header == IPPROTO_DSTOPTS;
}

/* A later fragment tells its protocol only in the fragment header. An MLD message is sent to a
 * group. */
static __always_inline int kind_fragment_v6(const struct __sk_buff *skb, __u8 header)
{
	if (header == IPPROTO_ICMPV6 && skb->pkt_type == PACKET_MULTICAST)
		return MCI_OBSERVED_MEMBERSHIP;
	return header == IPPROTO_PIM ? MCI_OBSERVED_PIM : NOTHING;
}

static __always_inline int kind_icmpv6(const struct __sk_buff *skb, __u32 offset)
{
	__u8 type;

	if (bpf_skb_load_bytes(skb, offset, &type, 1))
		return NOTHING;
	return (type >= MLD_QUERY && type <= MLD_DONE) || type == MLD_REPORT
		       ? MCI_OBSERVED_MEMBERSHIP
		       : NOTHING;
}

static __always_inline int kind_v6(const struct __sk_buff *skb)
{
	__u32 offset = ETH_HLEN + sizeof(struct ipv6hdr);
	struct ipv6_opt_hdr extension;
	__u8 header;

	if (bpf_skb_load_bytes(skb, ETH_HLEN + offsetof(struct ipv6hdr, nexthdr), &header, 1))
		return NOTHING;
	for (int n = 0; n < EXTENSIONS_MAX && is_walked(header); n++) {
		if (bpf_skb_load_bytes(skb, offset, &extension, sizeof(extension)))
			return NOTHING;
		header = extension.nexthdr;
		offset += (extension.hdrlen + 1) * 8;
	}
	if (header == IPPROTO_FRAGMENT) {
		if (bpf_skb_load_bytes(skb, offset, &header, 1))
			return NOTHING;
		return kind_fragment_v6(skb, header);
	}
	if (header == IPPROTO_ICMPV6)
		return kind_icmpv6(skb, offset);
	return header == IPPROTO_PIM ? MCI_OBSERVED_PIM : NOTHING;
}

/* A report of MLD has a hop-by-hop header of 8 bytes (RFC 3810 section 5). */
static __always_inline void count_unasked(const struct __sk_buff *skb)
{
	__u8 first;

	if (skb->protocol == bpf_htons(ETH_P_IPV6))
		unasked_count(skb, ETH_HLEN + sizeof(struct ipv6hdr) + 8, MLD_REPORT);
	else if (!bpf_skb_load_bytes(skb, ETH_HLEN, &first, 1))
		unasked_count(skb, ETH_HLEN + (first & 0xf) * 4, IGMP_REPORT);
}

static __always_inline int kind_of(const struct __sk_buff *skb)
{
	__u32 ifindex = skb->ifindex;
	int kind = NOTHING;

	if (skb->protocol == bpf_htons(ETH_P_IP))
		kind = kind_v4(skb);
	else if (skb->protocol == bpf_htons(ETH_P_IPV6))
		kind = kind_v6(skb);
	if (kind != MCI_OBSERVED_MEMBERSHIP || bpf_map_lookup_elem(&asked, &ifindex))
		return kind;
	count_unasked(skb);
	return NOTHING;
}

/* Whether the frame is sent to this box or to a multicast address. A frame with a VLAN number
 * belongs to another interface; a tag with VLAN 0 only carries a priority. */
static __always_inline bool is_for_us(const struct __sk_buff *skb)
{
	if (skb->vlan_present && skb->vlan_tci & VLAN_VID_MASK)
		return false;
	return skb->pkt_type == PACKET_HOST || skb->pkt_type == PACKET_MULTICAST;
}

static __always_inline void observe_in(const struct __sk_buff *skb, int kind, __u32 length,
				       const __u32 room)
{
	struct mci_observed *record;
	__u32 last = length - 1;

	if (!share_take(skb, sizeof(*record) + room + BPF_RINGBUF_HDR_SZ)) {
		count_drop(MCI_DROP_OBSERVE_RATE);
		return;
	}
	record = bpf_ringbuf_reserve(&observed, sizeof(*record) + room, 0);
	if (!record) {
		count_drop(MCI_DROP_OBSERVE_FULL);
		return;
	}
	record->kind = kind;
	record->ifindex = skb->ifindex;
	record->time_ns = bpf_ktime_get_ns();
	record->slot = 0;
	record->length = length;
	/* The verifier of Linux 6.1 must see both bounds of the length, at least one byte and at
	 * most `room`. The compiler must not merge the two into one comparison. */
	barrier_var(last);
	if (last < room && !bpf_skb_load_bytes(skb, ETH_HLEN, record->packet, last + 1))
		bpf_ringbuf_submit(record, 0);
	else
		bpf_ringbuf_discard(record, 0);
}

/* The verifier wants constant sizes of records. Most messages are short, and most others fit into a
 * frame of 1500 bytes. */
static __always_inline void observe(const struct __sk_buff *skb, int kind)
{
	__u32 length = skb->len - ETH_HLEN;

	if (length <= SHORT)
		observe_in(skb, kind, length, SHORT);
	else if (length <= FRAME)
		observe_in(skb, kind, length, FRAME);
	else if (length <= JUMBO)
		observe_in(skb, kind, length, JUMBO);
	else
		observe_in(skb, kind, length, MCI_OBSERVED_MAX);
}

SEC("tc")
int observe_tc(struct __sk_buff *skb)
{
	int kind;

	if (!is_for_us(skb))
		return TC_ACT_UNSPEC;
	kind = kind_of(skb);
	if (kind != NOTHING)
		observe(skb, kind);
	else if (skb->pkt_type == PACKET_MULTICAST)
		rival_observe(skb);
	return TC_ACT_UNSPEC;
}

char LICENSE[] SEC("license") = "GPL";
