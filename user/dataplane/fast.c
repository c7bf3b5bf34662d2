/* SPDX-License-Identifier: BSD-2-Clause */
#include "dataplane/fast.h"

#include "base/log.h"
#include "base/memory.h"
#include "dataplane/error.h"
#include "dataplane/fast_table.h"
#include "dataplane/memory_map.h"
#include "dataplane/pins.h"
#include "dataplane/routes.h"
#include "ingest_tc.skel.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <unistd.h>

struct fast {
	struct mci_fast_heads *heads;
	struct fast_table v4, v6;
};

/* Replacing */

static void set_seeds(const struct fast_table *table, unsigned number)
{
	__u64 *seeds = table->head->seeds[number];

	for (unsigned i = 0; i < MCI_FAST_WORDS6; i++) {
		if (getrandom(&seeds[i], sizeof(seeds[i]), 0) != sizeof(seeds[i]))
			seeds[i] = 0x9e3779b97f4a7c15;
		seeds[i] |= 1;
	}
}

/* Each of the two areas has half of the map's entries. */
static uint32_t first_segment(const struct fast_table *table, unsigned number)
{
	return number * bpf_map__max_entries(table->map) / MCI_FAST_TABLES;
}

/* Puts all segments in one call, so that the kernel waits once for the programs that run. */
static int put_segments(const struct fast_table *table, uint32_t first, const int *fds,
			uint32_t count)
{
	uint32_t *keys = memory_new(count * sizeof(*keys)), done = count;
	int map = bpf_map__fd(table->map), error;

	for (uint32_t i = 0; i < count; i++)
		keys[i] = first + i;
	error = bpf_map_update_batch(map, keys, fds, &done, NULL);
	for (uint32_t i = 0; error && i < count; i++)
		if (bpf_map_update_elem(map, &keys[i], &fds[i], BPF_ANY))
			break;
		else if (i == count - 1)
			error = 0;
	free(keys);
	return error;
}

/* Lets the programs use the area `number`. Returns 0 or a negative errno. */
static int publish(const struct fast_table *table, unsigned number)
{
	const struct fast_area *area = &table->areas[number];
	uint32_t first = first_segment(table, number);
	int error = put_segments(table, first, area->fds, fast_segments(area->bits));

	if (!error)
		fast_store((uint64_t *)&table->head->table,
			   MCI_FAST_TABLE(number, first, area->bits));
	return error;
}

/* Takes the segments of the area out of the map, by a segment of the other one in their place: a
 * deletion would wait for each. Once this has returned, no program reads them. */
static void retire(const struct fast_table *table, unsigned number)
{
	uint32_t count = fast_segments(table->areas[number].bits);
	int *fds = memory_new(count * sizeof(*fds));

	for (uint32_t i = 0; i < count; i++)
		fds[i] = table->areas[!number].fds[0];
	put_segments(table, first_segment(table, number), fds, count);
	free(fds);
}

static void *replace(void *context)
{
	struct fast_table *table = context;

	table->error = publish(table, !table->now);
	if (!table->error)
		retire(table, table->now);
	atomic_store(&table->done, true);
	return NULL;
}

/* A table that cannot grow is used on; what has no place in it is served by channels4. */
static void end_replacing(struct dataplane *dp, struct fast_table *table)
{
	pthread_join(table->thread, NULL);
	table->replacing = false;
	if (table->error) {
		log_warning("cannot replace a table of %s: %s", bpf_map__name(table->map),
			    strerror(-table->error));
		fast_area_release(dp, table, !table->now);
		return;
	}
	fast_area_release(dp, table, table->now);
	table->now = !table->now;
}

static void begin_replacing(struct dataplane *dp, struct fast_table *table)
{
	unsigned other = !table->now, bits = table->areas[table->now].bits + 1;

	if (fast_segments(bits) > first_segment(table, 1) ||
	    fast_area_make(dp, table, &table->areas[other], bits))
		return;
	set_seeds(table, other);
	fast_area_copy(dp, table, table->now, other);
	atomic_store(&table->done, false);
	table->replacing = !pthread_create(&table->thread, NULL, replace, table);
	if (!table->replacing)
		fast_area_release(dp, table, other);
}

static bool is_half_full(const struct fast_area *area)
{
	return area->used > 1u << (area->bits - 1);
}

