/* SPDX-License-Identifier: BSD-2-Clause */
/* A daemon that was killed leaves a kernel that forwards. The next one takes that over: tunnels
 * with their ports, so that the relays' data keeps coming; channels with their slots; and, on each
 * LAN, the Join or report that must have been there, for as long as it lasts by default. Neighbours
 * confirm it: the new Generation ID makes them send their Joins (RFC 7761 section 4.3.1), the first
 * General Query hosts their reports. What cannot be taken over, since an interface or an address is
 * gone, is removed. */
#include "base/log.h"
#include "daemon/engine.h"

static void adopt_tunnel(void *context, const struct addr *relay, const struct addr *local,
			 uint16_t local_port)
{
	struct engine *engine = context;

	if (!amt_tunnels_adopt(&engine->tunnels, relay, local, local_port))
		dataplane_remove_tunnel(engine->dataplane, local, local_port);
}

/* Where hosts are asked, it is taken for theirs: one that leaves must be heard, and routers join
 * anew within seconds. */
static bool adopt_join(struct lan *lan, const struct sg *sg)
{
	struct lan_hosts *hosts = sg->group.family == AF_INET ? &lan->igmp : &lan->mld;
	struct pim_interface *pim = lan_pim_of(lan, sg);

	if (hosts->socket && membership_querier_adopt(&hosts->querier, sg))
		return true;
	return pim && pim_downstream_adopt(&pim->downstream, sg, PIM_HOLDTIME_JOIN_PRUNE);
}

static bool goes_out_of(const struct dataplane_channel *channel, const struct lan *lan)
{
	for (uint32_t i = 0; i < channel->egress_count; i++)
		if (channel->egress[i].ifindex == lan->link.ifindex)
			return true;
	return false;
}

/* The bits of the LANs that the channel goes out of, and that are still ours. */
static uint32_t adopt_joins(struct engine *engine, const struct sg *sg,
			    const struct dataplane_channel *channel)
{
	uint32_t bits = 0;

	for (unsigned n = 0; n < engine->lan_count; n++) {
		struct lan *lan = &engine->lans[n];

		if (goes_out_of(channel, lan) && adopt_join(lan, sg))
			bits |= 1u << n;
	}
	return bits;
}

static void adopt_channel(void *context, const struct sg *sg,
			  const struct dataplane_channel *channel)
{
	struct dataplane_channel_stats stats = {0};
	struct engine *engine = context;
	uint32_t bits = adopt_joins(engine, sg, channel);
	struct channel *adopted;
	struct meter_count count;

	dataplane_channel_stats(engine->dataplane, channel->slot, &stats);
	if (!bits ||
	    !channel_table_adopt(&engine->channels, sg, bits, channel->slot, stats.packets)) {
		dataplane_remove_channel(engine->dataplane, sg);
		return;
	}
	adopted = channel_table_at(&engine->channels, channel->slot);
	count = (struct meter_count){stats.packets, stats.bytes};
	meter_begin(&adopted->meter, engine->timers.now, &count);
	relays_adopt(adopted, &channel->from.relay);
}

void adopt_leftovers(struct engine *engine)
{
	struct dataplane_visitor visitor = {
		.context = engine, .tunnel = adopt_tunnel, .channel = adopt_channel};

	dataplane_visit_adopted(engine->dataplane, &visitor);
	/* With deadlines, and interfaces' addresses, of now. */
	relays_renew(engine);
}
