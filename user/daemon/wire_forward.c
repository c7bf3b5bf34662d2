/* SPDX-License-Identifier: BSD-2-Clause */
#include "daemon/wire_forward.h"
#include "base/log.h"
#include "daemon/state.h"
#include "forward/admission.h"
#include "forward/forward.h"
#include "forward/traffic.h"
#include "lan/lan.h"
#include "links/links.h"

#include <errno.h>
#include <net/ethernet.h>
#include <string.h>
#include <sys/epoll.h>

/* Frames of the slow path */

static int send_frame(void *context, const struct mci_lan *lan, const uint8_t destination[6],
		      const struct slowpath_packet *packet)
{
	struct iovec header = {(void *)packet->header, packet->header_length};
	struct iovec payload = {(void *)packet->payload, packet->payload_length};
	bool is_v4 = packet->sg.group.family == AF_INET;
	struct engine *engine = context;

	return frames_send(engine->frames, lan->ifindex, destination, lan->mac,
			   is_v4 ? ETHERTYPE_IP : ETHERTYPE_IPV6, header, payload);
}

static const struct forward_actions forward_actions = {
	.put = dataplane_set_channel,
	.remove = dataplane_remove_channel,
	.stats = dataplane_channel_stats,
	.chunk_stats = dataplane_chunk_stats,
	.channel_drops = dataplane_channel_drops,
	.clear_stats = dataplane_clear_channel_stats,
	.over = dataplane_over,
	.is_over = dataplane_is_over,
	.kept = dataplane_kept,
	.keep = dataplane_keep,
	.kept_slow = dataplane_kept_slow,
	.keep_slow = dataplane_keep_slow,
	.error = dataplane_error,
	.send = send_frame,
};

bool wire_forward(struct engine *engine)
{
	engine->forward = (struct forward){.timers = &engine->timers,
					   .paths = &engine->paths,
					   .rejected = &engine->rejected,
					   .actions = &forward_actions,
					   .context = engine,
					   .hold = engine->config->hold,
					   .slow_rate = engine->config->slow_rate};
	engine->frames = frames_open();
	if (!engine->frames)
		log_error("cannot open a packet socket: %s", strerror(errno));
	return engine->frames;
}

/* The dataplane's events. The programs' clock is the loop's: CLOCK_MONOTONIC. */

static void observed_pim(void *context, uint32_t ifindex, uint64_t time_ns, struct cursor packet)
{
	struct engine *engine = context;

	lans_observed_pim(&engine->lans, ifindex, time_ns / 1000, packet);
}

static void observed_hosts(void *context, uint32_t ifindex, uint64_t time_ns, struct cursor packet)
{
	struct engine *engine = context;

	lans_observed_hosts(&engine->lans, ifindex, time_ns / 1000, packet);
}

static struct channel *channel_at(void *context, uint32_t slot)
{
	return channel_table_at(&((struct engine *)context)->paths.channels, slot);
}

/* RTP's losses count from the first sequence number on, so the counters are looked at now. */
static void first_packet(void *context, uint32_t slot, uint64_t time_ns)
{
	struct channel *channel = channel_at(context, slot);

	if (!channel)
		return;
	channel_first_packet(channel, time_ns / 1000);
	traffic_look(channel);
}

static void moved(void *context, uint32_t slot, uint64_t time_ns)
{
	struct channel *channel = channel_at(context, slot);

	(void)time_ns;
	if (channel)
		channel_moved(channel);
}

static void observed_rival(void *context, uint32_t ifindex, uint32_t slot)
{
	const struct channel *channel = channel_at(context, slot);
	struct engine *engine = context;

	if (channel)
		lans_observed_rival(&engine->lans, ifindex, &channel->sg);
}

static void observed_ready(void *owner, uint32_t events)
{
	struct engine *engine = owner;

	(void)events;
	dataplane_dispatch(engine->dataplane);
}

bool wire_dataplane(struct engine *engine)
{
	struct dataplane_limits limits = {.channels = engine->config->max_channels,
					  .tunnels = engine->config->max_tunnels,
					  .rates = admission_has_channel_rates(&engine->forward),
					  .hears = engine->config->takeover};
	struct dataplane_events events = {.context = engine,
					  .pim = observed_pim,
					  .membership = observed_hosts,
					  .first_packet = first_packet,
					  .moved = moved,
					  .rival = observed_rival};
	static const enum dataplane_choice choices[CONFIG_MODE_COUNT] = {
		[CONFIG_MODE_AUTO] = DATAPLANE_AUTO,
		[CONFIG_MODE_XDP] = DATAPLANE_XDP,
		[CONFIG_MODE_TC] = DATAPLANE_TC,
	};
	int error = dataplane_open(engine->dataplane, &limits, &events);

	engine->forward.dataplane = engine->dataplane;
	dataplane_choose(engine->dataplane, choices[engine->config->mode]);
	if (error || !links_attach(&engine->links, engine->dataplane)) {
		log_error("%s", dataplane_error(engine->dataplane));
		return false;
	}
	engine->observed = loop_watch(engine->loop, dataplane_events_fd(engine->dataplane), EPOLLIN,
				      observed_ready, engine);
	return engine->observed;
}
