/* SPDX-License-Identifier: BSD-2-Clause */
/* Which relay serves a channel, in virtual time (RFC 8777 sections 3.2 and 3.3). */
#include "path/path.h"
#include "path/warm.h"
#include "path_lab.h"

#define SOURCE "192.0.2.10"
#define GROUP  "232.1.1.1"
#define ONE    "203.0.113.1"
#define TWO    "203.0.113.2"
#define THREE  "2001:db8::3"
/* What the sample of an Advertisement names. */
#define ADVERTISED "203.0.113.15"

static unsigned forwarded, stopped, closed;
static struct path_flows flows; /* of the latest entry */

static void forward(struct channel *channel)
{
	forwarded++;
	flows = path_flows(channel);
}

static void stop_forwarding(struct channel *channel)
{
	(void)channel;
	stopped++;
}

static void changed(const struct channel *channel)
{
	(void)channel;
}

static void on_closed(const struct channel *channel)
{
	(void)channel;
	closed++;
}

static const struct channel_actions actions = {PATH_CHANNEL_ACTIONS, .forward = forward,
					       .stop_forwarding = stop_forwarding,
					       .changed = changed, .closed = on_closed};

static void begin(void)
{
	forwarded = stopped = closed = 0;
	lab_begin(&actions, NULL, sizeof(struct path), LAB_CHANNELS);
}

TestSuite(path, .init = begin, .fini = lab_end);

static bool is(const struct addr *relay, const char *text)
{
	struct addr expected = address(text);

	return relay && addr_equal(relay, &expected);
}

static void leave(void)
{
	struct sg sg = channel(SOURCE, GROUP);

	channel_table_unwant(&lab.paths.channels, &sg, 0);
}

/* A channel that has data from ONE, and knows that TWO is there, too. */
static struct channel *receive_from_one(void)
{
	struct channel *channel;

	lab_configure((const char *[]){ONE, TWO, NULL});
	lab_serve(ONE, true);
	lab_serve(TWO, true);
	channel = lab_want(SOURCE, GROUP);
	lab_run(0.1);
	cr_assert(is(path_relay(channel), ONE));
	channel_first_packet(channel, lab.timers.now);
	return channel;
}

/* When a channel's move comes to a step is random, within bounds. */
static void run_until(const struct channel *channel, enum channel_move move)
{
	for (unsigned i = 0; i < 200 && channel->move != move; i++)
		lab_run(0.1);
	cr_assert_eq(channel->move, move, "%s", channel_move_name(channel->move));
}

/* The same channel: its data has stopped, and TWO is tried. */
static struct channel *try_two(void)
{
	struct channel *channel = receive_from_one();

	channel_is_silent(channel);
	run_until(channel, CHANNEL_TRYING);
	cr_assert(is(path_other_relay(channel), TWO));
	return channel;
}

/* The same channel, which drains from ONE. */
static struct channel *drain_from_one(void)
{
	struct channel *channel = try_two();

	channel_moved(channel);
	cr_assert_eq(channel->move, CHANNEL_OVERLAPPING);
	run_until(channel, CHANNEL_DRAINING);
	return channel;
}

/* Moves */

Test(path, a_new_relay_that_fails_while_its_move_drains_is_replaced)
{
	struct channel *channel = drain_from_one();

	lab_serve(TWO, false);
	path_probe(channel);
	lab_run(2);
	cr_expect_eq(stopped, 1);
	cr_expect(is(path_relay(channel), ONE), "the channel was connected again");
	cr_expect_eq(channel->move, CHANNEL_STAYING);
	cr_expect(channel->forwarding);
}

Test(path, what_was_tried_in_vain_counts_for_one_lookup)
{
	struct channel *channel;

	lab_ask_dns();
	lab_serve(ONE, true);
	lab_serve(TWO, true);
	lab_serve(THREE, true);
	channel = lab_want(SOURCE, GROUP);
	lab_run(0);
	lab_answer_dns(DNS_OK, 60, (const char *[]){ONE, TWO, NULL});
	lab_run(0.1);
	cr_assert(is(path_relay(channel), ONE));
	lab_run(30);
	cr_assert_neq(lab_sent(TWO, AMT_UPDATE), 0, "TWO was tried, since no data came");
	cr_expect_null(path_other_relay(channel), "TWO had none either");
	lab_run(40);
	lab_answer_dns(DNS_OK, 60, (const char *[]){ONE, THREE, NULL});
	for (unsigned i = 0; i < 300 && !lab_sent(THREE, AMT_UPDATE); i++)
		lab_run(1);
	cr_expect_neq(lab_sent(THREE, AMT_UPDATE), 0,
		      "THREE has the number that TWO had, and was not tried yet");
}

