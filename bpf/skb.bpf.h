/* SPDX-License-Identifier: GPL-2.0-only */
/* The steps of the TC program: read, strip and send a socket buffer. The program writes bytes
 * itself, because the helper for it would take most of a packet's time. Before such a program
 * runs, the kernel copies the headers of a packet that is shared (with a capture, say). */
#pragma once

#include "count.bpf.h"
#include "judge.bpf.h"
#include "rewrite.bpf.h"
#include "seen.bpf.h"

#define TC_ACT_UNSPEC (-1) /* the next filter decides */
#define TC_ACT_SHOT   2

#define BPF_CSUM_LEVEL_QUERY 0

#define PACKET_HOST      0
#define PACKET_MULTICAST 2

#define IP_FAMILIES_DIFFER (sizeof(struct ipv6hdr) - sizeof(struct iphdr))

/* Makes the first `wanted` bytes readable, or all of a shorter frame. */
static __always_inline bool skb_view(struct __sk_buff *skb, __u32 wanted, struct view *v)
{
	wanted = min(wanted, skb->len);
	v->data = (void *)(long)skb->data;
	v->data_end = (void *)(long)skb->data_end;
	v->length = skb->len;
	if (v->data_end - v->data >= wanted)
		return true;
	if (bpf_skb_pull_data(skb, wanted))
		return false;
	v->data = (void *)(long)skb->data;
	v->data_end = (void *)(long)skb->data_end;
	return true;
}

static __noinline bool skb_seen(struct __sk_buff *skb, const struct seen_arrival *arrival)
{
	return seen_is(skb, (seen_load *)bpf_skb_load_bytes, arrival);
}

/* Whether the other relay of a moving channel has delivered the packet. */
static __always_inline bool skb_is_duplicate(struct __sk_buff *skb, const struct outer *o,
					     const struct inner *i,
					     const struct mci_channel *channel, __u64 now)
{
	struct seen_arrival arrival = seen_arrival(o, i, channel, now);

	return skb_seen(skb, &arrival);
}

static __noinline int skb_judge_chain(struct __sk_buff *skb, __u32 at, __u32 end, __u8 next)
{
	return mci_judge_chain(skb, (mci_load *)bpf_skb_load_bytes, at, end, next);
}

/* Returns GO_ON if the inner packet is data, or the reason to drop it. */
static __always_inline int skb_judge(struct __sk_buff *skb, const struct inner *i)
{
	if (!judge_needs_chain(i))
		return judge_protocol(i);
	return skb_judge_chain(skb, i->payload, i->offset + i->length, i->protocol);
}

/* Trims what follows the inner packet, before zeros are added: these bytes are the relay's, or
 * outside of the tunnel, and must not reach the LAN. */
static __always_inline bool skb_trim(struct __sk_buff *skb, const struct inner *i)
{
	__u32 end = i->offset + i->length, shortest = i->offset + rewrite_length_min(i);

	if (end != skb->len && bpf_skb_change_tail(skb, end, 0))
		return false;
	return end >= shortest || !bpf_skb_change_tail(skb, shortest, 0);
}

/* Removes OVERLAP bytes of the inner packet, too, and restores them. */
static __always_inline bool skb_shrink_past_checksum(struct __sk_buff *skb, const struct inner *i,
						     __s32 surplus)
{
	__u8 head[OVERLAP];

	return !bpf_skb_load_bytes(skb, ETH_HLEN + surplus, head, OVERLAP) &&
	       !bpf_skb_adjust_room(skb, -(surplus + OVERLAP), BPF_ADJ_ROOM_MAC, 0) &&
	       !bpf_skb_adjust_room(skb, OVERLAP, BPF_ADJ_ROOM_MAC, 0) &&
	       !bpf_skb_store_bytes(skb, ETH_HLEN, head, OVERLAP, BPF_F_RECOMPUTE_CSUM);
}

