/* SPDX-License-Identifier: BSD-2-Clause */
/* A channel's counters, rates and losses: the dataplane's and the slow path's together. */
#include "forward/kept.h"
#include "forward/traffic.h"
#include "forward_lab.h"

TestSuite(forward_traffic, .init = fwd_begin, .fini = fwd_end);

static void count_fast(const struct channel *channel, uint64_t packets, uint64_t bytes)
{
	fwd.stats[channel->slot].packets = packets;
	fwd.stats[channel->slot].bytes = bytes;
}

static void count_slow(struct channel *channel, uint64_t packets, uint64_t bytes)
{
	forward_slow_stats(channel)->packets = packets;
	forward_slow_stats(channel)->bytes = bytes;
}

static void see_rtp(const struct channel *channel, uint16_t sequence, uint64_t packets)
{
	struct dataplane_channel_stats *stats = &fwd.stats[channel->slot];

	stats->packets = packets;
	stats->rtp.is_version_2 = true;
	stats->rtp.ssrc = 7;
	stats->rtp.sequence = sequence;
	stats->rtp.packets = packets;
}

Test(forward_traffic, is_the_sum_of_both_paths)
{
	struct dataplane_channel_stats stats;
	struct channel *channel;

	fwd_join(SOURCE, "232.1.1.9");
	channel = fwd_join(SOURCE, GROUP);
	count_fast(channel, 100, 140000);
	count_slow(channel, 3, 9000);
	see_rtp(channel, 4711, 98);
	count_fast(channel, 100, 140000);
	fwd.stats[channel->slot].last_ns = 5;
	stats = traffic_read(channel);
	cr_expect_eq(stats.packets, 103);
	cr_expect_eq(stats.bytes, 149000);
	cr_expect_eq(stats.last_ns, 5);
	cr_expect_eq(stats.rtp.packets, 101);
	cr_expect_eq(stats.rtp.sequence, 4711);
	cr_expect_eq(stats.rtp.ssrc, 7);
	cr_expect(stats.rtp.is_version_2);
	cr_expect_eq(channel->meter.rate.packets_per_s, 0, "a read does not move the meter");
}

Test(forward_traffic, is_zero_if_it_cannot_be_read)
{
	struct channel *channel = fwd_join(SOURCE, GROUP);
	struct dataplane_channel_stats stats;

	count_fast(channel, 100, 140000);
	count_slow(channel, 3, 9000);
	fwd.unreadable = true;
	stats = traffic_read(channel);
	cr_expect_eq(stats.packets, 0);
	cr_expect_eq(stats.bytes, 0);
	cr_expect_eq(stats.rtp.packets, 0);
}

/* Of all slots in use, and of the channels that had them before. */
Test(forward_traffic, of_all_channels_outlives_them)
{
	uint32_t slots = lab.paths.channels.slots;
	struct sg sg = fwd_join(SOURCE, GROUP)->sg;

	fwd.stats[0].packets = 100;
	cr_expect_eq(traffic_forwarded(&fwd.forward), 100);
	lab.paths.channels.slots = MCI_STATS_CHUNK + 1;
	fwd.stats[MCI_STATS_CHUNK].packets = 7;
	cr_expect_eq(traffic_forwarded(&fwd.forward), 107, "the second part is read, too");
	lab.paths.channels.slots = slots + 1;
	channel_table_unwant(&lab.paths.channels, &sg, 0);
	cr_expect_eq(traffic_forwarded(&fwd.forward), 100, "of a channel that is closed");
	fwd_join(SOURCE, GROUP);
	fwd.stats[0].packets = 30;
	cr_expect_eq(traffic_forwarded(&fwd.forward), 130);
}

Test(forward_traffic, is_measured_at_each_look)
{
	struct channel *channel = fwd_join(SOURCE, GROUP);

	lab_run(2);
	count_fast(channel, 100, 100000);
	count_slow(channel, 100, 50000);
	traffic_look(channel);
	cr_expect_float_eq(channel->meter.rate.packets_per_s, 100, 0.01);
	cr_expect_float_eq(channel->meter.rate.bits_per_s, 600000, 1);
	fwd.unreadable = true;
	traffic_look(channel);
	cr_expect_float_eq(channel->meter.rate.packets_per_s, 100, 0.01, "as before");
}