Test(path, a_relay_that_was_tried_in_vain_is_passed_over)
{
	struct channel *channel;
	unsigned updates;

	lab_configure((const char *[]){ONE, TWO, NULL});
	lab_serve(ONE, true);
	lab_serve(TWO, true);
	channel = lab_want(SOURCE, GROUP);
	lab_run(30);
	updates = lab_sent(TWO, AMT_UPDATE);
	cr_assert_neq(updates, 0);
	lab_run(60);
	cr_expect(is(path_relay(channel), ONE));
	cr_expect_leq(lab_sent(TWO, AMT_UPDATE), updates + 2, "but for what leaves it");
}

Test(path, what_is_left_counts_while_the_channel_drains)
{
	struct channel *channel = drain_from_one();
	uint16_t port = flows.from.local_port;

	cr_expect(is(path_relay(channel), TWO), "the new relay serves");
	cr_expect_null(path_other_relay(channel));
	channel_interfaces_changed(channel); /* writes the entry */
	cr_expect(flows.moving);
	cr_expect(is(&flows.from.relay, ONE));
	cr_expect_eq(flows.from.local_port, port);
	cr_expect(is(&flows.to.relay, TWO));
	lab_run(1);
	cr_expect_eq(channel->move, CHANNEL_STAYING);
	cr_expect_not(flows.moving);
	cr_expect(is(&flows.from.relay, TWO));
}

Test(path, both_relays_count_while_the_channel_moves)
{
	try_two();
	cr_expect(flows.moving);
	cr_expect(is(&flows.from.relay, ONE));
	cr_expect(is(&flows.to.relay, TWO));
	cr_expect_neq(flows.from.local_port, flows.to.local_port);
}

Test(path, a_move_that_is_abandoned_leaves_the_other_relay)
{
	struct channel *channel = try_two();

	channel_flows(channel);
	lab_run(60);
	cr_expect_eq(channel->move, CHANNEL_STAYING);
	cr_expect_null(path_other_relay(channel));
	cr_expect(is(path_relay(channel), ONE));
	cr_expect_not(flows.moving);
}

Test(path, the_other_relay_takes_over_when_the_serving_one_fails)
{
	struct channel *channel = try_two();

	lab_serve(ONE, false);
	path_probe(channel);
	lab_run(1);
	cr_expect(is(path_relay(channel), TWO));
	cr_expect_null(path_other_relay(channel));
	cr_expect_eq(stopped, 0, "there was an entry all the time");
	cr_expect_not(flows.moving);
}

Test(path, the_other_relay_may_fail)
{
	struct channel *channel = try_two();

	lab_unreachable(TWO);
	lab_serve(TWO, false);
	lab_run(200);
	cr_expect(is(path_relay(channel), ONE));
	cr_expect_null(path_other_relay(channel));
}

/* The L flag: RFC 8777 section 3.3.5. */
Test(path, a_full_relay_is_left_for_another)
{
	struct channel *channel = receive_from_one();

	lab_serve(ONE, false);
	lab_run(126);
	lab_answer(ONE, "amt-4-query-v4-limit");
	lab_run(1);
	cr_expect(is(path_other_relay(channel), TWO));
	channel_moved(channel);
	lab_run(3);
	cr_expect(is(path_relay(channel), TWO));
}

/* Relays of the source */

Test(path, a_source_without_relays_fails_and_is_tried_again)
{
	struct channel *channel;

	lab_ask_dns();
	channel = lab_want(SOURCE, GROUP);
	lab_run(0);
	lab_answer_dns(DNS_NO_DATA, 1, NULL);
	lab_run(0);
	cr_expect_eq(channel->state, CHANNEL_FAILED);
	cr_expect_not_null(channel->reason);
	cr_expect_null(path_relay(channel));
	lab_run(3);
	cr_expect_eq(lab.questions, 2);
	lab_serve(ONE, true);
	lab_answer_dns(DNS_OK, 60, (const char *[]){ONE, NULL});
	lab_run(0.1);
	cr_expect_eq(channel->state, CHANNEL_JOINED);
	cr_expect(is(path_relay(channel), ONE));
}

