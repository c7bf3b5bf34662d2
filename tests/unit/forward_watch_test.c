/* SPDX-License-Identifier: BSD-2-Clause */
/* Data flows or has stopped: what the channels are told, and what their relays are asked. */
#include "forward/watch.h"
#include "forward_lab.h"

TestSuite(forward_watch, .init = fwd_begin, .fini = fwd_end);

/* The kernel forwards a packet of the channel now. */
static void pass(const struct channel *channel)
{
	struct dataplane_channel_stats *stats = &fwd.stats[channel->slot];

	stats->packets++;
	stats->bytes += 100;
	stats->last_ns = lab.timers.now * 1000;
}

/* The kernel forwards a packet every 100 ms. */
static void flow_for(struct channel *channel, double seconds)
{
	for (unsigned i = 0; i < (unsigned)(seconds * 10); i++) {
		pass(channel);
		lab_run(0.1);
	}
}

static struct channel *join_and_receive(const char *source, const char *group)
{
	struct channel *channel = fwd_join(source, group);

	channel_first_packet(channel, lab.timers.now);
	cr_assert_eq(channel->state, CHANNEL_RECEIVING);
	return channel;
}

static unsigned probes_to(const char *relay)
{
	return lab_sent(relay, AMT_REQUEST);
}

Test(forward_watch, data_that_flows_keeps_a_channel_receiving)
{
	struct channel *channel = join_and_receive(SOURCE, GROUP);
	struct addr one = address(ONE);
	struct amt_tunnel *tunnel = amt_tunnel_find(&lab.paths.tunnels, &one);

	flow_for(channel, 20);
	cr_expect_eq(channel->state, CHANNEL_RECEIVING);
	cr_expect_eq(channel->flow.steady, FLOW_STEADY);
	cr_expect_eq(channel->flow.last, lab.timers.now - USEC_PER_SEC / 10);
	cr_expect_geq(tunnel->gateway.data, lab.timers.now - FLOW_INTERVAL);
	cr_expect_eq(probes_to(ONE), 1, "the first Request only");
	cr_expect_eq(probes_to(TWO), 0);
	cr_expect_float_eq(channel->meter.rate.packets_per_s, 10, 1,
			   "the meters are looked at, too");
}

Test(forward_watch, looks_twice_a_second)
{
	struct channel *channel = join_and_receive(SOURCE, GROUP);

	flow_for(channel, 3);
	fwd.chunk_reads = 0;
	lab_run(10);
	cr_expect_eq(fwd.chunk_reads, 20);
}

/* The stop of a steady flow is noticed within 1.5 s. */
Test(forward_watch, a_stop_makes_the_channel_silent_and_probes_its_relay_once)
{
	struct channel *channel = join_and_receive(SOURCE, GROUP);
	unsigned before;

	flow_for(channel, 5);
	before = probes_to(ONE);
	lab_run(0.8);
	cr_assert_eq(channel->state, CHANNEL_RECEIVING);
	cr_expect_eq(probes_to(ONE), before);
	lab_run(0.7);
	cr_expect_eq(channel->state, CHANNEL_JOINED);
	cr_expect_str_eq(channel->reason, "relay sends no data");
	cr_expect(channel->silent);
	cr_expect_eq(probes_to(ONE), before + 1);
	lab_run(2);
	cr_expect_eq(probes_to(ONE), before + 1, "it is silent already");
}

Test(forward_watch, a_silent_channel_is_receiving_again_when_data_comes)
{
	struct channel *channel = join_and_receive(SOURCE, GROUP);

	flow_for(channel, 5);
	lab_run(2);
	cr_assert_eq(channel->state, CHANNEL_JOINED);
	pass(channel);
	lab_run(0.5);
	cr_expect_eq(channel->state, CHANNEL_RECEIVING);
	cr_expect_not(channel->silent);
}

Test(forward_watch, the_stop_of_an_unsteady_flow_is_noticed_after_ten_seconds)
{
	struct channel *channel = join_and_receive(SOURCE, GROUP);

	flow_for(channel, 0.6);
	lab_run(8);
	cr_expect_eq(channel->state, CHANNEL_RECEIVING);
	lab_run(2.5);
	cr_expect_eq(channel->state, CHANNEL_JOINED);
}

Test(forward_watch, packets_of_the_slow_path_count_as_data)
{
	struct channel *channel = join_and_receive(SOURCE, GROUP);

	flow_for(channel, 3);
	for (unsigned i = 0; i < 50; i++) {
		forward_slow_stats(channel)->last = lab.timers.now;
		forward_slow_stats(channel)->packets++;
		lab_run(0.1);
	}
	cr_expect_eq(channel->state, CHANNEL_RECEIVING);
	cr_expect_eq(channel->flow.last, lab.timers.now - USEC_PER_SEC / 10);
	cr_expect_float_eq(channel->meter.rate.packets_per_s, 10, 2);
	flow_for(channel, 1);
	cr_expect_eq(channel->flow.last, lab.timers.now - USEC_PER_SEC / 10);
}

