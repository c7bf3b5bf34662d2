/* SPDX-License-Identifier: BSD-2-Clause */
/* A channel's life in virtual time: states, actions, back-off and the table's limit. */
#include "channel/table.h"

#include "virtual_time.h"

#include <criterion/criterion.h>
#include <string.h>

static struct timers timers;
static struct channel_table table;
static struct sg sg;
static char did[4096]; /* actions, in order */

static void note(const char *what)
{
	cr_assert_lt(strlen(did) + strlen(what) + 2, sizeof(did));
	strcat(strcat(did, *did ? " " : ""), what);
}

static void on_discover(struct channel *channel)
{
	(void)channel;
	note("discover");
}

static void on_connect(struct channel *channel)
{
	(void)channel;
	note("connect");
}

static void on_abandon(struct channel *channel, bool in_vain)
{
	(void)channel;
	note(in_vain ? "abandon-in-vain" : "abandon");
}

static void on_remind(struct channel *channel)
{
	(void)channel;
	note("remind");
}

static void on_switch_over(struct channel *channel)
{
	(void)channel;
	note("switch-over");
}

static void on_disconnect(struct channel *channel)
{
	(void)channel;
	note("disconnect");
}

static void on_forward(struct channel *channel)
{
	(void)channel;
	note("forward");
}

static void on_stop_forwarding(struct channel *channel)
{
	(void)channel;
	note("stop");
}

static void on_changed(const struct channel *channel)
{
	(void)channel;
}

static void on_closed(const struct channel *channel)
{
	(void)channel;
	note("closed");
}

static const struct channel_actions actions = {.discover = on_discover,
					       .connect = on_connect,
					       .abandon = on_abandon,
					       .remind = on_remind,
					       .switch_over = on_switch_over,
					       .disconnect = on_disconnect,
					       .forward = on_forward,
					       .stop_forwarding = on_stop_forwarding,
					       .changed = on_changed,
					       .closed = on_closed};

static void begin(void)
{
	timers = (struct timers){.now = 1000 * USEC_PER_SEC};
	table = (struct channel_table){.timers = &timers,
				       .actions = &actions,
				       .element_size = sizeof(struct channel),
				       .limit = 3};
	channel_table_init(&table);
	addr_parse("192.0.2.10", &sg.source);
	addr_parse("232.1.1.1", &sg.group);
	did[0] = 0;
}

static void end(void)
{
	channel_table_free(&table);
	timers_free(&timers);
}

TestSuite(channel, .init = begin, .fini = end);

/* The table's number of channels in each state is correct. */
static void check_states(void)
{
	unsigned counts[CHANNEL_STATES] = {0};

	for (const struct channel *each = table.by_sg; each; each = each->hh.next)
		counts[each->state]++;
	cr_expect_arr_eq(table.states, counts, sizeof(counts));
}

static void expect_did(const char *what)
{
	check_states();
	cr_expect_str_eq(did, what);
	did[0] = 0;
}

static struct channel *open_one(void)
{
	cr_assert(channel_table_want(&table, &sg, 0, timers.now));
	return table.by_sg;
}

Test(channel, from_join_to_receiving_and_away)
{
	struct channel *channel = open_one();
	usec_t start = timers.now;

	cr_expect_eq(channel->state, CHANNEL_DISCOVERING);
	run_for(&timers, 0.02);
	channel_relays_found(channel, 1);
	cr_expect_eq(channel->state, CHANNEL_CONNECTING);
	run_for(&timers, 0.04);
	channel_tunnel_up(channel, false);
	cr_expect_eq(channel->state, CHANNEL_CONNECTING, "the relay has not been told yet");
	channel_reported(channel, false);
	cr_expect_eq(channel->state, CHANNEL_JOINED);
	run_for(&timers, 0.02);
	channel_first_packet(channel, timers.now);
	cr_expect_eq(channel->state, CHANNEL_RECEIVING);
	channel_first_packet(channel, timers.now + 5);
	cr_expect_eq(channel->trace.join_seen, start);
	cr_expect_eq(channel->trace.dns_answered, start + 20 * USEC_PER_MS);
	cr_expect_eq(channel->trace.tunnel_up, start + 60 * USEC_PER_MS);
	cr_expect_eq(channel->trace.update_sent, start + 60 * USEC_PER_MS);
	cr_expect_eq(channel->trace.first_packet, start + 80 * USEC_PER_MS);
	expect_did("discover connect forward");
	channel_table_unwant(&table, &sg, 0);
	expect_did("stop disconnect closed");
	cr_expect_eq(HASH_COUNT(table.by_sg), 0);
	cr_expect_eq(timers_next(&timers), USEC_NEVER);
}

