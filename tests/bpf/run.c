/* SPDX-License-Identifier: BSD-2-Clause */
/* Hands the rows of cases.c to the loaded programs, frame by frame, and compares what comes out:
 * verdict, bytes, counters. Needs root; changes nothing outside its own namespaces. */
#include "cases.h"
#include "harness.h"

#include <linux/pkt_cls.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define AMT_PORT 2268
#define SLOT     3
#define EGRESS   4711 /* BPF_PROG_RUN does not redirect: it need not exist */
#define ETHERNET 14

static int family_of(int field)
{
	return field ? field : 4;
}

static uint64_t seconds_from_now(int seconds)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)(now.tv_sec + seconds) * 1000000000;
}

static void set_entries(struct dataplane *dp, const struct ingest_case *row)
{
	const struct entry *entry = &row->entry;
	int outer = family_of(row->packet.outer);
	struct addr relay = packet_relay(outer), local = packet_local(outer);
	struct sg sg = packet_channel(family_of(row->packet.inner));
	struct dataplane_channel channel = {
		.relay = entry->other_relay ? local : relay,
		.local = local,
		.relay_port = AMT_PORT,
		.local_port = entry->other_tunnel ? TUNNEL_PORT + 1 : TUNNEL_PORT,
		.slot = SLOT,
		.deadline_ns = seconds_from_now(entry->expired ? -1 : 60),
		.egress_count = !entry->no_egress,
		.egress = {{.interface = "lan0",
			    .ifindex = EGRESS,
			    .mtu = entry->mtu ? entry->mtu : 1500}},
	};

	memcpy(channel.egress[0].mac, egress_mac, sizeof(egress_mac));
	if (!entry->no_tunnel)
		dataplane_set_tunnel(dp, &local, TUNNEL_PORT, &relay, AMT_PORT);
	if (!entry->none)
		dataplane_set_channel(dp, &sg, &channel);
}

static void clear_entries(struct dataplane *dp, const struct ingest_case *row)
{
	struct addr local = packet_local(family_of(row->packet.outer));
	struct sg sg = packet_channel(family_of(row->packet.inner));

	dataplane_remove_tunnel(dp, &local, TUNNEL_PORT);
	dataplane_remove_channel(dp, &sg);
	dataplane_clear_channel_stats(dp, SLOT);
}

static bool same_frame(const struct run *run, const uint8_t *frame, size_t length)
{
	if (run->length == length && !memcmp(run->frame, frame, length))
		return true;
	tap_frame("expected", frame, length);
	tap_frame("got", run->frame, run->length);
	return false;
}

/* Exactly the drop that is expected, if any, must have been counted since `before`. */
static bool right_drops(struct dataplane *dp, const uint64_t before[MCI_DROP_COUNT], int expect)
{
	uint64_t after[MCI_DROP_COUNT];
	bool right = true;

	dataplane_drops(dp, after);
	for (int reason = 0; reason < MCI_DROP_COUNT; reason++) {
		if (after[reason] - before[reason] == (reason == expect))
			continue;
		tap_note("drops of %s: %d", dataplane_drop_name(reason),
			 (int)(after[reason] - before[reason]));
		right = false;
	}
	return right;
}

static bool right_stats(struct dataplane *dp, const uint8_t *frame, size_t length, int expect)
{
	struct mci_channel_stats stats;
	unsigned bytes = 0;

	dataplane_channel_stats(dp, SLOT, &stats);
	observation.first_packets = 0;
	dataplane_dispatch(dp);
	if (expect != ON_LAN)
		return !stats.packets && !stats.bytes && !observation.first_packets;
	/* Of IPv4 the total length, of IPv6 the payload's; the frame may be padded. */
	if (frame[12] == 0x08)
		bytes = frame[ETHERNET + 2] << 8 | frame[ETHERNET + 3];
	else
		bytes = 40 + (frame[ETHERNET + 4] << 8 | frame[ETHERNET + 5]);
	return length >= bytes && stats.packets == 1 && stats.bytes == bytes && stats.last_ns &&
	       observation.first_packets == 1 && observation.slot == SLOT;
}

