/* SPDX-License-Identifier: BSD-2-Clause */
#include "dataplane/fast_table.h"

#include "base/memory.h"
#include "dataplane/memory_map.h"
#include "dataplane/routes.h"
#include "ingest_tc.skel.h"

#include <bpf/libbpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static size_t area_bytes(const struct fast_table *table, unsigned bits)
{
	return ((size_t)table->stride * sizeof(uint64_t)) << bits;
}

static int create_segment(const struct dataplane *dp, const struct fast_table *table)
{
	return memory_map_create(bpf_object__btf(dp->ingest->obj), "fast_segment", table->group,
				 table->stride * sizeof(uint64_t) * MCI_FAST_PLACES,
				 MCI_FAST_GROUPS);
}

/* Puts a new segment's memory in its place in the area's. */
static int make_segment(const struct dataplane *dp, const struct fast_table *table,
			struct fast_area *area, uint32_t number)
{
	size_t bytes = area_bytes(table, MCI_FAST_BITS);
	char *memory = (char *)area->places + number * bytes;

	area->fds[number] = create_segment(dp, table);
	if (area->fds[number] < 0)
		return area->fds[number];
	return mmap(memory, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED,
		    area->fds[number], 0) == MAP_FAILED
		       ? -errno
		       : 0;
}

int fast_area_make(const struct dataplane *dp, const struct fast_table *table,
		   struct fast_area *area, unsigned bits)
{
	void *memory =
		mmap(NULL, area_bytes(table, bits), PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int error = 0;

	if (memory == MAP_FAILED)
		return -errno;
	*area = (struct fast_area){.places = memory, .bits = bits};
	area->fds = memory_new(fast_segments(bits) * sizeof(*area->fds));
	for (uint32_t i = 0; i < fast_segments(bits); i++)
		area->fds[i] = -1;
	for (uint32_t i = 0; !error && i < fast_segments(bits); i++)
		error = make_segment(dp, table, area, i);
	if (error)
		fast_area_free(table, area);
	return error;
}

void fast_area_free(const struct fast_table *table, struct fast_area *area)
{
	if (!area->places)
		return;
	munmap(area->places, area_bytes(table, area->bits));
	for (uint32_t i = 0; i < fast_segments(area->bits); i++)
		if (area->fds[i] >= 0)
			close(area->fds[i]);
	free(area->fds);
	area->places = NULL;
}

/* Places */

static uint64_t load(const uint64_t *word)
{
	return __atomic_load_n(word, __ATOMIC_RELAXED);
}

static uint64_t hash_of(const struct fast_table *table, unsigned number, const uint64_t *key)
{
	const __u64 *seeds = table->head->seeds[number];
	uint64_t hash = 0;

	for (unsigned i = 0; i < table->words; i++)
		hash += key[i] * seeds[i];
	return hash;
}

/* The place of the key, or one that is free if it has none; NULL if all of its group are taken. */
static uint64_t *find(const struct fast_table *table, unsigned number, const uint64_t *key)
{
	const struct fast_area *area = &table->areas[number];
	uint64_t home = hash_of(table, number, key) >> (64 - area->bits);
	uint64_t *free_one = NULL;

	for (unsigned i = 0; area->places && i < MCI_FAST_PLACES; i++) {
		uint64_t *place = area->places + (home ^ i) * table->stride;

		if (!load(place))
			free_one = free_one ? free_one : place;
		else if (!memcmp(place + 1, key, table->words * sizeof(*key)))
			return place;
	}
	return free_one;
}

static uint64_t next_state(struct fast_table *table, uint32_t route, uint32_t slot)
{
	table->turn = (table->turn + 1) % MCI_FAST_TURNS;
	if (!table->turn)
		table->turn = 1;
	return MCI_FAST_STATE(route, slot, table->turn);
}

void fast_area_put(const struct dataplane *dp, struct fast_table *table, unsigned number,
		   const uint64_t *key, uint32_t route, uint32_t slot)
{
	uint64_t *place = find(table, number, key), old = place ? load(place) : 0;

	if (!place || (old && MCI_FAST_ROUTE(old) == route && MCI_FAST_SLOT(old) == slot))
		return;
	for (unsigned i = 0; !old && i < table->words; i++)
		fast_store(&place[1 + i], key[i]);
	routes_hold(dp, route);
	fast_store(place, next_state(table, route, slot));
	if (old)
		routes_release(dp, MCI_FAST_ROUTE(old));
	else
		table->areas[number].used++;
}

void fast_area_remove(const struct dataplane *dp, struct fast_table *table, unsigned number,
		      const uint64_t *key)
{
	uint64_t *place = find(table, number, key), old = place ? load(place) : 0;

	if (!old)
		return;
	fast_store(place, 0);
	routes_release(dp, MCI_FAST_ROUTE(old));
	table->areas[number].used--;
}

void fast_area_copy(const struct dataplane *dp, struct fast_table *table, unsigned from,
		    unsigned to)
{
	const struct fast_area *area = &table->areas[from];

	for (size_t i = 0; i < (size_t)1 << area->bits; i++) {
		const uint64_t *place = area->places + i * table->stride;
		uint64_t state = load(place);

		if (state)
			fast_area_put(dp, table, to, place + 1, MCI_FAST_ROUTE(state),
				      MCI_FAST_SLOT(state));
	}
}

void fast_area_release(const struct dataplane *dp, struct fast_table *table, unsigned number)
{
	const struct fast_area *area = &table->areas[number];

	for (size_t i = 0; i < (size_t)1 << area->bits; i++) {
		uint64_t state = load(area->places + i * table->stride);

		if (state)
			routes_release(dp, MCI_FAST_ROUTE(state));
	}
	fast_area_free(table, &table->areas[number]);
}
