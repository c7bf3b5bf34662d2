// SPDX-License-Identifier: GPL-2.0-only
/* The programs in the kernel, which move every packet of a channel. user/dataplane loads and
 * attaches them; mcingest/maps.h is their interface to the daemon.
 *
 *   ingest_tc    TC ingress of an upstream: takes AMT data of joined channels and sends it to LANs
 *   ingest_xdp   XDP of an upstream: the same, before there is a socket buffer
 *   depart_xdp   on the way from ingest_xdp to several LANs: writes each LAN's source address
 *   observe_tc   TC ingress of a LAN: copies PIM, IGMP and MLD to the daemon
 *   refused_tp   tracepoints: counts packets that a LAN did not take
 *   clock        run once by the daemon: measures the programs' clock
 *
 * Nearly all packets of AMT Multicast Data (RFC 7450 section 5.1.6) are plain, and go by
 * express.bpf.h and the forwarding tables (fast.bpf.h). Any other takes these steps, from which
 * every reason to drop a packet comes: parse.bpf.h finds the outer headers and the inner packet;
 * match.bpf.h finds the channel's entry, and checks that the packet comes by the channel's flow
 * (flow.bpf.h); judge.bpf.h rejects control messages of a link; seen.bpf.h finds the second copy of
 * a packet while a channel moves to another relay; rate.bpf.h finds what is above a channel's rate;
 * rewrite.bpf.h, skb.bpf.h and xdp.bpf.h strip the packet, decrement the TTL and send it. A packet
 * that was sent to a tunnel of ours and does not get through is dropped and counted by its reason
 * (enum mci_drop). Any other packet is left to the stack: other programs' packets, and what a
 * program cannot do (slow.bpf.h), such as fragments.
 *
 * This file has the order of the steps for TC; the headers have the steps. */
#include "clock.bpf.h"
#include "match.bpf.h"
#include "rate.bpf.h"
#include "skb_express.bpf.h"
#include "slow.bpf.h"

/* A VLAN has an interface of its own. A tag with VLAN 0 carries only the frame's priority (IEEE
 * 802.1Q section 9.6). */
static __always_inline bool is_of_vlan(const struct __sk_buff *skb)
{
	return skb->vlan_present && skb->vlan_tci & VLAN_VID_MASK;
}

/* Leaves a packet to the stack that is no data of ours. */
static __noinline int leave(const struct __sk_buff *skb)
{
	count_account(MCI_ACCOUNT_PASSED, max(skb->gso_segs, 1));
	return TC_ACT_UNSPEC;
}

/* Leaves the packet to the stack. If it is ours, it is counted for the slow path. */
static __always_inline int pass(const struct __sk_buff *skb)
{
	return slow_note(skb) ? TC_ACT_UNSPEC : leave(skb);
}

static __always_inline int drop(const struct __sk_buff *skb, const struct mci_channel *channel,
				const struct inner *i, int reason)
{
	if (reason == LEAVE)
		return leave(skb);
	count_drop_of(channel, i, reason);
	return TC_ACT_SHOT;
}

/* Compiled once for each address family, so that offsets are constants. */
static __always_inline int ingest(struct __sk_buff *skb, __u16 ethertype)
{
	const struct mci_channel *channel = NULL;
	struct outer outer;
	struct inner inner;
	struct view view;
	int reason;
	__u64 now;

	if (!skb_view(skb, OUTER_HEADERS, &view) || !parse_outer(&view, ethertype, &outer))
		return pass(skb);
	if (!skb_view(skb, ALL_HEADERS, &view))
		return leave(skb);
	now = now_ns();
	reason = parse_inner(&view, &outer, &inner);
	if (reason == GO_ON)
		reason = match(&outer, &inner, now, &channel);
	if (reason == GO_ON)
		reason = skb_judge(skb, &inner);
	if (reason == GO_ON)
		reason = may_go_on(&inner, channel);
	if (reason == LEAVE) {
		count_slow(MCI_SLOW_EXCEEDS_MTU, 1);
		return TC_ACT_UNSPEC;
	}
	if (reason != GO_ON)
		return drop(skb, channel, &inner, reason_to_drop(&outer, reason));
	if (channel->moving && skb_is_duplicate(skb, &outer, &inner, channel, now))
		return drop(skb, channel, &inner, MCI_DROP_DUPLICATE);
	if (rate_is_over(channel->slot, inner.length, now))
		return drop(skb, channel, &inner, MCI_DROP_OVER_RATE);
	parse_rtp(&view, &inner);
	rewrite_ttl(&inner);
	if (!skb_strip(skb, &outer, &inner)) {
		count_account(MCI_ACCOUNT_UNSENT, 1);
		return drop(skb, channel, &inner, MCI_DROP_REWRITE);
	}
	return skb_send(skb, &inner, channel, now);
}

/* Nearly all packets go by skb_express(). */
static __always_inline int handle(struct __sk_buff *skb, __u16 ethertype)
{
	int verdict = skb_express(skb, ethertype == ETH_P_IP ? 4 : 6);

	if (verdict != EXPRESS_NO)
		return verdict;
	express_forget(skb);
	return ingest(skb, ethertype);
}

/* Takes frames to this box. A packet that GRO has merged can only be taken apart by a socket. */
SEC("tc")
int ingest_tc(struct __sk_buff *skb)
{
	if (skb->pkt_type != PACKET_HOST || is_of_vlan(skb))
		return leave(skb);
	if (skb->gso_size)
		return pass(skb);
	if (skb->protocol == bpf_htons(ETH_P_IP))
		return handle(skb, ETH_P_IP);
	if (skb->protocol == bpf_htons(ETH_P_IPV6))
		return handle(skb, ETH_P_IPV6);
	return leave(skb);
}

char LICENSE[] SEC("license") = "GPL";