Test(forward_traffic, is_looked_at_every_ten_seconds)
{
	struct channel *channel = fwd_join(SOURCE, GROUP);

	lab_run(9.9);
	cr_expect_eq(fwd.chunk_reads, 0);
	count_fast(channel, 1000, 100000);
	lab_run(0.2);
	cr_expect_eq(fwd.chunk_reads, 1);
	cr_expect_float_eq(channel->meter.rate.packets_per_s, 100, 0.01);
	lab_run(10);
	cr_expect_eq(channel->meter.rate.packets_per_s, 0);
}

/* 1,100 channels have two parts, in two rounds of watch.h. */
Test(forward_traffic, is_looked_at_in_parts)
{
	char group[ADDR_TEXT];

	for (unsigned i = 0; i < MCI_STATS_CHUNK + 76; i++) {
		snprintf(group, sizeof(group), "232.1.%u.%u", i / 256, i % 256);
		cr_assert(lab_want(SOURCE, group));
	}
	lab_run(9);
	cr_expect_eq(fwd.chunk_reads, 0);
	lab_run(0.9);
	cr_expect_eq(fwd.chunk_reads, 1);
	cr_expect_eq(fwd.chunk, MCI_STATS_CHUNK);
	lab_run(0.5);
	cr_expect_eq(fwd.chunk_reads, 2);
	cr_expect_eq(fwd.chunk, 0);
	lab_run(9);
	cr_expect_eq(fwd.chunk_reads, 2);
	lab_run(1);
	cr_expect_eq(fwd.chunk_reads, 4);
}

Test(forward_traffic, of_all_channels_is_summed_up)
{
	struct channel *first = fwd_join(SOURCE, GROUP), *second, *third;
	struct meter_rate total;
	struct sg gone;

	second = fwd_join(SOURCE, "232.1.1.2");
	third = fwd_join(SOURCE6, GROUP6);
	gone = second->sg;
	lab_run(1);
	count_fast(first, 10, 1000);
	count_fast(second, 50, 5000);
	count_slow(third, 20, 4000);
	traffic_look(first);
	traffic_look(second);
	traffic_look(third);
	total = traffic_total(&fwd.forward);
	cr_expect_float_eq(total.packets_per_s, 80, 0.01);
	cr_expect_float_eq(total.bits_per_s, 80000, 1);
	channel_table_unwant(&lab.paths.channels, &gone, 0);
	total = traffic_total(&fwd.forward);
	cr_expect_float_eq(total.packets_per_s, 30, 0.01);
	cr_expect_float_eq(total.bits_per_s, 40000, 1);
}

Test(forward_traffic, of_the_slow_path_is_kept_when_it_has_changed)
{
	struct channel *channel = fwd_join(SOURCE, GROUP);

	lab_run(11);
	cr_expect_eq(fwd.keeps, 0, "there is nothing to keep");
	count_slow(channel, 3, 9000);
	lab_run(10);
	cr_expect_eq(fwd.keeps, 1);
	cr_expect_eq(fwd.kept[channel->slot].packets, 3);
	cr_expect_eq(fwd.kept[channel->slot].bytes, 9000);
	lab_run(30);
	cr_expect_eq(fwd.keeps, 1);
}

