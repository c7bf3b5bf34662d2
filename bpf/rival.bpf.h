/* SPDX-License-Identifier: GPL-2.0-only */
/* Notices data of a channel on a LAN to which we send the channel: another router forwards it
 * there, too. One of the two has to stop, which the daemon settles by Asserts (RFC 7761 section
 * 4.6). */
#pragma once

#include "count.bpf.h"
#include "maps.bpf.h"
#include "parse.bpf.h"

#define RIVAL_INTERVAL_NS 1000000000 /* between two records about a channel on a LAN */

struct rival_key {
	__u32 ifindex, slot;
};

/* When the daemon was told last. A forgotten entry only causes another record. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, struct rival_key);
	__type(value, __u64);
} rivals SEC(".maps");

/* By LAN and channel, when a packet of another router was heard last there. The daemon adds those
 * that it has lost by Assert, if it may take over; without `hears` it never does. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 1);
	__type(key, struct rival_key);
	__type(value, __u64);
} heard SEC(".maps");

const volatile bool hears = false;

static __always_inline void rival_heard(const struct rival_key *key)
{
	__u64 *last = bpf_map_lookup_elem(&heard, key);

	if (last)
		*last = bpf_ktime_get_ns();
}

static __always_inline const struct mci_channel *rival_channel(const struct __sk_buff *skb)
{
	struct mci_channel4_key v4;
	struct mci_channel6_key v6;

	if (skb->protocol == bpf_htons(ETH_P_IP))
		return bpf_skb_load_bytes(skb, ETH_HLEN + offsetof(struct iphdr, saddr), &v4,
					  sizeof(v4))
			       ? NULL
			       : bpf_map_lookup_elem(&channels4, &v4);
	if (skb->protocol == bpf_htons(ETH_P_IPV6))
		return bpf_skb_load_bytes(skb, ETH_HLEN + offsetof(struct ipv6hdr, saddr), &v6,
					  sizeof(v6))
			       ? NULL
			       : bpf_map_lookup_elem(&channels6, &v6);
	return NULL;
}

static __always_inline bool rival_shares(const struct mci_channel *channel, __u32 ifindex)
{
	const struct mci_lan *lan;
	__u32 number;

	for (int i = 0; i < MCI_EGRESS_MAX && i < channel->lan_count; i++) {
		number = channel->lans[i];
		lan = bpf_map_lookup_elem(&lans, &number);
		if (lan && lan->ifindex == ifindex)
			return true;
	}
	return false;
}

static __always_inline bool rival_is_news(const struct rival_key *key, __u64 now)
{
	const __u64 *told = bpf_map_lookup_elem(&rivals, key);

	return (!told || now - *told >= RIVAL_INTERVAL_NS) &&
	       !bpf_map_update_elem(&rivals, key, &now, BPF_ANY);
}

/* Tells the daemon if the packet is data of a channel that we send to this LAN; notes it if the
 * channel was lost there. */
static __always_inline void rival_observe(const struct __sk_buff *skb)
{
	const struct mci_channel *channel = rival_channel(skb);
	struct rival_key key = {.ifindex = skb->ifindex};
	struct mci_observed *record;
	__u64 now;

	if (!channel)
		return;
	key.slot = channel->slot;
	if (!rival_shares(channel, skb->ifindex)) {
		if (hears)
			rival_heard(&key);
		return;
	}
	now = bpf_ktime_get_ns();
	if (now > channel->deadline_ns || !rival_is_news(&key, now))
		return;
	record = bpf_ringbuf_reserve(&observed, sizeof(*record), 0);
	if (!record) {
		count_drop(MCI_DROP_OBSERVE_FULL);
		return;
	}
	*record = (struct mci_observed){.kind = MCI_OBSERVED_RIVAL,
					.ifindex = key.ifindex,
					.time_ns = now,
					.slot = key.slot};
	bpf_ringbuf_submit(record, 0);
}
