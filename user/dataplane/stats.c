/* SPDX-License-Identifier: BSD-2-Clause */
#include "dataplane/internal.h"

#include "ingest_tc.skel.h"

#include <string.h>

static int read_error(struct dataplane *dp, int error, const struct bpf_map *map)
{
	return dataplane_fail(dp, error, "cannot read or clear map %s: %s", bpf_map__name(map),
			      strerror(-error));
}

int dataplane_channel_stats(struct dataplane *dp, uint32_t slot, struct mci_channel_stats *stats)
{
	const struct bpf_map *map = dp->ingest->maps.channel_stats;
	const struct mci_channel_stats *cpu = dp->per_cpu;
	int error = bpf_map__lookup_elem(map, &slot, sizeof(slot), dp->per_cpu,
					 dp->cpus * sizeof(*cpu), 0);

	memset(stats, 0, sizeof(*stats));
	if (error)
		return read_error(dp, error, map);
	for (unsigned i = 0; i < dp->cpus; i++) {
		stats->packets += cpu[i].packets;
		stats->bytes += cpu[i].bytes;
		if (stats->last_ns < cpu[i].last_ns)
			stats->last_ns = cpu[i].last_ns;
	}
	return 0;
}

int dataplane_clear_channel_stats(struct dataplane *dp, uint32_t slot)
{
	const struct bpf_map *map = dp->ingest->maps.channel_stats;
	size_t size = dp->cpus * sizeof(struct mci_channel_stats);
	int error;

	memset(dp->per_cpu, 0, size);
	error = bpf_map__update_elem(map, &slot, sizeof(slot), dp->per_cpu, size, BPF_ANY);
	return error ? read_error(dp, error, map) : 0;
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
	};

	return names[drop];
}
