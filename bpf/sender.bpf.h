/* SPDX-License-Identifier: GPL-2.0-only */
/* Who fills the ring buffer: once half of it waits for the daemon, a sender that has had more
 * records than its share of late is not heard, so that others are. */
#pragma once

#include "maps.bpf.h"
#include "parse.bpf.h"

#define SENDER_BURST (MCI_OBSERVED_RING / 8)
#define SENDER_NS    1000 /* for a byte more: 1 MB a second */

#define BPF_RB_AVAIL_DATA 0
#define ETH_ALEN          6

struct sender_key {
	__u32 ifindex;
	__u8 mac[6];
	__u16 reserved;
};

/* The time by which a sender's records would have come at its rate. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, struct sender_key);
	__type(value, __u64);
} senders SEC(".maps");

static __always_inline bool ring_is_half_full(void)
{
	return bpf_ringbuf_query(&observed, BPF_RB_AVAIL_DATA) > MCI_OBSERVED_RING / 2;
}

/* Counts the record of so many bytes that is asked for. */
static __always_inline bool sender_has_its_share(const struct __sk_buff *skb, __u32 bytes)
{
	struct sender_key key = {.ifindex = skb->ifindex};
	__u64 now = bpf_ktime_get_ns(), paid, *known;

	if (bpf_skb_load_bytes(skb, ETH_ALEN, key.mac, sizeof(key.mac)))
		return false;
	known = bpf_map_lookup_elem(&senders, &key);
	paid = known && *known > now ? *known : now;
	if (paid > now + (__u64)SENDER_BURST * SENDER_NS)
		return ring_is_half_full();
	paid += (__u64)bytes * SENDER_NS;
	bpf_map_update_elem(&senders, &key, &paid, BPF_ANY);
	return false;
}
