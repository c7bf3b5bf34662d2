/* SPDX-License-Identifier: GPL-2.0-only */
/* The way of nearly all packets through the TC program: to one LAN, of one address family. */
#pragma once

#include "express.bpf.h"
#include "skb.bpf.h"

/* A checksum that a device has still to fill in takes other steps; see skb_shrink(). */
static __always_inline bool skb_express_can_strip(struct __sk_buff *skb, const struct express *e)
{
	return !e->has_checksum || bpf_csum_level(skb, BPF_CSUM_LEVEL_QUERY) >= 0;
}

static __always_inline bool skb_express_strip(struct __sk_buff *skb, __u32 version)
{
	if (bpf_skb_adjust_room(skb, -(__s32)express_surplus(version), BPF_ADJ_ROOM_MAC, 0))
		return false;
	if (version == 6)
		bpf_csum_update(skb, (__u16)~bpf_htons(1));
	return true;
}

/* Returns a verdict, or EXPRESS_NO and has changed nothing. */
static __always_inline int skb_express(struct __sk_buff *skb, __u32 version)
{
	struct express e;

	if (skb->vlan_present ||
	    !express_read((void *)(long)skb->data, (void *)(long)skb->data_end, skb->len, version,
			  version, &e) ||
	    (e.kind & 0xf) != MCI_ROUTE_LAN || !skb_express_can_strip(skb, &e))
		return EXPRESS_NO;
	if (express_is_over(&e))
		return TC_ACT_SHOT;
	if (!skb_express_strip(skb, version) ||
	    !express_write((void *)(long)skb->data, (void *)(long)skb->data_end, version, &e)) {
		express_unsent(MCI_FAST_SLOT(e.fast.state), e.length);
		return TC_ACT_SHOT;
	}
	express_count(&e);
	return bpf_redirect(e.out, 0);
}