Test(path, a_relay_that_dns_names_no_longer_is_left)
{
	struct channel *channel;

	lab_ask_dns();
	lab_serve(ONE, true);
	lab_serve(TWO, true);
	channel = lab_want(SOURCE, GROUP);
	lab_run(0);
	lab_answer_dns(DNS_OK, 60, (const char *[]){ONE, NULL});
	lab_run(0.1);
	channel_first_packet(channel, lab.timers.now);
	lab_run(70);
	lab_answer_dns(DNS_OK, 60, (const char *[]){TWO, NULL});
	lab_run(0.1);
	cr_expect(channel->homeless);
	cr_expect(is(path_other_relay(channel), TWO));
	channel_moved(channel);
	lab_run(2.1);
	cr_expect(is(path_relay(channel), TWO));
}

Test(path, the_same_relays_again_change_nothing)
{
	struct channel *channel;

	lab_ask_dns();
	lab_serve(ONE, true);
	channel = lab_want(SOURCE, GROUP);
	lab_run(0);
	lab_answer_dns(DNS_OK, 60, (const char *[]){ONE, NULL});
	lab_run(0.1);
	channel_first_packet(channel, lab.timers.now);
	forwarded = 0;
	lab_run(70);
	lab_answer_dns(DNS_OK, 60, (const char *[]){TWO, ONE, NULL});
	lab_run(0.1);
	cr_expect_eq(channel->relay_count, 2);
	cr_expect_not(channel->homeless);
	cr_expect_eq(forwarded, 0);
}

Test(path, an_answer_while_a_relay_is_tried_does_not_disturb)
{
	struct channel *channel;

	lab_ask_dns();
	channel = lab_want(SOURCE, GROUP);
	lab_run(0);
	lab_answer_dns(DNS_OK, 60, (const char *[]){ONE, NULL});
	lab_run(0);
	lab_serve(ONE, true);
	lab_serve(TWO, true);
	lab_run(70);
	lab_answer_dns(DNS_OK, 60, (const char *[]){ONE, TWO, NULL});
	lab_run(0.1);
	cr_expect(is(path_relay(channel), ONE));
	cr_expect_eq(channel->relay_count, 2);
}

/* The relay says by an Advertisement which relay is behind its address. */
static void advertise(struct amt_contact *contact)
{
	struct cursor bytes = sample_udp("amt-2-advertisement-v4", 0);
	uint32_t nonce = htonl(contact->discovery.nonce);

	memcpy((uint8_t *)bytes.at + 4, &nonce, sizeof(nonce));
	contact->endpoint.received(&contact->endpoint, bytes.at, cursor_left(&bytes));
	exact_free(bytes);
}

Test(path, two_addresses_that_lead_to_one_relay_are_one_relay)
{
	struct channel *channel;

	lab_configure((const char *[]){ADVERTISED, TWO, NULL});
	lab.rules[2].record.discovery_optional = lab.rules[3].record.discovery_optional = false;
	lab_serve(ADVERTISED, true);
	channel = lab_want(SOURCE, GROUP);
	lab_run(0.1);
	cr_assert(is(path_relay(channel), ADVERTISED));
	run_until(channel, CHANNEL_SEEKING); /* no data has come */
	cr_assert_not_null(lab.paths.tunnels.by_contact, "TWO is a discovery address");
	advertise(lab.paths.tunnels.by_contact);
	lab_run(0);
	cr_expect_eq(channel->move, CHANNEL_STAYING);
	cr_expect(is(path_relay(channel), ADVERTISED));
	cr_expect_null(path_other_relay(channel));
	cr_expect_not(channel->homeless);
}

/* Life */

Test(path, the_relay_is_left_with_the_channel)
{
	receive_from_one();
	leave();
	cr_expect_eq(closed, 1);
	lab_run(20);
	cr_expect_null(lab.paths.tunnels.by_relay);
}

