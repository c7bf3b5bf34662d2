/* SPDX-License-Identifier: BSD-2-Clause */
#include "dataplane/stats_chunks.h"

#include "base/memory.h"
#include "dataplane/error.h"
#include "dataplane/memory_map.h"
#include "dataplane/pins.h"
#include "ingest_tc.skel.h"

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#define AT_ONCE_MAX 16 /* chunks that are created together */

/* Chunks that are being created, by the thread or by the caller. */
struct maker {
	pthread_t thread;
	bool running;
	atomic_bool done;
	uint32_t first, count;
	int fds[AT_ONCE_MAX];
	int error; /* if it is not 0, no chunk was created */
};

struct stats_chunks {
	int *fds;                        /* -1 if the chunk does not exist */
	struct mci_channel_stats **rows; /* their memory */
	const struct dataplane *dp;
	uint32_t count;
	struct maker maker;
	const struct bpf_map *map; /* channel_stats: number to chunk */
	const char *pins;          /* folder */
};

static const char *path_of(const char *pins, uint32_t number, char path[PINS_PATH])
{
	snprintf(path, PINS_PATH, "%s/channel_stats_%u", pins, number);
	return path;
}

static uint32_t id_of(int chunk)
{
	struct bpf_map_info info = {0};
	uint32_t size = sizeof(info);

	return bpf_obj_get_info_by_fd(chunk, &info, &size) ? 0 : info.id;
}

/* Opens a chunk that an earlier daemon created; it may have been killed before it put the chunk
 * into the map. Returns -1 if there is none. */
static int open_chunk(const struct bpf_map *map, const char *pins, uint32_t number)
{
	char path[PINS_PATH];
	int chunk = bpf_obj_get(path_of(pins, number, path));
	uint32_t id = 0;

	if (chunk < 0)
		return -1;
	bpf_map__lookup_elem(map, &number, sizeof(number), &id, sizeof(id), 0);
	if (id == id_of(chunk) ||
	    !bpf_map__update_elem(map, &number, sizeof(number), &chunk, sizeof(chunk), BPF_ANY))
		return chunk;
	close(chunk);
	return -1;
}

static int create_of(const struct dataplane *dp, const struct btf *types)
{
	return memory_map_create(types, "stats_chunk", "mci_channel_stats",
				 sizeof(struct mci_channel_stats), dp->cpus * MCI_STATS_CHUNK);
}

/* Before the programs are loaded, the kernel does not have their types yet. It takes only chunks
 * that are like the first one, with types or without. */
int stats_chunks_create(const struct dataplane *dp)
{
	const struct btf *types = bpf_object__btf(dp->ingest->obj);
	const void *bytes;
	struct btf *copy;
	uint32_t size;
	int chunk;

	if (btf__fd(types) >= 0)
		return create_of(dp, types);
	bytes = btf__raw_data(types, &size);
	copy = bytes ? btf__new(bytes, size) : NULL;
	chunk = copy ? btf__load_into_kernel(copy) : -errno;
	if (!chunk)
		chunk = create_of(dp, copy);
	btf__free(copy);
	return chunk;
}

/* Returns a descriptor or a negative errno. */
static int create_chunk(const struct stats_chunks *chunks, uint32_t number)
{
	int chunk = stats_chunks_create(chunks->dp), error = chunk < 0 ? chunk : 0;
	char path[PINS_PATH];

	unlink(path_of(chunks->pins, number, path)); /* one that could not be opened */
	if (!error)
		error = bpf_obj_pin(chunk, path);
	if (error && chunk >= 0)
		close(chunk);
	return error ? error : chunk;
}

static void discard_chunk(const struct stats_chunks *chunks, uint32_t number, int chunk)
{
	char path[PINS_PATH];

	unlink(path_of(chunks->pins, number, path));
	close(chunk);
}

/* Adds all chunks in one call, so that the kernel waits once. A kernel that is too old for this
 * call takes them one by one. */
