// SPDX-License-Identifier: GPL-2.0-only
/* What stands around the programs under test: a generator, the bare redirects that are their limit,
 * sinks, and stands for BPF_PROG_RUN. */
#include "vmlinux.h"

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "media.h"

#define TC_ACT_SHOT 2

struct media_load load;
__u32 random_state = 1;
__u32 out_ifindex; /* of redirect_tc */
__u64 delivered[MEDIA_CPUS];

struct {
	__uint(type, BPF_MAP_TYPE_DEVMAP);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} out SEC(".maps");

/* The program that a stand hands its frame to. */
struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} under_test_xdp SEC(".maps"), under_test_tc SEC(".maps");

static __always_inline __be32 next_channel(void)
{
	__u32 x = random_state;

	x ^= x << 13;
	x ^= x >> 17;
	x ^= x << 5;
	random_state = x;
	return bpf_htonl((__u64)x * load.channels >> 32);
}

/* The headers as they were, of a channel at random: frames come round again with what the programs
 * behind wrote into them. Words at a time, where the compiler would copy bytes. */
static __always_inline bool write_headers(__u64 *words, const void *end)
{
	__be32 *source = (void *)words + (load.source & (MEDIA_HEADERS - 4));
	__be32 *group = (void *)words + (load.group & (MEDIA_HEADERS - 4));
	__be32 channel = next_channel();

	if ((void *)words + MEDIA_HEADERS > end || (void *)(source + 1) > end ||
	    (void *)(group + 1) > end)
		return false;
	for (int i = 0; i < MEDIA_HEADERS / 8; i++)
		words[i] = load.headers[i];
	*source |= channel;
	*group |= channel;
	return true;
}

SEC("xdp")
int generate(struct xdp_md *xdp)
{
	if (!write_headers((void *)(long)xdp->data, (void *)(long)xdp->data_end))
		return XDP_ABORTED;
	return bpf_redirect(load.ifindex, 0);
}

SEC("xdp")
int redirect_xdp(struct xdp_md *xdp)
{
	return bpf_redirect_map(&out, 0, 0);
}

SEC("tc")
int redirect_tc(struct __sk_buff *skb)
{
	return bpf_redirect(out_ifindex, 0);
}

static __always_inline void count(void)
{
	__u32 cpu = bpf_get_smp_processor_id();

	if (cpu < MEDIA_CPUS)
		delivered[cpu]++;
}

SEC("xdp.frags")
int sink_xdp(struct xdp_md *xdp)
{
	count();
	return XDP_DROP;
}

SEC("tc")
int sink_tc(struct __sk_buff *skb)
{
	count();
	return TC_ACT_SHOT;
}

/* Stands: BPF_PROG_RUN repeats a program on what its last run left, so the frame is made anew. */

SEC("xdp.frags")
int stand_xdp(struct xdp_md *xdp)
{
	int grown = xdp->data_end - xdp->data - load.length;

	if (grown && bpf_xdp_adjust_head(xdp, grown))
		return XDP_ABORTED;
	if (!write_headers((void *)(long)xdp->data, (void *)(long)xdp->data_end))
		return XDP_ABORTED;
	bpf_tail_call(xdp, &under_test_xdp, 0);
	return XDP_ABORTED;
}

SEC("xdp.frags")
int pass_xdp(struct xdp_md *xdp)
{
	return XDP_PASS;
}

SEC("tc")
int stand_tc(struct __sk_buff *skb)
{
	if (skb->len < load.length && bpf_skb_adjust_room(skb, load.length - skb->len, 1, 0))
		return TC_ACT_SHOT;
	bpf_skb_pull_data(skb, MEDIA_HEADERS);
	if (!write_headers((void *)(long)skb->data, (void *)(long)skb->data_end))
		return TC_ACT_SHOT;
	bpf_tail_call(skb, &under_test_tc, 0);
	return TC_ACT_SHOT;
}

SEC("tc")
int pass_tc(struct __sk_buff *skb)
{
	return TC_ACT_SHOT;
}

char LICENSE[] SEC("license") = "GPL";
