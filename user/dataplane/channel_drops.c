/* SPDX-License-Identifier: BSD-2-Clause */
/* The map channel_drops: what the programs have dropped of each channel. */
#include "dataplane/channel_drops.h"
#include "dataplane/error.h"
#include "ingest_tc.skel.h"

#include <errno.h>
#include <string.h>

int dataplane_channel_drops(struct dataplane *dp, uint32_t slot, struct mci_channel_drops *dropped)
{
	int error = bpf_map__lookup_elem(dp->ingest->maps.channel_drops, &slot, sizeof(slot),
					 dropped, sizeof(*dropped), 0);

	if (!error)
		return 0;
	*dropped = (struct mci_channel_drops){0};
	if (error == -ENOENT)
		return 0;
	return dataplane_fail(dp, error, "cannot read map channel_drops: %s", strerror(-error));
}

void channel_drops_clear(struct dataplane *dp, uint32_t slot)
{
	bpf_map__delete_elem(dp->ingest->maps.channel_drops, &slot, sizeof(slot), 0);
}