/* Waits for the thread only if channels come faster than it works. */
static void look_after(struct dataplane *dp, struct fast_table *table)
{
	if (table->replacing &&
	    (atomic_load(&table->done) || is_half_full(&table->areas[!table->now])))
		end_replacing(dp, table);
	if (!table->replacing && !table->error && is_half_full(&table->areas[table->now]))
		begin_replacing(dp, table);
}

/* Channels */

static struct fast_table *table_of(const struct dataplane *dp, unsigned version)
{
	return version == 4 ? &dp->fast->v4 : &dp->fast->v6;
}

static void put(struct dataplane *dp, struct fast_table *table, const uint64_t *key, uint32_t route,
		uint32_t slot)
{
	look_after(dp, table);
	fast_area_put(dp, table, table->now, key, route, slot);
	if (table->replacing)
		fast_area_put(dp, table, !table->now, key, route, slot);
}

void fast_put(struct dataplane *dp, unsigned version, const void *key,
	      const struct mci_channel *channel)
{
	uint64_t words[MCI_FAST_WORDS6] = {0};
	int route = -1;

	if (!channel->moving && channel->slot < MCI_FAST_SLOTS)
		route = routes_take(dp, channel, version);
	if (route < 0) {
		fast_remove(dp, version, key);
		return;
	}
	memcpy(words, key, version == 4 ? sizeof(words[0]) : sizeof(words));
	put(dp, table_of(dp, version), words, (uint32_t)route, channel->slot);
	routes_release(dp, (uint32_t)route);
}

void fast_remove(struct dataplane *dp, unsigned version, const void *key)
{
	struct fast_table *table = table_of(dp, version);
	uint64_t words[MCI_FAST_WORDS6] = {0};

	memcpy(words, key, version == 4 ? sizeof(words[0]) : sizeof(words));
	look_after(dp, table);
	fast_area_remove(dp, table, table->now, words);
	if (table->replacing)
		fast_area_remove(dp, table, !table->now, words);
}

/* Opening and closing */

static const char *const pins[] = {"fast4", "fast6", "fast_heads", "routes"};

void fast_forget(const struct dataplane *dp)
{
	char path[PINS_PATH];

	for (unsigned i = 0; i < sizeof(pins) / sizeof(pins[0]); i++)
		unlink(pins_path(dp->pins, pins[i], path));
}

static int open_table(const struct dataplane *dp, struct fast_table *table)
{
	int error = fast_area_make(dp, table, &table->areas[0], MCI_FAST_BITS);

	set_seeds(table, 0);
	return error ? error : publish(table, 0);
}

static int open_heads(struct dataplane *dp, struct fast *fast)
{
	fast->heads =
		memory_map_open(bpf_map__fd(dp->ingest->maps.fast_heads), sizeof(*fast->heads));
	if (!fast->heads)
		return -errno;
	fast->v4 = (struct fast_table){.map = dp->ingest->maps.fast4,
				       .head = &fast->heads->v4,
				       .group = "mci_fast4_group",
				       .words = 1,
				       .stride = sizeof(struct mci_fast4) / sizeof(uint64_t)};
	fast->v6 = (struct fast_table){.map = dp->ingest->maps.fast6,
				       .head = &fast->heads->v6,
				       .group = "mci_fast6_group",
				       .words = MCI_FAST_WORDS6,
				       .stride = sizeof(struct mci_fast6) / sizeof(uint64_t)};
	return 0;
}

int fast_open(struct dataplane *dp)
{
	int error;

	dp->fast = memory_new(sizeof(*dp->fast));
	error = routes_open(dp);
	if (!error)
		error = open_heads(dp, dp->fast);
	if (!error)
		error = open_table(dp, &dp->fast->v4);
	if (!error)
		error = open_table(dp, &dp->fast->v6);
	return error ? dataplane_fail(dp, error, "cannot make the forwarding tables: %s",
				      dataplane_cure(error))
		     : 0;
}

static void close_table(struct fast_table *table)
{
	if (table->replacing)
		pthread_join(table->thread, NULL);
	for (unsigned i = 0; i < MCI_FAST_TABLES; i++)
		fast_area_free(table, &table->areas[i]);
}

void fast_close(struct dataplane *dp)
{
	if (!dp->fast)
		return;
	close_table(&dp->fast->v4);
	close_table(&dp->fast->v6);
	if (dp->fast->heads)
		munmap(dp->fast->heads, sizeof(*dp->fast->heads));
	free(dp->fast);
	dp->fast = NULL;
	routes_close(dp);
}
