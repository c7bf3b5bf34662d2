/* SPDX-License-Identifier: BSD-2-Clause */
/* The slow path: which packets of a tunnel's socket go to which LANs, and what is counted. */
#include "forward/slow_path.h"
#include "forward_lab.h"

TestSuite(forward_slow, .init = fwd_begin, .fini = fwd_end);

#define UDP 17

static uint8_t packet[4096];

/* A packet of `length` bytes, its header included. */
static struct cursor packet_v4(const char *source, const char *group, uint16_t length)
{
	struct addr from = address(source), to = address(group);
	struct writer w = writer_over(packet, sizeof(packet));

	memset(packet, 0, sizeof(packet));
	writer_u16(&w, 0x4500);
	writer_u16(&w, length);
	writer_u32(&w, 0x12340000);
	writer_u16(&w, 15 << 8 | UDP);
	writer_u16(&w, 0);
	writer_addr(&w, &from);
	writer_addr(&w, &to);
	writer_patch_u16(&w, 10, checksum_fold(checksum_add(0, packet, 20)));
	return cursor_over(packet, length);
}

static struct cursor packet_v6(const char *source, const char *group, uint16_t length)
{
	struct addr from = address(source), to = address(group);
	struct writer w = writer_over(packet, sizeof(packet));

	memset(packet, 0, sizeof(packet));
	writer_u32(&w, 0x60000000);
	writer_u16(&w, length - 40);
	writer_u16(&w, UDP << 8 | 15);
	writer_addr(&w, &from);
	writer_addr(&w, &to);
	return cursor_over(packet, length);
}

static void take(const char *relay, struct cursor data)
{
	struct addr by = address(relay);

	slow_path_take(&fwd.forward, amt_tunnel_find(&lab.paths.tunnels, &by), data);
}

/* A packet of 100 bytes of the channel (SOURCE,GROUP) comes. */
static void take_from(const char *relay)
{
	take(relay, packet_v4(SOURCE, GROUP, 100));
}

/* Each packet that has come went out, or was dropped by a check, or no LAN took it. */
static void expect_closed_account(void)
{
	const struct slow_path *slow = &fwd.forward.slow;
	uint64_t placed = slow->forwarded.packets + slow->unsent;

	for (unsigned i = 0; i < MCI_DROP_COUNT; i++)
		if (i != MCI_DROP_EXCEEDS_MTU && i != MCI_DROP_SLOW_RATE &&
		    i != MCI_DROP_LAN_REFUSED)
			placed += slow->drops[i];
	cr_expect_eq(placed, slow->received);
}

static void expect_drop(enum mci_drop drop, uint64_t count)
{
	uint64_t all = 0;

	for (unsigned i = 0; i < MCI_DROP_COUNT; i++)
		all += fwd.forward.slow.drops[i];
	cr_expect_eq(fwd.forward.slow.drops[drop], count, "%s", dataplane_drop_name(drop));
	cr_expect_eq(all, count, "nothing else is counted");
	expect_closed_account();
}

/* Whose packets are taken */

Test(forward_slow, a_packet_goes_to_the_lans_that_want_its_channel)
{
	struct channel *wanted = fwd_join(SOURCE, GROUP);
	struct slow_stats *stats = forward_slow_stats(wanted);

	lab_want_on(SOURCE, GROUP, 2);
	lab_run(0.5);
	take_from(ONE);
	cr_assert_eq(fwd.frame_count, 2);
	cr_expect_eq(fwd.frames[0].ifindex, 10);
	cr_expect_eq(fwd.frames[1].ifindex, 12);
	cr_expect_eq(fwd.frames[0].length, 100);
	cr_expect_eq(fwd.frames[0].header[8], 14, "the TTL is lowered");
	cr_expect_eq(stats->packets, 1, "not once for each LAN");
	cr_expect_eq(stats->bytes, 100);
	cr_expect_eq(stats->last, lab.timers.now);
	cr_expect_eq(fwd.forward.slow.forwarded.packets, 1);
	cr_expect_eq(fwd.forward.slow.forwarded.bytes, 100);
	cr_expect_eq(fwd.forward.slow.received, 1);
	cr_expect_eq(wanted->state, CHANNEL_RECEIVING);
	cr_expect_eq(wanted->trace.first_packet, lab.timers.now);
}

