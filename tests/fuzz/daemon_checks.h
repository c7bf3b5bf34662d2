/* SPDX-License-Identifier: BSD-2-Clause */
/* What holds in the daemon after each event, whatever others have said. */
#pragma once

#include "daemon_steps.h"

#define WHILE 1000.0 /* seconds after which nothing is left */

/* LANs */

static bool is_wanted(struct lan *lan, const struct sg *sg)
{
	int family = sg->group.family;

	return pim_downstream_find(&lan_pim_of(lan, family)->interface.downstream, sg) ||
	       membership_querier_find(&lan_hosts_of(lan, family)->querier, sg);
}

static void check_is_joined(const struct lan *lan, const struct sg *sg)
{
	const struct channel *channel = channel_table_find(&world.paths.channels, sg);

	must(channel && channel->interfaces & 1u << lan->number);
}

static void check_pim(const struct lan *lan, const struct lan_pim *pim)
{
	const struct pim_downstream_entry *entry = pim->interface.downstream.by_sg;
	const struct pim_assert_entry *assert = pim->interface.asserts.by_sg;

	if (!pim->socket)
		must(!pim->interface.hello.slot && !entry && !assert);
	else
		must(pim->interface.hello.slot);
	must(pim_neighbors_count(&pim->interface.neighbors) <= world.lans.pim.neighbors_max);
	for (; entry; entry = entry->hh.next)
		check_is_joined(lan, &entry->sg);
	for (; assert; assert = assert->hh.next)
		check_is_joined(lan, &assert->sg);
}

static void check_hosts(const struct lan *lan, const struct lan_hosts *hosts)
{
	const struct membership_querier *querier = &hosts->querier;
	const struct membership_source *source = querier->sources;

	must(lan->asked || !hosts->socket);
	must(!hosts->socket == !(querier->general.slot || querier->other_present.slot));
	must(membership_querier_count(querier) <= world.lans.hosts.limit);
	for (; source; source = source->hh.next) {
		must(source->expiry.slot);
		check_is_joined(lan, &source->sg);
	}
}

static void check_lan(struct lan *lan)
{
	check_pim(lan, &lan->ipv4);
	check_pim(lan, &lan->ipv6);
	check_hosts(lan, &lan->igmp);
	check_hosts(lan, &lan->mld);
}

/* Channels and their entries */

/* The relay that serves the channel, by a tunnel that the dataplane knows. The entry of a channel
 * that was taken over may name the tunnel as it was, until its relay has answered. */
static void check_flow(const struct channel *channel, const struct dataplane_channel *as)
{
	bool drains = channel->move == CHANNEL_DRAINING;
	const struct addr *relay = path_relay(channel);
	const struct amt_tunnel *tunnel;
	struct dataplane_flow flow;

	must(relay && as->moving == channel_has_other(channel));
	tunnel = amt_tunnel_find(&world.paths.tunnels, relay);
	flow = flow_of(tunnel);
	must(find_tunnel(&flow));
	if (amt_gateway_is_established(&tunnel->gateway, channel->sg.source.family))
		must(is_same_flow(drains ? &as->to : &as->from, &flow));
}

static void check_egress(const struct channel *channel, const struct dataplane_channel *as)
{
	uint32_t egress = 0;

	for (unsigned i = 0; i < as->egress_count; i++) {
		unsigned number = as->egress[i].ifindex % 10;

		must(number < LANS &&
		     as->egress[i].ifindex == world.lans.list[number].link.ifindex);
		must(world.lans.list[number].link.up);
		egress |= 1u << number;
	}
	must(egress == channel_egress(channel));
}

static void check_entry(const struct channel *channel)
{
	const struct entry *entry = find_entry(&channel->sg);

	if (world.put_failed)
		return;
	must(channel->forwarding == (entry != NULL));
	if (!entry)
		return;
	must(entry->as.slot == channel->slot);
	must(entry->as.deadline_ns > world.timers.now * 1000);
	check_flow(channel, &entry->as);
	check_egress(channel, &entry->as);
}

