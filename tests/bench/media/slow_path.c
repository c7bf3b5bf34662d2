/* SPDX-License-Identifier: BSD-2-Clause */
#include "userspace.h"

#include "../../bpf/harness.h"
#include "../../bpf/packets.h"
#include "amt/packets.h"
#include "amt/slowpath.h"
#include "io/frames.h"
#include "io/udp.h"

#include <err.h>
#include <net/ethernet.h>
#include <string.h>

#define AMT_PORT 2268
#define PATIENCE USEC_PER_SEC /* for a packet that is lost */

static struct frames *frames;
static unsigned lan;

/* A turn. */
static struct {
	struct stage *stage;
	struct loop *loop;
	struct timers timers;
	struct timer patience;
	unsigned left, awaited; /* packets to send; to take of the burst that was sent */
} turn;

static int everything_is_joined(void *context, const struct sg *sg)
{
	(void)context;
	(void)sg;
	return SLOWPATH_GO_ON;
}

static void forward(struct cursor data)
{
	struct slowpath_packet packet;
	const uint8_t *group = packet.sg.group.bytes;

	if (slowpath_check(data, everything_is_joined, NULL, &packet) != SLOWPATH_GO_ON)
		return;
	frames_send(frames, lan,
		    (uint8_t[]){0x33, 0x33, group[12], group[13], group[14], group[15]}, egress_mac,
		    ETHERTYPE_IPV6, (struct iovec){packet.header, packet.header_length},
		    (struct iovec){(void *)packet.payload, packet.payload_length});
}

static void send_burst(void)
{
	turn.awaited = turn.left < STAGE_BURST ? turn.left : STAGE_BURST;
	turn.left -= turn.awaited;
	if (!turn.awaited) {
		loop_stop(turn.loop);
		return;
	}
	timer_start(&turn.timers, &turn.patience, PATIENCE);
	stage_send(turn.stage, turn.awaited);
}

static void received(void *owner, const uint8_t *bytes, size_t length, unsigned ifindex)
{
	struct amt_message message;

	(void)owner;
	(void)ifindex;
	if (bytes && !amt_decode(cursor_over(bytes, length), &message) && message.type == AMT_DATA)
		forward(message.data);
	if (!--turn.awaited)
		send_burst();
}

static void lost(struct timer *timer)
{
	(void)timer;
	loop_stop(turn.loop);
}

void slow_path_open(const struct stage *stage)
{
	if (!harness_shell("sysctl -qw net.ipv6.conf.xdp0.disable_ipv6=0 && "
			   "ip addr add 2001:db8:100::2/128 dev xdp0 nodad && "
			   "ip route add 2001:db8::15/128 dev xdp0"))
		errx(2, "media: cannot give the slow path its addresses");
	lan = stage->plain_lan;
	frames = frames_open();
	if (!frames)
		err(2, "media: the slow path's LAN");
}

void slow_path_carry(struct stage *stage, unsigned packets)
{
	struct addr relay = packet_relay(6), local;
	struct udp_path path = {.ports = (uint16_t[]){TUNNEL_PORT}, .port_count = 1};
	struct udp_socket *tunnel;
	uint16_t port;

	memset(&turn, 0, sizeof(turn));
	turn.stage = stage;
	turn.left = packets;
	turn.patience.fn = lost;
	turn.loop = loop_new(&turn.timers);
	tunnel = udp_open(turn.loop, &path, &relay, AMT_PORT, &local, &port, received, NULL);
	if (!tunnel || port != TUNNEL_PORT)
		err(2, "media: the slow path's tunnel");
	send_burst();
	loop_run(turn.loop);
	timer_stop(&turn.timers, &turn.patience);
	udp_close(tunnel);
	loop_free(turn.loop);
	timers_free(&turn.timers);
}

void slow_path_close(void)
{
	frames_close(frames);
}