/* Another router forwards the channel: whether our relay sends data is unknown. */
Test(forward_watch, a_channel_without_egress_is_not_silent)
{
	struct channel *channel = join_and_receive(SOURCE, GROUP);
	unsigned before;

	flow_for(channel, 5);
	before = probes_to(ONE);
	channel_table_lose(&lab.paths.channels, &channel->sg, 0, true);
	lab_run(5);
	cr_expect_eq(channel->state, CHANNEL_RECEIVING);
	cr_expect_eq(probes_to(ONE), before);
	channel_table_lose(&lab.paths.channels, &channel->sg, 0, false);
	lab_run(5.5);
	cr_expect_eq(channel->state, CHANNEL_JOINED);
	cr_expect_eq(probes_to(ONE), before + 1);
}

/* While a channel moves, its data may come from either relay. */
Test(forward_watch, data_of_a_moving_channel_counts_for_no_relay)
{
	struct channel *channel = fwd_join(SOURCE, GROUP);
	struct addr one = address(ONE);
	struct amt_tunnel *tunnel = amt_tunnel_find(&lab.paths.tunnels, &one);

	fwd_try_other(channel);
	channel_moved(channel);
	cr_assert_eq(channel->move, CHANNEL_OVERLAPPING);
	flow_for(channel, 0.7);
	cr_expect_eq(channel->flow.last, lab.timers.now - USEC_PER_SEC / 10 * 3,
		     "it was looked at");
	cr_expect_eq(tunnel->gateway.data, 0);
}

Test(forward_watch, channels_that_never_had_data_are_not_looked_at)
{
	struct channel *channel = fwd_join(SOURCE, GROUP);

	lab_run(3);
	cr_expect_eq(fwd.chunk_reads, 0);
	channel_first_packet(channel, lab.timers.now);
	lab_run(0.5);
	cr_expect_eq(fwd.chunk_reads, 1);
}

/* The event of the first packet was lost. The round of the meters finds the data. */
Test(forward_watch, a_first_packet_without_an_event_is_found)
{
	struct channel *channel = fwd_join(SOURCE, GROUP);
	unsigned tenths = 0;

	while (channel->state != CHANNEL_RECEIVING && tenths++ < 200) {
		pass(channel);
		lab_run(0.1);
	}
	cr_expect_geq(tenths, 90);
	cr_expect_leq(tenths, 110);
	cr_expect_eq(channel->trace.first_packet, 0);
}

Test(forward_watch, unreadable_counters_change_nothing)
{
	struct channel *channel = join_and_receive(SOURCE, GROUP);

	flow_for(channel, 5);
	fwd.unreadable = true;
	lab_run(20);
	cr_expect_eq(channel->state, CHANNEL_RECEIVING);
	cr_expect_eq(probes_to(ONE), 1);
}

/* Parts of MCI_STATS_CHUNK slots */

static struct channel *adopt(const char *group, uint32_t slot)
{
	struct addr one = address(ONE);
	struct sg sg = channel(SOURCE, group);
	struct channel *adopted;

	cr_assert(channel_table_adopt(&lab.paths.channels, &sg, 1, slot, true));
	adopted = channel_table_at(&lab.paths.channels, slot);
	path_adopt(adopted, &one);
	return adopted;
}

Test(forward_watch, all_parts_are_looked_at_twice_a_second)
{
	struct channel *low = adopt(GROUP, 3), *high = adopt("232.1.1.2", MCI_STATS_CHUNK);

	lab_run(1);
	pass(low);
	pass(high);
	fwd.chunk_reads = 0;
	lab_run(0.5);
	cr_expect_eq(fwd.chunk_reads, 2);
	cr_expect_eq(low->flow.last * 1000, fwd.stats[3].last_ns);
	cr_expect_eq(high->flow.last * 1000, fwd.stats[MCI_STATS_CHUNK].last_ns);
	cr_expect_eq(high->meter.rate.packets_per_s > 0, true);
}

Test(forward_watch, a_part_without_data_is_not_read)
{
	struct channel *high = adopt("232.1.1.2", MCI_STATS_CHUNK);

	fwd_join(SOURCE, GROUP);
	lab_run(2);
	fwd.chunk_reads = 0;
	pass(high);
	lab_run(1);
	cr_expect_eq(fwd.chunk_reads, 2);
	cr_expect_eq(fwd.chunk, MCI_STATS_CHUNK);
	cr_expect_eq(high->state, CHANNEL_RECEIVING);
}

Test(forward_watch, a_part_that_has_gone_is_no_longer_looked_at)
{
	struct channel *low = adopt(GROUP, 3), *high = adopt("232.1.1.2", MCI_STATS_CHUNK);
	struct sg gone = high->sg;

	lab_run(1);
	while (fwd.chunk)
		lab_run(0.1);
	channel_table_unwant(&lab.paths.channels, &gone, 0);
	fwd.chunk_reads = 0;
	flow_for(low, 3);
	cr_expect_eq(fwd.chunk, 0);
	cr_expect_geq(fwd.chunk_reads, 5);
	cr_expect_eq(low->state, CHANNEL_RECEIVING);
}
