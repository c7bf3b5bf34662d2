/* SPDX-License-Identifier: GPL-2.0-only */
/* The steps of the XDP program: read, strip and send a frame.
 *
 * It handles the frames that XDP handles well. All others are left (XDP_PASS, before a byte has
 * changed) to the TC program on the same interface, which comes to the same verdict. */
#pragma once

#include "count.bpf.h"
#include "judge.bpf.h"
#include "rewrite.bpf.h"
#include "seen.bpf.h"

/* The MAC address of the interface; each interface has its own copy of the program. */
const volatile __u8 interface_mac[6] __attribute__((aligned(2)));

/* The LANs whose driver is known to send frames that XDP redirects, by number; and by number +
 * MCI_LAN_PARTS if the driver sends frames in several buffers, too. TC sends to other LANs. The
 * map is not pinned: each copy of the program has its own, and libbpf cannot open a pinned devmap
 * again, because the kernel adds a flag that the next object cannot ask for. */
struct {
	__uint(type, BPF_MAP_TYPE_DEVMAP);
	__uint(max_entries, 2 * MCI_LANS_MAX);
	__type(key, __u32);
	__type(value, __u32);
} lan_ports SEC(".maps");

#define BPF_F_BROADCAST (1u << 3)

#define ETH_ADDRESSES 12

struct lan_set {
	__uint(type, BPF_MAP_TYPE_DEVMAP);
	__uint(max_entries, MCI_EGRESS_MAX);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, 2 * sizeof(__u32)); /* struct bpf_devmap_val */
};

/* Sets of such LANs; the key has a bit for each LAN. Each LAN of a set has a program (depart_xdp)
 * that writes its own source address. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH_OF_MAPS);
	__uint(max_entries, MCI_LAN_SETS_MAX);
	__uint(pinning, LIBBPF_PIN_BY_NAME);
	__type(key, __u32);
	__array(values, struct lan_set);
} lan_sets SEC(".maps");

static __always_inline void xdp_view(const struct xdp_md *xdp, struct view *v)
{
	v->data = (void *)(long)xdp->data;
	v->data_end = (void *)(long)xdp->data_end;
	v->length = v->data_end - v->data;
}

/* Sets the length of a frame that is longer than what can be read here, or shorter than its
 * headers say. Returns false if a driver has spread the headers over several buffers; TC collects
 * them. */
static __always_inline bool xdp_view_whole(struct xdp_md *xdp, struct view *v)
{
	__u32 readable = v->length;

	v->length = bpf_xdp_get_buff_len(xdp);
	return readable == v->length || readable >= ALL_HEADERS;
}

/* The four bytes behind the MAC addresses: the ethertype and two bytes, or a tag. Returns 0 if the
 * frame is not sent to this interface, which may be in promiscuous mode. */
static __always_inline __be32 xdp_type(const struct view *v)
{
	const __be16 *eth = view_at(v, 0, ETH_HLEN + sizeof(__be16));
	const volatile __be16 *mac = (const volatile __be16 *)interface_mac;

	if (!eth || eth[2] != mac[2] || eth[1] != mac[1] || eth[0] != mac[0])
		return 0;
	return *(const __be32 *)(eth + 6);
}

static __always_inline bool xdp_is_of_type(__be32 type, __u32 ethertype)
{
	return (type & bpf_htonl(0xffff0000)) == bpf_htonl(ethertype << 16);
}

/* A tag with VLAN 0 carries only the frame's priority (IEEE 802.1Q section 9.6). */
static __always_inline bool xdp_is_priority_tag(__be32 type)
{
	return !(type & bpf_htonl(VLAN_VID_MASK)) &&
	       (xdp_is_of_type(type, ETH_P_8021Q) || xdp_is_of_type(type, ETH_P_8021AD));
}

/* Removes the tag: moves the addresses over it. */
static __noinline bool xdp_take_tag(struct xdp_md *xdp)
{
	__be32 addresses[ETH_ADDRESSES / sizeof(__be32)];

	return !bpf_xdp_load_bytes(xdp, 0, addresses, sizeof(addresses)) &&
	       !bpf_xdp_adjust_head(xdp, VLAN_HLEN) &&
	       !bpf_xdp_store_bytes(xdp, 0, addresses, sizeof(addresses));
}

