/* SPDX-License-Identifier: BSD-2-Clause */
/* XDP, TC and slow path give one verdict on one frame. The input makes a frame of AMT data as a
 * relay sends it, and changes some of its bytes. The programs in the kernel get the frame, the slow
 * path gets what the kernel would hand to the tunnel's socket. Rules:
 *
 *   - XDP forwards the same bytes as TC, drops for the same reason, or leaves the frame to TC as it
 *     came. It may leave only what TC leaves, what is longer than the LAN takes, and what is so
 *     short that zeros must follow.
 *   - The slow path forwards the same bytes as TC, or drops for the same reason. It cuts what TC
 *     leaves because it is too long for the LAN.
 *   - What the outer headers keep from the socket is not the slow path's: another program's port,
 *     fragments, options, wrong lengths, a stranger's address.
 *
 * Left out: VLANs and merged packets, which a test run does not take apart; a channel that moves,
 * and deadlines, of which the slow path has no notion. Needs root, and BPF_PROG_RUN. */
#include "../bpf/packets.h"
#include "../bpf/through.h"
#include "amt/slowpath.h"
#include "fuzz.h"
#include "mcingest/amt_wire.h"

#include <linux/bpf.h>
#include <linux/pkt_cls.h>
#include <stdlib.h>
#include <string.h>

#define ETHERNET 14
#define EGRESS   4711 /* a test run redirects nothing */
#define MTU      500

/* Channels of both families, by the last byte of their group. */
enum { SERVED = 1, OTHER_TUNNEL, NO_EGRESS, CHANNELS_END };

static struct dataplane *dp;

/* Setting up */

static struct sg channel_at(int family, int number)
{
	struct sg sg = packet_channel(family);

	sg.group.bytes[addr_length(sg.group.family) - 1] = (uint8_t)number;
	return sg;
}

static void set_channel(int outer, int inner, int number)
{
	struct sg sg = channel_at(inner, number);
	struct dataplane_channel channel = {
		.from = {.relay = packet_relay(outer),
			 .local = packet_local(outer),
			 .relay_port = AMT_PORT,
			 .local_port = number == OTHER_TUNNEL ? TUNNEL_PORT + 1 : TUNNEL_PORT},
		.slot = (uint32_t)number,
		.deadline_ns = seconds_from_now(86400 * 30),
		.egress_count = number != NO_EGRESS,
		.egress = {{.interface = "lan0", .ifindex = EGRESS, .mtu = MTU}},
	};

	memcpy(channel.egress[0].mac, egress_mac, sizeof(egress_mac));
	must(!dataplane_set_channel(dp, &sg, &channel));
}

int LLVMFuzzerInitialize(int *argc, char ***argv);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	harness_enter();
	dp = harness_open();
	for (int family = 4; family <= 6; family += 2) {
		struct addr local = packet_local(family), relay = packet_relay(family);

		must(!dataplane_set_tunnel(dp, &local, TUNNEL_PORT, &relay, AMT_PORT));
	}
	return 0;
}

/* Frames */

static struct packet packet_of(struct cursor *input)
{
	/* Chains of IPv6 headers that end in UDP, ICMPv6, nothing, or never. */
	static const char *const chains[] = {"",
					     "1100000000000000",
					     "3a00050200000100",
					     "2c00000000000000 1100000000000000",
					     "3b00000000000000",
					     "0000000000000000"};
	uint8_t shape = cursor_u8(input), more = cursor_u8(input);
	struct packet packet = {.outer = shape & 1 ? 6 : 4,
				.inner = shape & 2 ? 6 : 4,
				.inner_options = shape >> 2 & 3,
				.padding = shape & 0x10 ? 7 : 0,
				.trailing = shape & 0x20 ? 5 : 0,
				.payload = (int[]){0, 8, 1, 400, 440, 460, 700, NOTHING}[more & 7]};

	if (packet.inner == 6 && more & 0x80) {
		packet.headers = chains[(more >> 3 & 15) % 6];
		packet.inner_protocol = HOP_BY_HOP;
	}
	return packet;
}

