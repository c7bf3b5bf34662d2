/* SPDX-License-Identifier: BSD-2-Clause */
/* Shows the owner what an earlier daemon left in the maps, entry by entry. */
#include "dataplane/attach.h"
#include "dataplane/entries.h"
#include "dataplane/observed.h"
#include "dataplane/pins.h"
#include "dataplane/refused.h"
#include "dataplane/takeover.h"
#include "ingest_tc.skel.h"

#include <string.h>

#define KEY_MAX (2 * 16) /* bytes of the longest key of these maps */

static struct dataplane_flow flow_of(const struct mci_flow *field)
{
	return (struct dataplane_flow){
		.relay = addr_from_mapped(field->relay),
		.local = addr_from_mapped(field->local),
		.relay_port = field->relay_port,
		.local_port = field->local_port,
	};
}

typedef void entry_fn(struct dataplane *dp, const struct dataplane_visitor *visitor,
		      const uint8_t *key, void *value);

/* The next key is fetched before the visit, because the visitor may remove the entry. */
static void each_entry(struct dataplane *dp, const struct bpf_map *map, entry_fn *fn, void *value,
		       const struct dataplane_visitor *visitor)
{
	size_t key_size = bpf_map__key_size(map), value_size = bpf_map__value_size(map);
	uint8_t key[KEY_MAX], next[KEY_MAX];
	int error = bpf_map__get_next_key(map, NULL, key, key_size);

	while (!error) {
		error = bpf_map__get_next_key(map, key, next, key_size);
		if (!bpf_map__lookup_elem(map, key, key_size, value, value_size, 0))
			fn(dp, visitor, key, value);
		memcpy(key, next, key_size);
	}
}

static void visit_tunnel(struct dataplane *dp, const struct dataplane_visitor *visitor,
			 const uint8_t *bytes, void *value)
{
	const struct mci_tunnel *tunnel = value;
	struct addr local, relay = addr_from_mapped(tunnel->relay);
	struct mci_tunnel_key key;

	(void)dp;
	memcpy(&key, bytes, sizeof(key));
	local = addr_from_mapped(key.local);
	visitor->tunnel(visitor->context, &relay, &local, key.local_port);
}

static void visit_channel(const struct dataplane *dp, const struct dataplane_visitor *visitor,
			  const struct sg *sg, const struct mci_channel *entry)
{
	uint32_t count = entry->lan_count < MCI_EGRESS_MAX ? entry->lan_count : MCI_EGRESS_MAX;
	struct dataplane_channel channel = {
		.from = flow_of(&entry->from),
		.slot = entry->slot,
		.deadline_ns = entry->deadline_ns,
	};

	for (uint32_t i = 0; i < count; i++)
		if (entry->lans[i] < MCI_LANS_MAX)
			channel.egress[channel.egress_count++] = dp->lans[entry->lans[i]];
	visitor->channel(visitor->context, sg, &channel);
}

static void visit_channel4(struct dataplane *dp, const struct dataplane_visitor *visitor,
			   const uint8_t *key, void *value)
{
	struct sg sg = {addr_from_bytes(AF_INET, key), addr_from_bytes(AF_INET, key + 4)};

	entries_settle(dp, dp->ingest->maps.channels4, key, value);
	visit_channel(dp, visitor, &sg, value);
}

static void visit_channel6(struct dataplane *dp, const struct dataplane_visitor *visitor,
			   const uint8_t *key, void *value)
{
	struct sg sg = {addr_from_bytes(AF_INET6, key), addr_from_bytes(AF_INET6, key + 16)};

	entries_settle(dp, dp->ingest->maps.channels6, key, value);
	visit_channel(dp, visitor, &sg, value);
}

void dataplane_visit_adopted(struct dataplane *dp, const struct dataplane_visitor *visitor)
{
	struct mci_channel channel;
	struct mci_tunnel tunnel;

	pins_sign(dp);
	if (!dp->adopted)
		return;
	attach_remove_leftovers(dp);
	takeover_finish(dp);
	refused_forget_leftovers(dp);
	observed_forget_leftovers(dp);
	each_entry(dp, dp->ingest->maps.tunnels, visit_tunnel, &tunnel, visitor);
	each_entry(dp, dp->ingest->maps.channels4, visit_channel4, &channel, visitor);
	each_entry(dp, dp->ingest->maps.channels6, visit_channel6, &channel, visitor);
	entries_forget_moves(dp);
	dp->is_earlier = false;
}
