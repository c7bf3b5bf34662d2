/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/log.h"
#include "base/memory.h"
#include "daemon/engine.h"
#include "io/udp.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define RENEWALS 3 /* of an entry's deadline, before it would have come */

/* What the daemon keeps for a channel. */
struct served {
	struct channel channel;
	struct driad_user source;
	struct amt_member member;
	struct slow_stats slow;
};

const size_t relays_element_size = sizeof(struct served);

static struct served *served_of(struct channel *channel)
{
	return container_of(channel, struct served, channel);
}

static struct channel *channel_of(struct amt_member *member)
{
	return &container_of(member, struct served, member)->channel;
}

static struct engine *engine_of(const struct channel *channel)
{
	return channel->table->context;
}

/* Relays of a source */

static void relays_found(struct driad_user *user)
{
	struct channel *channel = &container_of(user, struct served, source)->channel;

	if (user->found->count)
		channel_relays_found(channel, user->found->count);
	else
		channel_discovery_failed(channel, user->found->reason);
}

static void discover(struct channel *channel)
{
	driad_sources_want(&engine_of(channel)->sources, &channel->sg.source,
			   &served_of(channel)->source);
}

/* Channels: tunnels and entries */

static void join(struct channel *channel, const struct addr *relay, bool discover)
{
	struct served *served = served_of(channel);

	served->member.sg = channel->sg;
	amt_tunnels_join(&engine_of(channel)->tunnels, &served->member, relay, discover);
}

static void connect_to(struct channel *channel, unsigned relay)
{
	const struct driad_relay *candidate = &served_of(channel)->source.found->relays[relay];

	join(channel, &candidate->address, !candidate->discovery_optional);
}

void relays_adopt(struct channel *channel, const struct addr *relay)
{
	join(channel, relay, false);
}

static void disconnect(struct channel *channel)
{
	struct served *served = served_of(channel);

	driad_sources_leave(&served->source);
	amt_tunnels_leave(&engine_of(channel)->tunnels, &served->member);
}

static void add_egress(struct dataplane_channel *entry, const struct netlink_interface *link)
{
	struct mci_lan *egress = &entry->egress[entry->egress_count++];

	memcpy(egress->interface, link->name, sizeof(egress->interface));
	memcpy(egress->mac, link->mac, sizeof(egress->mac));
	egress->ifindex = link->ifindex;
	egress->mtu = link->mtu < UINT16_MAX ? link->mtu : UINT16_MAX;
}

static void forward(struct channel *channel)
{
	const struct amt_tunnel *tunnel = served_of(channel)->member.tunnel;
	struct engine *engine = engine_of(channel);
	struct dataplane_channel entry = {
		.relay = tunnel->relay,
		.local = tunnel->endpoint.local,
		.relay_port = AMT_PORT,
		.local_port = tunnel->endpoint.local_port,
		.slot = channel->slot,
		.deadline_ns = (engine->timers.now + engine->config->hold) * 1000,
	};

	for (unsigned i = 0; i < engine->lan_count; i++)
		if (channel_egress(channel) & 1u << i)
			add_egress(&entry, &engine->lans[i].link);
	if (dataplane_set_channel(engine->dataplane, &channel->sg, &entry))
		log_peer("%s", dataplane_error(engine->dataplane));
}

static void stop_forwarding(struct channel *channel)
{
	dataplane_remove_channel(engine_of(channel)->dataplane, &channel->sg);
}

const struct addr *relays_serving(const struct channel *channel)
{
	const struct amt_tunnel *tunnel =
		container_of(channel, const struct served, channel)->member.tunnel;

	return tunnel ? &tunnel->relay : NULL;
}

struct slow_stats *relays_slow_stats(struct channel *channel)
{
	return &served_of(channel)->slow;
}

static void log_change(const struct channel *channel)
{
	const struct served *served = container_of(channel, const struct served, channel);
	const struct addr *relay = relays_serving(channel);
	char sg[SG_TEXT], text[ADDR_TEXT];

	if (channel->state == CHANNEL_CONNECTING)
		relay = &served->source.found->relays[channel->relays_tried - 1].address;
	if (channel->reason)
		log_peer("%s %s: %s", sg_format(&channel->sg, sg),
			 channel_state_name(channel->state), channel->reason);
	else if (relay)
		log_one_of_many("%s %s, relay %s", sg_format(&channel->sg, sg),
				channel_state_name(channel->state), addr_format(relay, text));
	else
		log_one_of_many("%s %s", sg_format(&channel->sg, sg),
				channel_state_name(channel->state));
}

static void changed(const struct channel *channel)
{
	log_change(channel);
	lan_interest_changed(engine_of(channel), &channel->sg);
}

static void closed(const struct channel *channel)
{
	char text[SG_TEXT];

	dataplane_clear_channel_stats(engine_of(channel)->dataplane, channel->slot);
	log_one_of_many("%s closed", sg_format(&channel->sg, text));
}