Test(path, a_channel_may_be_left_while_a_relay_is_sought)
{
	lab_configure((const char *[]){ONE, TWO, NULL});
	lab_want(SOURCE, GROUP);
	lab_run(0.3);
	cr_expect_eq(lab_sent(TWO, AMT_REQUEST), 1, "the second was asked, too");
	leave();
	lab_run(0);
	cr_expect_null(lab.paths.tunnels.by_relay, "nobody has answered");
}

Test(path, a_relay_that_does_not_answer_is_followed_by_the_next)
{
	struct channel *channel;

	lab_configure((const char *[]){ONE, TWO, NULL});
	lab_serve(TWO, true);
	channel = lab_want(SOURCE, GROUP);
	lab_run(0.2);
	cr_expect_eq(lab_sent(TWO, AMT_REQUEST), 0);
	lab_run(0.1);
	cr_expect(is(path_relay(channel), TWO));
	cr_expect_eq(channel->state, CHANNEL_JOINED);
}

Test(path, a_channel_whose_relays_are_all_dead_fails_and_tries_on)
{
	struct channel *channel;

	lab_configure((const char *[]){ONE, TWO, NULL});
	channel = lab_want(SOURCE, GROUP);
	lab_run(60);
	cr_expect_eq(channel->state, CHANNEL_FAILED);
	cr_expect_str_eq(channel->reason, "relay does not answer Requests");
	lab_serve(TWO, true);
	lab_run(200);
	cr_expect_eq(channel->state, CHANNEL_JOINED);
	cr_expect(is(path_relay(channel), TWO));
}

/* The race goes on behind a channel that shows why it has failed. */
Test(path, a_relay_that_has_served_is_awaited)
{
	struct channel *channel;

	lab_configure((const char *[]){ONE, NULL});
	lab_serve(ONE, true);
	channel = lab_want(SOURCE, GROUP);
	lab_run(0.1);
	channel_first_packet(channel, lab.timers.now);
	lab_serve(ONE, false);
	path_probe(channel);
	lab_run(30);
	cr_expect_eq(channel->state, CHANNEL_FAILED);
	lab_serve(ONE, true);
	lab_run(2);
	cr_expect_eq(channel->state, CHANNEL_JOINED, "asked every second");
	cr_expect(is(path_relay(channel), ONE));
}

Test(path, an_adopted_channel_keeps_its_relay_and_asks_dns)
{
	struct sg sg = channel(SOURCE, GROUP);
	struct addr one = address(ONE), local = address("198.51.100.1");
	struct channel *channel;

	lab_ask_dns();
	lab_serve(ONE, true);
	cr_assert(amt_tunnels_adopt(&lab.paths.tunnels, &one, &local, 51000));
	cr_assert(channel_table_adopt(&lab.paths.channels, &sg, 1, 5, true));
	channel = channel_table_find(&lab.paths.channels, &sg);
	path_adopt(channel, &one);
	lab_run(0.1);
	cr_expect(is(path_relay(channel), ONE));
	cr_expect_eq(flows.from.local_port, 51000);
	cr_expect_eq(lab.questions, 1);
	lab_answer_dns(DNS_OK, 60, (const char *[]){ONE, NULL});
	lab_run(0);
	cr_expect_eq(channel->relay_count, 1);
	cr_expect_not(channel->homeless);
}

/* What is shown, and what is told */

Test(path, it_says_that_it_waits_to_ask_dns)
{
	static const char expected[] =
		"waits for its turn to ask DNS: see 'discoveries' in [limits]";
	struct channel *channels[2];

	lab.paths.sources.pace.rate = 1;
	lab_ask_dns();
	channels[0] = lab_want("192.0.2.1", GROUP);
	channels[1] = lab_want("198.51.100.1", GROUP);
	lab_run(0);
	cr_assert_eq(lab.questions, 1);
	for (unsigned i = 0; i < 2; i++)
		if (addr_equal(&channels[i]->sg.source, &lab.question->lookup->source))
			cr_expect_null(path_wait(channels[i]), "it waits for the answer");
		else
			cr_expect_str_eq(path_wait(channels[i]), expected);
	lab_run(1);
	cr_expect_eq(lab.questions, 2);
	cr_expect(!path_wait(channels[0]) && !path_wait(channels[1]));
}

