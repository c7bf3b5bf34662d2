/* SPDX-License-Identifier: GPL-2.0-only */
/* What an XDP program alone has to do: read, strip and send a frame.
 *
 * It takes what XDP does well, and leaves (XDP_PASS, before a byte has changed) the rest to the TC
 * program, which hangs behind it on the same interface and comes to the same verdict. */
#pragma once

#include "count.bpf.h"
#include "rewrite.bpf.h"

/* The address of the interface; each interface has a copy of the program of its own. */
const volatile __u8 interface_mac[6];

/* The LAN interfaces whose driver is known to send what XDP redirects, by ifindex; and by ifindex |
 * MCI_LAN_PARTS where it sends frames in several buffers as well. What goes to others is TC's. Not
 * pinned: each copy of the program has its own, and libbpf cannot open a pinned devmap again (the
 * kernel adds a flag to it that the next object cannot ask for). */
struct {
	__uint(type, BPF_MAP_TYPE_DEVMAP_HASH);
	__uint(max_entries, 64);
	__type(key, __u32);
	__type(value, __u32);
} lans SEC(".maps");

/* Headers that a driver has scattered over several buffers are for TC to collect. */
static __always_inline bool xdp_view(struct xdp_md *xdp, struct view *v)
{
	v->data = (void *)(long)xdp->data;
	v->data_end = (void *)(long)xdp->data_end;
	v->length = bpf_xdp_get_buff_len(xdp);
	return (__u32)(v->data_end - v->data) >= min(v->length, ALL_HEADERS);
}

/* An interface in promiscuous mode sees frames of others. */
static __always_inline bool is_to_interface(const struct view *v)
{
	const struct ethhdr *eth = view_at(v, 0, sizeof(*eth));
	const volatile __u8 *mac = interface_mac;

	return eth && eth->h_dest[5] == mac[5] && eth->h_dest[4] == mac[4] &&
	       eth->h_dest[3] == mac[3] && eth->h_dest[2] == mac[2] && eth->h_dest[1] == mac[1] &&
	       eth->h_dest[0] == mac[0];
}

/* To several interfaces a devmap would send the same bytes, with the same source address; and a
 * packet that is too long for the LAN, or so short that TC leaves padding behind it, is rare. */
static __always_inline bool xdp_can_send(const struct inner *i, const struct mci_channel *channel)
{
	return channel->egress_count == 1 && i->length <= channel->egress[0].mtu &&
	       i->length >= rewrite_least(i);
}

/* Says where the frame goes when the program returns XDP_REDIRECT. Nobody has to be told when the
 * program does not: the kernel forgets it with the next frame. */
static __always_inline bool xdp_aim(const struct view *v, const struct mci_channel *channel)
{
	__u32 key = channel->egress[0].ifindex;

	if ((__u32)(v->data_end - v->data) < v->length)
		key |= MCI_LAN_PARTS;
	return bpf_redirect_map(&lans, key, XDP_PASS) == XDP_REDIRECT;
}

static __always_inline bool xdp_strip(struct xdp_md *xdp, const struct view *v,
				      const struct inner *i)
{
	int surplus = v->length - (i->offset + i->length);

	return (!surplus || !bpf_xdp_adjust_tail(xdp, -surplus)) &&
	       !bpf_xdp_adjust_head(xdp, i->offset - ETH_HLEN);
}

/* Writes Ethernet and the inner packet's changed head. */
static __always_inline bool xdp_write(struct xdp_md *xdp, const struct inner *i,
				      const struct mci_egress *egress)
{
	struct ethhdr *eth = (void *)(long)xdp->data;
	void *ip = eth + 1;

	if (ip + sizeof(i->head) > (void *)(long)xdp->data_end)
		return false;
	rewrite_ethernet(eth, i, egress);
	__builtin_memcpy(ip, &i->head, sizeof(i->head));
	return true;
}