Test(forward_slow, counts_each_channel_and_all_together)
{
	struct channel *v4 = fwd_join(SOURCE, GROUP), *v6 = fwd_join(SOURCE6, GROUP6);
	usec_t first = lab.timers.now;

	take_from(ONE);
	lab_run(1);
	take(ONE, packet_v4(SOURCE, GROUP, 200));
	take(ONE, packet_v6(SOURCE6, GROUP6, 1400));
	cr_expect_eq(forward_slow_stats(v4)->packets, 2);
	cr_expect_eq(forward_slow_stats(v4)->bytes, 300);
	cr_expect_eq(forward_slow_stats(v6)->packets, 1);
	cr_expect_eq(forward_slow_stats(v6)->bytes, 1400);
	cr_expect_eq(fwd.forward.slow.forwarded.packets, 3);
	cr_expect_eq(fwd.forward.slow.forwarded.bytes, 1700);
	cr_expect_eq(fwd.forward.slow.received, 3);
	cr_expect_eq(v4->trace.first_packet, first, "the second packet is not the first one");
	expect_drop(MCI_DROP_NOT_JOINED, 0);
}

Test(forward_slow, takes_no_packet_of_a_channel_that_nobody_wants)
{
	fwd_join(SOURCE, GROUP);
	take(ONE, packet_v4(SOURCE, "232.1.1.2", 100));
	take(ONE, packet_v4("192.0.2.11", GROUP, 100));
	take(ONE, packet_v6(SOURCE6, GROUP6, 100));
	expect_drop(MCI_DROP_NOT_JOINED, 3);
	cr_expect_eq(fwd.frame_count, 0);
	cr_expect_eq(fwd.forward.slow.received, 3);
	cr_expect_eq(fwd.forward.slow.forwarded.packets, 0);
}

/* No relay serves the channel yet, so it has no entry. */
Test(forward_slow, takes_no_packet_of_a_channel_that_is_connecting)
{
	struct channel *other;

	fwd_join(SOURCE, GROUP);
	lab_configure((const char *[]){TWO, NULL});
	lab_serve(TWO, false);
	other = lab_want("192.0.2.11", GROUP);
	lab_run(0);
	cr_assert_eq(other->state, CHANNEL_CONNECTING);
	take(ONE, packet_v4("192.0.2.11", GROUP, 100));
	expect_drop(MCI_DROP_NOT_JOINED, 1);
}

Test(forward_slow, takes_no_packet_of_another_relay)
{
	struct channel *other;

	fwd_join(SOURCE, GROUP);
	lab_configure((const char *[]){TWO, NULL});
	other = fwd_join("192.0.2.11", GROUP);
	take(TWO, packet_v4(SOURCE, GROUP, 100));
	take(ONE, packet_v4("192.0.2.11", GROUP, 100));
	expect_drop(MCI_DROP_OTHER_TUNNEL, 2);
	cr_expect_eq(other->state, CHANNEL_JOINED);
	take(TWO, packet_v4("192.0.2.11", GROUP, 100));
	cr_expect_eq(fwd.frame_count, 1);
	cr_expect_eq(other->state, CHANNEL_RECEIVING);
}

Test(forward_slow, drops_packets_that_another_router_forwards)
{
	struct channel *wanted = fwd_join(SOURCE, GROUP);

	channel_table_lose(&lab.paths.channels, &wanted->sg, 0, true);
	take_from(ONE);
	expect_drop(MCI_DROP_NO_EGRESS, 1);
	cr_expect_eq(wanted->state, CHANNEL_JOINED);
	channel_table_lose(&lab.paths.channels, &wanted->sg, 0, false);
	take_from(ONE);
	cr_expect_eq(fwd.frame_count, 1);
	expect_drop(MCI_DROP_NO_EGRESS, 1);
}

Test(forward_slow, drops_what_the_bpf_program_drops)
{
	struct cursor old;

	fwd_join(SOURCE, GROUP);
	take(ONE, cursor_over(packet, 0));
	expect_drop(MCI_DROP_TRUNCATED, 1);
	old = packet_v4(SOURCE, GROUP, 100);
	packet[8] = 1;
	take(ONE, old);
	cr_expect_eq(fwd.forward.slow.drops[MCI_DROP_TTL], 1);
	cr_expect_eq(fwd.frame_count, 0);
	cr_expect_eq(fwd.forward.slow.received, 2);
}

/* Moves */

Test(forward_slow, takes_packets_of_both_relays_until_the_channel_has_moved)
{
	struct channel *moves = fwd_join(SOURCE, GROUP);

	fwd_try_other(moves);
	take_from(ONE);
	cr_expect_eq(fwd.frame_count, 1);
	cr_expect_eq(moves->move, CHANNEL_TRYING, "the packet comes from the serving relay");
	take_from(TWO);
	cr_expect_eq(fwd.frame_count, 2);
	cr_expect_eq(moves->move, CHANNEL_OVERLAPPING);
	take_from(ONE);
	cr_expect_eq(fwd.frame_count, 2);
	expect_drop(MCI_DROP_DUPLICATE, 1);
	take_from(TWO);
	cr_expect_eq(fwd.frame_count, 3);
	lab_run(1);
	cr_assert_eq(moves->move, CHANNEL_DRAINING);
	take_from(TWO);
	cr_expect_eq(fwd.frame_count, 4);
	lab_run(1);
	cr_assert_eq(moves->move, CHANNEL_STAYING);
	take_from(TWO);
	cr_expect_eq(fwd.frame_count, 5);
	expect_drop(MCI_DROP_DUPLICATE, 1);
}

