// SPDX-License-Identifier: GPL-2.0-only
/* TC ingress of an upstream interface: AMT data of a joined channel, from its relay to its tunnel,
 * goes to the channel's LAN interfaces as native multicast. The order of the steps; the steps are
 * in the headers. */
#include "clock.bpf.h"
#include "match.bpf.h"
#include "skb.bpf.h"

/* Frames of this box, untagged (a VLAN has an interface of its own) and not glued together by GRO.
 * All others go up the stack, where a socket takes them apart. */
static __always_inline bool is_single_frame(const struct __sk_buff *skb)
{
	return skb->pkt_type == PACKET_HOST && !skb->vlan_present && !skb->gso_size;
}

static __always_inline int drop(int reason)
{
	if (reason == LEAVE)
		return TC_ACT_UNSPEC;
	count_drop(reason);
	return TC_ACT_SHOT;
}

/* Compiled for either family, so that offsets are constants. */
static __always_inline int ingest(struct __sk_buff *skb, __u16 ethertype)
{
	const struct mci_channel *channel = NULL;
	struct outer outer;
	struct inner inner;
	struct view view;
	int reason;
	__u64 now;

	if (!skb_view(skb, OUTER_HEADERS, &view) || !parse_outer(&view, ethertype, &outer) ||
	    !skb_view(skb, ALL_HEADERS, &view))
		return TC_ACT_UNSPEC;
	now = now_ns();
	reason = parse_inner(&view, &outer, &inner);
	if (reason == GO_ON)
		reason = match(&outer, &inner, now, &channel);
	if (reason == GO_ON)
		reason = skb_judge(skb, &inner);
	if (reason == GO_ON)
		reason = may_go_on(&inner, channel);
	if (reason != GO_ON)
		return drop(refuse(&outer, reason));
	if (channel->moving && skb_is_duplicate(skb, &outer, &inner, channel, now))
		return drop(MCI_DROP_DUPLICATE);
	parse_rtp(&view, &inner);
	rewrite_ttl(&inner);
	if (!skb_strip(skb, &outer, &inner))
		return drop(MCI_DROP_REWRITE);
	return skb_send(skb, &inner, channel, now);
}

SEC("tc")
int ingest_tc(struct __sk_buff *skb)
{
	if (!is_single_frame(skb))
		return TC_ACT_UNSPEC;
	if (skb->protocol == bpf_htons(ETH_P_IP))
		return ingest(skb, ETH_P_IP);
	if (skb->protocol == bpf_htons(ETH_P_IPV6))
		return ingest(skb, ETH_P_IPV6);
	return TC_ACT_UNSPEC;
}

char LICENSE[] SEC("license") = "GPL";
