// SPDX-License-Identifier: GPL-2.0-only
/* Tracepoints: packets that our programs sent to a LAN, and that its queue or driver did not take.
 * That happens after the program has returned, and the kernel tells it here only.
 *
 * It tells it of every program and interface of the machine. Ours are known by the pairs of
 * interfaces in `refused`, and by their network namespace, without which the numbers of interfaces
 * mean nothing. What another's program redirects from an upstream to a LAN cannot be told apart.
 *
 * What a driver drops after it has taken it is in the interface's own statistics. */
#include "maps.bpf.h"

#include <bpf/bpf_core_read.h>

/* The kernel's own types, by the members that are used: where they lie is found out when the
 * programs are loaded (CO-RE). */
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

/* Inode number of the daemon's. */
const volatile __u32 network_namespace;

/* From an upstream to a LAN, to the number of packets that the LAN did not take. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, MCI_REFUSED_MAX);
	__uint(pinning, LIBBPF_PIN_BY_NAME);
	__type(key, struct mci_refused_key);
	__type(value, __u64);
} refused SEC(".maps");

/* The count of this pair of interfaces, NULL where it is not ours. */
static __always_inline __u64 *find_pair(__u32 upstream, struct net_device *lan)
{
	struct mci_refused_key key = {.upstream = upstream, .lan = BPF_CORE_READ(lan, ifindex)};
	__u64 *count = bpf_map_lookup_elem(&refused, &key);

	return count && BPF_CORE_READ(lan, nd_net.net, ns.inum) == network_namespace ? count : NULL;
}

/* Atomically: socket buffers are dropped in interrupts, too. */
static __always_inline void count_refused(__u64 *pair, __u64 packets)
{
	__u32 reason = MCI_DROP_LAN_REFUSED;
	__u64 *count = bpf_map_lookup_elem(&drops, &reason);

	__sync_fetch_and_add(pair, packets);
	if (count)
		__sync_fetch_and_add(count, packets);
}

/* XDP: the kernel did not even queue it for the driver. The LAN is down, its MTU is smaller than
 * the daemon knew, or its driver does not take frames from XDP any more.
 * Arguments: dev, program, target, error, map_type, map_id, index; of a devmap, the target is a
 * struct bpf_dtab_netdev. */
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

/* XDP: the driver did not send all of a bulk, of up to 16 frames. This runs for every bulk.
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

/* TC: the LAN's queue (qdisc) is full, or the LAN is down. A drop without a reason may be none:
 * there are drivers that free in this way what they have sent.
 * Arguments: skb, location, reason (since Linux 5.17), and more. */
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
	/* What this machine routes goes to a unicast address. */
	bpf_probe_read_kernel(&first, sizeof(first), BPF_CORE_READ(skb, data));
	if (first & 1)
		count_refused(pair, 1);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
