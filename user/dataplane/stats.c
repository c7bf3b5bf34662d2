/* SPDX-License-Identifier: BSD-2-Clause */
#include "dataplane/stats.h"

#include "base/memory.h"
#include "dataplane/carried.h"
#include "dataplane/channel_drops.h"
#include "dataplane/error.h"
#include "dataplane/policers.h"
#include "dataplane/stats_chunks.h"
#include "ingest_tc.skel.h"

#include <bpf/bpf.h>
#include <stdlib.h>
#include <string.h>

void stats_open(struct dataplane *dp)
{
	dp->cpus = libbpf_num_possible_cpus();
	dp->per_cpu = memory_new(dp->cpus * sizeof(uint64_t));
}

void stats_close(struct dataplane *dp)
{
	free(dp->per_cpu);
}

static int read_error(struct dataplane *dp, int error, const struct bpf_map *map)
{
	return dataplane_fail(dp, error, "cannot read or clear map %s: %s", bpf_map__name(map),
			      strerror(-error));
}

static bool is_younger(const struct mci_channel_stats *a, const struct mci_channel_stats *b)
{
	uint16_t ahead = a->rtp - b->rtp;

	/* Packets of one tick are told apart by their sequence numbers. */
	if (a->last_ns == b->last_ns && a->rtp_ssrc == b->rtp_ssrc)
		return (int16_t)ahead > 0;
	return a->last_ns > b->last_ns;
}

/* How many packets the CPU counted after the one whose RTP header stands in its entry. The number
 * is negative if its counter was read a moment before that header. */
static int packets_beyond(const struct mci_channel_stats *cpu)
{
	uint32_t then = cpu->rtp >> MCI_RTP_SHIFT & MCI_RTP_PACKETS;

	return (int16_t)((uint16_t)(cpu->packets - then) << 1) >> 1;
}

/* `first` is in the row of CPU 0. */
static void sum_up(struct dataplane_channel_stats *stats, const struct mci_channel_stats *first,
		   unsigned cpus)
{
	struct mci_channel_stats last = *first;

	for (unsigned n = 0; n < cpus; n++) {
		struct mci_channel_stats cpu = first[(size_t)n * MCI_STATS_CHUNK];

		stats->packets += cpu.packets;
		stats->bytes += cpu.bytes;
		if (is_younger(&cpu, &last))
			last = cpu;
	}
	stats->last_ns = last.last_ns;
	stats->rtp.is_version_2 = last.rtp & MCI_RTP_IS;
	stats->rtp.sequence = (uint16_t)last.rtp;
	stats->rtp.ssrc = last.rtp_ssrc;
	stats->rtp.packets = stats->packets - (uint64_t)packets_beyond(&last);
}

static void add_carried(const struct dataplane *dp, uint32_t slot,
			struct dataplane_channel_stats *stats)
{
	struct mci_carried carried = carried_get(dp, slot);

	stats->packets += carried.packets;
	stats->bytes += carried.bytes;
	stats->rtp.packets += carried.packets;
	if (!stats->last_ns)
		stats->last_ns = carried.last_ns;
}

int dataplane_channel_stats(struct dataplane *dp, uint32_t slot,
			    struct dataplane_channel_stats *stats)
{
	const struct mci_channel_stats *first = stats_chunks_find(dp, slot);

	memset(stats, 0, sizeof(*stats));
	if (first)
		sum_up(stats, first, dp->cpus);
	add_carried(dp, slot, stats);
	return 0;
}

int dataplane_chunk_stats(struct dataplane *dp, uint32_t first, uint32_t count,
			  struct dataplane_channel_stats stats[])
{
	for (uint32_t i = 0; i < count; i++)
		dataplane_channel_stats(dp, first + i, &stats[i]);
	return 0;
}

int dataplane_clear_channel_stats(struct dataplane *dp, uint32_t slot)
{
	struct mci_channel_stats *first = stats_chunks_find(dp, slot);

	carried_forget(dp, slot);
	bpf_map__delete_elem(dp->ingest->maps.kept_slow, &slot, sizeof(slot), 0);
	channel_drops_clear(dp, slot);
	policers_clear(dp, slot);
	for (unsigned cpu = 0; first && cpu < dp->cpus; cpu++)
		memset(&first[(size_t)cpu * MCI_STATS_CHUNK], 0, sizeof(*first));
	return 0;
}

/* Sums up one entry of a per-CPU map. */
static int read_counter(struct dataplane *dp, const struct bpf_map *map, uint32_t index,
			uint64_t *sum)
{
	const uint64_t *cpu = dp->per_cpu;
	int error = bpf_map__lookup_elem(map, &index, sizeof(index), dp->per_cpu,
					 dp->cpus * sizeof(*cpu), 0);

	*sum = 0;
	if (error)
		return read_error(dp, error, map);
	for (unsigned i = 0; i < dp->cpus; i++)
		*sum += cpu[i];
	return 0;
}

/* The sums of all entries of a per-CPU map, with what was carried from the key `carried` on. */
static int read_counters(struct dataplane *dp, const struct bpf_map *map, uint32_t carried,
			 uint64_t sums[], uint32_t count)
{
	int error = 0;

	for (uint32_t i = 0; !error && i < count; i++) {
		error = read_counter(dp, map, i, &sums[i]);
		sums[i] += carried_get(dp, carried + i).packets;
	}
	return error;
}

int dataplane_drops(struct dataplane *dp, uint64_t drops[MCI_DROP_COUNT])
{
	return read_counters(dp, dp->ingest->maps.drops, MCI_CARRIED_DROPS, drops, MCI_DROP_COUNT);
}

int dataplane_left(struct dataplane *dp, struct dataplane_left *left)
{
	int error = read_counters(dp, dp->ingest->maps.slow, MCI_CARRIED_SLOW, left->slow,
				  MCI_SLOW_COUNT);

	return error ? error
		     : read_counters(dp, dp->ingest->maps.account, MCI_CARRIED_ACCOUNT,
				     left->account, MCI_ACCOUNT_COUNT);
}

const char *dataplane_slow_name(enum mci_slow cause)
{
	static const char *const names[MCI_SLOW_COUNT] = {
		[MCI_SLOW_AGGREGATES] = "aggregates",
		[MCI_SLOW_FRAGMENTS] = "fragments",
		[MCI_SLOW_OPTIONS] = "options",
		[MCI_SLOW_EXCEEDS_MTU] = "exceeds_mtu",
	};

	return names[cause];
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
		[MCI_DROP_DUPLICATE] = "duplicate",
		[MCI_DROP_OBSERVE_RATE] = "observe_rate",
		[MCI_DROP_INNER_CONTROL] = "inner_control",
		[MCI_DROP_OVER_RATE] = "over_rate",
	};

	return names[drop];
}