static int put_chunks(const struct stats_chunks *chunks)
{
	int error, fd = bpf_map__fd(chunks->map);
	const struct maker *maker = &chunks->maker;
	uint32_t numbers[AT_ONCE_MAX], count = maker->count;

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

static void make_chunks(struct stats_chunks *chunks)
{
	struct maker *maker = &chunks->maker;
	uint32_t made = 0;

	maker->error = 0;
	while (!maker->error && made < maker->count) {
		int fd = create_chunk(chunks, maker->first + made);

		if (fd < 0)
			maker->error = fd;
		else
			maker->fds[made++] = fd;
	}
	if (!maker->error)
		maker->error = put_chunks(chunks);
	while (maker->error && made--)
		discard_chunk(chunks, maker->first + made, maker->fds[made]);
}

static void *run_maker(void *context)
{
	struct stats_chunks *chunks = context;

	make_chunks(chunks);
	atomic_store(&chunks->maker.done, true);
	return NULL;
}

static size_t chunk_bytes(const struct stats_chunks *chunks)
{
	return (size_t)chunks->dp->cpus * MCI_STATS_CHUNK * sizeof(struct mci_channel_stats);
}

/* A chunk whose memory cannot be had is not there. */
static void take_chunk(struct stats_chunks *chunks, uint32_t number, int chunk)
{
	struct mci_channel_stats *rows =
		chunk < 0 ? NULL : memory_map_open(chunk, chunk_bytes(chunks));

	if (chunk >= 0 && !rows)
		close(chunk);
	chunks->fds[number] = rows ? chunk : -1;
	chunks->rows[number] = rows;
}

static void take_chunks(struct stats_chunks *chunks)
{
	const struct maker *maker = &chunks->maker;

	for (uint32_t i = 0; !maker->error && i < maker->count; i++)
		take_chunk(chunks, maker->first + i, maker->fds[i]);
}

/* Waits for the thread if it is not done yet. */
static void join_maker(struct stats_chunks *chunks)
{
	if (!chunks->maker.running)
		return;
	pthread_join(chunks->maker.thread, NULL);
	chunks->maker.running = false;
	take_chunks(chunks);
}

/* Chooses the next chunks to create, from that of `slot` on. The more slots are in use, the further
 * it looks ahead: many channels come faster than one chunk after the other. Returns false if all of
 * these chunks exist. */
static bool plan(struct stats_chunks *chunks, uint32_t slot)
{
	struct maker *maker = &chunks->maker;
	uint32_t number = slot / MCI_STATS_CHUNK;
	uint32_t end = number + (slot < MCI_STATS_CHUNK / 2 ? 1 : number / 2 + 6);

	if (end > chunks->count)
		end = chunks->count;
	while (number < end && chunks->fds[number] >= 0)
		number++;
	maker->first = number;
	maker->count = 0;
	while (number < end && chunks->fds[number] < 0 && maker->count < AT_ONCE_MAX) {
		maker->count++;
		number++;
	}
	return maker->count;
}

/* Chunks that could not be created are not tried again before they are needed. */
static void make_ahead(struct stats_chunks *chunks, uint32_t slot)
{
	struct maker *maker = &chunks->maker;

	if (maker->running && !atomic_load(&maker->done))
		return;
	join_maker(chunks);
	if (maker->error || !plan(chunks, slot))
		return;
	atomic_store(&maker->done, false);
	maker->running = !pthread_create(&maker->thread, NULL, run_maker, chunks);
}

int stats_chunks_provide(struct dataplane *dp, uint32_t slot)
{
	struct stats_chunks *chunks = dp->chunks;
	uint32_t number = slot / MCI_STATS_CHUNK;

	if (number >= chunks->count)
		return dataplane_fail(dp, -E2BIG, "no counters for channel %u", slot);
	if (chunks->fds[number] < 0)
		join_maker(chunks);
	if (chunks->fds[number] < 0 && plan(chunks, slot)) {
		make_chunks(chunks);
		take_chunks(chunks);
	}
	if (chunks->fds[number] < 0)
		return dataplane_fail(dp, chunks->maker.error,
				      "cannot create counters for channels: %s",
				      dataplane_cure(chunks->maker.error));
	make_ahead(chunks, slot);
	return 0;
}

/* The kernel waits for them whenever an inner map is put into its place. */
void stats_chunks_settle(const struct dataplane *dp)
{
	const struct bpf_map *map = dp->chunks->map;
	uint32_t first = 0;

	bpf_map__update_elem(map, &first, sizeof(first), &dp->chunks->fds[0],
			     sizeof(dp->chunks->fds[0]), BPF_ANY);
}

struct mci_channel_stats *stats_chunks_find(const struct dataplane *dp, uint32_t slot)
{
	uint32_t number = slot / MCI_STATS_CHUNK;
	struct mci_channel_stats *rows =
		number < dp->chunks->count ? dp->chunks->rows[number] : NULL;

	return rows ? rows + slot % MCI_STATS_CHUNK : NULL;
}

int stats_chunks_open(struct dataplane *dp)
{
	const struct bpf_map *map = dp->ingest->maps.channel_stats;
	struct stats_chunks *chunks = memory_new(sizeof(*chunks));

	chunks->map = map;
	chunks->pins = dp->pins;
	chunks->count = bpf_map__max_entries(map);
	chunks->dp = dp;
	chunks->fds = memory_new(chunks->count * sizeof(*chunks->fds));
	chunks->rows = memory_new(chunks->count * sizeof(struct mci_channel_stats *));
	for (uint32_t number = 0; number < chunks->count; number++)
		take_chunk(chunks, number, open_chunk(map, dp->pins, number));
	dp->chunks = chunks;
	return stats_chunks_provide(dp, 0);
}

void stats_chunks_close(struct dataplane *dp)
{
	struct stats_chunks *chunks = dp->chunks;

	if (!chunks)
		return;
	join_maker(chunks);
	for (uint32_t number = 0; number < chunks->count; number++) {
		if (chunks->fds[number] < 0)
			continue;
		munmap(chunks->rows[number], chunk_bytes(chunks));
		close(chunks->fds[number]);
	}
	free(chunks->rows);
	free(chunks->fds);
	free(chunks);
	dp->chunks = NULL;
}
