/* SPDX-License-Identifier: BSD-2-Clause */
#include "gateway/receive.h"
#include "path/path.h"

#include <string.h>

/* The channel's actions; the context of the table is the struct receive. */

static struct receive *receive_of(const struct channel *channel)
{
	return channel->table->context;
}

/* What the loop still does before it stops counts no more. */
static void go_on_if(struct receive *receive, bool goes_on)
{
	if (goes_on)
		return;
	receive->is_over = true;
	loop_stop(receive->gateway->loop);
}

static void changed(const struct channel *channel)
{
	struct receive *receive = receive_of(channel);

	if (receive->is_over)
		return;
	receive->channel = channel_table_find(channel->table, &channel->sg);
	go_on_if(receive, receive->actions->changed(receive->owner, receive));
}

static void closed(const struct channel *channel)
{
	receive_of(channel)->channel = NULL;
}

/* Data comes by the sockets alone: there are no entries to write. */
static void no_entry(struct channel *channel)
{
	(void)channel;
}

static const struct channel_actions channel_actions = {PATH_CHANNEL_ACTIONS, .forward = no_entry,
						       .stop_forwarding = no_entry,
						       .changed = changed, .closed = closed};

/* Data */

static bool is_from(const struct amt_tunnel *tunnel, const struct addr *relay)
{
	return relay && addr_equal(&tunnel->relay, relay);
}

static void flows(struct receive *receive)
{
	struct channel *channel = receive->channel;

	if (channel->state != CHANNEL_RECEIVING)
		channel_first_packet(channel, receive->gateway->timers.now);
}

static void take_payload(struct receive *receive, const struct payload *payload)
{
	if (receive->port && payload->port != receive->port) {
		receive->other_ports++;
		return;
	}
	stream_take(&receive->stream, payload, receive->gateway->timers.now);
	go_on_if(receive, receive->actions->payload(receive->owner, payload));
}

static void take_packet(struct receive *receive, struct cursor data)
{
	struct payload payload;

	switch (payload_read(&receive->reassembly, data, &payload)) {
	case PAYLOAD_UDP:
		if (memcmp(&payload.sg, &receive->sg, sizeof(payload.sg)) != 0) {
			receive->others++;
			return;
		}
		flows(receive);
		take_payload(receive, &payload);
		return;
	case PAYLOAD_OTHER:
		receive->not_udp++;
		return;
	case PAYLOAD_BROKEN:
		receive->broken++;
		return;
	case PAYLOAD_FRAGMENT:
		return;
	}
}

static void tunnel_data(void *context, struct amt_tunnel *tunnel, struct cursor data)
{
	struct gateway *gateway = context;
	struct receive *receive = gateway->receive;

	if (!receive->channel || receive->is_over)
		return;
	if (is_from(tunnel, path_relay(receive->channel)))
		take_packet(receive, data);
	else if (is_from(tunnel, path_other_relay(receive->channel)))
		channel_moved(receive->channel);
	else
		receive->others++;
}

/* Tunnels */

static void ignored(void *context, struct amt_tunnel *tunnel)
{
	(void)context;
	(void)tunnel;
}

static void rejected(void *context, const struct addr *peer, enum protocol protocol,
		     enum fault fault)
{
	(void)context;
	(void)peer;
	(void)protocol;
	(void)fault;
}

static void lost(void *context, const struct addr *source)
{
	((struct receive *)context)->broken++;
	(void)source;
}

static const struct amt_tunnels_actions tunnels_actions = {
	.opened = ignored, .closed = ignored, .data = tunnel_data, .rejected = rejected};

/* The whole */

static void look_at_flow(struct receive *receive)
{
	struct channel *channel = receive->channel;
	usec_t now = receive->gateway->timers.now;

	if (channel && flow_look(&channel->flow, now, receive->stream.last) == FLOW_STOPPED) {
		channel_is_silent(channel);
		path_probe(channel);
	}
}

static void tick(struct timer *timer)
{
	struct receive *receive = container_of(timer, struct receive, tick);

	look_at_flow(receive);
	timer_start(&receive->gateway->timers, timer, USEC_PER_SEC);
	go_on_if(receive, receive->actions->second(receive->owner));
}

static void wire(struct receive *receive)
{
	struct gateway *gateway = receive->gateway;
	const struct config *config = gateway->config;

	gateway->receive = receive;
	receive->reassembly =
		(struct reassembly){.timers = &gateway->timers, .lost = lost, .context = receive};
	receive->paths = (struct paths){.timers = &gateway->timers,
					.channels = {.timers = &gateway->timers,
						     .actions = &channel_actions,
						     .context = receive,
						     .element_size = sizeof(struct path),
						     .limit = 1},
					.sources = {.timers = &gateway->timers,
						    .actions = gateway_dns,
						    .options = &gateway->options,
						    .context = gateway,
						    .limit = 1},
					.tunnels = {.timers = &gateway->timers,
						    .actions = &tunnels_actions,
						    .endpoint_actions = &gateway_endpoints,
						    .context = gateway,
						    .limit = config->max_tunnels,
						    .hold_down = config->tunnels.hold_down,
						    .pace = {.timers = &gateway->timers}}};
	paths_init(&receive->paths);
}

void receive_run(struct receive *receive)
{
	struct timers *timers = &receive->gateway->timers;

	wire(receive);
	receive->started = timers->now;
	receive->tick.fn = tick;
	timer_start(timers, &receive->tick, USEC_PER_SEC);
	channel_table_want(&receive->paths.channels, &receive->sg, 0, timers->now);
	loop_run(receive->gateway->loop);
	timer_stop(timers, &receive->tick);
}

void receive_end(struct receive *receive)
{
	paths_free(&receive->paths);
	reassembly_free(&receive->reassembly);
}

double receive_first_ms(const struct receive *receive)
{
	if (!receive->stream.packets)
		return -1;
	return (double)(receive->stream.first - receive->started) / USEC_PER_MS;
}
