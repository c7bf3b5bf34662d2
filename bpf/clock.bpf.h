/* SPDX-License-Identifier: GPL-2.0-only */
/* CLOCK_MONOTONIC, as of the last tick: what bpf_ktime_get_coarse_ns() says, for the price of a load.
 * The kernel counts ticks of that clock in jiffies, which programs read without a call; what a tick
 * is, and when it was that none had passed, the daemon finds out before it loads a program. */
#pragma once

#include "vmlinux.h"

#include <bpf/bpf_helpers.h>

#include "mcingest/maps.h"

const volatile struct mci_clock clock;

static __always_inline __u64 now_ns(void)
{
	return clock.epoch_ns + bpf_jiffies64() * clock.tick_ns;
}
