/* SPDX-License-Identifier: BSD-2-Clause */
/* Channels' counters are in maps of MCI_STATS_CHUNK slots each, made as slots come into use. */
#include "dataplane/internal.h"

#include "base/memory.h"
#include "ingest_tc.skel.h"

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

/* The map of a chunk that an earlier daemon made, or -1. */
static int open_chunk(const struct dataplane *dp, uint32_t number)
{
	uint32_t id;

	if (bpf_map__lookup_elem(dp->ingest->maps.channel_stats, &number, sizeof(number), &id,
				 sizeof(id), 0))
		return -1;
	return bpf_map_get_fd_by_id(id);
}

/* A descriptor, or a negative errno. */
static int create_chunk(const struct dataplane *dp)
{
	const struct btf *types = bpf_object__btf(dp->ingest->obj);
	LIBBPF_OPTS(bpf_map_create_opts, options, .btf_fd = btf__fd(types),
		    .btf_key_type_id = btf__find_by_name(types, "__u32"),
		    .btf_value_type_id = btf__find_by_name(types, "mci_channel_stats"));

	return bpf_map_create(BPF_MAP_TYPE_PERCPU_ARRAY, "stats_chunk", sizeof(uint32_t),
			      sizeof(struct mci_channel_stats), MCI_STATS_CHUNK, &options);
}

/* All at once, for which the kernel waits once; or one by one, where it is too old for that. */
static int put_chunks(const struct dataplane *dp)
{
	int error, fd = bpf_map__fd(dp->ingest->maps.channel_stats);
	const struct stats_maker *maker = &dp->stats_maker;
	uint32_t numbers[STATS_CHUNKS_AT_ONCE], count = maker->count;

	for (uint32_t i = 0; i < maker->count; i++)
		numbers[i] = maker->first + i;
	error = bpf_map_update_batch(fd, numbers, maker->fds, &count, NULL);
	if (!error)
		return 0;
	for (uint32_t i = 0; i < maker->count; i++) {
		error = bpf_map_update_elem(fd, &numbers[i], &maker->fds[i], BPF_ANY);
		if (error)
			break;
	}
	return error;
}

static void make_chunks(struct dataplane *dp)
{
	struct stats_maker *maker = &dp->stats_maker;
	uint32_t made = 0;

	maker->error = 0;
	while (!maker->error && made < maker->count) {
		int fd = create_chunk(dp);

		if (fd < 0)
			maker->error = fd;
		else
			maker->fds[made++] = fd;
	}
	if (!maker->error)
		maker->error = put_chunks(dp);
	while (maker->error && made)
		close(maker->fds[--made]);
}

static void *make_beside(void *context)
{
	struct dataplane *dp = context;

	make_chunks(dp);
	atomic_store(&dp->stats_maker.done, true);
	return NULL;
}

static void take_chunks(struct dataplane *dp)
{
	const struct stats_maker *maker = &dp->stats_maker;

	for (uint32_t i = 0; !maker->error && i < maker->count; i++)
		dp->stats_chunks[maker->first + i] = maker->fds[i];
}

/* Waits for the thread where it is not done yet. */
static void join_maker(struct dataplane *dp)
{
	if (!dp->stats_maker.running)
		return;
	pthread_join(dp->stats_maker.thread, NULL);
	dp->stats_maker.running = false;
	take_chunks(dp);
}

/* The next ones that are not there, up to those that this slot lets us expect: more with many,
 * which come faster than one chunk after the other. False where all are there. */
static bool plan(struct dataplane *dp, uint32_t slot)
{
	struct stats_maker *maker = &dp->stats_maker;
	uint32_t number = slot / MCI_STATS_CHUNK;
	uint32_t end = number + (slot < MCI_STATS_CHUNK / 2 ? 1 : number / 2 + 6);

	if (end > dp->stats_chunk_count)
		end = dp->stats_chunk_count;
	while (number < end && dp->stats_chunks[number] >= 0)
		number++;
	maker->first = number;
	maker->count = 0;
	while (number < end && dp->stats_chunks[number] < 0 &&
	       maker->count < STATS_CHUNKS_AT_ONCE) {
		maker->count++;
		number++;
	}
	return maker->count;
}

/* What could not be made is not tried again before it is needed. */
static void make_ahead(struct dataplane *dp, uint32_t slot)
{
	struct stats_maker *maker = &dp->stats_maker;

	if (maker->running && !atomic_load(&maker->done))
		return;
	join_maker(dp);
	if (maker->error || !plan(dp, slot))
		return;
	atomic_store(&maker->done, false);
	maker->running = !pthread_create(&maker->thread, NULL, make_beside, dp);
}

int stats_provide(struct dataplane *dp, uint32_t slot)
{
	uint32_t number = slot / MCI_STATS_CHUNK;

	if (number >= dp->stats_chunk_count)
		return dataplane_fail(dp, -E2BIG, "no counters for channel %u", slot);
	if (dp->stats_chunks[number] < 0)
		join_maker(dp);
	if (dp->stats_chunks[number] < 0 && plan(dp, slot)) {
		make_chunks(dp);
		take_chunks(dp);
	}
	if (dp->stats_chunks[number] < 0)
		return dataplane_fail(dp, dp->stats_maker.error,
				      "cannot make room for channels' counters: %s",
				      dataplane_cure(dp->stats_maker.error));
	make_ahead(dp, slot);
	return 0;
}

int stats_open(struct dataplane *dp)
{
	dp->stats_chunk_count = bpf_map__max_entries(dp->ingest->maps.channel_stats);
	dp->stats_chunks = memory_new(dp->stats_chunk_count * sizeof(*dp->stats_chunks));
	for (uint32_t number = 0; number < dp->stats_chunk_count; number++)
		dp->stats_chunks[number] = open_chunk(dp, number);
	return stats_provide(dp, 0);
}

void stats_close(struct dataplane *dp)
{
	join_maker(dp);
	for (uint32_t number = 0; number < dp->stats_chunk_count; number++)
		if (dp->stats_chunks[number] >= 0)
			close(dp->stats_chunks[number]);
	free(dp->stats_chunks);
	dp->stats_chunks = NULL;
	dp->stats_chunk_count = 0;
}
