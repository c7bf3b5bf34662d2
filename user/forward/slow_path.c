/* SPDX-License-Identifier: BSD-2-Clause */
#include "forward/slow_path.h"
#include "forward/admission.h"
#include "forward/drops.h"
#include "forward/kept.h"
#include "forward/state.h"
#include "path/path.h"

#include <errno.h>
#include <string.h>

#define MAC_LENGTH    6
#define LOOK_INTERVAL (5 * USEC_PER_SEC)

/* A packet's way from the tunnel to the LANs. */
struct passage {
	struct forward *forward;
	const struct amt_tunnel *tunnel;
	struct channel *channel;
	struct slowpath_packet packet;
	bool is_move; /* the packet comes from the relay that the channel moves to */
};

static bool is_relay(const struct addr *relay, const struct amt_tunnel *tunnel)
{
	return relay && addr_equal(relay, &tunnel->relay);
}

/* Decides as the BPF program does. A channel that it has no entry for is not joined. While a
 * channel moves, the packets of the relay that it leaves count until the other's come. */
static int match(void *context, const struct sg *sg)
{
	struct passage *passage = context;
	struct channel *channel = channel_table_find(&passage->forward->paths->channels, sg);

	if (!channel || !channel->forwarding)
		return MCI_DROP_NOT_JOINED;
	passage->channel = channel;
	passage->is_move =
		channel_has_other(channel) && is_relay(path_other_relay(channel), passage->tunnel);
	if (!passage->is_move && !is_relay(path_relay(channel), passage->tunnel))
		return MCI_DROP_OTHER_TUNNEL;
	if (!passage->is_move && channel->move == CHANNEL_OVERLAPPING)
		return MCI_DROP_DUPLICATE;
	return channel_egress(channel) ? SLOWPATH_GO_ON : MCI_DROP_NO_EGRESS;
}

/* RFC 1112 section 6.4, RFC 2464 section 7. */
static void group_mac(const struct addr *group, uint8_t mac[MAC_LENGTH])
{
	const uint8_t *b = group->bytes;

	if (group->family == AF_INET)
		memcpy(mac, (uint8_t[]){0x01, 0x00, 0x5e, b[1] & 0x7f, b[2], b[3]}, MAC_LENGTH);
	else
		memcpy(mac, (uint8_t[]){0x33, 0x33, b[12], b[13], b[14], b[15]}, MAC_LENGTH);
}

static void drop(struct passage *passage, enum mci_drop reason)
{
	size_t length = passage->channel ? slowpath_length(&passage->packet) : 0;

	drops_count(passage->forward, passage->channel, reason, length);
}

static bool send_piece(struct passage *passage, const struct mci_lan *lan,
		       const struct slowpath_packet *piece)
{
	struct forward *forward = passage->forward;
	uint8_t mac[MAC_LENGTH];
	int error;

	group_mac(&piece->sg.group, mac);
	error = forward->actions->send(forward->context, lan, mac, piece);
	if (error == -EMSGSIZE)
		drop(passage, MCI_DROP_EXCEEDS_MTU);
	else if (error)
		drop(passage, MCI_DROP_LAN_REFUSED);
	return !error;
}

/* Whether all of the packet went out. Each frame costs a token; if not all tokens are there, no
 * frame goes. */
static bool send_to(struct passage *passage, const struct mci_lan *lan)
{
	struct forward *forward = passage->forward;
	unsigned pieces = slowpath_pieces(&passage->packet, lan->mtu);
	struct slowpath_packet piece;

	if (!pieces) {
		drop(passage, MCI_DROP_EXCEEDS_MTU);
		return false;
	}
	if (!bucket_take(&forward->slow.bucket, pieces, forward->timers->now)) {
		drop(passage, MCI_DROP_SLOW_RATE);
		return false;
	}
	for (unsigned i = 0; i < pieces; i++) {
		slowpath_piece(&passage->packet, lan->mtu, i, &piece);
		if (!send_piece(passage, lan, &piece))
			return false;
	}
	return true;
}

static void count(struct passage *passage)
{
	struct slow_stats *stats = forward_slow_stats(passage->channel);
	struct forward *forward = passage->forward;
	size_t length = slowpath_length(&passage->packet);

	forward->slow.forwarded.packets++;
	forward->slow.forwarded.bytes += length;
	stats->packets++;
	stats->bytes += length;
	stats->last = forward->timers->now;
}

/* The channel's own rate, which the programs keep for their packets. */
static bool is_over_rate(const struct passage *passage)
{
	const struct forward *forward = passage->forward;

	return admission_of_channel(passage->channel) &&
	       forward->actions->is_over(forward->dataplane, passage->channel->slot,
					 slowpath_length(&passage->packet),
					 forward->timers->now * 1000);
}

static void pass(struct passage *passage)
{
	struct forward *forward = passage->forward;
	uint32_t egress = channel_egress(passage->channel);
	bool sent = false;

	if (is_over_rate(passage)) {
		drop(passage, MCI_DROP_OVER_RATE);
		return;
	}
	for (unsigned i = 0; i < CHANNEL_INTERFACES_MAX; i++)
		if (egress & 1u << i)
			sent |= send_to(passage, &forward->lans[i]);
	if (!sent) {
		forward->slow.unsent++;
		return;
	}
	count(passage);
	channel_first_packet(passage->channel, forward->timers->now);
	if (passage->is_move)
		channel_moved(passage->channel);
}

void slow_path_take(struct forward *forward, const struct amt_tunnel *tunnel, struct cursor data)
{
	struct passage passage = {.forward = forward, .tunnel = tunnel};
	int reason = slowpath_check(data, match, &passage, &passage.packet);

	forward->slow.received++;
	if (reason == SLOWPATH_GO_ON)
		pass(&passage);
	else
		drop(&passage, reason);
}

static void look_due(struct timer *timer)
{
	struct forward *forward = container_of(timer, struct forward, slow.look);

	meter_look(&forward->slow.meter, forward->timers->now, &forward->slow.forwarded);
	kept_keep(forward);
	timer_start(forward->timers, timer, LOOK_INTERVAL);
}

void slow_path_start(struct forward *forward)
{
	forward->slow.bucket = bucket_new(forward->slow_rate, forward->timers->now);
	meter_begin(&forward->slow.meter, forward->timers->now, &forward->slow.forwarded);
	forward->slow.look.fn = look_due;
	timer_start(forward->timers, &forward->slow.look, LOOK_INTERVAL);
}