Test(channel, interfaces_come_and_go_and_the_last_closes_it)
{
	struct channel *channel = open_one();

	channel_relays_found(channel, 1);
	channel_table_want(&table, &sg, 2, timers.now);
	channel_tunnel_up(channel, false);
	expect_did("discover connect forward");
	cr_expect_eq(channel->interfaces, 5);
	channel_table_unwant(&table, &sg, 0);
	expect_did("forward");
	channel_table_unwant(&table, &sg, 0);
	channel_table_unwant(&table, &sg, 2);
	cr_expect_eq(HASH_COUNT(table.by_sg), 0);
}

Test(channel, where_an_assert_is_lost_nothing_goes_out)
{
	struct channel *channel;

	channel_table_want(&table, &sg, 0, timers.now);
	channel_table_want(&table, &sg, 3, timers.now);
	channel = channel_table_find(&table, &sg);
	channel_table_lose(&table, &sg, 3, true);
	channel_relays_found(channel, 1);
	channel_tunnel_up(channel, false);
	cr_expect_eq(channel_egress(channel), 1);
	did[0] = '\0';
	channel_table_lose(&table, &sg, 0, true);
	cr_expect_eq(channel_egress(channel), 0);
	channel_table_lose(&table, &sg, 3, false);
	cr_expect_eq(channel_egress(channel), 8);
	cr_expect_str_eq(did, "forward forward");
	cr_expect_eq(channel->interfaces, 9, "it is wanted all the time");
}

/* A channel that is joined on interface 0 and receives, in a table in which channels linger for 2
 * s. */
static struct channel *receiving(void)
{
	struct channel *channel;

	table.linger = 2 * USEC_PER_SEC;
	channel_table_want(&table, &sg, 0, timers.now);
	channel = channel_table_find(&table, &sg);
	channel_relays_found(channel, 1);
	channel_tunnel_up(channel, false);
	channel_reported(channel, false);
	channel_first_packet(channel, timers.now);
	did[0] = '\0';
	return channel;
}

Test(channel, a_left_one_lingers_with_no_interface_and_closes)
{
	struct channel *channel = receiving();

	channel_table_unwant(&table, &sg, 0);
	cr_expect_str_eq(did, "forward", "the LAN is quiet at once, the relay is not told");
	cr_expect_eq(channel->interfaces, 0);
	run_for(&timers, 1.9);
	cr_expect_str_eq(did, "forward");
	run_for(&timers, 0.2);
	cr_expect_str_eq(did, "forward stop disconnect closed");
	cr_expect_null(channel_table_find(&table, &sg));
}

Test(channel, one_that_is_wanted_again_stays)
{
	struct channel *channel = receiving();

	channel_table_unwant(&table, &sg, 0);
	run_for(&timers, 1.9);
	cr_expect(channel_table_want(&table, &sg, 1, timers.now));
	run_for(&timers, 100);
	cr_expect_str_eq(did, "forward forward");
	cr_expect_eq(channel->state, CHANNEL_RECEIVING);
	channel_table_unwant(&table, &sg, 1);
	run_for(&timers, 1.9);
	cr_expect_not_null(channel_table_find(&table, &sg), "it lingers anew");
	run_for(&timers, 0.2);
	cr_expect_null(channel_table_find(&table, &sg));
}

Test(channel, what_has_no_tunnel_yet_does_not_linger)
{
	table.linger = 2 * USEC_PER_SEC;
	channel_table_want(&table, &sg, 0, timers.now);
	channel_table_unwant(&table, &sg, 0);
	cr_expect_null(channel_table_find(&table, &sg));
}

Test(channel, one_that_loses_its_tunnel_while_it_lingers_ends_on_time)
{
	struct channel *channel = receiving();

	channel_table_unwant(&table, &sg, 0);
	did[0] = '\0';
	channel_tunnel_failed(channel, false, "no answer");
	cr_expect_str_eq(did, "stop");
	run_for(&timers, 2.1);
	cr_expect_null(channel_table_find(&table, &sg));
	cr_expect_eq(timers_next(&timers), USEC_NEVER);
}

