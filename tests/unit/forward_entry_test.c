/* SPDX-License-Identifier: BSD-2-Clause */
/* The dataplane's entries: what they contain, and when they are written, renewed and removed. */
#include "forward_lab.h"

TestSuite(forward_entry, .init = fwd_begin, .fini = fwd_end);

static void expect_flow(const struct dataplane_flow *flow, const char *relay, uint16_t local_port)
{
	char text[ADDR_TEXT];

	cr_expect_str_eq(addr_format(&flow->relay, text), relay);
	cr_expect_str_eq(addr_format(&flow->local, text), "198.51.100.1");
	cr_expect_eq(flow->relay_port, AMT_PORT);
	cr_expect_eq(flow->local_port, local_port);
}

static void expect_no_flow(const struct dataplane_flow *flow)
{
	cr_expect_eq(flow->relay.family, 0);
	cr_expect_eq(flow->local_port, 0);
}

static uint16_t port_to(const char *relay)
{
	struct addr to = address(relay);

	return lab_socket_to(&to)->endpoint->local_port;
}

Test(forward_entry, has_flow_lans_slot_and_deadline)
{
	struct channel *wanted;

	fwd_join(SOURCE, "232.1.1.9");
	wanted = lab_want_on(SOURCE, GROUP, 2);
	cr_expect_eq(wanted, lab_want_on(SOURCE, GROUP, 5));
	lab_run(0);
	cr_expect(!memcmp(&fwd.sg, &wanted->sg, sizeof(fwd.sg)));
	expect_flow(&fwd.entry.from, ONE, port_to(ONE));
	expect_no_flow(&fwd.entry.to);
	cr_expect_not(fwd.entry.moving);
	cr_expect_eq(fwd.entry.slot, wanted->slot);
	cr_expect_eq(fwd.entry.slot, 1);
	cr_expect_eq(fwd.entry.deadline_ns, (lab.timers.now + LAB_HOLD) * 1000);
	cr_assert_eq(fwd.entry.egress_count, 2);
	cr_expect_str_eq(fwd.entry.egress[0].interface, "lan2");
	cr_expect_eq(fwd.entry.egress[0].ifindex, 12);
	cr_expect_eq(fwd.entry.egress[0].mtu, 1500);
	cr_expect_eq(fwd.entry.egress[0].mac[5], 2);
	cr_expect_eq(fwd.entry.egress[1].ifindex, 15);
}

/* Otherwise the relay's first packets would be dropped. */
Test(forward_entry, is_written_before_the_update_goes_out)
{
	fwd_join(SOURCE, GROUP);
	cr_expect_eq(fwd.puts, 1);
	cr_expect_eq(fwd.updates_at_put, 0);
	cr_expect_eq(lab_sent(ONE, AMT_UPDATE), 1);
}

Test(forward_entry, of_ipv6_has_the_same)
{
	struct sg sg = channel(SOURCE6, GROUP6);

	fwd_join(SOURCE6, GROUP6);
	cr_expect(!memcmp(&fwd.sg, &sg, sizeof(sg)));
	expect_flow(&fwd.entry.from, ONE, port_to(ONE));
	cr_expect_eq(fwd.entry.egress_count, 1);
}

/* Late packets of the old relay still count after the channel has moved. */
Test(forward_entry, has_both_flows_while_the_channel_moves)
{
	struct channel *moves = fwd_join(SOURCE, GROUP);
	uint16_t one = port_to(ONE);

	fwd_try_other(moves);
	cr_expect(fwd.entry.moving);
	expect_flow(&fwd.entry.from, ONE, one);
	expect_flow(&fwd.entry.to, TWO, port_to(TWO));
	channel_moved(moves);
	lab_run(1);
	cr_assert_eq(moves->move, CHANNEL_DRAINING);
	forward_renew_all(&fwd.forward);
	cr_expect(fwd.entry.moving);
	expect_flow(&fwd.entry.from, ONE, one);
	expect_flow(&fwd.entry.to, TWO, port_to(TWO));
	lab_run(1);
	cr_assert_eq(moves->move, CHANNEL_STAYING);
	cr_expect_not(fwd.entry.moving);
	expect_flow(&fwd.entry.from, TWO, port_to(TWO));
	expect_no_flow(&fwd.entry.to);
	cr_expect_eq(fwd.removes, 0);
}

Test(forward_entry, has_at_most_so_many_lans)
{
	struct channel *wanted = fwd_join(SOURCE, GROUP);

	for (unsigned i = 1; i < LAB_LANS; i++)
		cr_assert_eq(wanted, lab_want_on(SOURCE, GROUP, i));
	cr_expect_eq(channel_egress(wanted), (1u << LAB_LANS) - 1);
	cr_expect_eq(fwd.entry.egress_count, MCI_EGRESS_MAX);
	cr_expect_eq(fwd.entry.egress[MCI_EGRESS_MAX - 1].ifindex, 10 + MCI_EGRESS_MAX - 1);
}

Test(forward_entry, leaves_out_lans_with_a_lost_assert)
{
	struct channel *wanted = fwd_join(SOURCE, GROUP);

	lab_want_on(SOURCE, GROUP, 3);
	channel_table_lose(&lab.paths.channels, &wanted->sg, 0, true);
	cr_assert_eq(fwd.entry.egress_count, 1);
	cr_expect_eq(fwd.entry.egress[0].ifindex, 13);
	channel_table_lose(&lab.paths.channels, &wanted->sg, 3, true);
	cr_expect_eq(fwd.entry.egress_count, 0);
	cr_expect_eq(fwd.removes, 0);
}