Test(path, it_says_that_it_waits_to_ask_a_relay)
{
	struct channel *channel;

	lab.paths.tunnels.pace.rate = 1;
	lab_ask_dns();
	lab_want("192.0.2.1", GROUP);
	lab_run(0);
	lab_answer_dns(DNS_OK, 60, (const char *[]){ONE, NULL});
	lab_run(0);
	channel = lab_want("198.51.100.1", GROUP);
	lab_run(0);
	lab_answer_dns(DNS_OK, 60, (const char *[]){TWO, NULL});
	lab_run(0);
	cr_expect_str_eq(path_wait(channel),
			 "waits for its turn to ask a relay: see 'new_relays' and "
			 "'unanswered_relays' in [limits]");
	cr_expect_eq(lab_sent(TWO, AMT_REQUEST), 0);
	lab_run(1);
	cr_expect_null(path_wait(channel));
	cr_expect_eq(lab_sent(TWO, AMT_REQUEST), 1);
}

Test(path, data_proves_a_relay_unless_two_send_it)
{
	struct channel *channel = receive_from_one();
	const struct amt_gateway *one = &lab.paths.tunnels.by_relay->gateway;

	lab_run(1);
	path_data_flows(channel);
	cr_expect_eq(one->data, lab.timers.now);
	channel_is_silent(channel);
	run_until(channel, CHANNEL_TRYING);
	path_data_flows(channel);
	cr_expect_lt(one->data, lab.timers.now);
}

Test(path, a_silent_channel_of_a_single_relay_is_said_again)
{
	struct channel *channel;
	unsigned updates;

	lab_configure((const char *[]){ONE, NULL});
	lab_serve(ONE, true);
	channel = lab_want(SOURCE, GROUP);
	lab_run(2);
	updates = lab_sent(ONE, AMT_UPDATE);
	lab_run(13);
	cr_expect_geq(lab_sent(ONE, AMT_UPDATE), updates + 2, "one for each reminder");
	cr_expect_eq(channel->state, CHANNEL_JOINED);
	cr_expect_not_null(channel->reason);
}

Test(path, a_channel_without_a_relay_has_nothing_to_probe)
{
	struct channel *channel;

	lab_ask_dns();
	channel = lab_want(SOURCE, GROUP);
	lab_run(0);
	path_probe(channel);
	path_data_flows(channel);
	cr_expect_null(path_relay(channel));
	cr_expect_null(path_other_relay(channel));
	cr_expect_null(path_wait(channel), "it waits for an answer, not for its turn");
}

/* Warm tunnels */

Test(path, a_warm_tunnel_stands_ready_for_both_families)
{
	struct prefixes relays = {.count = 1, .list = {{address(ONE), 32}}};
	const struct amt_tunnel *tunnel;

	lab_configure((const char *[]){ONE, NULL});
	lab_serve(ONE, true);
	path_warm_start(&lab.paths, &relays);
	cr_expect_eq(lab_sent(ONE, AMT_REQUEST), 0, "not within the call");
	lab_run(3);
	tunnel = lab.paths.tunnels.by_relay;
	cr_assert_not_null(tunnel);
	cr_expect(amt_gateway_is_established(&tunnel->gateway, AF_INET));
	cr_expect(amt_gateway_is_established(&tunnel->gateway, AF_INET6));
	cr_expect_eq(lab_sent(ONE, AMT_UPDATE), 0);
	lab_want(SOURCE, GROUP);
	timers_run(&lab.timers, lab.timers.now);
	cr_expect_eq(lab_sent(ONE, AMT_UPDATE), 1, "subscribed without a handshake");
}

Test(path, a_warm_tunnel_is_tried_again)
{
	struct prefixes relays = {.count = 1, .list = {{address(ONE), 32}}};

	path_warm_start(&lab.paths, &relays);
	lab_run(20);
	cr_expect_geq(lab.paths.warm_count, 2);
	cr_expect_geq(lab_sent(ONE, AMT_REQUEST), 2 * AMT_TRANSMISSIONS, "given up, and again");
	lab_serve(ONE, true);
	lab_run(60);
	cr_assert_not_null(lab.paths.tunnels.by_relay);
	cr_expect(amt_gateway_is_established(&lab.paths.tunnels.by_relay->gateway, AF_INET));
	path_warm_stop(&lab.paths);
	lab_run(20);
	cr_expect_null(lab.paths.tunnels.by_relay);
}
