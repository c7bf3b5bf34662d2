/* SPDX-License-Identifier: GPL-2.0-only */
/* What a TC program alone has to do: read, strip and send a socket buffer. Bytes are written by
 * helpers only, never directly: a program with direct writes has every packet that somebody else
 * holds as well (a capture, say) copied before it runs. */
#pragma once

#include "count.bpf.h"
#include "rewrite.bpf.h"

#define TC_ACT_UNSPEC (-1) /* go on with the next filter */
#define TC_ACT_SHOT   2

#define PACKET_HOST      0
#define PACKET_MULTICAST 2

#define IP_FAMILIES_DIFFER (sizeof(struct ipv6hdr) - sizeof(struct iphdr))

/* The first `wanted` bytes, or all of a shorter frame. */
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

/* Trims what follows the inner packet. */
static __always_inline bool skb_trim(struct __sk_buff *skb, const struct inner *i)
{
	__u32 length = i->offset + max(i->length, rewrite_least(i));

	return length == skb->len || !bpf_skb_change_tail(skb, length, 0);
}

/* Takes away what stands between the Ethernet header and the inner packet, and writes the inner
 * packet's changed head.
 *
 * Where the families differ, bpf_skb_change_proto() comes first: it alone changes skb->protocol on
 * kernels before 6.3, and by that the shortest packet that bpf_skb_adjust_room() leaves over.
 *
 * OVERLAP bytes of the inner packet are taken away too and given back. A packet that a local socket
 * sent may still have its outer UDP checksum to be filled in by the device (CHECKSUM_PARTIAL). The
 * kernel forgets that only when the UDP header lies before the start of the frame; it lies 10 bytes
 * before the inner packet, and the Ethernet header reaches back 14: without the detour, the device
 * would write a checksum into the source MAC address. */
static __always_inline bool skb_strip(struct __sk_buff *skb, const struct outer *o,
				      const struct inner *i)
{
	__s32 surplus = i->offset - ETH_HLEN;

	if (!skb_trim(skb, i))
		return false;
	if (i->ethertype != o->ethertype) {
		if (bpf_skb_change_proto(skb, bpf_htons(i->ethertype), 0))
			return false;
		surplus += i->ethertype == ETH_P_IPV6 ? IP_FAMILIES_DIFFER : -IP_FAMILIES_DIFFER;
	}
	return !bpf_skb_adjust_room(skb, -(surplus + OVERLAP), BPF_ADJ_ROOM_MAC, 0) &&
	       !bpf_skb_adjust_room(skb, OVERLAP, BPF_ADJ_ROOM_MAC, 0) &&
	       !bpf_skb_store_bytes(skb, ETH_HLEN, &i->head, sizeof(i->head),
				    BPF_F_RECOMPUTE_CSUM | BPF_F_INVALIDATE_HASH);
}

static __always_inline bool skb_address(struct __sk_buff *skb, const struct inner *i,
					const struct mci_egress *egress)
{
	struct ethhdr eth;

	rewrite_ethernet(&eth, i, egress);
	return !bpf_skb_store_bytes(skb, 0, &eth, sizeof(eth), 0);
}

/* A copy to every egress that takes the packet but the last, which gets the packet itself. Returns
 * TC's verdict. */
static __always_inline int skb_send(struct __sk_buff *skb, const struct inner *i,
				    const struct mci_channel *channel, __u64 now)
{
	__u32 addressed = 0;

	for (__u32 n = 0; n < MCI_EGRESS_MAX && n < channel->egress_count; n++) {
		const struct mci_egress *egress = &channel->egress[n];

		if (i->length > egress->mtu) {
			count_drop(MCI_DROP_EXCEEDS_MTU);
			continue;
		}
		if (addressed && bpf_clone_redirect(skb, addressed, 0))
			count_drop(MCI_DROP_REWRITE);
		addressed = skb_address(skb, i, egress) ? egress->ifindex : 0;
		if (!addressed)
			count_drop(MCI_DROP_REWRITE);
	}
	if (!addressed)
		return TC_ACT_SHOT;
	count_forwarded(channel->slot, i->length, now);
	return bpf_redirect(addressed, 0);
}
