/* SPDX-License-Identifier: BSD-2-Clause */
#include "dataplane/internal.h"

#include "base/memory.h"
#include "ingest_tc.skel.h"

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int read_error(struct dataplane *dp, int error, const struct bpf_map *map)
{
	return dataplane_fail(dp, error, "cannot read or clear map %s: %s", bpf_map__name(map),
			      strerror(-error));
}

/* The map of a chunk that an earlier daemon made, or -1. */
static int open_chunk(const struct dataplane *dp, uint32_t number)
{
	uint32_t id;

	if (bpf_map__lookup_elem(dp->ingest->maps.channel_stats, &number, sizeof(number), &id,
				 sizeof(id), 0))
		return -1;
	return bpf_map_get_fd_by_id(id);
}

void stats_close(struct dataplane *dp)
{
	for (uint32_t number = 0; number < dp->stats_chunk_count; number++)
		if (dp->stats_chunks[number] >= 0)
			close(dp->stats_chunks[number]);
	free(dp->stats_chunks);
	dp->stats_chunks = NULL;
	dp->stats_chunk_count = 0;
}

static int make_chunk(struct dataplane *dp, uint32_t number)
{
	const struct bpf_map *chunks = dp->ingest->maps.channel_stats;
	const struct btf *types = bpf_object__btf(dp->ingest->obj);
	LIBBPF_OPTS(bpf_map_create_opts, options, .btf_fd = btf__fd(types),
		    .btf_key_type_id = btf__find_by_name(types, "__u32"),
		    .btf_value_type_id = btf__find_by_name(types, "mci_channel_stats"));
	int fd = bpf_map_create(BPF_MAP_TYPE_PERCPU_ARRAY, "stats_chunk", sizeof(uint32_t),
				sizeof(struct mci_channel_stats), MCI_STATS_CHUNK, &options);
	int error = fd < 0 ? fd : bpf_map__update_elem(chunks, &number, sizeof(number), &fd,
						       sizeof(fd), BPF_ANY);

	if (!error) {
		dp->stats_chunks[number] = fd;
		return 0;
	}
	if (fd >= 0)
		close(fd);
	return dataplane_fail(dp, error, "cannot make room for channels' counters: %s",
			      dataplane_cure(error));
}

int stats_provide(struct dataplane *dp, uint32_t slot)
{
	uint32_t number = slot / MCI_STATS_CHUNK;

	if (number >= dp->stats_chunk_count)
		return dataplane_fail(dp, -E2BIG, "no counters for channel %u", slot);
	return dp->stats_chunks[number] >= 0 ? 0 : make_chunk(dp, number);
}

int stats_open(struct dataplane *dp)
{
	dp->stats_chunk_count = bpf_map__max_entries(dp->ingest->maps.channel_stats);
	dp->stats_chunks = memory_new(dp->stats_chunk_count * sizeof(*dp->stats_chunks));
	for (uint32_t number = 0; number < dp->stats_chunk_count; number++)
		dp->stats_chunks[number] = open_chunk(dp, number);
	return stats_provide(dp, 0);
}

/* The chunk of a slot, or -1 where no packet can have been counted. */
static int find_chunk(const struct dataplane *dp, uint32_t slot)
{
	uint32_t number = slot / MCI_STATS_CHUNK;

	return number < dp->stats_chunk_count ? dp->stats_chunks[number] : -1;
}

static void add_cpu(struct mci_channel_stats *stats, const struct mci_channel_stats *cpu)
{
	stats->packets += cpu->packets;
	stats->bytes += cpu->bytes;
	if (stats->last_ns >= cpu->last_ns)
		return;
	stats->last_ns = cpu->last_ns;
	stats->rtp = cpu->rtp;
	stats->rtp_ssrc = cpu->rtp_ssrc;
}

int dataplane_channel_stats(struct dataplane *dp, uint32_t slot, struct mci_channel_stats *stats)
{
	const struct mci_channel_stats *cpu = dp->per_cpu;
	uint32_t place = slot % MCI_STATS_CHUNK;
	int chunk = find_chunk(dp, slot), error;

	memset(stats, 0, sizeof(*stats));
	if (chunk < 0)
		return 0;
	error = bpf_map_lookup_elem(chunk, &place, dp->per_cpu);
	if (error)
		return read_error(dp, error, dp->ingest->maps.channel_stats);
	for (unsigned i = 0; i < dp->cpus; i++)
		add_cpu(stats, &cpu[i]);
	return 0;
}

int dataplane_clear_channel_stats(struct dataplane *dp, uint32_t slot)
{
	uint32_t place = slot % MCI_STATS_CHUNK;
	int chunk = find_chunk(dp, slot), error;

	if (chunk < 0)
		return 0;
	memset(dp->per_cpu, 0, dp->cpus * sizeof(struct mci_channel_stats));
	error = bpf_map_update_elem(chunk, &place, dp->per_cpu, BPF_ANY);
	return error ? read_error(dp, error, dp->ingest->maps.channel_stats) : 0;
}

static int read_drop(struct dataplane *dp, uint32_t reason, uint64_t *sum)
{
	const struct bpf_map *map = dp->ingest->maps.drops;
	const uint64_t *cpu = dp->per_cpu;
	int error = bpf_map__lookup_elem(map, &reason, sizeof(reason), dp->per_cpu,
					 dp->cpus * sizeof(*cpu), 0);

	*sum = 0;
	if (error)
		return read_error(dp, error, map);
	for (unsigned i = 0; i < dp->cpus; i++)
		*sum += cpu[i];
	return 0;
}

int dataplane_drops(struct dataplane *dp, uint64_t drops[MCI_DROP_COUNT])
{
	int error = 0;

	for (uint32_t reason = 0; !error && reason < MCI_DROP_COUNT; reason++)
		error = read_drop(dp, reason, &drops[reason]);
	return error;
}

const char *dataplane_drop_name(enum mci_drop drop)
{
	static const char *const names[MCI_DROP_COUNT] = {
		[MCI_DROP_WRONG_RELAY] = "wrong_relay",
		[MCI_DROP_NOT_JOINED] = "not_joined",
		[MCI_DROP_OTHER_TUNNEL] = "other_tunnel",
		[MCI_DROP_EXPIRED] = "expired",
		[MCI_DROP_TRUNCATED] = "truncated",
		[MCI_DROP_INNER_VERSION] = "inner_version",
		[MCI_DROP_INNER_HEADER] = "inner_header",
		[MCI_DROP_NOT_MULTICAST] = "not_multicast",
		[MCI_DROP_TTL] = "ttl",
		[MCI_DROP_EXCEEDS_MTU] = "exceeds_mtu",
		[MCI_DROP_NO_EGRESS] = "no_egress",
		[MCI_DROP_REWRITE] = "rewrite",
		[MCI_DROP_OBSERVE_FULL] = "observe_full",
		[MCI_DROP_SLOW_RATE] = "slow_rate",
		[MCI_DROP_LAN_REFUSED] = "lan_refused",
	};

	return names[drop];
}