Test(channel, the_eldest_that_lingers_makes_room)
{
	receiving();
	sg.group.bytes[3] = 2;
	receiving();
	sg.group.bytes[3] = 3;
	receiving();
	channel_table_unwant(&table, &sg, 0);
	run_for(&timers, 1);
	sg.group.bytes[3] = 2;
	channel_table_unwant(&table, &sg, 0);
	sg.group.bytes[3] = 4;
	cr_expect(channel_table_want(&table, &sg, 0, timers.now));
	sg.group.bytes[3] = 3;
	cr_expect_null(channel_table_find(&table, &sg), "the first to be left");
	sg.group.bytes[3] = 2;
	cr_expect_not_null(channel_table_find(&table, &sg));
	sg.group.bytes[3] = 5;
	cr_expect(channel_table_want(&table, &sg, 0, timers.now));
	sg.group.bytes[3] = 6;
	cr_expect_not(channel_table_want(&table, &sg, 0, timers.now), "nobody lingers any more");
}

Test(channel, next_relay_when_one_fails)
{
	struct channel *channel = open_one();

	channel_relays_found(channel, 2);
	channel_tunnel_up(channel, false);
	channel_reported(channel, false);
	did[0] = 0;
	channel_tunnel_failed(channel, false, "dead");
	expect_did("stop discover");
	cr_expect_eq(channel->state, CHANNEL_CONNECTING);
	channel_relays_found(channel, 2);
	expect_did("connect");
	channel_not_connected(channel, "none answers");
	cr_expect_eq(channel->state, CHANNEL_FAILED);
	cr_expect_str_eq(channel->reason, "none answers");
}

Test(channel, one_relay_that_fails_is_waited_for)
{
	struct channel *channel = open_one();

	channel_relays_found(channel, 1);
	channel_tunnel_up(channel, false);
	channel_reported(channel, false);
	did[0] = 0;
	channel_tunnel_failed(channel, false, "dead");
	expect_did("stop");
	cr_expect_eq(channel->state, CHANNEL_FAILED);
	cr_expect_str_eq(channel->reason, "dead");
	run_for(&timers, 1);
	expect_did("discover");
}

/* Moves */

static struct channel *receiving_one(void)
{
	struct channel *channel = open_one();

	channel_relays_found(channel, 2);
	channel_tunnel_up(channel, false);
	channel_reported(channel, false);
	channel_first_packet(channel, timers.now);
	did[0] = 0;
	return channel;
}

static void run_to_next_step(const struct channel *channel)
{
	timers_run(&timers, timer_due(&timers, &channel->retry));
}

static void fall_silent_and_try_another(struct channel *channel)
{
	channel_is_silent(channel);
	cr_assert_leq(timer_left(&timers, &channel->retry), 8 * USEC_PER_SEC);
	run_to_next_step(channel);
	channel_relays_found(channel, 2);
	expect_did("discover connect");
	channel_tunnel_up(channel, true);
	channel_reported(channel, true);
	expect_did("forward");
}

Test(channel, silence_moves_it_once_data_comes_from_another)
{
	struct channel *channel = receiving_one();

	fall_silent_and_try_another(channel);
	cr_expect_eq(channel->state, CHANNEL_JOINED);
	cr_expect_str_eq(channel->reason, "relay sends no data");
	channel_moved(channel);
	cr_expect_eq(channel->state, CHANNEL_RECEIVING);
	expect_did("");
	run_for(&timers, 1);
	expect_did("switch-over");
	run_for(&timers, 1);
	expect_did("forward");
	cr_expect_eq(channel->move, CHANNEL_STAYING);
	run_for(&timers, 1000);
	expect_did("");
}

Test(channel, a_relay_that_never_sends_is_not_stayed_with)
{
	struct channel *channel = open_one();

	channel_relays_found(channel, 2);
	channel_tunnel_up(channel, false);
	channel_reported(channel, false);
	did[0] = 0;
	run_for(&timers, 3.9);
	expect_did("");
	run_for(&timers, 0.2);
	expect_did("discover");
	cr_expect_eq(channel->state, CHANNEL_JOINED);
	channel_relays_found(channel, 2);
	channel_not_connected(channel, "no other relay");
	expect_did("connect abandon");
	cr_expect_null(channel->reason);
}

Test(channel, another_in_vain_and_patience_grows_to_two_minutes)
{
	struct channel *channel = receiving_one();
	usec_t wait, longest = 0;

	fall_silent_and_try_another(channel);
	run_for(&timers, 8);
	expect_did("abandon-in-vain forward");
	for (unsigned i = 2; i < 60; i++) {
		wait = timer_left(&timers, &channel->retry);
		cr_assert_leq(wait, (i < 3 ? 4u << i : 120) * USEC_PER_SEC);
		longest = wait > longest ? wait : longest;
		run_to_next_step(channel);
		channel_relays_found(channel, 2);
		channel_tunnel_up(channel, true);
		channel_reported(channel, true);
		run_to_next_step(channel);
		cr_assert_eq(channel->move, CHANNEL_STAYING);
		did[0] = 0;
	}
	cr_expect_gt(longest, 60 * USEC_PER_SEC);
}