const struct channel_actions relays_channel_actions = {.discover = discover,
						       .connect = connect_to,
						       .disconnect = disconnect,
						       .forward = forward,
						       .stop_forwarding = stop_forwarding,
						       .changed = changed,
						       .closed = closed};

static void renew(struct engine *engine, struct channel *channel)
{
	(void)engine;
	if (channel->forwarding)
		forward(channel);
}

void relays_renew(struct engine *engine)
{
	struct channel *channel, *next;

	HASH_ITER (hh, engine->channels.by_sg, channel, next)
		renew(engine, channel);
}

void relays_start(struct engine *engine)
{
	engine->sources = (struct driad_sources){.timers = &engine->timers,
						 .actions = {.ask = engine_ask,
							     .cancel = engine_cancel,
							     .refused = engine_lookup_refused},
						 .context = engine,
						 .limit = engine->config->max_channels,
						 .found = relays_found};
	driad_sources_init(&engine->sources);
	round_start(&engine->renewal, engine, engine->config->hold / RENEWALS, renew);
}

/* Tunnels: sockets and endpoints */

static void endpoint_received(void *owner, const uint8_t *bytes, size_t length)
{
	struct amt_endpoint *endpoint = owner;

	endpoint->received(endpoint, bytes, length);
}

static const char *why_not_open(int error)
{
	switch (error) {
	case ENETUNREACH:
	case EHOSTUNREACH:
		return "no route to the relay";
	case EADDRNOTAVAIL:
		return "this host does not have the source_address of [tunnels]";
	case ENODEV:
		return "there is no such vrf as [tunnels] names";
	default:
		return "cannot open a socket to the relay";
	}
}

static struct udp_path configured_path(const struct config *config)
{
	return (struct udp_path){.ipv4 = config->tunnels.ipv4,
				 .ipv6 = config->tunnels.ipv6,
				 .mark = config->tunnels.mark,
				 .vrf = config->tunnels.vrf};
}

static bool endpoint_open(void *context, struct amt_endpoint *endpoint, const char **reason)
{
	struct engine *engine = context;
	struct udp_path path = configured_path(engine->config);

	endpoint->socket =
		udp_open(engine->loop, &path, &endpoint->peer, AMT_PORT, &endpoint->local,
			 &endpoint->local_port, endpoint_received, endpoint);
	if (!endpoint->socket)
		*reason = why_not_open(errno);
	return endpoint->socket;
}

static void endpoint_send(void *context, struct amt_endpoint *endpoint, const uint8_t *bytes,
			  size_t length)
{
	(void)context;
	udp_send(endpoint->socket, bytes, length);
}

static void endpoint_close(void *context, struct amt_endpoint *endpoint)
{
	(void)context;
	udp_close(endpoint->socket);
	endpoint->socket = NULL;
}

static bool endpoint_moved(void *context, const struct amt_endpoint *endpoint)
{
	const struct engine *engine = context;
	struct udp_path path = configured_path(engine->config);
	struct addr source;

	return udp_source(&path, &endpoint->peer, &source) &&
	       !addr_equal(&source, &endpoint->local);
}

static void tunnel_opened(void *context, struct amt_tunnel *tunnel)
{
	struct engine *engine = context;
	char text[2][ADDR_TEXT];

	if (dataplane_set_tunnel(engine->dataplane, &tunnel->endpoint.local,
				 tunnel->endpoint.local_port, &tunnel->relay, AMT_PORT))
		log_peer("%s", dataplane_error(engine->dataplane));
	log_notice("tunnel to relay %s from %s port %u", addr_format(&tunnel->relay, text[0]),
		   addr_format(&tunnel->endpoint.local, text[1]), tunnel->endpoint.local_port);
}

static void tunnel_closed(void *context, struct amt_tunnel *tunnel)
{
	struct engine *engine = context;
	char text[ADDR_TEXT];

	dataplane_remove_tunnel(engine->dataplane, &tunnel->endpoint.local,
				tunnel->endpoint.local_port);
	log_notice("tunnel to relay %s closed", addr_format(&tunnel->relay, text));
}

static void member_up(void *context, struct amt_member *member)
{
	(void)context;
	channel_tunnel_up(channel_of(member));
}

static void member_reported(void *context, struct amt_member *member)
{
	(void)context;
	channel_reported(channel_of(member));
}

static void member_failed(void *context, struct amt_member *member, const char *reason)
{
	(void)context;
	channel_tunnel_failed(channel_of(member), reason);
}

static void message_refused(void *context, const struct addr *peer, enum protocol protocol,
			    enum fault fault)
{
	engine_refused(context, protocol, fault, peer);
}

const struct amt_tunnels_actions relays_tunnel_actions = {.open = endpoint_open,
							  .send = endpoint_send,
							  .close = endpoint_close,
							  .moved = endpoint_moved,
							  .opened = tunnel_opened,
							  .closed = tunnel_closed,
							  .up = member_up,
							  .reported = member_reported,
							  .failed = member_failed,
							  .data = slowpath_data,
							  .refused = message_refused};
