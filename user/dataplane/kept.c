/* SPDX-License-Identifier: BSD-2-Clause */
/* Counters of the daemon that its successors count on. */
#include "dataplane/error.h"
#include "dataplane/state.h"
#include "ingest_tc.skel.h"

#include <string.h>

static int keep(struct dataplane *dp, const struct bpf_map *map, uint32_t key, const void *value)
{
	int error = bpf_map__update_elem(map, &key, sizeof(key), value, bpf_map__value_size(map),
					 BPF_ANY);

	return error ? dataplane_fail(dp, error, "cannot write to map %s: %s", bpf_map__name(map),
				      strerror(-error))
		     : 0;
}

static void get(const struct bpf_map *map, uint32_t key, void *value)
{
	size_t size = bpf_map__value_size(map);

	if (bpf_map__lookup_elem(map, &key, sizeof(key), value, size, 0))
		memset(value, 0, size);
}

void dataplane_kept(struct dataplane *dp, struct mci_kept *kept)
{
	get(dp->ingest->maps.kept, 0, kept);
}

int dataplane_keep(struct dataplane *dp, const struct mci_kept *kept)
{
	return keep(dp, dp->ingest->maps.kept, 0, kept);
}

void dataplane_kept_slow(struct dataplane *dp, uint32_t slot, struct mci_kept_slow *kept)
{
	get(dp->ingest->maps.kept_slow, slot, kept);
}

int dataplane_keep_slow(struct dataplane *dp, uint32_t slot, const struct mci_kept_slow *kept)
{
	return keep(dp, dp->ingest->maps.kept_slow, slot, kept);
}