/* Entries that exist change only when they are written again. */
Test(forward_entry, has_the_lan_as_it_is_at_that_time)
{
	struct mci_lan gone = {0};

	fwd_join(SOURCE, GROUP);
	fwd_set_lan(0, 9000);
	cr_expect_eq(fwd.puts, 1);
	cr_expect_eq(fwd.entry.egress[0].mtu, 1500);
	forward_renew_all(&fwd.forward);
	cr_expect_eq(fwd.puts, 2);
	cr_expect_eq(fwd.entry.egress[0].mtu, 9000);
	forward_set_lan(&fwd.forward, 0, &gone);
	channel_table_interface_changed(&lab.paths.channels, 0);
	cr_expect_eq(fwd.puts, 3);
	cr_expect_eq(fwd.entry.egress[0].ifindex, 0);
}

Test(forward_entry, is_removed_with_its_relay_or_its_channel)
{
	struct channel *wanted, *other = fwd_join(SOURCE, "232.1.1.9");
	struct sg sg;

	lab_configure((const char *[]){TWO, NULL});
	wanted = lab_want("192.0.2.20", GROUP);
	lab_run(0);
	sg = wanted->sg;
	cr_assert_eq(fwd.puts_of[wanted->slot], 1);
	lab_serve(TWO, false);
	path_probe(wanted);
	lab_unreachable(TWO);
	lab_run(0.1);
	cr_assert_eq(wanted->state, CHANNEL_FAILED);
	cr_expect_eq(fwd.removes, 1);
	cr_expect(!memcmp(&fwd.sg, &sg, sizeof(sg)));
	cr_expect_eq(fwd.cleared, 0);
	fwd.stats[wanted->slot].packets = 70;
	channel_table_unwant(&lab.paths.channels, &sg, 0);
	cr_expect_eq(fwd.forward.closed_packets, 70);
	cr_expect_eq(fwd.cleared, 1);
	cr_expect_eq(fwd.cleared_slot, 1);
	cr_expect_eq(fwd.removes, 1, "there was no entry any more");
	sg = other->sg;
	channel_table_unwant(&lab.paths.channels, &sg, 0);
	cr_expect_eq(fwd.removes, 2);
	cr_expect(!memcmp(&fwd.sg, &sg, sizeof(sg)));
	cr_expect_eq(fwd.cleared, 2);
	cr_expect_eq(fwd.cleared_slot, 0);
}

/* Renewal */

static struct channel *join_one_of(unsigned number)
{
	char group[ADDR_TEXT];

	snprintf(group, sizeof(group), "232.1.%u.%u", number / 200, number % 200 + 1);
	return lab_want(SOURCE, group);
}

static unsigned renewed_in(double seconds)
{
	unsigned before = fwd.puts;

	lab_run(seconds);
	return fwd.puts - before;
}

Test(forward_entry, is_renewed_three_times_in_its_hold)
{
	struct channel *wanted = fwd_join(SOURCE, GROUP);

	channel_first_packet(wanted, lab.timers.now);
	cr_expect_eq(renewed_in(19.9), 0);
	cr_expect_eq(renewed_in(0.2), 1);
	cr_expect_eq(fwd.entry.deadline_ns,
		     (1000 * USEC_PER_SEC + 20 * USEC_PER_SEC + LAB_HOLD) * 1000);
	cr_expect_eq(renewed_in(LAB_HOLD / USEC_PER_SEC), 3);
}

/* 300 channels have three parts. Each entry is written once in a round. */
Test(forward_entry, is_renewed_in_parts)
{
	unsigned parts[3];

	for (unsigned i = 0; i < 300; i++)
		join_one_of(i);
	lab_run(1);
	for (unsigned i = 0; i < 300; i++)
		channel_first_packet(channel_table_at(&lab.paths.channels, i), lab.timers.now);
	cr_expect_eq(fwd.puts, 300);
	lab_run(18.9);
	EACH(i, parts)
	{
		parts[i] = renewed_in(20.0 / 3);
	}
	cr_expect_eq(parts[0], 101);
	cr_expect_eq(parts[1], 101);
	cr_expect_eq(parts[2], 101, "and then the first ones again");
	for (unsigned i = 3; i < 300; i++)
		cr_expect_eq(fwd.puts_of[i], 2, "slot %u: %u", i, fwd.puts_of[i]);
}

/* The next slot of a round may be beyond the last slot in use. */
Test(forward_entry, is_renewed_after_others_have_gone)
{
	struct sg sg;

	for (unsigned i = 0; i < 300; i++)
		join_one_of(i);
	lab_run(20.1);
	for (unsigned i = 0; i < 300; i++) {
		struct channel *channel = channel_table_at(&lab.paths.channels, i);

		if (i == 7)
			channel_first_packet(channel, lab.timers.now);
		sg = channel->sg;
		if (i != 7)
			channel_table_unwant(&lab.paths.channels, &sg, 0);
	}
	cr_expect_eq(fwd.removes, 299);
	cr_expect_eq(renewed_in(7), 1);
	cr_expect_eq(fwd.entry.slot, 7);
	cr_expect_eq(renewed_in(20), 1);
}

Test(forward_entry, is_not_renewed_if_there_is_none)
{
	lab_serve(ONE, false);
	lab_serve(TWO, false);
	lab_want(SOURCE, GROUP);
	lab_run(5);
	forward_renew_all(&fwd.forward);
	cr_expect_eq(renewed_in(60), 0);
	cr_expect_eq(fwd.puts, 0);
}

Test(forward_entry, is_not_renewed_after_forward_stop)
{
	struct channel *wanted = fwd_join(SOURCE, GROUP);

	channel_first_packet(wanted, lab.timers.now);
	forward_stop(&fwd.forward);
	cr_expect_eq(renewed_in(60), 0);
}
