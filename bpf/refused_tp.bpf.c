// SPDX-License-Identifier: GPL-2.0-only
/* Tracepoints: counts the packets that our programs sent to a LAN and that its queue or driver did
 * not take. This happens after the program has returned, and the kernel tells it only here.
 *
 * The tracepoints see all programs and interfaces of the machine. Ours are recognised by the pairs
 * of interfaces in `refused`, and by the network namespace, without which ifindexes mean nothing.
 * Packets that another program redirects from an upstream to a LAN cannot be told apart from ours.
 *
 * Packets that a driver drops after it has taken them are in the interface's own statistics. */
#include "maps.bpf.h"

#include <bpf/bpf_core_read.h>

/* Types of the kernel, with the members that are used. Their offsets are found when the programs
 * are loaded (CO-RE). */
#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct ns_common {
	unsigned int inum;
};

struct net {
	struct ns_common ns;
};

typedef struct {
	struct net *net;
} possible_net_t;

struct net_device {
	int ifindex;
	possible_net_t nd_net;
};

struct bpf_dtab_netdev {
	struct net_device *dev;
};

struct sk_buff {
	struct net_device *dev;
	unsigned char *data;
	int skb_iif;
};

#pragma clang attribute pop

enum skb_drop_reason {
	SKB_DROP_REASON_NOT_SPECIFIED = 2,
};

/* Inode number of the daemon's network namespace. */
const volatile __u32 network_namespace;

/* By upstream and LAN, the number of packets that the LAN did not take. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, MCI_REFUSED_MAX);
	__uint(pinning, LIBBPF_PIN_BY_NAME);
	__type(key, struct mci_refused_key);
	__type(value, __u64);
} refused SEC(".maps");

/* The counter of this pair of interfaces; NULL if it is not a pair of ours. */
static __always_inline __u64 *find_pair(__u32 upstream, struct net_device *lan)
{
	struct mci_refused_key key = {.upstream = upstream, .lan = BPF_CORE_READ(lan, ifindex)};
	__u64 *count = bpf_map_lookup_elem(&refused, &key);

	return count && BPF_CORE_READ(lan, nd_net.net, ns.inum) == network_namespace ? count : NULL;
}

/* Adds atomically, because socket buffers are dropped in interrupts, too. */
static __always_inline void count_refused(__u64 *pair, __u64 packets)
{
	__u32 reason = MCI_DROP_LAN_REFUSED;
	__u64 *count = bpf_map_lookup_elem(&drops, &reason);

	__sync_fetch_and_add(pair, packets);
	if (count)
		__sync_fetch_and_add(count, packets);
}

/* XDP: the kernel did not queue the frame for the driver. The LAN is down, its MTU is smaller than
 * the daemon knew, or its driver no longer takes frames from XDP. Arguments: dev, program, target,
 * error, map_type, map_id, index. For a devmap, the target is a struct bpf_dtab_netdev. */
SEC("raw_tp/xdp_redirect_err")
int refused_redirect(__u64 *ctx)
{
	struct net_device *from = (void *)ctx[0];
	struct bpf_dtab_netdev *to = (void *)ctx[2];
	__u64 *pair;

	if ((__u32)ctx[4] != BPF_MAP_TYPE_DEVMAP)
		return 0;
	pair = find_pair(BPF_CORE_READ(from, ifindex), BPF_CORE_READ(to, dev));
	if (pair)
		count_refused(pair, 1);
	return 0;
}

/* XDP: the driver did not send all frames of a bulk, which has up to 16. This runs for every bulk.
 * Arguments: from_dev, to_dev, sent, drops, err. */
SEC("raw_tp/xdp_devmap_xmit")
int refused_frames(__u64 *ctx)
{
	struct net_device *from = (void *)ctx[0], *to = (void *)ctx[1];
	__s32 dropped = ctx[3];
	__u64 *pair;

	if (dropped <= 0)
		return 0;
	pair = find_pair(BPF_CORE_READ(from, ifindex), to);
	if (pair)
		count_refused(pair, dropped);
	return 0;
}

/* TC: the LAN's queue (qdisc) is full, or the LAN is down. A drop without a reason is not counted:
 * some drivers free buffers in this way after they have sent them. Arguments: skb, location, reason
 * (since Linux 5.17), and more. */
SEC("raw_tp/kfree_skb")
int refused_skb(__u64 *ctx)
{
	struct sk_buff *skb = (void *)ctx[0];
	__u32 reason = ctx[2], upstream;
	__u8 first = 0;
	__u64 *pair;

	if (reason <= bpf_core_enum_value(enum skb_drop_reason, SKB_DROP_REASON_NOT_SPECIFIED))
		return 0;
	upstream = BPF_CORE_READ(skb, skb_iif);
	pair = upstream ? find_pair(upstream, BPF_CORE_READ(skb, dev)) : NULL;
	if (!pair)
		return 0;
	/* Packets that this machine routes have a unicast MAC address. */
	bpf_probe_read_kernel(&first, sizeof(first), BPF_CORE_READ(skb, data));
	if (first & 1)
		count_refused(pair, 1);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
