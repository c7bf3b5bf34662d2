/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A channel's rate, kept packet by packet: by the programs, and by the daemon for what takes the
 * slow path. It is the virtual scheduling algorithm of ITU-T I.371, a token bucket of which one
 * word changes: the time at which the bucket would be full again. A CPU that loses a race for the
 * word lets one packet through. */
#pragma once

#ifndef __VMLINUX_H__
#include <linux/types.h>
#include <stdbool.h>
#endif

/* Value of the map rates, by slot. A line of the cache for each, because channels of different
 * tunnels come on different CPUs. */
struct mci_rate {
	__u64 cost;     /* of a byte: nanoseconds << MCI_RATE_SHIFT; 0: the channel has no rate */
	__u64 depth_ns; /* how far ahead of its time a packet may come */
	__u64 full_ns;
	__u64 over_packets, over_bytes;
	__u64 reserved[3];
};

_Static_assert(sizeof(struct mci_rate) == 64, "a line of the cache");

/* With costs of up to 2^43, of 1,000 bits a second, no packet's cost overflows. */
#define MCI_RATE_SHIFT 20

/* `bytes` are those of the inner IP packet. */
static inline __attribute__((always_inline)) bool mci_rate_is_over(struct mci_rate *rate,
								   __u32 bytes, __u64 now_ns)
{
	__u64 full = rate->full_ns;

	if (!rate->cost)
		return false;
	if ((__s64)(full - now_ns) < 0)
		full = now_ns;
	full += rate->cost * bytes >> MCI_RATE_SHIFT;
	if (full - now_ns > rate->depth_ns) {
		rate->over_packets++;
		rate->over_bytes += bytes;
		return true;
	}
	rate->full_ns = full;
	return false;
}
