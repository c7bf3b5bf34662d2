/* SPDX-License-Identifier: GPL-2.0-only */
/* Limits how much of the ring buffer a sender or a LAN may fill. While the daemon keeps up, there
 * is no limit. When records wait, those of one sender take at most as much room as is free, and
 * those of one LAN three times that. So a flood leaves half of the buffer to other senders, and a
 * quarter to other LANs. */
#pragma once

#include "maps.bpf.h"
#include "parse.bpf.h"

#define SHARE_OF_SENDER 1
#define SHARE_OF_LAN    3

struct share_sender {
	__u32 ifindex;
	union address address;
};

/* How much of the waiting records belongs to a sender or a LAN. Positions are those of the ring
 * buffer, which only grow. Once the daemon has read up to `since`, everything written before it is
 * gone. CPUs that change a share at the same time may lose the count of a record, which does no
 * harm. */
struct share {
	__u64 since, until;    /* positions where `recent` begins and where the last record ended */
	__u32 earlier, recent; /* bytes before and after `since` */
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, struct share_sender);
	__type(value, struct share);
} senders SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4 * MCI_LANS_MAX);
	__type(key, __u32);
	__type(value, struct share);
} lan_shares SEC(".maps");

struct share_ring {
	__u64 read, written;
	__u64 free;
};

static __always_inline struct share_ring share_ring(void)
{
	struct share_ring ring = {.read = bpf_ringbuf_query(&observed, BPF_RB_CONS_POS),
				  .written = bpf_ringbuf_query(&observed, BPF_RB_PROD_POS)};

	ring.free = MCI_OBSERVED_RING - min(ring.written - ring.read, MCI_OBSERVED_RING);
	return ring;
}

static __always_inline void share_renew(struct share *share, const struct share_ring *ring)
{
	if (ring->read < share->since)
		return;
	share->earlier = ring->read < share->until ? share->recent : 0;
	share->recent = 0;
	share->since = ring->written;
}

/* The share of a key; NULL if there is no memory. */
static __always_inline struct share *share_of(void *map, const void *key,
					      const struct share_ring *ring)
{
	struct share *share = bpf_map_lookup_elem(map, key), new = {.since = ring->written};

	if (!share) {
		bpf_map_update_elem(map, key, &new, BPF_NOEXIST);
		share = bpf_map_lookup_elem(map, key);
	}
	if (share)
		share_renew(share, ring);
	return share;
}

static __always_inline bool share_fits(const struct share *share, const struct share_ring *ring,
				       __u32 bytes, __u32 times)
{
	return !share || (__u64)share->earlier + share->recent + bytes <= ring->free * times;
}

static __always_inline void share_charge(struct share *share, const struct share_ring *ring,
					 __u32 bytes)
{
	if (!share)
		return;
	share->recent += bytes;
	share->until = ring->written + bytes;
}

static __always_inline struct share_sender share_sender(const struct __sk_buff *skb)
{
	struct share_sender sender = {.ifindex = skb->ifindex};

	if (skb->protocol == bpf_htons(ETH_P_IP))
		bpf_skb_load_bytes(skb, ETH_HLEN + offsetof(struct iphdr, saddr),
				   &sender.address.words[3], sizeof(__be32));
	else
		bpf_skb_load_bytes(skb, ETH_HLEN + offsetof(struct ipv6hdr, saddr), &sender.address,
				   sizeof(sender.address));
	return sender;
}

/* Takes room for a record. Returns false if the sender or the LAN has used up its share. */
static __always_inline bool share_take(const struct __sk_buff *skb, __u32 bytes)
{
	struct share_sender key = share_sender(skb);
	struct share_ring ring = share_ring();
	struct share *sender, *lan;
	__u32 ifindex = skb->ifindex;

	sender = share_of(&senders, &key, &ring);
	lan = share_of(&lan_shares, &ifindex, &ring);
	if (!share_fits(sender, &ring, bytes, SHARE_OF_SENDER) ||
	    !share_fits(lan, &ring, bytes, SHARE_OF_LAN))
		return false;
	share_charge(sender, &ring, bytes);
	share_charge(lan, &ring, bytes);
	return true;
}
