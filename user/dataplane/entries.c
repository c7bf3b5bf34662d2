/* SPDX-License-Identifier: BSD-2-Clause */
#include "dataplane/entries.h"

#include "base/log.h"
#include "dataplane/error.h"
#include "dataplane/fast.h"
#include "dataplane/lan_sets.h"
#include "dataplane/lans.h"
#include "dataplane/policers.h"
#include "dataplane/stats_chunks.h"
#include "ingest_tc.skel.h"

#include <errno.h>
#include <string.h>

union channel_key {
	struct mci_channel4_key v4;
	struct mci_channel6_key v6;
};

static void put_flow(struct mci_flow *field, const struct dataplane_flow *flow)
{
	addr_to_mapped(&flow->relay, field->relay);
	addr_to_mapped(&flow->local, field->local);
	field->relay_port = flow->relay_port;
	field->local_port = flow->local_port;
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

/* Appends a name, after a comma if it is not the first. Characters that do not fit are left out. */
static void add_name(char names[MCI_NAME], const char name[MCI_NAME])
{
	size_t used = strlen(names);

	if (used && used < MCI_NAME - 1)
		names[used++] = ',';
	for (const char *c = name; *c && used < MCI_NAME - 1; c++)
		names[used++] = *c;
}

static int add_lan(struct dataplane *dp, struct mci_channel *entry, const struct mci_lan *lan)
{
	int number = lans_put(dp, lan);

	if (number < 0)
		return number;
	if (!entry->lan_count || lan->mtu < entry->mtu)
		entry->mtu = lan->mtu;
	entry->lans[entry->lan_count++] = number;
	entry->lan_set |= 1u << number;
	add_name(entry->interfaces, lan->interface);
	return 0;
}

static unsigned version_of(const struct dataplane *dp, const struct bpf_map *map)
{
	return map == dp->ingest->maps.channels4 ? 4 : 6;
}

/* Writes an entry, and the tables that are derived from it. */
static int put(struct dataplane *dp, const struct bpf_map *map, const void *key,
	       const struct mci_channel *entry)
{
	int error = update(dp, map, key, entry);

	if (!error)
		fast_put(dp, version_of(dp, map), key, entry);
	return error;
}

static void derive(struct dataplane *dp, const struct bpf_map *map)
{
	size_t size = bpf_map__key_size(map);
	struct mci_channel entry;
	union channel_key key;
	int error = bpf_map__get_next_key(map, NULL, &key, size);

	while (!error) {
		if (!bpf_map__lookup_elem(map, &key, size, &entry, sizeof(entry), 0))
			fast_put(dp, version_of(dp, map), &key, &entry);
		error = bpf_map__get_next_key(map, &key, &key, size);
	}
}

void entries_open(struct dataplane *dp)
{
	derive(dp, dp->ingest->maps.channels4);
	derive(dp, dp->ingest->maps.channels6);
}

/* Moves */

/* A move to the same flow that is already under way goes on. */
static int begin_move(struct dataplane *dp, uint32_t slot, const struct dataplane_flow *to)
{
	const struct bpf_map *map = dp->ingest->maps.moves;
	struct mci_move move = {.delivers = false}, old;
	bool is_new = bpf_map__lookup_elem(map, &slot, sizeof(slot), &old, sizeof(old), 0);
	int error = 0;

	put_flow(&move.to, to);
	if (is_new || memcmp(&old.to, &move.to, sizeof(move.to)))
		error = update(dp, map, &slot, &move);
	if (!error && is_new)
		dp->moves++;
	return error;
}

/* Most channels have no move; the map is not searched while no channel is moving. */
static void end_move(struct dataplane *dp, uint32_t slot)
{
	const struct bpf_map *map = dp->ingest->maps.moves;

	if (dp->moves && !bpf_map__delete_elem(map, &slot, sizeof(slot), 0))
		dp->moves--;
}

void entries_settle(struct dataplane *dp, const struct bpf_map *map, const void *key,
		    struct mci_channel *entry)
{
	struct mci_move move;

	if (!entry->moving)
		return;
	if (!bpf_map__lookup_elem(dp->ingest->maps.moves, &entry->slot, sizeof(entry->slot), &move,
				  sizeof(move), 0) &&
	    move.delivers)
		entry->from = move.to;
	entry->moving = false;
	if (put(dp, map, key, entry))
		log_error("%s", dp->error);
}

void entries_forget_moves(struct dataplane *dp)
{
	const struct bpf_map *map = dp->ingest->maps.moves;
	uint32_t slot;

	while (!bpf_map__get_next_key(map, NULL, &slot, sizeof(slot)) &&
	       !bpf_map__delete_elem(map, &slot, sizeof(slot), 0))
		;
}

/* Channels */

int dataplane_set_channel(struct dataplane *dp, const struct sg *sg,
			  const struct dataplane_channel *channel)
{
	struct mci_channel entry = {
		.slot = channel->slot,
		.deadline_ns = channel->deadline_ns,
		.moving = channel->moving,
	};
	union channel_key key = channel_key(sg);
	int error = stats_chunks_provide(dp, channel->slot);

	put_flow(&entry.from, &channel->from);
	policers_set(dp, channel->slot, channel->rate);
	for (uint32_t i = 0; !error && i < channel->egress_count; i++)
		error = add_lan(dp, &entry, &channel->egress[i]);
	if (!error && entry.lan_count > 1)
		lan_sets_provide(dp, &entry);
	if (!error && channel->moving)
		error = begin_move(dp, channel->slot, &channel->to);
	if (!error)
		error = put(dp, channel_map(dp, sg), &key, &entry);
	if (!error && !channel->moving)
		end_move(dp, channel->slot);
	return error;
}

void dataplane_remove_channel(struct dataplane *dp, const struct sg *sg)
{
	const struct bpf_map *map = channel_map(dp, sg);
	union channel_key key = channel_key(sg);
	struct mci_channel entry = {.moving = false};

	if (dp->moves)
		bpf_map__lookup_elem(map, &key, bpf_map__key_size(map), &entry, sizeof(entry), 0);
	bpf_map__delete_elem(map, &key, bpf_map__key_size(map), 0);
	fast_remove(dp, version_of(dp, map), &key);
	if (entry.moving)
		end_move(dp, entry.slot);
}

/* Tunnels */

static struct mci_tunnel_key tunnel_key(const struct addr *local, uint16_t local_port)
{
	struct mci_tunnel_key key = {.local_port = local_port};

	addr_to_mapped(local, key.local);
	return key;
}

int dataplane_set_tunnel(struct dataplane *dp, const struct addr *local, uint16_t local_port,
			 const struct addr *relay, uint16_t relay_port)
{
	struct mci_tunnel_key key = tunnel_key(local, local_port);
	struct mci_tunnel tunnel = {.relay_port = relay_port};

	addr_to_mapped(relay, tunnel.relay);
	return update(dp, dp->ingest->maps.tunnels, &key, &tunnel);
}

void dataplane_remove_tunnel(struct dataplane *dp, const struct addr *local, uint16_t local_port)
{
	struct mci_tunnel_key key = tunnel_key(local, local_port);

	bpf_map__delete_elem(dp->ingest->maps.tunnels, &key, sizeof(key), 0);
}
