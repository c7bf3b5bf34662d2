/* SPDX-License-Identifier: BSD-2-Clause */
/* Hands the rows of cases.c to the loaded programs, frame by frame, and compares what comes out:
 * verdict, bytes, counters. Needs root; changes nothing outside its own namespaces. */
#include "cases.h"
#include "harness.h"
#include "through.h"

#include <linux/pkt_cls.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define AMT_PORT 2268
#define SLOT     3
#define EGRESS   4711 /* BPF_PROG_RUN does not redirect: it need not exist */
#define ETHERNET 14

static void set_entries(struct dataplane *dp, const struct ingest_case *row, uint32_t slot)
{
	const struct entry *entry = &row->entry;
	int outer = family_of(row->packet.outer);
	struct addr relay = packet_relay(outer), local = packet_local(outer);
	struct sg sg = packet_channel(family_of(row->packet.inner));
	struct dataplane_channel channel = {
		.from = {.relay = entry->other_relay ? local : relay,
			 .local = local,
			 .relay_port = AMT_PORT,
			 .local_port = entry->other_tunnel ? TUNNEL_PORT + 1 : TUNNEL_PORT},
		.slot = slot,
		.deadline_ns = seconds_from_now(entry->expired ? -1 : 3600),
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

static bool right_stats(struct dataplane *dp, const uint8_t *frame, size_t length, int expect)
{
	struct dataplane_channel_stats stats;
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

/* Whether the channel is known by the time that the packet is dropped for this reason. */
static bool has_channel(int expect)
{
	switch (expect) {
	case MCI_DROP_OTHER_TUNNEL:
	case MCI_DROP_EXPIRED:
	case MCI_DROP_NO_EGRESS:
	case MCI_DROP_TTL:
	case MCI_DROP_EXCEEDS_MTU:
	case MCI_DROP_INNER_CONTROL:
		return true;
	default:
		return false;
	}
}

static uint32_t inner_length(const struct ingest_case *row, const uint8_t *frame)
{
	unsigned tag = frame[12] == 0x81 ? 4 : 0, outer = row->packet.outer == 6 ? 40 : 20;
	const uint8_t *ip = frame + ETHERNET + tag + outer + 8 + 2;

	return ip[0] >> 4 == 4 ? ip[2] << 8 | ip[3] : 40 + (ip[4] << 8 | ip[5]);
}

/* What was dropped of the channel is noted with its reason, once; and nothing else is. */
static bool right_channel_drops(struct dataplane *dp, const struct ingest_case *row,
				const uint8_t *frame)
{
	uint32_t length = inner_length(row, frame);
	bool wanted = has_channel(row->expect);
	struct mci_channel_drops drops;

	if (row->expect == MCI_DROP_INNER_HEADER) /* is found before or after the channel is */
		return true;
	if (dataplane_channel_drops(dp, SLOT, &drops))
		return false;
	for (int reason = 0; reason < MCI_DROP_COUNT; reason++)
		if (drops.packets[reason] != (uint64_t)(wanted && reason == row->expect)) {
			tap_note("channel's %s: %llu", dataplane_drop_name(reason),
				 (unsigned long long)drops.packets[reason]);
			return false;
		}
	return !wanted ||
	       (drops.last == (uint64_t)row->expect && drops.last_ns &&
		drops.shortest[row->expect] == length && drops.longest[row->expect] == length);
}

/* Too long for the LAN, or so short that it leaves with zeros behind it. */
static bool is_left_by_xdp(const struct ingest_case *row, size_t out_length)
{
	size_t payload = row->packet.payload == NOTHING ? 0 : row->packet.payload;

	return row->expect <= PASSES || row->expect == MCI_DROP_EXCEEDS_MTU ||
	       (row->expect == ON_LAN && row->packet.payload && payload < 8 && out_length < 70);
}

enum hook { TC, XDP_AND_TC };

static void test_ingest(struct dataplane *dp, const struct ingest_case *row, enum hook hook)
{
	uint8_t in[FRAME_MAX], out[FRAME_MAX];
	size_t in_length = packet_build(&row->packet, in), out_length = in_length;
	int expected = row->expect <= PASSES ? PASSES
		       : row->expect < 0     ? row->expect
					     : DROPPED,
	    fate;
	uint64_t before[MCI_DROP_COUNT];
	struct dataplane_left left_before;
	bool ok, xdp_passed = true;
	struct run run;

	memcpy(out, in, in_length);
	if (row->expect == ON_LAN)
		out_length = packet_on_lan(&row->packet, egress_mac, out);
	set_entries(dp, row, SLOT);
	dataplane_drops(dp, before);
	dataplane_left(dp, &left_before);
	fate = hook == TC ? through_tc(in, in_length, row->gso_size, &run)
			  : through_both(in, in_length, row->gso_size, &run, &xdp_passed);
	ok = fate == expected && (hook == TC || xdp_passed == is_left_by_xdp(row, out_length));
	if (!ok)
		tap_note("verdict: %d%s", (int)run.verdict, xdp_passed ? ", of TC" : "");
	if (row->expect < 0)
		ok = same_frame(&run, out, out_length) && ok;
	ok = right_drops(dp, before, row->expect) && ok;
	ok = right_left(dp, &left_before, row->expect) && ok;
	ok = right_stats(dp, out, out_length, row->expect) && ok;
	ok = right_channel_drops(dp, row, in) && ok;
	clear_entries(dp, row);
	tap(ok, "%s%s: %s", hook == TC ? "" : "XDP: ", row->what,
	    row->expect == ON_LAN   ? "on the LAN"
	    : row->expect <= PASSES ? "passes"
				    : dataplane_drop_name(row->expect));
}

static size_t from_hex(const char *hex, int zeros, uint8_t frame[FRAME_MAX])
{
	struct writer w = writer_over(frame, FRAME_MAX);

	packet_put_hex(&w, hex);
	writer_zero(&w, zeros);
	return writer_length(&w);
}

static void test_observe(struct dataplane *dp, const struct observe_case *row, bool asked)
{
	bool wanted = row->kind == OBSERVED || (row->kind == OBSERVED_WHERE_ASKED && asked);
	uint8_t frame[FRAME_MAX];
	size_t length = from_hex(row->frame, row->zeros, frame), kept = length - ETHERNET;
	struct run run;
	bool ok;

	observation = (struct observation){.count = 0};
	run = harness_run("observe_tc", frame, length, 0, 1);
	dataplane_dispatch(dp);
	ok = run.verdict == (uint32_t)TC_ACT_UNSPEC && same_frame(&run, frame, length) &&
	     observation.count == wanted;
	if (wanted)
		ok = ok && observation.membership == (row->kind == OBSERVED_WHERE_ASKED) &&
		     observation.length == kept && observation.ifindex &&
		     !memcmp(observation.packet, frame + ETHERNET, kept);
	tap(ok, "%s: %s", row->what, wanted ? "observed" : "not observed");
}

/* Reports on an interface that is not asked, and whether a host joins a source by them. */
static const struct unasked_case {
	const char *what, *frame;
	bool joins;
} unasked_cases[] = {
	{"IGMPv3, ALLOW",
	 "01005e000016 020000000009 0800 46c0002c 00000000 01020000 0a000032 e0000016 94040000 "
	 "2200 0000 0000 0001 05000001 e8010101 c000020a",
	 true},
	{"IGMPv3 without Router Alert, TO_IN",
	 "01005e000016 020000000009 0800 45c00028 00000000 01020000 0a000032 e0000016 "
	 "2200 0000 0000 0001 03000001 e8010101 c000020a",
	 true},
	{"IGMPv3, BLOCK",
	 "01005e000016 020000000009 0800 45c00028 00000000 01020000 0a000032 e0000016 "
	 "2200 0000 0000 0001 06000001 e8010101 c000020a",
	 false},
	{"IGMPv3, EXCLUDE of nothing",
	 "01005e000016 020000000009 0800 45c00024 00000000 01020000 0a000032 e0000016 "
	 "2200 0000 0000 0001 04000000 e000000d 00000000",
	 false},
	{"IGMPv2",
	 "01005e010101 020000000009 0800 45c0001c 00000000 01020000 0a000032 e8010101 "
	 "1600 0000 e8010101 00000000 00000000",
	 false},
	{"MLDv2, ALLOW",
	 "333300000016 020000000009 86dd 6000000000340001 fe800000000000000000000000000050 "
	 "ff020000000000000000000000000016 3a00 0502 0000 0100 8f00 0000 0000 0001 05000001 "
	 "ff3e0000000000000000000080000001 20010db8000500000000000000000010",
	 true},
	{"MLDv2, EXCLUDE of nothing",
	 "333300000016 020000000009 86dd 6000000000240001 fe800000000000000000000000000050 "
	 "ff020000000000000000000000000016 3a00 0502 0000 0100 8f00 0000 0000 0001 04000000 "
	 "ff020000000000000000000000000016",
	 false},
	{"an IGMPv3 report that ends early",
	 "01005e000016 020000000009 0800 45c0001c 00000000 01020000 0a000032 e0000016 "
	 "2200 0000 0000 0001",
	 false},
};

static void test_unasked(struct dataplane *dp, const struct unasked_case *row)
{
	uint64_t before = dataplane_unasked(dp, harness_ifindex("lo"));
	uint8_t frame[FRAME_MAX];
	size_t length = from_hex(row->frame, 0, frame);

	harness_run("observe_tc", frame, length, 0, 3);
	tap(dataplane_unasked(dp, harness_ifindex("lo")) == before + (row->joins ? 3 : 0),
	    "%s, where hosts are not asked: %s", row->what, row->joins ? "counted" : "not counted");
}

/* BPF_PROG_RUN's packets come from the loopback interface. */
static void test_observe_all(struct dataplane *dp)
{
	for (unsigned i = 0; i < observe_case_count; i++)
		test_observe(dp, &observe_cases[i], false);
	for (unsigned i = 0; i < sizeof(unasked_cases) / sizeof(unasked_cases[0]); i++)
		test_unasked(dp, &unasked_cases[i]);
	tap(!dataplane_observe_membership(dp, harness_ifindex("lo")), "IGMP and MLD are asked for");
	for (unsigned i = 0; i < observe_case_count; i++)
		test_observe(dp, &observe_cases[i], true);
}

static const struct rival_case {
	const char *what;
	int family;
	bool expired, other_lan, not_joined, again;
	unsigned told;
} rival_cases[] = {
	{.what = "IPv4", .family = 4, .told = 1},
	{.what = "IPv4, within a second", .family = 4, .again = true},
	{.what = "IPv6", .family = 6, .told = 1},
	{.what = "IPv6, within a second", .family = 6, .again = true},
	{.what = "not joined", .family = 4, .not_joined = true},
	{.what = "joined on another LAN", .family = 4, .other_lan = true},
	{.what = "joined by a daemon that is gone", .family = 6, .expired = true},
};

/* Of each row that is no repetition the program is to know nothing: another slot. */
static void test_rival(struct dataplane *dp, const struct rival_case *row, uint32_t slot)
{
	struct sg sg = packet_channel(row->family);
	struct packet packet = {.inner = row->family};
	struct dataplane_channel channel = {
		.slot = slot,
		.deadline_ns = seconds_from_now(row->expired ? -1 : 3600),
		.egress_count = 2,
		.egress = {{.interface = "lan0", .ifindex = EGRESS, .mtu = 1500},
			   {.interface = "lo", .ifindex = harness_ifindex("lo"), .mtu = 1500}},
	};
	uint8_t frame[FRAME_MAX];
	size_t length = packet_on_lan(&packet, egress_mac, frame);

	if (row->other_lan)
		channel.egress_count = 1;
	if (!row->not_joined)
		dataplane_set_channel(dp, &sg, &channel);
	observation = (struct observation){.count = 0};
	harness_run("observe_tc", frame, length, 0, 3);
	dataplane_dispatch(dp);
	tap(observation.rivals == row->told && !observation.count &&
		    (!row->told ||
		     (observation.slot == slot && observation.ifindex == harness_ifindex("lo"))),
	    "another router's data, %s: %s", row->what, row->told ? "told once" : "not told");
	dataplane_remove_channel(dp, &sg);
}

static void test_rivals(struct dataplane *dp)
{
	uint32_t slot = SLOT;

	for (size_t i = 0; i < sizeof(rival_cases) / sizeof(*rival_cases); i++)
		test_rival(dp, &rival_cases[i], rival_cases[i].again ? slot : ++slot);
}

static uint64_t dropped_as(struct dataplane *dp, enum mci_drop reason)
{
	uint64_t drops[MCI_DROP_COUNT];

	dataplane_drops(dp, drops);
	return drops[reason];
}

/* Until nothing is left; how many there were. */
static unsigned hand_all_over(struct dataplane *dp)
{
	unsigned handed_over;

	do {
		handed_over = observation.count;
		dataplane_dispatch(dp);
	} while (observation.count > handed_over);
	return handed_over;
}

static void send_from(uint8_t sender, unsigned packets)
{
	uint8_t frame[FRAME_MAX];
	size_t length = from_hex(observe_cases[0].frame, 0, frame);

	frame[29] = sender; /* the last byte of its address */
	harness_run("observe_tc", frame, length, 0, packets);
}

/* The daemon does not come to it: a flood by one address leaves room to others, and one by many
 * leaves room to other LANs and to what the other programs tell. */
static void test_flooded_ring(struct dataplane *dp)
{
	enum { FLOOD = 20000, OTHERS = 100, SENDERS = 200 };
	uint64_t full = dropped_as(dp, MCI_DROP_OBSERVE_FULL);
	uint64_t rate = dropped_as(dp, MCI_DROP_OBSERVE_RATE), more;
	unsigned of_slow_calls, handed_over;

	send_from(1, FLOOD);
	rate = dropped_as(dp, MCI_DROP_OBSERVE_RATE) - rate;
	tap(rate > 0, "a flood gets no more than its share of the ring buffer (%lu of %u lost)",
	    (unsigned long)rate, FLOOD);
	send_from(2, OTHERS);
	observation = (struct observation){.takes_ms = 3};
	dataplane_dispatch(dp);
	dataplane_dispatch(dp);
	of_slow_calls = observation.count;
	observation.takes_ms = 0;
	handed_over = hand_all_over(dp);
	tap(handed_over + rate == FLOOD + OTHERS, "another's packets are all there");
	tap(of_slow_calls == 2, "a dispatch ends once its 2 ms are over, and the next goes on");

	more = dropped_as(dp, MCI_DROP_OBSERVE_RATE);
	for (unsigned sender = 0; sender < SENDERS; sender++)
		send_from((uint8_t)sender, 1000);
	more = dropped_as(dp, MCI_DROP_OBSERVE_RATE) - more;
	observation = (struct observation){.count = 0};
	handed_over = hand_all_over(dp);
	tap(more + handed_over == SENDERS * 1000 && dropped_as(dp, MCI_DROP_OBSERVE_FULL) == full,
	    "a LAN's flood does not fill the ring buffer");
}

/* Each chunk of counters comes when it is needed, or before. */
static void test_slots(struct dataplane *dp)
{
	static const struct ingest_case row = {.packet = {.outer = 4}};
	struct dataplane_channel_stats stats;
	uint8_t frame[FRAME_MAX];
	size_t length = packet_build(&row.packet, frame);
	unsigned wrong = 0;
	struct run run;

	for (uint32_t slot = 0; slot < HARNESS_CHANNELS; slot += MCI_STATS_CHUNK / 4) {
		set_entries(dp, &row, slot);
		through_tc(frame, length, 0, &run);
		dataplane_channel_stats(dp, slot, &stats);
		wrong += stats.packets != 1;
		dataplane_clear_channel_stats(dp, slot);
		dataplane_channel_stats(dp, slot, &stats);
		wrong += stats.packets != 0;
	}
	clear_entries(dp, &row);
	tap(!wrong, "counters of slots 0 to %u are each one's own (%u not)", HARNESS_CHANNELS - 1,
	    wrong);
}

/* The last packet's RTP header, and which of the counted ones it was. */
static void test_rtp(struct dataplane *dp)
{
	static const struct ingest_case row = {.packet = {.outer = 4}};
	const size_t rtp = 14 + 20 + 8 + 2 + 20 + 8;
	struct dataplane_channel_stats stats;
	uint8_t frame[FRAME_MAX];
	size_t length = packet_build(&row.packet, frame);
	struct run run;
	bool ok = true, xdp_passed;

	set_entries(dp, &row, SLOT);
	for (unsigned n = 1; n <= 40000 && ok; n++) {
		uint16_t sequence = (uint16_t)(7 * n);

		frame[rtp] = 0x80;
		frame[rtp + 2] = sequence >> 8;
		frame[rtp + 3] = sequence & 0xff;
		if (n % 2)
			through_tc(frame, length, 0, &run);
		else
			through_both(frame, length, 0, &run, &xdp_passed);
		if (n > 3 && n % 4001)
			continue;
		dataplane_channel_stats(dp, SLOT, &stats);
		ok = stats.packets == n && stats.rtp.packets == n && stats.rtp.is_version_2 &&
		     stats.rtp.sequence == sequence;
	}
	frame[rtp] = 0x47;
	through_tc(frame, length, 0, &run);
	dataplane_channel_stats(dp, SLOT, &stats);
	clear_entries(dp, &row);
	tap(ok && !stats.rtp.is_version_2,
	    "RTP: the number of the last packet, and the last packet's");
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

/* Frames that differ from a row's in a few bytes, or in length: whatever becomes of them, it is the
 * same by TC alone and by XDP with TC behind it, and so are the counters. */

#define MUTATIONS 100000
#define SHORTEST  (ETHERNET + 4 + 40) /* that the test run makes a socket buffer of, less a tag */

struct fate {
	int what;
	uint32_t length, bytes; /* a sum of the frame's */
};

static size_t mutate(unsigned n, uint8_t frame[FRAME_MAX])
{
	unsigned row = n % ingest_case_count;
	size_t length = packet_build(&ingest_cases[row].packet, frame);
	unsigned span = length < 120 ? length : 120;

	srand(n);
	for (int changes = rand() % 4; changes >= 0; changes--)
		frame[rand() % 8 ? 12 + rand() % (span - 12) : rand() % length] ^= 1 << rand() % 8;
	if (rand() % 16 || length < SHORTEST)
		return length;
	return SHORTEST + rand() % (length - SHORTEST + 1);
}

static struct fate fate_of(unsigned n, enum hook hook)
{
	struct fate fate = {.what = 0};
	uint8_t frame[FRAME_MAX];
	size_t length = mutate(n, frame);
	bool xdp_passed;
	struct run run;

	fate.what = hook == TC ? through_tc(frame, length, 0, &run)
			       : through_both(frame, length, 0, &run, &xdp_passed);
	if (fate.what == DROPPED)
		return fate;
	fate.length = run.length;
	for (size_t i = 0; i < run.length; i++)
		fate.bytes = fate.bytes * 31 + run.frame[i];
	return fate;
}

static void count_drops_of(struct dataplane *dp, enum hook hook, struct fate *fates,
			   uint64_t drops[MCI_DROP_COUNT])
{
	uint64_t before[MCI_DROP_COUNT];

	dataplane_drops(dp, before);
	for (unsigned n = 0; n < MUTATIONS; n++)
		fates[n] = fate_of(n, hook);
	dataplane_drops(dp, drops);
	for (int reason = 0; reason < MCI_DROP_COUNT; reason++)
		drops[reason] -= before[reason];
}

static bool same_fates(const struct fate *one, const struct fate *other)
{
	unsigned differences = 0;

	for (unsigned n = 0; n < MUTATIONS; n++) {
		if (!memcmp(&one[n], &other[n], sizeof(*one)) || differences++ >= 5)
			continue;
		tap_note("mutation %u: TC %d, %u bytes; XDP %d, %u bytes", n, one[n].what,
			 one[n].length, other[n].what, other[n].length);
	}
	return !differences;
}

static void test_mutations(struct dataplane *dp)
{
	static const struct ingest_case v4 = {.packet = {.outer = 4}};
	static const struct ingest_case v6 = {.packet = {.outer = 6, .inner = 6}};
	static struct fate tc[MUTATIONS], xdp[MUTATIONS];
	uint64_t tc_drops[MCI_DROP_COUNT], xdp_drops[MCI_DROP_COUNT], sum = 0;
	unsigned on_lan = 0;

	set_entries(dp, &v4, SLOT);
	set_entries(dp, &v6, SLOT);
	count_drops_of(dp, TC, tc, tc_drops);
	count_drops_of(dp, XDP_AND_TC, xdp, xdp_drops);
	clear_entries(dp, &v4);
	clear_entries(dp, &v6);
	for (unsigned n = 0; n < MUTATIONS; n++)
		on_lan += tc[n].what == ON_LAN;
	for (int reason = 0; reason < MCI_DROP_COUNT; reason++)
		sum += tc_drops[reason];
	tap(same_fates(tc, xdp), "%u mutated frames: XDP as TC (%u on the LAN, %u dropped)",
	    MUTATIONS, on_lan, (unsigned)sum);
	tap(!memcmp(tc_drops, xdp_drops, sizeof(tc_drops)), "and the same reasons for drops");
}

int main(void)
{
	struct dataplane *dp;

	harness_enter();
	dp = harness_open();
	for (unsigned i = 0; i < ingest_case_count; i++)
		test_ingest(dp, &ingest_cases[i], TC);
	/* GRO comes after XDP, which sees the frames one by one. */
	for (unsigned i = 0; i < ingest_case_count; i++)
		if (!ingest_cases[i].gso_size)
			test_ingest(dp, &ingest_cases[i], XDP_AND_TC);
	slow_tests();
	test_mutations(dp);
	test_observe_all(dp);
	test_rivals(dp);
	test_flooded_ring(dp);
	test_slots(dp);
	test_rtp(dp);
	test_limits(dp);
	move_tests(dp);
	egress_tests(dp);
	fast_tests(dp);
	dataplane_close(dp);
	rate_tests();
	attach_tests();
	fault_tests();
	veth_tests();
	return tap_end();
}
