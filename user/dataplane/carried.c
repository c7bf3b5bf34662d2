/* SPDX-License-Identifier: BSD-2-Clause */
#include "dataplane/carried.h"

#include "ingest_tc.skel.h"

void carried_open(struct dataplane *dp)
{
	uint32_t key;

	dp->has_carried = !bpf_map__get_next_key(dp->ingest->maps.carried, NULL, &key, sizeof(key));
}

struct mci_carried carried_get(const struct dataplane *dp, uint32_t key)
{
	struct mci_carried carried = {0};

	if (!dp->has_carried || bpf_map__lookup_elem(dp->ingest->maps.carried, &key, sizeof(key),
						     &carried, sizeof(carried), 0))
		return (struct mci_carried){0};
	return carried;
}

void carried_forget(const struct dataplane *dp, uint32_t key)
{
	if (dp->has_carried)
		bpf_map__delete_elem(dp->ingest->maps.carried, &key, sizeof(key), 0);
}

int carried_add(struct dataplane *dp, uint32_t key, const struct mci_carried *more)
{
	struct mci_carried sum = carried_get(dp, key);

	sum.packets += more->packets;
	sum.bytes += more->bytes;
	if (more->last_ns > sum.last_ns)
		sum.last_ns = more->last_ns;
	dp->has_carried = true;
	return bpf_map__update_elem(dp->ingest->maps.carried, &key, sizeof(key), &sum, sizeof(sum),
				    BPF_ANY);
}