Test(channel, data_that_comes_again_ends_the_search)
{
	struct channel *channel = receiving_one();

	channel_is_silent(channel);
	channel_flows(channel);
	run_for(&timers, 200);
	expect_did("");
	channel_is_silent(channel);
	run_for(&timers, 4);
	channel_flows(channel);
	channel_relays_found(channel, 2);
	channel_tunnel_up(channel, true);
	channel_reported(channel, true);
	run_for(&timers, 0);
	expect_did("discover connect forward abandon forward");
	fall_silent_and_try_another(channel);
	channel_flows(channel);
	run_for(&timers, 8);
	expect_did("abandon forward");
	run_for(&timers, 200);
	expect_did("");
}

Test(channel, the_other_takes_over_when_the_relay_dies_meanwhile)
{
	struct channel *channel = receiving_one();

	fall_silent_and_try_another(channel);
	channel_tunnel_failed(channel, false, "dead");
	expect_did("switch-over forward");
	channel_reported(channel, false);
	cr_expect(channel->forwarding);
}

Test(channel, the_relay_dies_while_another_is_sought)
{
	struct channel *channel = receiving_one();

	channel_is_silent(channel);
	run_for(&timers, 4);
	channel_relays_found(channel, 2);
	expect_did("discover connect");
	channel_tunnel_failed(channel, false, "dead");
	expect_did("stop");
	cr_expect_eq(channel->state, CHANNEL_CONNECTING);
	channel_tunnel_up(channel, false);
	expect_did("forward");
	channel_reported(channel, false);
	cr_expect_eq(channel->state, CHANNEL_JOINED);
}

Test(channel, the_other_dies_and_it_stays)
{
	struct channel *channel = receiving_one();

	fall_silent_and_try_another(channel);
	channel_tunnel_failed(channel, true, "dead");
	expect_did("abandon forward");
	fall_silent_and_try_another(channel);
	channel_moved(channel);
	channel_tunnel_failed(channel, true, "dead");
	expect_did("abandon forward");
	cr_expect_eq(channel->move, CHANNEL_STAYING);
}

Test(channel, a_source_that_moves_takes_it_along)
{
	struct channel *channel = receiving_one();

	channel_relays_renewed(channel, 2, true);
	expect_did("");
	channel_relays_renewed(channel, 2, false);
	expect_did("discover");
	channel_relays_found(channel, 1);
	channel_tunnel_up(channel, true);
	channel_reported(channel, true);
	channel_moved(channel);
	run_for(&timers, 2);
	expect_did("connect forward switch-over forward");
	cr_expect_eq(channel->state, CHANNEL_RECEIVING);
	cr_expect_not(channel->homeless);
}

Test(channel, with_one_relay_it_seeks_no_other_before_dns_names_one)
{
	struct channel *channel = open_one();

	channel_relays_found(channel, 1);
	channel_tunnel_up(channel, false);
	channel_reported(channel, false);
	channel_first_packet(channel, timers.now);
	channel_is_silent(channel);
	did[0] = 0;
	run_for(&timers, 600);
	channel_relays_renewed(channel, 1, true);
	run_for(&timers, 600);
	cr_expect_null(strstr(did, "discover"), "%s", did);
	did[0] = 0;
	channel_relays_renewed(channel, 2, true);
	expect_did("");
	run_for(&timers, 4);
	expect_did("discover");
	cr_expect_eq(channel->move, CHANNEL_SEEKING);
}

/* The relay's next Query may come after 125 seconds (RFC 7450). The loss of a report and its
 * repetitions must not cost that much. */
Test(channel, the_only_relay_is_reminded_twice_while_it_sends_nothing)
{
	struct channel *channel = open_one();

	channel_relays_found(channel, 1);
	channel_tunnel_up(channel, false);
	channel_reported(channel, false);
	expect_did("discover connect forward");
	run_for(&timers, 4);
	expect_did("remind");
	run_for(&timers, 8);
	expect_did("remind");
	run_for(&timers, 3600);
	expect_did("");
	channel_first_packet(channel, timers.now);
	run_for(&timers, 600);
	expect_did("");
	channel_is_silent(channel);
	run_for(&timers, 4);
	expect_did("remind");
}