Test(forward_traffic, of_the_slow_path_goes_on_in_the_next_daemon)
{
	struct sg sg = channel(SOURCE, GROUP);
	struct dataplane_channel_stats stats;
	struct mci_kept *kept = &fwd.all_kept;
	struct channel *adopted;

	kept->drops[MCI_DROP_TTL] = 7;
	kept->slow_received = 30;
	kept->slow_packets = 20;
	kept->slow_bytes = 20000;
	kept->rejected[PROTOCOL_DNS][FAULT_TYPE] = 3;
	kept_take(&fwd.forward);
	cr_expect_eq(fwd.rejected.counts[PROTOCOL_DNS][FAULT_TYPE], 3);
	fwd.kept[9] = (struct mci_kept_slow){.packets = 5, .bytes = 500};
	cr_assert(channel_table_adopt(&lab.paths.channels, &sg, 1, 9, true));
	adopted = channel_table_at(&lab.paths.channels, 9);
	count_fast(adopted, 100, 10000);
	traffic_adopt(adopted);
	stats = traffic_read(adopted);
	cr_expect_eq(stats.packets, 105);
	cr_expect_eq(stats.bytes, 10500);
	lab_run(1);
	traffic_look(adopted);
	cr_expect_eq(adopted->meter.rate.packets_per_s, 0, "nothing has come since then");
	forward_slow_stats(adopted)->packets++;
	fwd.forward.slow.drops[MCI_DROP_TTL]++;
	fwd.forward.slow.received += 2;
	fwd.rejected.counts[PROTOCOL_DNS][FAULT_TYPE]++;
	kept_keep_all(&fwd.forward);
	cr_expect_eq(kept->drops[MCI_DROP_TTL], 8);
	cr_expect_eq(kept->slow_received, 32);
	cr_expect_eq(kept->slow_packets, 20);
	cr_expect_eq(kept->slow_bytes, 20000);
	cr_expect_eq(kept->rejected[PROTOCOL_DNS][FAULT_TYPE], 4);
	cr_expect_eq(fwd.kept[9].packets, 6, "the channels' with them");
}

/* An earlier daemon's packets are not part of the rate. */
Test(forward_traffic, of_an_adopted_channel_counts_from_now_on)
{
	struct sg sg = channel(SOURCE, GROUP);
	struct channel *adopted;

	cr_assert(channel_table_adopt(&lab.paths.channels, &sg, 1, 9, true));
	adopted = channel_table_at(&lab.paths.channels, 9);
	count_fast(adopted, 1000000, 9000000);
	traffic_adopt(adopted);
	path_adopt(adopted, &(struct addr){.family = AF_INET, .bytes = {203, 0, 113, 1}});
	cr_expect_eq(adopted->meter.base.packets, 1000000);
	cr_expect_eq(adopted->meter.base.bytes, 9000000);
	cr_expect_eq(adopted->meter.since, lab.timers.now);
	lab_run(2);
	count_fast(adopted, 1000100, 9001000);
	traffic_look(adopted);
	cr_expect_float_eq(adopted->meter.rate.packets_per_s, 50, 0.01);
	cr_expect_float_eq(adopted->meter.rate.bits_per_s, 4000, 1);
	fwd.unreadable = true;
	traffic_adopt(adopted);
	cr_expect_eq(adopted->meter.base.packets, 0);
}

/* Sequence numbers go from 100 to 115, but only 12 packets came, one of them by the slow path. */
Test(forward_traffic, shows_losses_of_rtp)
{
	struct channel *channel = fwd_join(SOURCE, GROUP);

	see_rtp(channel, 100, 10);
	traffic_look(channel);
	cr_expect_not(channel->rtp.is_rtp);
	see_rtp(channel, 115, 21);
	count_slow(channel, 1, 100);
	traffic_look(channel);
	cr_expect(channel->rtp.is_rtp);
	cr_expect_eq(rtp_lost(&channel->rtp), 3);
}

Test(forward_traffic, is_noted_without_a_second_read)
{
	struct channel *channel = fwd_join(SOURCE, GROUP);
	struct dataplane_channel_stats told = {.packets = 30, .bytes = 3000};

	lab_run(1);
	count_slow(channel, 10, 1000);
	traffic_note(channel, &told);
	cr_expect_float_eq(channel->meter.rate.packets_per_s, 40, 0.01);
	cr_expect_float_eq(channel->meter.rate.bits_per_s, 32000, 1);
	cr_expect_eq(fwd.reads, 0);
	cr_expect_eq(told.packets, 30);
}
