/* SPDX-License-Identifier: BSD-2-Clause */
/* A daemon that was killed leaves a kernel that forwards. The next daemon takes over: tunnels with
 * their ports, so that the relays' data keeps coming; channels with their slots; and on each LAN
 * the Join or report that must have been there, for its default holdtime. Neighbors confirm it: the
 * new Generation ID makes them send their Joins (RFC 7761 section 4.3.1), and the first General
 * Query makes hosts report. What cannot be taken over, because an interface or an address is gone,
 * is removed. */
#include "daemon/adopt.h"
#include "base/log.h"
#include "daemon/state.h"
#include "forward/forward.h"
#include "forward/traffic.h"
#include "lan/lan.h"
#include "path/path.h"

static void adopt_tunnel(void *context, const struct addr *relay, const struct addr *local,
			 uint16_t local_port)
{
	struct engine *engine = context;

	if (!amt_tunnels_adopt(&engine->paths.tunnels, relay, local, local_port))
		dataplane_remove_tunnel(engine->dataplane, local, local_port);
}

static bool goes_out_of(const struct dataplane_channel *entry, const struct lan *lan)
{
	for (uint32_t i = 0; i < entry->egress_count; i++)
		if (entry->egress[i].ifindex == lan->link.ifindex)
			return true;
	return false;
}

/* A bit for each LAN that the channel goes out of, and that is still ours. */
static uint32_t adopt_joins(struct engine *engine, const struct sg *sg,
			    const struct dataplane_channel *entry)
{
	uint32_t bits = 0;

	for (unsigned i = 0; i < engine->lans.count; i++) {
		struct lan *lan = &engine->lans.list[i];

		if (goes_out_of(entry, lan) && lan_adopt(lan, sg))
			bits |= 1u << i;
	}
	return bits;
}

/* A LAN must not take a channel for joined that is not served: its routers' Joins would then open
 * none. */
static bool has_place(const struct engine *engine, const struct sg *sg, uint32_t slot)
{
	const struct channel_table *channels = &engine->paths.channels;
	char text[SG_TEXT];

	if (slot >= channels->limit)
		log_warning("%s ends until it is joined again: 'channels' under [limits] is lower "
			    "than before",
			    sg_format(sg, text));
	return channel_table_can_adopt(channels, sg, slot);
}

static void adopt_channel(void *context, const struct sg *sg, const struct dataplane_channel *entry)
{
	struct dataplane_channel_stats stats = {0};
	struct engine *engine = context;
	struct channel_table *channels = &engine->paths.channels;
	uint32_t bits = has_place(engine, sg, entry->slot) ? adopt_joins(engine, sg, entry) : 0;

	dataplane_channel_stats(engine->dataplane, entry->slot, &stats);
	if (!bits || !channel_table_adopt(channels, sg, bits, entry->slot, stats.packets)) {
		dataplane_remove_channel(engine->dataplane, sg);
		forward_forget(&engine->forward, entry->slot);
		return;
	}
	traffic_adopt(channel_table_at(channels, entry->slot));
	path_adopt(channel_table_at(channels, entry->slot), &entry->from.relay);
}

/* Entries are written again, with the deadlines and the interfaces' addresses of now. */
void adopt_leftovers(struct engine *engine)
{
	struct dataplane_visitor visitor = {
		.context = engine, .tunnel = adopt_tunnel, .channel = adopt_channel};

	dataplane_visit_adopted(engine->dataplane, &visitor);
	forward_renew_all(&engine->forward);
}