/* Changes bytes of the headers; may cut the frame, or add to it. */
static size_t change(struct cursor *input, uint8_t *frame, size_t length)
{
	while (cursor_left(input) >= 3) {
		uint8_t kind = cursor_u8(input), at = cursor_u8(input), value = cursor_u8(input);
		uint8_t *byte = frame + ETHERNET + at % 128;

		if (kind == 255 && length > ETHERNET + 100 && at < length - ETHERNET - 100)
			length -= at;
		else if (byte < frame + length)
			*byte = kind & 1 ? value : (uint8_t)(*byte + (int8_t)value);
	}
	return length;
}

static size_t frame_of(struct cursor *input, uint8_t frame[FRAME_MAX])
{
	struct packet packet = packet_of(input);
	size_t length = packet_build(&packet, frame);
	struct sg sg = packet_channel(packet.inner);
	size_t group = addr_length(sg.group.family);

	for (size_t at = ETHERNET; at + group <= length; at++)
		if (!memcmp(frame + at, sg.group.bytes, group)) {
			frame[at + group - 1] = 1 + cursor_u8(input) % 4;
			break;
		}
	return change(input, frame, length);
}

/* What the tunnel's socket gets of the frame, behind the AMT header; false if it gets nothing. */

static bool is_ours(struct cursor addresses, const struct addr *relay, const struct addr *local)
{
	struct addr from = cursor_addr(&addresses, relay->family);
	struct addr to = cursor_addr(&addresses, relay->family);

	return addr_equal(&from, relay) && addr_equal(&to, local);
}

static bool take_outer(struct cursor *ip)
{
	bool v4 = ip->at[0] >> 4 == 4;
	const uint8_t *header = cursor_bytes(ip, v4 ? 20 : 40);
	struct addr relay = packet_relay(v4 ? 4 : 6), local = packet_local(v4 ? 4 : 6);
	size_t length, at = v4 ? 12 : 8;

	if (!header || (v4 && header[0] != 0x45) || (!v4 && header[0] >> 4 != 6))
		return false;
	if (header[v4 ? 9 : 6] != 17 || (v4 && ((header[6] & 0x3f) || header[7])))
		return false;
	length = header[v4 ? 2 : 4] << 8 | header[v4 ? 3 : 5];
	if (v4 && length < 20)
		return false;
	*ip = cursor_sub(ip, v4 ? length - 20 : length);
	return !ip->failed && is_ours(cursor_over(header + at, v4 ? 8 : 32), &relay, &local);
}

static bool take_data(struct cursor *udp)
{
	bool right_ports = cursor_u16(udp) == AMT_PORT && cursor_u16(udp) == TUNNEL_PORT;
	uint16_t length = cursor_u16(udp);

	cursor_u16(udp);
	if (udp->failed || !right_ports || length < 8)
		return false;
	*udp = cursor_sub(udp, length - 8u);
	return cursor_left(udp) >= AMT_DATA_HEADER && cursor_u16(udp) >> 8 == AMT_DATA;
}

static bool socket_gets(const uint8_t *frame, size_t length, struct cursor *data)
{
	unsigned type = frame[12] << 8 | frame[13];

	*data = cursor_over(frame + ETHERNET, length - ETHERNET);
	return (type == 0x0800 || type == 0x86dd) && cursor_left(data) &&
	       (data->at[0] >> 4 == 4) == (type == 0x0800) && take_outer(data) && take_data(data);
}

/* What the slow path makes of that. */

static int match(void *context, const struct sg *sg)
{
	int family = sg->source.family == AF_INET ? 4 : 6;

	(void)context;
	for (int number = SERVED; number < CHANNELS_END; number++) {
		struct sg channel = channel_at(family, number);

		if (memcmp(&channel, sg, sizeof(channel)) != 0)
			continue;
		if (number == OTHER_TUNNEL)
			return MCI_DROP_OTHER_TUNNEL;
		return number == NO_EGRESS ? MCI_DROP_NO_EGRESS : SLOWPATH_GO_ON;
	}
	return MCI_DROP_NOT_JOINED;
}

/* Verdicts */

struct verdict {
	int fate;   /* ON_LAN, PASSES, DROPPED */
	int reason; /* if it was dropped */
	struct run run;
};

