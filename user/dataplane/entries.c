/* SPDX-License-Identifier: BSD-2-Clause */
/* Entries of channels4, channels6 and tunnels. */
#include "dataplane/internal.h"

#include "ingest_tc.skel.h"

#include <errno.h>
#include <string.h>

union channel_key {
	struct mci_channel4_key v4;
	struct mci_channel6_key v6;
};

static void put_address(uint8_t field[16], const struct addr *addr)
{
	static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};

	if (addr->family == AF_INET6) {
		memcpy(field, addr->bytes, 16);
		return;
	}
	memcpy(field, mapped, sizeof(mapped));
	memcpy(field + sizeof(mapped), addr->bytes, 4);
}

static const struct bpf_map *channel_map(const struct dataplane *dp, const struct sg *sg)
{
	return sg->group.family == AF_INET ? dp->ingest->maps.channels4
					   : dp->ingest->maps.channels6;
}

static union channel_key channel_key(const struct sg *sg)
{
	union channel_key key = {0};

	if (sg->group.family == AF_INET) {
		memcpy(key.v4.source, sg->source.bytes, sizeof(key.v4.source));
		memcpy(key.v4.group, sg->group.bytes, sizeof(key.v4.group));
	} else {
		memcpy(key.v6.source, sg->source.bytes, sizeof(key.v6.source));
		memcpy(key.v6.group, sg->group.bytes, sizeof(key.v6.group));
	}
	return key;
}

static int update(struct dataplane *dp, const struct bpf_map *map, const void *key,
		  const void *value)
{
	int error = bpf_map__update_elem(map, key, bpf_map__key_size(map), value,
					 bpf_map__value_size(map), BPF_ANY);

	if (error == -E2BIG)
		return dataplane_fail(dp, error, "map %s is full: %u entries are its limit",
				      bpf_map__name(map), bpf_map__max_entries(map));
	if (error)
		return dataplane_fail(dp, error, "cannot write to map %s: %s", bpf_map__name(map),
				      strerror(-error));
	return 0;
}

int dataplane_set_channel(struct dataplane *dp, const struct sg *sg,
			  const struct dataplane_channel *channel)
{
	struct mci_channel entry = {
		.relay_port = channel->relay_port,
		.local_port = channel->local_port,
		.slot = channel->slot,
		.deadline_ns = channel->deadline_ns,
		.egress_count = channel->egress_count,
	};
	union channel_key key = channel_key(sg);

	put_address(entry.relay, &channel->relay);
	put_address(entry.local, &channel->local);
	memcpy(entry.egress, channel->egress, sizeof(entry.egress));
	return update(dp, channel_map(dp, sg), &key, &entry);
}

void dataplane_remove_channel(struct dataplane *dp, const struct sg *sg)
{
	const struct bpf_map *map = channel_map(dp, sg);
	union channel_key key = channel_key(sg);

	bpf_map__delete_elem(map, &key, bpf_map__key_size(map), 0);
}

static struct mci_tunnel_key tunnel_key(const struct addr *local, uint16_t local_port)
{
	struct mci_tunnel_key key = {.local_port = local_port};

	put_address(key.local, local);
	return key;
}

int dataplane_set_tunnel(struct dataplane *dp, const struct addr *local, uint16_t local_port,
			 const struct addr *relay, uint16_t relay_port)
{
	struct mci_tunnel_key key = tunnel_key(local, local_port);
	struct mci_tunnel tunnel = {.relay_port = relay_port};

	put_address(tunnel.relay, relay);
	return update(dp, dp->ingest->maps.tunnels, &key, &tunnel);
}

void dataplane_remove_tunnel(struct dataplane *dp, const struct addr *local, uint16_t local_port)
{
	struct mci_tunnel_key key = tunnel_key(local, local_port);

	bpf_map__delete_elem(dp->ingest->maps.tunnels, &key, sizeof(key), 0);
}