Test(forward_slow, takes_no_packet_of_the_relay_that_was_left)
{
	struct channel *moves = fwd_join(SOURCE, GROUP);

	fwd_join(SOURCE, "232.1.1.2");
	fwd_try_other(moves);
	take_from(TWO);
	lab_run(1);
	cr_assert_eq(moves->move, CHANNEL_DRAINING);
	take_from(ONE);
	expect_drop(MCI_DROP_OTHER_TUNNEL, 1);
	cr_expect_eq(fwd.frame_count, 1);
}

Test(forward_slow, does_not_move_for_a_packet_that_no_lan_took)
{
	struct channel *moves = fwd_join(SOURCE, GROUP);

	fwd_try_other(moves);
	fwd.errors[0] = -ENOBUFS;
	take_from(TWO);
	cr_expect_eq(moves->move, CHANNEL_TRYING);
	fwd.errors[0] = 0;
	take_from(TWO);
	cr_expect_eq(moves->move, CHANNEL_OVERLAPPING);
}

/* The LANs */

Test(forward_slow, sends_to_the_multicast_address_of_the_group)
{
	static const struct {
		const char *source, *group;
		uint8_t mac[6];
	} rows[] = {
		{SOURCE, "232.129.2.3", {0x01, 0x00, 0x5e, 0x01, 0x02, 0x03}},
		{SOURCE, "232.1.2.255", {0x01, 0x00, 0x5e, 0x01, 0x02, 0xff}},
		{SOURCE6, "ff3e::8012:3456", {0x33, 0x33, 0x80, 0x12, 0x34, 0x56}},
	};

	EACH(i, rows)
	{
		fwd_join(rows[i].source, rows[i].group);
		if (i < 2)
			take(ONE, packet_v4(rows[i].source, rows[i].group, 100));
		else
			take(ONE, packet_v6(rows[i].source, rows[i].group, 100));
		cr_assert_eq(fwd.frame_count, i + 1);
		cr_expect_arr_eq(fwd.frames[i].mac, rows[i].mac, 6, "%s", rows[i].group);
	}
}

static uint16_t offset_field(unsigned frame)
{
	return (uint16_t)(fwd.frames[frame].header[6] << 8 | fwd.frames[frame].header[7]);
}

/* RFC 791 section 3.2: offsets count 8 bytes. */
Test(forward_slow, fragments_a_packet_for_a_lan_with_a_smaller_mtu)
{
	struct channel *wanted = fwd_join(SOURCE, GROUP);

	lab_want_on(SOURCE, GROUP, 1);
	fwd_set_lan(1, 576);
	take(ONE, packet_v4(SOURCE, GROUP, 1400));
	cr_assert_eq(fwd.frame_count, 4);
	cr_expect_eq(fwd.frames[0].length, 1400);
	cr_expect_eq(fwd.frames[1].length, 572);
	cr_expect_eq(fwd.frames[2].length, 572);
	cr_expect_eq(fwd.frames[3].length, 1380 - 2 * 552 + 20);
	cr_expect_eq(offset_field(1), 0x2000);
	cr_expect_eq(offset_field(2), 0x2000 | 552 / 8);
	cr_expect_eq(offset_field(3), 2 * 552 / 8);
	cr_expect_eq(forward_slow_stats(wanted)->packets, 1);
	cr_expect_eq(forward_slow_stats(wanted)->bytes, 1400);
	expect_drop(MCI_DROP_EXCEEDS_MTU, 0);
}

Test(forward_slow, drops_a_packet_that_must_not_be_fragmented)
{
	struct channel *wanted = fwd_join(SOURCE6, GROUP6);

	fwd_set_lan(0, 1280);
	take(ONE, packet_v6(SOURCE6, GROUP6, 1281));
	expect_drop(MCI_DROP_EXCEEDS_MTU, 1);
	cr_expect_eq(fwd.frame_count, 0);
	cr_expect_eq(wanted->state, CHANNEL_JOINED);
	cr_expect_eq(forward_slow_stats(wanted)->packets, 0);
	lab_want_on(SOURCE6, GROUP6, 1);
	take(ONE, packet_v6(SOURCE6, GROUP6, 1281));
	expect_drop(MCI_DROP_EXCEEDS_MTU, 2);
	cr_assert_eq(fwd.frame_count, 1, "the other LAN takes it");
	cr_expect_eq(fwd.frames[0].ifindex, 11);
	cr_expect_eq(forward_slow_stats(wanted)->packets, 1);
}