/* Restores the frame as it was before xdp_take_tag(). */
static __noinline bool xdp_put_tag(struct xdp_md *xdp, __be32 tag)
{
	__be32 head[ETH_ADDRESSES / sizeof(__be32) + 1];

	head[ETH_ADDRESSES / sizeof(__be32)] = tag;
	return !bpf_xdp_load_bytes(xdp, 0, head, ETH_ADDRESSES) &&
	       !bpf_xdp_adjust_head(xdp, -VLAN_HLEN) &&
	       !bpf_xdp_store_bytes(xdp, 0, head, sizeof(head));
}

/* TC handles packets that are too long for a LAN, or so short that padding must follow; both are
 * rare. */
static __always_inline bool xdp_can_send(const struct inner *i, const struct mci_channel *channel)
{
	return i->length <= channel->mtu && i->length >= rewrite_length_min(i);
}

static __always_inline bool xdp_aim_at_set(__u32 lan_set)
{
	void *ports = bpf_map_lookup_elem(&lan_sets, &lan_set);

	return ports && bpf_redirect_map(ports, 0, BPF_F_BROADCAST) == XDP_REDIRECT;
}

/* Sets where the frame goes if the program returns XDP_REDIRECT. If the program returns something
 * else, the kernel forgets it with the next frame. Returns false if XDP cannot send there. */
static __always_inline bool xdp_aim(const struct view *v, const struct mci_channel *channel)
{
	bool in_parts = (__u32)(v->data_end - v->data) < v->length;
	__u32 key = channel->lans[0];

	if (channel->lan_count != 1)
		return !in_parts && xdp_aim_at_set(channel->lan_set);
	if (in_parts)
		key += MCI_LAN_PARTS;
	return bpf_redirect_map(&lan_ports, key, XDP_PASS) == XDP_REDIRECT;
}

static __noinline bool xdp_seen(struct xdp_md *xdp, const struct seen_arrival *arrival)
{
	return seen_is(xdp, (seen_load *)bpf_xdp_load_bytes, arrival);
}

/* Whether the other relay of a moving channel has delivered the packet. */
static __always_inline bool xdp_is_duplicate(struct xdp_md *xdp, const struct outer *o,
					     const struct inner *i,
					     const struct mci_channel *channel, __u64 now)
{
	struct seen_arrival arrival = seen_arrival(o, i, channel, now);

	return xdp_seen(xdp, &arrival);
}

static __noinline int xdp_judge_chain(struct xdp_md *xdp, __u32 at, __u32 end, __u8 next)
{
	return mci_judge_chain(xdp, (mci_load *)bpf_xdp_load_bytes, at, end, next);
}

/* Returns GO_ON if the inner packet is data, or the reason to drop it. */
static __always_inline int xdp_judge(struct xdp_md *xdp, const struct inner *i)
{
	if (!judge_needs_chain(i))
		return judge_protocol(i);
	return xdp_judge_chain(xdp, i->payload, i->offset + i->length, i->protocol);
}

static __always_inline bool xdp_strip(struct xdp_md *xdp, const struct view *v,
				      const struct inner *i)
{
	int surplus = v->length - (i->offset + i->length);

	return (!surplus || !bpf_xdp_adjust_tail(xdp, -surplus)) &&
	       !bpf_xdp_adjust_head(xdp, i->offset - ETH_HLEN);
}

/* Writes the headers, with the source address of the first LAN. In a set, depart_xdp replaces it.
 */
static __always_inline bool xdp_write(const struct xdp_md *xdp, const struct inner *i,
				      const struct mci_channel *channel)
{
	__u32 number = channel->lans[0];
	const struct mci_lan *lan = bpf_map_lookup_elem(&lans, &number);

	return lan && rewrite_frame((void *)(long)xdp->data, (void *)(long)xdp->data_end, i, lan);
}