static void check_channel(const struct channel *channel)
{
	for (unsigned i = 0; i < CHANNEL_INTERFACES_MAX; i++)
		if (channel->interfaces & 1u << i)
			must(i < LANS && is_wanted(&world.lans.list[i], &channel->sg));
	must(channel->interfaces || channel->linger.slot);
	must(channel->state != CHANNEL_RECEIVING || channel->forwarding);
	must(channel->state != CHANNEL_JOINED || channel->forwarding);
	check_entry(channel);
}

static void check_channels(void)
{
	const struct channel_table *table = &world.paths.channels;
	const struct channel *channel = table->by_sg;
	unsigned there = 0, states = 0;

	must(HASH_COUNT(table->by_sg) <= CHANNELS);
	for (; channel; channel = channel->hh.next)
		check_channel(channel);
	EACH(i, table->states)
	{
		states += table->states[i];
	}
	must(states == HASH_COUNT(table->by_sg));
	EACH(i, world.entries)
	{
		there += world.entries[i].there;
		must(!world.entries[i].there || channel_table_find(table, &world.entries[i].sg));
	}
	must(there <= states);
}

/* Relays and sources */

static void check_tunnels(void)
{
	const struct amt_tunnels *tunnels = &world.paths.tunnels;
	const struct amt_tunnel *tunnel = tunnels->by_relay;
	unsigned there = 0;

	must(HASH_COUNT(tunnels->by_contact) <= TUNNELS);
	must(HASH_COUNT(tunnels->holds.by_relay) <= AMT_HOLDS_MAX);
	must(!tunnels->in_hand);
	for (; tunnel; tunnel = tunnel->hh.next) {
		struct dataplane_flow flow = flow_of(tunnel);

		must(find_tunnel(&flow));
		must(tunnel->members || tunnel->unused.slot);
	}
	EACH(i, world.tunnels)
	{
		there += world.tunnels[i].there;
	}
	must(there == HASH_COUNT(tunnels->by_relay));
}

static void check_sources(void)
{
	const struct driad_source *source = world.paths.sources.by_address;

	must(HASH_COUNT(world.paths.sources.by_address) <= 2 * CHANNELS);
	for (; source; source = source->hh.next)
		must(source->pending || source->turn.network || source->timer.slot);
}

/* All */

static void check_all(void)
{
	for (unsigned i = 0; i < LANS; i++)
		check_lan(&world.lans.list[i]);
	check_channels();
	check_tunnels();
	check_sources();
}

/* Nobody wants anything any more: only what is there from the start is left. */
static void check_empty(void)
{
	/* Hellos, Queries on lan0, and the rounds of the room forward */
	const unsigned periodic = LANS * FAMILIES + FAMILIES + 3;

	must(!world.paths.channels.by_sg);
	must(!world.paths.sources.by_address && !world.paths.sources.pace.waiting);
	must(!world.paths.tunnels.by_relay && !world.paths.tunnels.by_contact);
	must(!world.lans.pim_datagrams.reassembly.count);
	must(!world.lans.host_datagrams.reassembly.count);
	must(world.timers.count == periodic);
}

/* The end: links and sockets are whole again, all routers say goodbye, hosts are silent. */

static void say_goodbye(struct lan *lan, int family)
{
	struct pim_neighbor *neighbor, *following;

	HASH_ITER (hh, lan_pim_of(lan, family)->interface.neighbors.by_address, neighbor, following)
		say_hello(&(struct speaker){lan, family, neighbor->address},
			  &(struct pim_hello){0});
}

static void wind_down(void)
{
	world.no_raw = world.no_udp = world.no_put = false;
	for (unsigned i = 0; i < LANS; i++) {
		struct lan_link link = link_of(i);

		tell_link(i, &link, 1500);
		say_goodbye(&world.lans.list[i], AF_INET);
		say_goodbye(&world.lans.list[i], AF_INET6);
	}
	pass(WHILE);
	check_all();
	check_empty();
}