/* The interface's MTU has become smaller, but the LAN does not have the new one yet. */
Test(forward_slow, counts_packets_that_the_kernel_finds_too_long)
{
	struct channel *wanted = fwd_join(SOURCE, GROUP);

	fwd.errors[0] = -EMSGSIZE;
	take_from(ONE);
	expect_drop(MCI_DROP_EXCEEDS_MTU, 1);
	cr_expect_eq(wanted->state, CHANNEL_JOINED);
}

Test(forward_slow, sends_no_further_fragment_after_one_was_refused)
{
	struct channel *wanted = fwd_join(SOURCE, GROUP);

	fwd_set_lan(0, 576);
	fwd.errors[0] = -ENOBUFS;
	take(ONE, packet_v4(SOURCE, GROUP, 1400));
	cr_expect_eq(fwd.frame_count, 1);
	expect_drop(MCI_DROP_LAN_REFUSED, 1);
	cr_expect_eq(forward_slow_stats(wanted)->packets, 0);
	cr_expect_eq(fwd.forward.slow.forwarded.packets, 0);
	cr_expect_eq(wanted->trace.first_packet, 0);
	lab_want_on(SOURCE, GROUP, 1);
	take(ONE, packet_v4(SOURCE, GROUP, 1400));
	cr_expect_eq(fwd.frame_count, 3);
	expect_drop(MCI_DROP_LAN_REFUSED, 2);
	cr_expect_eq(forward_slow_stats(wanted)->packets, 1, "the other LAN took the packet");
	fwd.errors[0] = 0;
	fwd.errors[1] = -ENOBUFS;
	take(ONE, packet_v4(SOURCE, GROUP, 1400));
	expect_drop(MCI_DROP_LAN_REFUSED, 3);
	cr_expect_eq(forward_slow_stats(wanted)->packets, 2, "in whatever order");
}

/* The rate */

/* At most a tenth of the rate at once: 10 of 100 frames. */
Test(forward_slow, sends_so_many_frames_a_second)
{
	struct channel *wanted = fwd_join(SOURCE, GROUP);

	fwd.forward.slow.bucket = bucket_new(100, lab.timers.now);
	for (unsigned i = 0; i < 12; i++)
		take_from(ONE);
	cr_expect_eq(fwd.frame_count, 10);
	cr_expect_eq(forward_slow_stats(wanted)->packets, 10);
	expect_drop(MCI_DROP_SLOW_RATE, 2);
	lab_run(0.05);
	for (unsigned i = 0; i < 12; i++)
		take_from(ONE);
	cr_expect_eq(fwd.frame_count, 15);
	expect_drop(MCI_DROP_SLOW_RATE, 9);
}

Test(forward_slow, sends_all_fragments_of_a_packet_or_none)
{
	fwd.forward.slow.bucket = bucket_new(100, lab.timers.now);
	fwd_join(SOURCE, GROUP);
	fwd_set_lan(0, 576);
	for (unsigned i = 0; i < 4; i++)
		take(ONE, packet_v4(SOURCE, GROUP, 1400));
	cr_expect_eq(fwd.frame_count, 9);
	expect_drop(MCI_DROP_SLOW_RATE, 1);
	take_from(ONE);
	cr_expect_eq(fwd.frame_count, 10, "one frame was left");
}

Test(forward_slow, begins_with_the_rate_that_is_set)
{
	fwd_join(SOURCE, GROUP);
	fwd_set_lan(0, 68); /* 48 bytes a piece */
	for (unsigned i = 0; i < 3; i++) {
		fwd.frame_count = 0;
		take(ONE, packet_v4(SOURCE, GROUP, 1460));
		cr_expect_eq(fwd.frame_count, 30);
	}
	fwd.frame_count = 0;
	take(ONE, packet_v4(SOURCE, GROUP, 1460));
	cr_expect_eq(fwd.frame_count, 0, "LAB_RATE allows 100 at once");
}

Test(forward_slow, measures_the_rate_of_all_channels_together)
{
	fwd_join(SOURCE, GROUP);
	fwd_join(SOURCE6, GROUP6);
	for (unsigned i = 0; i < 20; i++)
		take_from(ONE);
	for (unsigned i = 0; i < 5; i++)
		take(ONE, packet_v6(SOURCE6, GROUP6, 200));
	cr_expect_eq(fwd.forward.slow.meter.rate.packets_per_s, 0);
	lab_run(5);
	cr_expect_float_eq(fwd.forward.slow.meter.rate.packets_per_s, 5, 0.1);
	cr_expect_float_eq(fwd.forward.slow.meter.rate.bits_per_s, 3000 * 8 / 5.0, 100);
	lab_run(5);
	cr_expect_eq(fwd.forward.slow.meter.rate.packets_per_s, 0);
}
