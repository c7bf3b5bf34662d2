// SPDX-License-Identifier: GPL-2.0-only
/* Reads the two clocks from which the daemon computes struct mci_clock. Run once, by the daemon. */
#include "vmlinux.h"

#include <bpf/bpf_helpers.h>

__u64 jiffies, coarse_ns;

SEC("tc")
int clock(struct __sk_buff *skb)
{
	jiffies = bpf_jiffies64();
	coarse_ns = bpf_ktime_get_coarse_ns();
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
