/* SPDX-License-Identifier: GPL-2.0-only */
/* All maps that the programs share. They are pinned by name: the object that is loaded first
 * creates them, the next ones find them. Sizes of 1 are placeholders for the daemon's limits. */
#pragma once

#include "vmlinux.h"

#include <bpf/bpf_helpers.h>

#include "mcingest/maps.h"

/* Joined channels of IPv4: from where their packets must come, and where they go. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 1);
	__uint(pinning, LIBBPF_PIN_BY_NAME);
	__type(key, struct mci_channel4_key);
	__type(value, struct mci_channel);
} channels4 SEC(".maps");

/* The same for IPv6. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 1);
	__uint(pinning, LIBBPF_PIN_BY_NAME);
	__type(key, struct mci_channel6_key);
	__type(value, struct mci_channel);
} channels6 SEC(".maps");

/* By slot, the flow that a moving channel moves to. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 1);
	__uint(pinning, LIBBPF_PIN_BY_NAME);
	__type(key, __u32);
	__type(value, struct mci_move);
} moves SEC(".maps");

/* The LANs, by number. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, MCI_LANS_MAX);
	__uint(pinning, LIBBPF_PIN_BY_NAME);
	__type(key, __u32);
	__type(value, struct mci_lan);
} lans SEC(".maps");

/* A type that only inner maps use would be left out of BTF. libbpf takes its size from BTF, and
 * bpftool its fields. */
const struct mci_channel_stats whole_channel_stats = {0};

/* A row for each CPU, of which the loader knows the number. */
struct stats_chunk {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, MCI_STATS_CHUNK);
	__type(key, __u32);
	__type(value, struct mci_channel_stats);
};

/* What was forwarded of each channel, by slot: chunk and place in the chunk. The counters are apart
 * from the channels, so that a change of an entry loses no count. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, 1);
	__uint(pinning, LIBBPF_PIN_BY_NAME);
	__type(key, __u32);
	__array(values, struct stats_chunk);
} channel_stats SEC(".maps");

/* By enum mci_drop, the number of packets dropped for this reason. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, MCI_DROP_COUNT);
	__uint(pinning, LIBBPF_PIN_BY_NAME);
	__type(key, __u32);
	__type(value, __u64);
} drops SEC(".maps");

/* By slot, what was dropped of a channel. Written on the way of packets that are dropped, alone. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, MCI_CHANNEL_DROPS_MAX);
	__uint(pinning, LIBBPF_PIN_BY_NAME);
	__type(key, __u32);
	__type(value, struct mci_channel_drops);
} channel_drops SEC(".maps");

/* By enum mci_slow, the number of packets left to the daemon for this cause. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, MCI_SLOW_COUNT);
	__uint(pinning, LIBBPF_PIN_BY_NAME);
	__type(key, __u32);
	__type(value, __u64);
} slow SEC(".maps");

/* By enum mci_account. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, MCI_ACCOUNT_COUNT);
	__uint(pinning, LIBBPF_PIN_BY_NAME);
	__type(key, __u32);
	__type(value, __u64);
} account SEC(".maps");

/* By our endpoint, the relay of the tunnel. Searched only for packets that match no channel. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 1);
	__uint(pinning, LIBBPF_PIN_BY_NAME);
	__type(key, struct mci_tunnel_key);
	__type(value, struct mci_tunnel);
} tunnels SEC(".maps");

/* The features that the daemon has switched off, by upstream. No program uses it. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, MCI_OFFLOADS_MAX);
	__uint(pinning, LIBBPF_PIN_BY_NAME);
	__type(key, __u32);
	__type(value, __u32);
} offloads SEC(".maps");

/* Counters of replaced maps. No program uses it. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 1);
	__uint(pinning, LIBBPF_PIN_BY_NAME);
	__type(key, __u32);
	__type(value, struct mci_carried);
} carried SEC(".maps");

/* Counters of the daemon. No program uses them. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__uint(pinning, LIBBPF_PIN_BY_NAME);
	__type(key, __u32);
	__type(value, struct mci_kept);
} kept SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 1);
	__uint(pinning, LIBBPF_PIN_BY_NAME);
	__type(key, __u32);
	__type(value, struct mci_kept_slow);
} kept_slow SEC(".maps");

/* What the values of the other maps consist of. No program uses it. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, MCI_FIELDS_MAX);
	__uint(pinning, LIBBPF_PIN_BY_NAME);
	__type(key, __u32);
	__type(value, struct mci_field);
} layout SEC(".maps");

/* Records (struct mci_observed) for the daemon. */
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, MCI_OBSERVED_RING);
	__uint(pinning, LIBBPF_PIN_BY_NAME);
} observed SEC(".maps");
