/* SPDX-License-Identifier: GPL-2.0-only */
/* CLOCK_MONOTONIC as of the last tick: the value of bpf_ktime_get_coarse_ns(), but without the
 * call. The kernel counts ticks in jiffies, which a program reads by a plain load. The daemon
 * measures `clock` before it loads the programs. */
#pragma once

#include "vmlinux.h"

#include <bpf/bpf_helpers.h>

#include "mcingest/maps.h"

const volatile struct mci_clock clock;

static __always_inline __u64 now_ns(void)
{
	return clock.epoch_ns + bpf_jiffies64() * clock.tick_ns;
}
