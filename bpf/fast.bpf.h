/* SPDX-License-Identifier: GPL-2.0-only */
/* Reads the forwarding tables (mcingest/fast.h). The maps are made anew by each daemon; programs of
 * an earlier one keep theirs. */
#pragma once

#include "maps.bpf.h"

#include "mcingest/fast.h"

/* Segments of tables. A table grows by being replaced. */
struct fast4_segment {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, MCI_FAST_GROUPS);
	__type(key, __u32);
	__type(value, struct mci_fast4_group);
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, MCI_FAST_TABLES);
	__uint(pinning, LIBBPF_PIN_BY_NAME);
	__type(key, __u32);
	__array(values, struct fast4_segment);
} fast4 SEC(".maps");

struct fast6_segment {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, MCI_FAST_GROUPS);
	__type(key, __u32);
	__type(value, struct mci_fast6_group);
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, MCI_FAST_TABLES);
	__uint(pinning, LIBBPF_PIN_BY_NAME);
	__type(key, __u32);
	__array(values, struct fast6_segment);
} fast6 SEC(".maps");

/* Inner maps take their types from BTF (see stats_chunk). */
static const struct mci_fast4_group whole_fast4_group __attribute__((used));
static const struct mci_fast6_group whole_fast6_group __attribute__((used));

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__uint(pinning, LIBBPF_PIN_BY_NAME);
	__type(key, __u32);
	__type(value, struct mci_fast_heads);
} fast_heads SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__uint(pinning, LIBBPF_PIN_BY_NAME);
	__type(key, __u32);
	__type(value, struct mci_route);
} routes SEC(".maps");

/* A channel as the tables have it. */
struct fast {
	const volatile __u64 *place; /* its state */
	__u64 state;
	const volatile struct mci_route *route;
};

/* An address that the processor cannot know before `value`: so it reads there later, also where
 * reads may overtake each other (ARM). */
static __always_inline const volatile __u64 *fast_after(const volatile __u64 *address, __u64 value)
{
	asm volatile("%0 &= 0" : "+r"(value));
	return (const volatile void *)((const volatile char *)address + value);
}

/* If the place is the key's, keeps its state. */
static __always_inline bool fast_is4(const volatile __u64 *place, __u64 key, struct fast *f)
{
	__u64 state = *place, there = *fast_after(place + 1, state);

	f->place = fast_after(place, there);
	f->state = state;
	return there == key;
}

static __always_inline bool fast_is6(const volatile __u64 *place, const __u64 *key, struct fast *f)
{
	__u64 state = *place;
	const volatile __u64 *there = fast_after(place + 1, state);
	__u64 first = there[0], second = there[1], third = there[2], fourth = there[3];

	f->place = fast_after(place, first | second | third | fourth);
	f->state = state;
	return third == key[2] && fourth == key[3] && first == key[0] && second == key[1];
}

/* A place of a group of `bytes`. */
static __always_inline const volatile __u64 *fast_place(const void *group, __u64 place, __u32 bytes)
{
	return group + (place & (MCI_FAST_PLACES - 1)) * bytes;
}

/* Where a key stands: the places of its group, and the number of the one that it prefers. */
struct fast_home {
	const void *group;
	__u64 place;
};

static __always_inline bool fast_look_up(void *segments, __u64 where, __u64 hash,
					 struct fast_home *home)
{
	__u32 segment, group;
	void *map;

	home->place = MCI_FAST_PLACE(where, hash);
	segment = MCI_FAST_SEGMENT(where, home->place);
	group = MCI_FAST_GROUP(home->place);
	map = bpf_map_lookup_elem(segments, &segment);
	home->group = map ? bpf_map_lookup_elem(map, &group) : NULL;
	return home->group;
}

static __always_inline bool fast_search4(const struct mci_fast_head *head, __u64 key,
					 struct fast *f)
{
	__u64 where = *(const volatile __u64 *)&head->table;
	struct fast_home home;

	if (!fast_look_up(&fast4, where, key * head->seeds[MCI_FAST_TABLE_NUMBER(where)][0], &home))
		return false;
	for (int i = 0; i < MCI_FAST_PLACES; i++)
		if (fast_is4(fast_place(home.group, home.place ^ i, sizeof(struct mci_fast4)), key,
			     f))
			return f->state;
	return false;
}

static __always_inline __u64 fast_hash6(const __u64 *seeds, const __u64 *key)
{
	return key[0] * seeds[0] + key[1] * seeds[1] + key[2] * seeds[2] + key[3] * seeds[3];
}

static __always_inline bool fast_search6(const struct mci_fast_head *head, const __u64 *key,
					 struct fast *f)
{
	__u64 where = *(const volatile __u64 *)&head->table;
	struct fast_home home;

	if (!fast_look_up(&fast6, where, fast_hash6(head->seeds[MCI_FAST_TABLE_NUMBER(where)], key),
			  &home))
		return false;
	for (int i = 0; i < MCI_FAST_PLACES; i++)
		if (fast_is6(fast_place(home.group, home.place ^ i, sizeof(struct mci_fast6)), key,
			     f))
			return f->state;
	return false;
}

/* Finds the channel of an inner packet, by its source and group: words as in the header. */
static __always_inline bool fast_find(__u32 version, const __u64 *key, struct fast *f)
{
	const struct mci_fast_heads *heads = bpf_map_lookup_elem(&fast_heads, &(__u32){0});
	__u32 route;

	if (!heads || !(version == 4 ? fast_search4(&heads->v4, key[0], f)
				     : fast_search6(&heads->v6, key, f)))
		return false;
	route = MCI_FAST_ROUTE(f->state);
	f->route = bpf_map_lookup_elem(&routes, &route);
	return f->route;
}

/* Whether all that was read of the channel belongs together. Call it after the last reading. */
static __always_inline bool fast_still_is(const struct fast *f)
{
	return *f->place == f->state;
}