static void test_ingest(struct dataplane *dp, const struct ingest_case *row)
{
	uint8_t in[FRAME_MAX], out[FRAME_MAX];
	size_t in_length = packet_build(&row->packet, in), out_length = in_length;
	uint32_t verdict = row->expect == ON_LAN   ? TC_ACT_REDIRECT
			   : row->expect == PASSES ? (uint32_t)TC_ACT_UNSPEC
						   : TC_ACT_SHOT;
	uint64_t before[MCI_DROP_COUNT];
	struct run run;
	bool ok;

	memcpy(out, in, in_length);
	if (row->expect == ON_LAN)
		out_length = packet_on_lan(&row->packet, egress_mac, out);
	set_entries(dp, row);
	dataplane_drops(dp, before);
	run = harness_run("ingest_tc", in, in_length, row->gso_size, 1);
	ok = run.verdict == verdict;
	if (!ok)
		tap_note("verdict: %d, expected: %d", (int)run.verdict, (int)verdict);
	if (row->expect < 0)
		ok = same_frame(&run, out, out_length) && ok;
	ok = right_drops(dp, before, row->expect) && ok;
	ok = right_stats(dp, out, out_length, row->expect) && ok;
	clear_entries(dp, row);
	tap(ok, "%s: %s", row->what,
	    row->expect == ON_LAN   ? "on the LAN"
	    : row->expect == PASSES ? "passes"
				    : dataplane_drop_name(row->expect));
}

static size_t from_hex(const char *hex, int zeros, uint8_t frame[FRAME_MAX])
{
	size_t length = 0;
	char digits[3] = "";

	for (; *hex; hex++) {
		if (*hex == ' ')
			continue;
		digits[0] = hex[0];
		digits[1] = *++hex;
		frame[length++] = strtoul(digits, NULL, 16);
	}
	memset(frame + length, 0, zeros);
	return length + zeros;
}

static void test_observe(struct dataplane *dp, const struct observe_case *row)
{
	uint8_t frame[FRAME_MAX];
	size_t length = from_hex(row->frame, row->zeros, frame), kept = length - ETHERNET;
	struct run run;
	bool ok;

	if (kept > MCI_OBSERVED_MAX)
		kept = MCI_OBSERVED_MAX;
	observation = (struct observation){.count = 0};
	run = harness_run("observe_tc", frame, length, 0, 1);
	dataplane_dispatch(dp);
	ok = run.verdict == (uint32_t)TC_ACT_UNSPEC && same_frame(&run, frame, length) &&
	     observation.count == row->observed;
	if (row->observed)
		ok = ok && observation.length == kept && observation.ifindex &&
		     observation.whole == (kept == length - ETHERNET) &&
		     !memcmp(observation.packet, frame + ETHERNET, kept);
	tap(ok, "%s: %s", row->what, row->observed ? "observed" : "not observed");
}

/* Every record takes the room of the longest. */
static void test_full_ring(struct dataplane *dp)
{
	enum { PACKETS = 2000 };
	uint64_t before[MCI_DROP_COUNT], after[MCI_DROP_COUNT];
	uint8_t frame[FRAME_MAX];
	size_t length = from_hex(observe_cases[0].frame, 0, frame);
	unsigned lost, calls = 0, handed_over = 0;

	dataplane_drops(dp, before);
	harness_run("observe_tc", frame, length, 0, PACKETS);
	dataplane_drops(dp, after);
	lost = after[MCI_DROP_OBSERVE_FULL] - before[MCI_DROP_OBSERVE_FULL];
	do {
		observation.count = 0;
		dataplane_dispatch(dp);
		handed_over += observation.count;
		calls++;
	} while (observation.count);
	tap(lost && lost + handed_over == PACKETS, "a full ring buffer is counted");
	tap(calls > 2, "one dispatch takes only a part of a full ring buffer");
}

static void test_limits(struct dataplane *dp)
{
	struct addr local = packet_local(4), relay = packet_relay(4);
	int error = 0;

	for (unsigned port = 1; port <= 4; port++)
		error |= dataplane_set_tunnel(dp, &local, port, &relay, AMT_PORT);
	tap(!error, "as many tunnels as the limit says");
	error = dataplane_set_tunnel(dp, &local, 5, &relay, AMT_PORT);
	tap(error && strstr(dataplane_error(dp), "tunnels is full: 4"),
	    "and none more, said so: %s", dataplane_error(dp));
	for (unsigned port = 1; port <= 4; port++)
		dataplane_remove_tunnel(dp, &local, port);
}

int main(void)
{
	struct dataplane *dp;

	harness_enter();
	dp = harness_open();
	for (unsigned i = 0; i < ingest_case_count; i++)
		test_ingest(dp, &ingest_cases[i]);
	for (unsigned i = 0; i < observe_case_count; i++)
		test_observe(dp, &observe_cases[i]);
	test_full_ring(dp);
	test_limits(dp);
	egress_tests(dp);
	dataplane_close(dp);
	attach_tests();
	return tap_end();
}
