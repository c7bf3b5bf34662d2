/* SPDX-License-Identifier: BSD-2-Clause */
/* Data of the tunnels' sockets to the LANs: whom it is for, how much of it, and its count. */
#include "amt/slowpath.h"
#include "base/log.h"
#include "daemon/engine.h"

#include <errno.h>
#include <net/ethernet.h>
#include <string.h>

/* A packet's way from tunnel to LANs. */
struct passage {
	struct engine *engine;
	const struct amt_tunnel *tunnel;
	struct channel *channel;
	struct slowpath_packet packet;
	bool is_move; /* it comes from the relay that the channel moves to */
};

bool slowpath_start(struct engine *engine)
{
	engine->slow.bucket = bucket_new(engine->config->slow_rate, engine->timers.now);
	engine->slow.frames = frames_open();
	if (!engine->slow.frames)
		log_error("cannot open a packet socket: %s", strerror(errno));
	return engine->slow.frames;
}

void slowpath_stop(struct engine *engine)
{
	frames_close(engine->slow.frames);
	engine->slow.frames = NULL;
}

void slowpath_look(struct engine *engine)
{
	meter_look(&engine->slow.meter, engine->timers.now, &engine->slow.forwarded);
}

static bool is_serving(const struct channel *channel, const struct addr *relay)
{
	const struct addr *serving = relays_serving(channel);

	return serving && addr_equal(serving, relay);
}

static bool is_other(const struct channel *channel, const struct addr *relay)
{
	const struct addr *other = relays_other(channel);

	return channel_is_moving(channel) && other && addr_equal(other, relay);
}

/* As the program finds it: what it has no entry for is not joined. Of the packets of two relays it
 * takes those of the one that the channel moves to, once they come. */
static int match(void *context, const struct sg *sg)
{
	struct passage *passage = context;
	const struct addr *relay = &passage->tunnel->relay;

	passage->channel = channel_table_find(&passage->engine->channels, sg);
	if (!passage->channel || !passage->channel->forwarding)
		return MCI_DROP_NOT_JOINED;
	passage->is_move = is_other(passage->channel, relay);
	if (!passage->is_move && !is_serving(passage->channel, relay))
		return MCI_DROP_OTHER_TUNNEL;
	if (!passage->is_move && passage->channel->move == CHANNEL_OVERLAPPING)
		return MCI_DROP_DUPLICATE;
	return channel_egress(passage->channel) ? SLOWPATH_GO_ON : MCI_DROP_NO_EGRESS;
}

/* RFC 1112 section 6.4, RFC 2464 section 7. */
static void group_mac(const struct addr *group, uint8_t mac[FRAMES_MAC])
{
	const uint8_t *b = group->bytes;

	if (group->family == AF_INET)
		memcpy(mac, (uint8_t[]){0x01, 0x00, 0x5e, b[1] & 0x7f, b[2], b[3]}, FRAMES_MAC);
	else
		memcpy(mac, (uint8_t[]){0x33, 0x33, b[12], b[13], b[14], b[15]}, FRAMES_MAC);
}

static bool send_piece(struct engine *engine, const struct netlink_interface *link,
		       const struct slowpath_packet *piece)
{
	struct iovec header = {(void *)piece->header, piece->header_length};
	struct iovec payload = {(void *)piece->payload, piece->payload_length};
	bool is_v4 = piece->sg.group.family == AF_INET;
	uint8_t mac[FRAMES_MAC];
	int error;

	group_mac(&piece->sg.group, mac);
	error = frames_send(engine->slow.frames, link->ifindex, mac, link->mac,
			    is_v4 ? ETHERTYPE_IP : ETHERTYPE_IPV6, header, payload);
	if (error == -EMSGSIZE)
		engine->slow.drops[MCI_DROP_EXCEEDS_MTU]++;
	else if (error)
		engine->slow.drops[MCI_DROP_LAN_REFUSED]++;
	return !error;
}

/* Whether all of the packet went out. Each frame costs a token, and all are there or none goes. */
static bool send_to(struct passage *passage, const struct netlink_interface *link)
{
	struct engine *engine = passage->engine;
	unsigned pieces = slowpath_pieces(&passage->packet, link->mtu);
	struct slowpath_packet piece;

	if (!pieces) {
		engine->slow.drops[MCI_DROP_EXCEEDS_MTU]++;
		return false;
	}
	if (!bucket_take(&engine->slow.bucket, pieces, engine->timers.now)) {
		engine->slow.drops[MCI_DROP_SLOW_RATE]++;
		return false;
	}
	for (unsigned i = 0; i < pieces; i++) {
		slowpath_piece(&passage->packet, link->mtu, i, &piece);
		if (!send_piece(engine, link, &piece))
			return false;
	}
	return true;
}

static void forward(struct passage *passage)
{
	struct slow_stats *stats = relays_slow_stats(passage->channel);
	struct engine *engine = passage->engine;
	bool sent = false;

	for (unsigned i = 0; i < engine->lan_count; i++)
		if (channel_egress(passage->channel) & 1u << i)
			sent |= send_to(passage, &engine->lans[i].link);
	if (!sent)
		return;
	engine->slow.forwarded.packets++;
	engine->slow.forwarded.bytes += slowpath_length(&passage->packet);
	stats->packets++;
	stats->bytes += slowpath_length(&passage->packet);
	stats->last = engine->timers.now;
	channel_first_packet(passage->channel, engine->timers.now);
	if (passage->is_move)
		channel_moved(passage->channel);
}

void slowpath_data(void *context, struct amt_tunnel *tunnel, struct cursor data)
{
	struct passage passage = {.engine = context, .tunnel = tunnel};
	int reason = slowpath_check(data, match, &passage, &passage.packet);

	passage.engine->slow.received++;
	if (reason == SLOWPATH_GO_ON)
		forward(&passage);
	else
		passage.engine->slow.drops[reason]++;
}
