/* SPDX-License-Identifier: GPL-2.0-only */
/* Every map. Each object that includes this has the same maps: they are pinned by name, so the
 * object that is loaded first makes them and the next ones find them. The sizes that are not here
 * come from the daemon's limits. */
#pragma once

#include "vmlinux.h"

#include <bpf/bpf_helpers.h>

#include "mcingest/maps.h"

/* Joined (S,G) of IPv4 to whence it must come and where it goes. */
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

/* Counts changes of channels4 and channels6. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__uint(pinning, LIBBPF_PIN_BY_NAME);
	__type(key, __u32);
	__type(value, __u64);
} entries_version SEC(".maps");

/* A moving channel's slot to the relay that it moves to. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 1);
	__uint(pinning, LIBBPF_PIN_BY_NAME);
	__type(key, __u32);
	__type(value, struct mci_move);
} moves SEC(".maps");

/* The LAN interfaces, by number. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, MCI_LANS_MAX);
	__uint(pinning, LIBBPF_PIN_BY_NAME);
	__type(key, __u32);
	__type(value, struct mci_lan);
} lans SEC(".maps");

/* Types that only maps in maps lead to would be left out of BTF, from which libbpf has their sizes
 * and bpftool their fields. */
const struct mci_channel_stats whole_channel_stats = {0};

struct stats_chunk {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, MCI_STATS_CHUNK);
	__type(key, __u32);
	__type(value, struct mci_channel_stats);
};

/* A channel's slot, by chunk and place in it, to what was forwarded of the channel; apart from the
 * channels, so that changing an entry loses no count. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, 1);
	__uint(pinning, LIBBPF_PIN_BY_NAME);
	__type(key, __u32);
	__array(values, struct stats_chunk);
} channel_stats SEC(".maps");

/* enum mci_drop to the number of packets dropped for that reason. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, MCI_DROP_COUNT);
	__uint(pinning, LIBBPF_PIN_BY_NAME);
	__type(key, __u32);
	__type(value, __u64);
} drops SEC(".maps");

/* enum mci_slow to the number of packets that were left to the daemon for that. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, MCI_SLOW_COUNT);
	__uint(pinning, LIBBPF_PIN_BY_NAME);
	__type(key, __u32);
	__type(value, __u64);
} slow SEC(".maps");

/* Local end of each tunnel of ours to its relay; asked only about packets that match no channel. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 1);
	__uint(pinning, LIBBPF_PIN_BY_NAME);
	__type(key, struct mci_tunnel_key);
	__type(value, struct mci_tunnel);
} tunnels SEC(".maps");

/* The daemon's own: what it has switched off on upstreams. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, MCI_OFFLOADS_MAX);
	__uint(pinning, LIBBPF_PIN_BY_NAME);
	__type(key, __u32);
	__type(value, __u32);
} offloads SEC(".maps");

/* Records of struct mci_observed for the daemon. */
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, MCI_OBSERVED_RING);
	__uint(pinning, LIBBPF_PIN_BY_NAME);
} observed SEC(".maps");
