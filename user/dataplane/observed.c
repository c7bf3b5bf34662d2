/* SPDX-License-Identifier: BSD-2-Clause */
#include "dataplane/observed.h"

#include "dataplane/attachments.h"
#include "dataplane/error.h"
#include "ingest_tc.skel.h"
#include "observe_tc.skel.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <string.h>
#include <time.h>

/* One call hands over records for so long, so that a flood on a LAN cannot keep the event loop from
 * its other work. The descriptor stays ready for the rest. */
#define DISPATCH_NS 2000000

int dataplane_observe_membership(struct dataplane *dp, unsigned ifindex)
{
	struct attachment *lan = attachments_find(dp, ifindex, ROLE_DOWNSTREAM);
	__u32 key = ifindex;
	__u8 yes = 1;
	char name[MCI_NAME];

	if (bpf_map_update_elem(bpf_map__fd(dp->observe->maps.asked), &key, &yes, BPF_ANY))
		return dataplane_fail(dp, -errno, "cannot observe IGMP on %s: %s",
				      dataplane_interface(ifindex, name), dataplane_cure(-errno));
	if (lan)
		lan->asked = true;
	return 0;
}

struct heard_key {
	uint32_t ifindex, slot; /* rival_key of bpf/rival.bpf.h */
};

int dataplane_listen(struct dataplane *dp, unsigned ifindex, uint32_t slot, bool begin)
{
	struct heard_key key = {ifindex, slot};
	int map = bpf_map__fd(dp->observe->maps.heard);
	uint64_t never = 0;
	char name[MCI_NAME];

	if (!begin) {
		bpf_map_delete_elem(map, &key);
		return 0;
	}
	if (!bpf_map_update_elem(map, &key, &never, BPF_ANY))
		return 0;
	return dataplane_fail(dp, -errno, "cannot listen to other routers on %s: %s",
			      dataplane_interface(ifindex, name), dataplane_cure(-errno));
}

uint64_t dataplane_heard_ns(const struct dataplane *dp, unsigned ifindex, uint32_t slot)
{
	struct heard_key key = {ifindex, slot};
	uint64_t heard = 0;

	bpf_map_lookup_elem(bpf_map__fd(dp->observe->maps.heard), &key, &heard);
	return heard;
}

uint64_t dataplane_unasked(const struct dataplane *dp, unsigned ifindex)
{
	__u32 key = ifindex;
	uint64_t reports = 0;

	bpf_map_lookup_elem(bpf_map__fd(dp->observe->maps.unasked), &key, &reports);
	return reports;
}

static void forget_heard(const struct dataplane *dp, unsigned ifindex)
{
	int map = bpf_map__fd(dp->observe->maps.heard);
	struct heard_key key, next;
	int error = bpf_map_get_next_key(map, NULL, &key);

	while (!error) {
		error = bpf_map_get_next_key(map, &key, &next);
		if (key.ifindex == ifindex)
			bpf_map_delete_elem(map, &key);
		key = next;
	}
}

void observed_forget(const struct dataplane *dp, unsigned ifindex)
{
	__u32 key = ifindex;

	bpf_map_delete_elem(bpf_map__fd(dp->observe->maps.asked), &key);
	bpf_map_delete_elem(bpf_map__fd(dp->observe->maps.unasked), &key);
	forget_heard(dp, ifindex);
}

void observed_forget_leftovers(const struct dataplane *dp)
{
	int map = bpf_map__fd(dp->observe->maps.asked);
	__u32 ifindex, next;
	int error = bpf_map_get_next_key(map, NULL, &ifindex);

	while (!error) {
		const struct attachment *lan = attachments_find(dp, ifindex, ROLE_DOWNSTREAM);

		error = bpf_map_get_next_key(map, &ifindex, &next);
		if (!lan || !lan->asked)
			bpf_map_delete_elem(map, &ifindex);
		ifindex = next;
	}
}

static void hand_over(struct dataplane *dp, const struct mci_observed *record, size_t room)
{
	const struct dataplane_events *events = &dp->events;
	struct cursor packet =
		cursor_over(record->packet, record->length < room ? record->length : room);

	if (record->kind == MCI_OBSERVED_FIRST_PACKET)
		events->first_packet(events->context, record->slot, record->time_ns);
	else if (record->kind == MCI_OBSERVED_MOVED)
		events->moved(events->context, record->slot, record->time_ns);
	else if (record->kind == MCI_OBSERVED_RIVAL)
		events->rival(events->context, record->ifindex, record->slot);
	else if (record->kind == MCI_OBSERVED_PIM)
		events->pim(events->context, record->ifindex, record->time_ns, packet);
	else if (record->kind == MCI_OBSERVED_MEMBERSHIP)
		events->membership(events->context, record->ifindex, record->time_ns, packet);
}

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static int record_arrived(void *context, void *data, size_t size)
{
	struct dataplane *dp = context;

	hand_over(dp, data, size - sizeof(struct mci_observed));
	return now_ns() < dp->dispatch_end ? 0 : -EAGAIN;
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

void observed_close(struct dataplane *dp)
{
	ring_buffer__free(dp->ring);
	dp->ring = NULL;
}

int dataplane_events_fd(const struct dataplane *dp)
{
	return ring_buffer__epoll_fd(dp->ring);
}

void dataplane_dispatch(struct dataplane *dp)
{
	dp->dispatch_end = now_ns() + DISPATCH_NS;
	ring_buffer__consume(dp->ring);
}
