/* SPDX-License-Identifier: BSD-2-Clause */
/* Ring buffer records to the owner's functions. */
#include "dataplane/internal.h"

#include "ingest_tc.skel.h"

#include <errno.h>
#include <string.h>

/* Records that one call hands over, so that a flood on a LAN cannot keep the event loop from its
 * other work: the descriptor stays ready. */
#define DISPATCH_MAX 256

static void hand_over(struct dataplane *dp, const struct mci_observed *record, size_t room)
{
	size_t length = record->length < room ? record->length : room;

	if (record->kind == MCI_OBSERVED_FIRST_PACKET)
		dp->events.first_packet(dp->events.context, record->slot, record->time_ns);
	else if (record->kind == MCI_OBSERVED_PIM)
		dp->events.pim(dp->events.context, record->ifindex, record->time_ns, record->packet,
			       length, record->length == length);
}

static int record_arrived(void *context, void *data, size_t size)
{
	struct dataplane *dp = context;

	hand_over(dp, data, size - sizeof(struct mci_observed));
	return --dp->dispatch_left ? 0 : -EAGAIN;
}

int observed_open(struct dataplane *dp)
{
	dp->ring =
		ring_buffer__new(bpf_map__fd(dp->ingest->maps.observed), record_arrived, dp, NULL);
	if (!dp->ring)
		return dataplane_fail(dp, -errno, "cannot read the ring buffer: %s",
				      strerror(errno));
	return 0;
}

int dataplane_events_fd(const struct dataplane *dp)
{
	return ring_buffer__epoll_fd(dp->ring);
}

void dataplane_dispatch(struct dataplane *dp)
{
	dp->dispatch_left = DISPATCH_MAX;
	ring_buffer__consume(dp->ring);
}
