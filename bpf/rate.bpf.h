/* SPDX-License-Identifier: GPL-2.0-only */
/* Whether a packet is above its channel's rate. A daemon without such rates loads programs of which
 * the verifier has removed this. */
#pragma once

#include "count.bpf.h"
#include "maps.bpf.h"

#include "mcingest/rate.h"

const volatile bool keeps_rates;

/* The channels' rates, by slot; the daemon writes and reads them through memory. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__uint(pinning, LIBBPF_PIN_BY_NAME);
	__type(key, __u32);
	__type(value, struct mci_rate);
} rates SEC(".maps");

static __always_inline bool rate_is_over(__u32 slot, __u32 bytes, __u64 now)
{
	struct mci_rate *rate;

	if (!keeps_rates)
		return false;
	rate = bpf_map_lookup_elem(&rates, &slot);
	return rate && mci_rate_is_over(rate, bytes, now);
}