/* Removes what stands between the Ethernet header and the inner packet.
 *
 * If the address families differ, bpf_skb_change_proto() comes first: on kernels before 6.3 it is
 * the only helper that changes skb->protocol, which also sets the shortest packet that
 * bpf_skb_adjust_room() may leave.
 *
 * A packet of a local socket may still have a UDP checksum that the device must fill in
 * (CHECKSUM_PARTIAL). The kernel drops this request only if the UDP header lies before the start of
 * the frame. The UDP header lies 10 bytes before the inner packet, but the Ethernet header takes
 * 14: the device would write a checksum into the source MAC address. skb_shrink_past_checksum()
 * avoids this. It is not needed if UDP has no checksum or a device has verified it. */
static __always_inline bool skb_shrink(struct __sk_buff *skb, const struct outer *o,
				       const struct inner *i)
{
	__s32 surplus = i->offset - ETH_HLEN;

	if (i->ethertype != o->ethertype) {
		if (bpf_skb_change_proto(skb, bpf_htons(i->ethertype), 0))
			return false;
		surplus += i->ethertype == ETH_P_IPV6 ? IP_FAMILIES_DIFFER : -IP_FAMILIES_DIFFER;
	}
	if (o->has_checksum && bpf_csum_level(skb, BPF_CSUM_LEVEL_QUERY) < 0)
		return skb_shrink_past_checksum(skb, i, surplus);
	return !bpf_skb_adjust_room(skb, -surplus, BPF_ADJ_ROOM_MAC, 0);
}

/* The kernel has moved the tag out of the data; it would be sent with the packet. */
static __always_inline bool skb_untag(struct __sk_buff *skb)
{
	return !skb->vlan_present || !bpf_skb_vlan_pop(skb);
}

/* Leaves only the inner packet behind the Ethernet header. A checksum that a device has computed
 * over it (CHECKSUM_COMPLETE) stays right when TTL and checksum of IPv4 change, but not when a hop
 * limit changes. */
static __always_inline bool skb_strip(struct __sk_buff *skb, const struct outer *o,
				      const struct inner *i)
{
	if (!skb_untag(skb) || !skb_trim(skb, i) || !skb_shrink(skb, o, i))
		return false;
	if (i->ethertype == ETH_P_IPV6)
		bpf_csum_update(skb, (__u16)~bpf_htons(1));
	return true;
}

static __always_inline bool skb_write(const struct __sk_buff *skb, const struct inner *i,
				      const struct mci_lan *lan)
{
	return rewrite_frame((void *)(long)skb->data, (void *)(long)skb->data_end, i, lan);
}

/* The LAN at place `n` in the channel's list; NULL if the packet is too long for it. */
static __always_inline const struct mci_lan *skb_next_lan(const struct inner *i,
							  const struct mci_channel *channel,
							  __u32 n)
{
	__u32 number = channel->lans[n];
	const struct mci_lan *lan = bpf_map_lookup_elem(&lans, &number);

	if (!lan || i->length <= lan->mtu)
		return lan;
	count_drop_of(channel, i, MCI_DROP_EXCEEDS_MTU);
	return NULL;
}

/* Sends a copy to every LAN that takes the packet, and the packet itself to the last one. Returns
 * the verdict of TC. A copy that the LAN's queue drops (a result above 0) is counted by
 * refused_tp. */
static __always_inline int skb_send(struct __sk_buff *skb, const struct inner *i,
				    const struct mci_channel *channel, __u64 now)
{
	__u32 addressed = 0;

	for (__u32 n = 0; n < MCI_EGRESS_MAX && n < channel->lan_count; n++) {
		const struct mci_lan *lan = skb_next_lan(i, channel, n);

		if (!lan)
			continue;
		if (addressed && bpf_clone_redirect(skb, addressed, 0) < 0)
			count_drop_of(channel, i, MCI_DROP_REWRITE);
		addressed = skb_write(skb, i, lan) ? lan->ifindex : 0;
		if (!addressed)
			count_drop_of(channel, i, MCI_DROP_REWRITE);
	}
	if (!addressed) {
		count_account(MCI_ACCOUNT_UNSENT, 1);
		return TC_ACT_SHOT;
	}
	count_forwarded(channel->slot, i->length, i->rtp, i->rtp_ssrc, now);
	return bpf_redirect(addressed, 0);
}