/* Nobody can tell a silent source from a relay without room. */
Test(channel, one_that_never_has_data_says_so_until_it_has)
{
	struct channel *channel = open_one();

	channel_relays_found(channel, 1);
	channel_tunnel_up(channel, false);
	channel_reported(channel, false);
	run_for(&timers, 7.9);
	cr_expect_null(channel->reason, "sources and relays may take their time");
	run_for(&timers, 4.2);
	cr_expect_eq(channel->state, CHANNEL_JOINED);
	cr_expect_str_eq(
		channel->reason,
		"no data yet: the source is silent, or its relay has no packets or no room");
	channel_first_packet(channel, timers.now);
	cr_expect_eq(channel->state, CHANNEL_RECEIVING);
	cr_expect_null(channel->reason);
}

/* Make before break (RFC 8777 section 3.3.5). */
Test(channel, a_relay_that_wants_to_get_rid_of_it_is_left_for_the_next)
{
	struct channel *channel = receiving_one();

	channel_is_unwelcome(channel, true);
	expect_did("");
	run_for(&timers, 0);
	expect_did("discover");
	channel_relays_found(channel, 2);
	channel_tunnel_up(channel, true);
	channel_reported(channel, true);
	expect_did("connect forward");
	channel_flows(channel); /* still from the first relay */
	channel_moved(channel);
	run_for(&timers, 2.5);
	expect_did("switch-over forward");
	cr_expect_eq(channel->move, CHANNEL_STAYING);
	run_for(&timers, 600);
	expect_did("");
}

Test(channel, an_unwelcome_one_without_data_moves_to_a_relay_that_sends_none_either)
{
	struct channel *channel = receiving_one();

	channel_is_silent(channel);
	channel_is_unwelcome(channel, true);
	run_to_next_step(channel);
	expect_did("discover");
	channel_relays_found(channel, 2);
	channel_tunnel_up(channel, true);
	channel_reported(channel, true);
	expect_did("connect forward");
	run_to_next_step(channel);
	expect_did("switch-over forward");
	cr_expect_eq(channel->move, CHANNEL_STAYING);
	cr_expect_not(channel->unwelcome);
}

Test(channel, an_unwelcome_one_stays_where_there_is_no_other_relay)
{
	struct channel *channel = receiving_one();

	channel_relays_renewed(channel, 1, true);
	channel_is_unwelcome(channel, true);
	run_for(&timers, 600);
	expect_did("");
	channel_relays_renewed(channel, 2, true); /* DNS names another */
	run_for(&timers, 10);
	expect_did("discover");
	channel_not_connected(channel, "full as well");
	expect_did("abandon");
	cr_expect_eq(channel->state, CHANNEL_RECEIVING);
	channel_flows(channel);
	run_for(&timers, 20);
	expect_did("discover");
	channel_not_connected(channel, "full as well");
	channel_is_unwelcome(channel, false);
	did[0] = 0;
	channel_flows(channel);
	run_for(&timers, 600);
	expect_did("");
}

Test(channel, what_goes_nowhere_is_not_known_to_be_silent)
{
	struct channel *channel = open_one();

	channel_relays_found(channel, 2);
	channel_tunnel_up(channel, false);
	channel_reported(channel, false);
	channel_table_lose(&table, &sg, 0, true);
	did[0] = 0;
	run_for(&timers, 500);
	expect_did("");
}

Test(channel, failed_shows_its_reason_until_it_is_joined)
{
	struct channel *channel = open_one();

	channel_discovery_failed(channel, "no AMTRELAY record for the source", NULL);
	cr_expect_eq(channel->state, CHANNEL_FAILED);
	did[0] = 0;
	run_for(&timers, 1);
	expect_did("discover");
	cr_expect_eq(channel->state, CHANNEL_FAILED, "a new attempt is under way");
	channel_discovery_failed(channel, "DNS server does not answer", NULL);
	cr_expect_str_eq(channel->reason, "DNS server does not answer", "the latest reason");
	run_for(&timers, 2);
	channel_relays_found(channel, 1);
	cr_expect_eq(channel->state, CHANNEL_FAILED);
	channel_tunnel_up(channel, false);
	channel_reported(channel, false);
	cr_expect_eq(channel->state, CHANNEL_JOINED);
	cr_expect_null(channel->reason);
}