static int reason_since(const uint64_t before[MCI_DROP_COUNT])
{
	uint64_t now[MCI_DROP_COUNT];
	int reason = MCI_DROP_COUNT;

	must(!dataplane_drops(dp, now));
	for (int i = 0; i < MCI_DROP_COUNT; i++) {
		must(now[i] - before[i] <= 1);
		if (now[i] == before[i])
			continue;
		must(reason == MCI_DROP_COUNT);
		reason = i;
	}
	return reason;
}

static struct verdict verdict_of(int (*hook)(const uint8_t *in, size_t length, struct run *run),
				 const uint8_t *frame, size_t length)
{
	uint64_t before[MCI_DROP_COUNT];
	struct verdict verdict;

	must(!dataplane_drops(dp, before));
	verdict.fate = hook(frame, length, &verdict.run);
	must(verdict.fate == ON_LAN || verdict.fate == PASSES || verdict.fate == DROPPED);
	verdict.reason = reason_since(before);
	must((verdict.fate == DROPPED) == (verdict.reason != MCI_DROP_COUNT));
	if (verdict.fate == PASSES)
		must(verdict.run.length == length && !memcmp(verdict.run.frame, frame, length));
	return verdict;
}

static int tc(const uint8_t *in, size_t length, struct run *run)
{
	return through_tc(in, length, 0, run);
}

/* The LAN's frame without its Ethernet header; zeros may follow. */
static struct cursor inner_of(const struct verdict *verdict)
{
	return cursor_over(verdict->run.frame + ETHERNET, verdict->run.length - ETHERNET);
}

static bool is_padded(const struct verdict *by_tc)
{
	return by_tc->run.length <= ETHERNET + 48;
}

static void compare_programs(const struct verdict *xdp, const struct verdict *by_tc)
{
	if (xdp->fate == PASSES) {
		must(by_tc->fate == PASSES || by_tc->reason == MCI_DROP_EXCEEDS_MTU ||
		     (by_tc->fate == ON_LAN && is_padded(by_tc)));
		return;
	}
	must(xdp->fate == by_tc->fate && xdp->reason == by_tc->reason);
	if (xdp->fate == ON_LAN)
		must(xdp->run.length == by_tc->run.length &&
		     !memcmp(xdp->run.frame, by_tc->run.frame, xdp->run.length));
}

static void compare_bytes(const struct slowpath_packet *packet, struct cursor on_lan)
{
	const uint8_t *header = cursor_bytes(&on_lan, packet->header_length);
	const uint8_t *payload = cursor_bytes(&on_lan, packet->payload_length);

	must(header && !memcmp(header, packet->header, packet->header_length));
	must(!packet->payload_length || !memcmp(payload, packet->payload, packet->payload_length));
	while (cursor_left(&on_lan))
		must(!cursor_u8(&on_lan));
}

static void compare_slow_path(const struct verdict *by_tc, struct cursor data)
{
	struct slowpath_packet packet;
	int reason = slowpath_check(data, match, NULL, &packet);
	unsigned pieces = reason == SLOWPATH_GO_ON ? slowpath_pieces(&packet, MTU) : 0;

	switch (by_tc->fate) {
	case ON_LAN:
		must(reason == SLOWPATH_GO_ON && pieces == 1);
		compare_bytes(&packet, inner_of(by_tc));
		break;
	case DROPPED:
		if (by_tc->reason == MCI_DROP_EXCEEDS_MTU)
			must(reason == SLOWPATH_GO_ON && !pieces);
		else
			must(reason == by_tc->reason);
		break;
	default:
		must(reason == SLOWPATH_GO_ON && slowpath_length(&packet) > MTU);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct cursor input = cursor_over(bytes, size), data;
	static int entries_for; /* the outer family that the channels are set for */
	uint8_t frame[FRAME_MAX];
	size_t length = frame_of(&input, frame);
	struct verdict xdp, by_tc;
	int outer = size && bytes[0] & 1 ? 6 : 4;

	for (int number = SERVED; outer != entries_for && number < CHANNELS_END; number++) {
		set_channel(outer, 4, number);
		set_channel(outer, 6, number);
	}
	entries_for = outer;
	xdp = verdict_of(through_xdp, frame, length);
	by_tc = verdict_of(tc, frame, length);
	dataplane_dispatch(dp);
	compare_programs(&xdp, &by_tc);
	if (socket_gets(frame, length, &data))
		compare_slow_path(&by_tc, data);
	return 0;
}
