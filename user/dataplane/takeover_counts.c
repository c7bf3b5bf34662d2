/* SPDX-License-Identifier: BSD-2-Clause */
/* Keeps what the maps of an earlier daemon have counted. */
#include "base/log.h"
#include "base/memory.h"
#include "dataplane/carried.h"
#include "dataplane/pins.h"
#include "dataplane/stats_chunks.h"
#include "dataplane/takeover.h"
#include "dataplane/takeover_maps.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

struct counts {
	struct dataplane *dp;
	const struct takeover_layouts *layouts;
};

/* An old map of counters: one per CPU, or a chunk with a row for each CPU. */
struct old_counters {
	struct bpf_map_info info;
	int map;
	size_t size; /* of one CPU's value */
	uint32_t count;
	uint8_t *rows;   /* a chunk's memory; NULL for a map per CPU */
	uint8_t *values; /* room for the values of all CPUs */
};

static int open_rows(struct old_counters *old, unsigned cpus)
{
	void *memory = MAP_FAILED;

	if (old->info.type == BPF_MAP_TYPE_ARRAY && old->info.max_entries == cpus * MCI_STATS_CHUNK)
		memory = mmap(NULL, old->info.max_entries * old->size, PROT_READ, MAP_SHARED,
			      old->map, 0);
	if (memory == MAP_FAILED)
		return -EINVAL;
	old->rows = memory;
	old->count = MCI_STATS_CHUNK;
	return 0;
}

static int read_values(const struct old_counters *old, uint32_t index, unsigned cpus)
{
	for (unsigned cpu = 0; old->rows && cpu < cpus; cpu++)
		memcpy(old->values + cpu * old->size,
		       old->rows + (index + cpu * MCI_STATS_CHUNK) * old->size, old->size);
	return old->rows ? 0 : bpf_map_lookup_elem(old->map, &index, old->values);
}

/* Sums up one entry of an old map. */
static int read_counts(const struct counts *counts, const struct old_counters *old,
		       const char *kind, uint32_t index, struct mci_carried *sum)
{
	int error = read_values(old, index, counts->dp->cpus);

	memset(sum, 0, sizeof(*sum));
	for (unsigned cpu = 0; !error && cpu < counts->dp->cpus; cpu++) {
		const uint8_t *value = old->values + cpu * old->size;
		struct mci_channel_stats stats = {0};

		if (kind)
			layout_convert(&counts->layouts->old, value, old->info.value_size,
				       &counts->layouts->ours, &stats, kind);
		else
			memcpy(&stats.packets, value, sizeof(stats.packets));
		sum->packets += stats.packets;
		sum->bytes += stats.bytes;
		if (stats.last_ns > sum->last_ns)
			sum->last_ns = stats.last_ns;
	}
	return error;
}

static int carry_all(const struct counts *counts, const struct old_counters *old, const char *kind,
		     uint32_t first)
{
	struct mci_carried sum;
	int error = 0;

	for (uint32_t i = 0; !error && i < old->count; i++) {
		error = read_counts(counts, old, kind, i, &sum);
		if (!error && sum.packets)
			error = carried_add(counts->dp, first + i, &sum);
	}
	return error;
}

/* Carries the counts of an old map, whose first one belongs to the key `first`. */
static void carry(const struct counts *counts, const char *name, const char *kind, uint32_t first)
{
	unsigned cpus = counts->dp->cpus;
	struct old_counters old = {.rows = NULL};
	int error = 0;

	old.map = takeover_map(counts->dp->pins_old, name, &old.info);
	if (old.map < 0)
		return; /* it was not replaced */
	old.size = (old.info.value_size + 7) / 8 * 8;
	old.count = old.info.max_entries;
	if (old.info.value_size < sizeof(uint64_t))
		error = -EINVAL;
	else if (old.info.type != BPF_MAP_TYPE_PERCPU_ARRAY)
		error = open_rows(&old, cpus);
	old.values = memory_new(cpus * old.size);
	if (!error)
		error = carry_all(counts, &old, kind, first);
	if (error)
		log_error("cannot keep the counts of the map %s: %s", name, strerror(-error));
	if (old.rows)
		munmap(old.rows, old.info.max_entries * old.size);
	free(old.values);
	close(old.map);
}

static void carry_chunk(void *context, const char *name)
{
	uint32_t number;

	if (sscanf(name, TAKEOVER_CHUNK "%u", &number) == 1)
		carry(context, name, "stats", number * MCI_STATS_CHUNK);
}

void takeover_finish(struct dataplane *dp)
{
	struct takeover_layouts layouts;
	struct counts counts = {.dp = dp, .layouts = &layouts};

	if (access(dp->pins_old, F_OK))
		return;
	takeover_layouts(dp, dp->pins_old, &layouts);
	stats_chunks_settle(dp);
	carry(&counts, "drops", NULL, MCI_CARRIED_DROPS);
	carry(&counts, "slow", NULL, MCI_CARRIED_SLOW);
	carry(&counts, "account", NULL, MCI_CARRIED_ACCOUNT);
	pins_each(dp->pins_old, carry_chunk, &counts);
	pins_remove_old(dp);
}