Test(channel, back_off_grows_to_two_minutes_and_starts_again_after_success)
{
	struct channel *channel = open_one();
	usec_t wait, longest = 0;

	for (unsigned i = 0; i < 60; i++) {
		channel_discovery_failed(channel, "dead", NULL);
		wait = timer_left(&timers, &channel->retry);
		cr_assert_geq(wait, USEC_PER_SEC);
		cr_assert_leq(wait, (i < 7 ? 1u << i : 120) * USEC_PER_SEC);
		longest = wait > longest ? wait : longest;
		run_for(&timers, (double)wait / USEC_PER_SEC);
	}
	cr_expect_gt(longest, 60 * USEC_PER_SEC);
	channel_relays_found(channel, 1);
	channel_tunnel_up(channel, false);
	channel_reported(channel, false);
	channel_tunnel_failed(channel, false, "dead");
	cr_expect_eq(timer_left(&timers, &channel->retry), USEC_PER_SEC);
}

Test(channel, a_packet_counts_only_while_it_is_forwarded)
{
	struct channel *channel = open_one();

	channel_first_packet(channel, timers.now);
	cr_expect_eq(channel->state, CHANNEL_DISCOVERING, "from an earlier channel of this slot");
}

Test(channel, table_is_bounded_and_slots_are_used_again)
{
	bool slots[3] = {0};

	for (int i = 0; i < 5; i++) {
		sg.group.bytes[3] = i;
		cr_expect_eq(channel_table_want(&table, &sg, 0, timers.now), i < 3);
	}
	for (struct channel *channel = table.by_sg; channel; channel = channel->hh.next) {
		cr_assert_lt(channel->slot, 3);
		cr_expect_not(slots[channel->slot], "slots are each one's own");
		slots[channel->slot] = true;
		cr_expect_eq(channel_table_at(&table, channel->slot), channel);
	}
	sg.group.bytes[3] = 1;
	channel_table_unwant(&table, &sg, 0);
	sg.group.bytes[3] = 9;
	cr_expect(channel_table_want(&table, &sg, 0, timers.now));
	cr_expect_null(channel_table_at(&table, 3));
}

Test(channel, slots_in_use_are_below_a_number_that_falls_again)
{
	cr_expect_eq(table.slots, 0);
	cr_assert(channel_table_adopt(&table, &sg, 1, 2, true));
	cr_expect_eq(table.slots, 3);
	sg.group.bytes[3] = 9;
	cr_assert(channel_table_want(&table, &sg, 0, timers.now));
	cr_expect_eq(table.slots, 3);
	channel_table_unwant(&table, &sg, 0);
	cr_expect_eq(table.slots, 3);
	sg.group.bytes[3] = 1;
	channel_table_unwant(&table, &sg, 0);
	cr_expect_eq(table.slots, 0);
}

Test(channel, adopted_ones_forward_at_once_and_are_discovered_when_they_fail)
{
	struct channel *channel;

	cr_assert(channel_table_adopt(&table, &sg, 5, 1, true));
	channel = table.by_sg;
	expect_did("");
	cr_expect(channel->forwarding);
	cr_expect_eq(channel->slot, 1);
	cr_expect_eq(channel->interfaces, 5);
	cr_expect_eq(channel->state, CHANNEL_RECEIVING);
	channel_tunnel_up(channel, false);
	channel_reported(channel, false);
	cr_expect_eq(channel->state, CHANNEL_RECEIVING, "told again, and never interrupted");
	expect_did("forward");
	channel_tunnel_failed(channel, false, "dead");
	expect_did("stop");
	run_for(&timers, 1);
	expect_did("discover");
}

Test(channel, adoption_is_refused_where_it_does_not_fit)
{
	cr_expect_not(channel_table_can_adopt(&table, &sg, 3), "beyond the limit");
	cr_expect_not(channel_table_adopt(&table, &sg, 1, 3, true), "beyond the limit");
	cr_expect(channel_table_can_adopt(&table, &sg, 2));
	cr_expect(channel_table_adopt(&table, &sg, 1, 2, false));
	cr_expect_not(channel_table_adopt(&table, &sg, 1, 1, true), "(S,G) is there");
	sg.group.bytes[3]++;
	cr_expect_not(channel_table_adopt(&table, &sg, 1, 2, true), "the slot is taken");
	cr_expect(channel_table_want(&table, &sg, 0, timers.now), "slots that are left");
	sg.group.bytes[3]++;
	cr_expect(channel_table_want(&table, &sg, 0, timers.now));
	sg.group.bytes[3]++;
	cr_expect_not(channel_table_want(&table, &sg, 0, timers.now));
}
