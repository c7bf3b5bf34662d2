/* SPDX-License-Identifier: BSD-2-Clause */
/* A channel with a rate: what is above it is dropped and counted, by either hook and on the slow
 * path, which share the bucket. At 1,000 bits a second nothing flows back into it meanwhile. */
#include "packets.h"
#include "through.h"

#include <stdio.h>
#include <string.h>

#define AMT_PORT 2268
#define SLOT     5
#define OTHER    6
#define EGRESS   4711
#define PAYLOAD  3600
#define DEPTH    65536 /* bytes that may come at once */
#define ETHERNET 14

enum hook { TC, XDP, BY_TURNS, HOOKS };

static const char *const hook_names[HOOKS] = {"tc", "xdp", "tc and xdp by turns"};

static void set(struct dataplane *dp, int inner, int outer, uint32_t slot, uint64_t rate)
{
	struct addr relay = packet_relay(outer), local = packet_local(outer);
	struct sg sg = packet_channel(inner);
	struct dataplane_channel channel = {
		.from = {.relay = relay,
			 .local = local,
			 .relay_port = AMT_PORT,
			 .local_port = TUNNEL_PORT},
		.slot = slot,
		.rate = rate,
		.deadline_ns = seconds_from_now(3600),
		.egress_count = 1,
		.egress = {{.interface = "lan0", .ifindex = EGRESS, .mtu = 9000}},
	};

	memcpy(channel.egress[0].mac, egress_mac, sizeof(egress_mac));
	dataplane_set_tunnel(dp, &local, TUNNEL_PORT, &relay, AMT_PORT);
	dataplane_set_channel(dp, &sg, &channel);
}

static void clear(struct dataplane *dp, int inner, int outer)
{
	struct addr local = packet_local(outer);
	struct sg sg = packet_channel(inner);

	dataplane_remove_tunnel(dp, &local, TUNNEL_PORT);
	dataplane_remove_channel(dp, &sg);
	dataplane_clear_channel_stats(dp, SLOT);
	dataplane_clear_channel_stats(dp, OTHER);
}

static size_t inner_length(const struct packet *packet)
{
	uint8_t frame[FRAME_MAX];

	return packet_on_lan(packet, egress_mac, frame) - ETHERNET;
}

/* Sends packet number `n`; whether its fate is the expected one, and counted. */
static bool sent(struct dataplane *dp, const struct packet *packet, enum hook hook, unsigned n,
		 int expect)
{
	uint64_t before[MCI_DROP_COUNT];
	uint8_t frame[FRAME_MAX];
	size_t length = packet_build(packet, frame);
	bool by_tc = hook == TC || (hook == BY_TURNS && n % 2), xdp_passed;
	struct run run;
	int fate;

	dataplane_drops(dp, before);
	fate = by_tc ? through_tc(frame, length, 0, &run)
		     : through_both(frame, length, 0, &run, &xdp_passed);
	return fate == (expect < 0 ? expect : DROPPED) && right_drops(dp, before, expect);
}

static bool is_counted(struct dataplane *dp, const struct packet *packet, unsigned over)
{
	struct mci_channel_drops drops;
	struct dataplane_over counted;

	dataplane_over(dp, SLOT, &counted);
	dataplane_channel_drops(dp, SLOT, &drops);
	return counted.packets == over && counted.bytes == over * inner_length(packet) &&
	       drops.packets[MCI_DROP_OVER_RATE] == over;
}

static void test_depth(struct dataplane *dp, int inner, int outer, enum hook hook)
{
	struct packet packet = {.inner = inner, .outer = outer, .payload = PAYLOAD};
	unsigned fits = DEPTH / inner_length(&packet);
	bool ok = true;

	set(dp, inner, outer, SLOT, 1000);
	for (unsigned n = 0; n < fits; n++)
		ok = sent(dp, &packet, hook, n, ON_LAN) && ok;
	ok = is_counted(dp, &packet, 0) && ok;
	for (unsigned n = 0; n < 4; n++)
		ok = sent(dp, &packet, hook, n, MCI_DROP_OVER_RATE) && ok;
	tap(ok && is_counted(dp, &packet, 4), "by %s, IPv%d in IPv%d: %u packets are let through",
	    hook_names[hook], inner, outer, fits);
	set(dp, inner, outer, SLOT, 1000);
	tap(sent(dp, &packet, hook, 0, MCI_DROP_OVER_RATE),
	    "its entry changes: no more than before");
	tap(dataplane_is_over(dp, SLOT, inner_length(&packet), seconds_from_now(0)),
	    "nor by the slow path");
	set(dp, inner, outer, SLOT, 0);
	tap(sent(dp, &packet, hook, 0, ON_LAN) && sent(dp, &packet, hook, 1, ON_LAN),
	    "without a rate it is let through");
	set(dp, inner, outer, OTHER, 1000);
	tap(sent(dp, &packet, hook, 0, ON_LAN), "as is the channel of another slot");
	clear(dp, inner, outer);
}

/* Packets that are dropped for another reason use nothing of the rate. */
static void test_other_drops(struct dataplane *dp, enum hook hook)
{
	struct packet packet = {.inner = 4, .outer = 4, .payload = PAYLOAD, .ttl = 1};
	struct packet fine = {.inner = 4, .outer = 4, .payload = PAYLOAD};
	bool ok = true;

	set(dp, 4, 4, SLOT, 1000);
	for (unsigned n = 0; n < 40; n++)
		ok = sent(dp, &packet, hook, n, MCI_DROP_TTL) && ok;
	tap(ok && sent(dp, &fine, hook, 0, ON_LAN),
	    "by %s: what is dropped otherwise is not counted", hook_names[hook]);
	clear(dp, 4, 4);
}

/* What a time brings back: of a rate at which it is known to the packet. */
static void test_time(struct dataplane *dp)
{
	uint64_t now = seconds_from_now(0), second = 1000000000;
	unsigned through = 0;

	set(dp, 4, 4, SLOT, 8 * 1000 * 1000); /* 1000 packets of 1000 bytes a second */
	for (unsigned n = 0; n < 1000; n++)
		through += !dataplane_is_over(dp, SLOT, 1000, now);
	tap(through == 100, "a tenth of a second's worth comes at once: %u of 100", through);
	for (unsigned n = 1; n <= 20000; n++)
		through += !dataplane_is_over(dp, SLOT, 1000, now + n * second / 2000);
	tap(through >= 10099 && through <= 10101,
	    "then as much as the rate in ten seconds: %u of 10100", through);
	through = 0;
	for (unsigned n = 0; n < 1000; n++)
		through += !dataplane_is_over(dp, SLOT, 1000, now + 3600 * second);
	tap(through == 100, "after an hour as at the beginning: %u of 100", through);
	clear(dp, 4, 4);
}

/* Without channels' rates the map is one entry. */
static void test_none(void)
{
	struct dataplane *dp = harness_open();

	set(dp, 4, 4, HARNESS_CHANNELS - 1, 1000);
	tap(!dataplane_is_over(dp, HARNESS_CHANNELS - 1, 65535, seconds_from_now(0)),
	    "a dataplane without rates lets all through");
	dataplane_close(dp);
}

void rate_tests(void)
{
	struct dataplane *dp = harness_open_with_rates();
	static const int families[] = {4, 6};

	for (enum hook hook = 0; hook < HOOKS; hook++) {
		for (unsigned i = 0; i < 4; i++)
			test_depth(dp, families[i % 2], families[i / 2], hook);
		test_other_drops(dp, hook);
	}
	test_time(dp);
	dataplane_close(dp);
	test_none();
}
