/* SPDX-License-Identifier: BSD-2-Clause */
/* Channels that two relays serve all the time, in virtual time. */
#include "path/path.h"
#include "path/warm.h"
#include "path_lab.h"

#define SOURCE "192.0.2.10"
#define GROUP  "232.1.1.1"
#define ONE    "203.0.113.1"
#define TWO    "203.0.113.2"
#define THREE  "203.0.113.3"

static unsigned stopped;
static struct path_flows flows; /* of the latest entry */

static void forward(struct channel *channel)
{
	flows = path_flows(channel);
}

static void stop_forwarding(struct channel *channel)
{
	(void)channel;
	stopped++;
}

static void ignored(const struct channel *channel)
{
	(void)channel;
}

static const struct channel_actions actions = {PATH_CHANNEL_ACTIONS, .forward = forward,
					       .stop_forwarding = stop_forwarding,
					       .changed = ignored, .closed = ignored};

static void protect(const char *prefix)
{
	struct prefixes *protect = &lab.paths.protect;

	cr_assert(prefix_parse(prefix, &protect->list[protect->count++]));
}

static void begin(void)
{
	stopped = 0;
	lab_begin(&actions, NULL, sizeof(struct path), LAB_CHANNELS);
	protect("232.1.0.0/16");
	lab_serve(ONE, true);
	lab_serve(TWO, true);
	lab_serve(THREE, true);
}

TestSuite(path_protect, .init = begin, .fini = lab_end);

static bool is(const struct addr *relay, const char *text)
{
	struct addr expected = address(text);

	return relay && addr_equal(relay, &expected);
}

static void expect_relays(const struct channel *channel, const char *serving, const char *other)
{
	cr_expect(is(path_relay(channel), serving), "%s does not serve", serving);
	if (other)
		cr_expect(is(path_other_relay(channel), other), "%s is not beside it", other);
	else
		cr_expect_null(path_other_relay(channel));
}

/* The relays that send; the list ends with NULL. */
static const char *senders[4];

#define SEND(...) memcpy(senders, (const char *[4]){__VA_ARGS__, NULL}, sizeof(senders))

static bool sends(const struct addr *relay)
{
	for (unsigned i = 0; senders[i]; i++)
		if (is(relay, senders[i]))
			return true;
	return false;
}

/* What the dataplane tells, twice a second. */
static void look(struct channel *channel)
{
	bool serving = channel->forwarding && sends(path_relay(channel));
	bool other = channel_has_other(channel) && sends(path_other_relay(channel));

	if (serving || other)
		channel_flows(channel);
	else
		channel_is_silent(channel);
	if (other)
		channel_moved(channel);
	channel_relays_flow(channel, serving, other);
}

static void run(struct channel *channel, double seconds)
{
	for (double time = 0; time < seconds; time += 0.5) {
		look(channel);
		lab_run(0.5);
	}
}

static void run_until(struct channel *channel, enum channel_move move)
{
	for (unsigned i = 0; i < 200 && channel->move != move; i++)
		run(channel, 0.5);
	cr_assert_eq(channel->move, move, "%s", channel_move_name(channel->move));
}

static struct channel *want(const char *const relays[])
{
	struct channel *channel;

	lab_configure(relays);
	SEND(ONE, TWO, THREE);
	channel = lab_want(SOURCE, GROUP);
	lab_run(0.1);
	return channel;
}

/* Served by ONE and TWO; THREE is known, too, if there is such a relay. */
static struct channel *protected_by_two(const char *third)
{
	struct channel *channel = want((const char *[]){ONE, TWO, third, NULL});

	run_until(channel, CHANNEL_PROTECTED);
	expect_relays(channel, ONE, TWO);
	return channel;
}

/* Which channels */

Test(path_protect, a_channel_gets_a_second_relay_once_the_first_one_serves)
{
	struct channel *channel = want((const char *[]){ONE, TWO, NULL});

	cr_expect_eq(channel->state, CHANNEL_JOINED);
	expect_relays(channel, ONE, NULL);
	look(channel);
	lab_run(1);
	cr_expect_eq(lab_sent(TWO, AMT_REQUEST), 0, "what ONE delivers is to be known by then");
	run(channel, 2);
	cr_expect_eq(channel->move, CHANNEL_PROTECTED);
	expect_relays(channel, ONE, TWO);
	cr_expect(flows.moving);
	cr_expect(is(&flows.from.relay, ONE));
	cr_expect(is(&flows.to.relay, TWO));
	cr_expect_eq(flows.number, 0);
	run(channel, 1000);
	cr_expect_eq(channel->move, CHANNEL_PROTECTED);
	expect_relays(channel, ONE, TWO);
}

Test(path_protect, a_source_may_be_named_instead_of_the_group)
{
	lab.paths.protect.count = 0;
	protect("192.0.2.0/24");
	protected_by_two(NULL);
}

Test(path_protect, other_channels_have_one_relay)
{
	struct channel *channel;

	lab.paths.protect.count = 0;
	protect("232.2.0.0/16");
	channel = want((const char *[]){ONE, TWO, NULL});
	run(channel, 100);
	cr_expect_eq(channel->move, CHANNEL_STAYING);
	expect_relays(channel, ONE, NULL);
}

Test(path_protect, a_source_with_one_relay_has_one)
{
	struct channel *channel = want((const char *[]){ONE, NULL});

	run(channel, 500);
	cr_expect_eq(channel->move, CHANNEL_STAYING);
	expect_relays(channel, ONE, NULL);
}

Test(path_protect, a_channel_that_cannot_be_protected_has_one)
{
	struct channel *channel = want((const char *[]){ONE, TWO, NULL});

	channel_cannot_be_protected(channel);
	run(channel, 100);
	expect_relays(channel, ONE, NULL);
}

/* Which second relay */

Test(path_protect, the_second_relay_is_one_behind_another_wan)
{
	struct channel *channel;

	lab.by_wan1 = address(THREE);
	channel = want((const char *[]){ONE, TWO, THREE, NULL});
	run_until(channel, CHANNEL_PROTECTED);
	expect_relays(channel, ONE, THREE);
	cr_expect_not(addr_equal(&flows.from.local, &flows.to.local));
}

/* TWO is of the configuration, as ONE is; THREE is of the source's zone. */
Test(path_protect, or_else_one_found_by_another_way)
{
	struct channel *channel;

	lab.options.ways[1] = DRIAD_SOURCE;
	lab.options.way_count = 2;
	lab_configure((const char *[]){ONE, TWO, NULL});
	SEND(ONE, TWO, THREE);
	channel = lab_want(SOURCE, GROUP);
	lab_run(0);
	lab_answer_dns(DNS_OK, 3600, (const char *[]){THREE, NULL});
	lab_run(0.1);
	run_until(channel, CHANNEL_PROTECTED);
	expect_relays(channel, ONE, THREE);
}

Test(path_protect, a_relay_that_does_not_answer_is_no_second_one)
{
	struct channel *channel;

	lab_serve(TWO, false);
	channel = want((const char *[]){ONE, TWO, THREE, NULL});
	run_until(channel, CHANNEL_PROTECTED);
	expect_relays(channel, ONE, THREE);
}

Test(path_protect, nor_one_that_has_no_data)
{
	struct channel *channel = want((const char *[]){ONE, TWO, THREE, NULL});

	SEND(ONE, THREE);
	run_until(channel, CHANNEL_PROTECTED);
	expect_relays(channel, ONE, THREE);
	cr_expect_neq(lab_sent(TWO, AMT_UPDATE), 0, "it was tried first");
}

/* Losses */

Test(path_protect, the_other_relay_serves_when_the_serving_one_fails)
{
	struct channel *channel = protected_by_two(THREE);
	uint16_t port = flows.to.local_port;

	lab_serve(ONE, false);
	SEND(TWO, THREE);
	path_probe_relay(channel, false);
	run(channel, 1);
	expect_relays(channel, TWO, NULL);
	cr_expect_eq(channel->state, CHANNEL_RECEIVING);
	cr_expect_eq(stopped, 0, "there was an entry all the time");
	cr_expect(is(&flows.from.relay, TWO));
	cr_expect_eq(flows.from.local_port, port);
	cr_expect_eq(flows.number, 1, "the flow keeps its number");
	cr_expect_not(flows.moving);
	run_until(channel, CHANNEL_PROTECTED);
	expect_relays(channel, TWO, THREE);
	cr_expect_eq(flows.number, 1, "the third one has that of the first");
}

Test(path_protect, a_third_relay_comes_when_the_other_one_fails)
{
	struct channel *channel = protected_by_two(THREE);

	lab_serve(TWO, false);
	SEND(ONE, THREE);
	path_probe_relay(channel, true);
	run(channel, 1);
	expect_relays(channel, ONE, NULL);
	cr_expect_not(flows.moving);
	run_until(channel, CHANNEL_PROTECTED);
	expect_relays(channel, ONE, THREE);
	cr_expect_eq(stopped, 0);
	cr_expect_eq(flows.number, 0);
}

Test(path_protect, the_third_one_waits_until_the_copies_of_the_second_are_forgotten)
{
	struct channel *channel = protected_by_two(THREE);

	lab_serve(TWO, false);
	SEND(ONE, THREE);
	path_probe_relay(channel, true);
	while (path_other_relay(channel))
		lab_run(0.01);
	lab_run(CHANNEL_OVERLAP / (double)USEC_PER_SEC);
	cr_expect_eq(lab_sent(THREE, AMT_UPDATE), 0);
}

Test(path_protect, a_serving_relay_that_sends_nothing_is_left_after_a_while)
{
	struct channel *channel = protected_by_two(THREE);

	SEND(TWO, THREE);
	run(channel, 3);
	expect_relays(channel, ONE, TWO);
	run(channel, 2);
	expect_relays(channel, TWO, NULL);
	run_until(channel, CHANNEL_PROTECTED);
	expect_relays(channel, TWO, THREE);
	cr_expect_eq(stopped, 0);
}

Test(path_protect, so_is_the_other_one)
{
	struct channel *channel = protected_by_two(THREE);

	SEND(ONE, THREE);
	run(channel, 5);
	expect_relays(channel, ONE, NULL);
	run_until(channel, CHANNEL_PROTECTED);
	expect_relays(channel, ONE, THREE);
}

Test(path_protect, a_relay_that_sends_again_in_time_stays)
{
	struct channel *channel = protected_by_two(THREE);

	SEND(ONE);
	run(channel, 3);
	SEND(ONE, TWO);
	run(channel, 20);
	expect_relays(channel, ONE, TWO);
	cr_expect_eq(channel->move, CHANNEL_PROTECTED);
}

Test(path_protect, a_relay_that_has_failed_comes_back_if_there_is_no_other)
{
	struct channel *channel = protected_by_two(NULL);

	lab_serve(ONE, false);
	SEND(TWO);
	path_probe_relay(channel, false);
	run(channel, 30);
	expect_relays(channel, TWO, NULL);
	cr_expect_eq(channel->state, CHANNEL_RECEIVING);
	lab_serve(ONE, true);
	SEND(ONE, TWO);
	run_until(channel, CHANNEL_PROTECTED);
	expect_relays(channel, TWO, ONE);
}

Test(path_protect, when_both_fail_the_third_one_serves)
{
	struct channel *channel = protected_by_two(THREE);

	lab_serve(ONE, false);
	lab_serve(TWO, false);
	SEND(THREE);
	path_probe_relay(channel, false);
	path_probe_relay(channel, true);
	run(channel, 3);
	expect_relays(channel, THREE, NULL);
	cr_expect_eq(stopped, 1);
	lab_serve(TWO, true);
	SEND(TWO, THREE);
	run_until(channel, CHANNEL_PROTECTED);
	expect_relays(channel, THREE, TWO);
}

/* Silence of the source */

Test(path_protect, a_silent_source_has_two_relays_too)
{
	struct channel *channel;

	channel = want((const char *[]){ONE, TWO, NULL});
	SEND(NULL);
	run_until(channel, CHANNEL_PROTECTED);
	expect_relays(channel, ONE, TWO);
	run(channel, 500);
	cr_expect_eq(channel->move, CHANNEL_PROTECTED);
	cr_expect_eq(channel->state, CHANNEL_JOINED);
	expect_relays(channel, ONE, TWO);
}

Test(path_protect, a_source_that_pauses_keeps_its_two_relays)
{
	struct channel *channel = protected_by_two(NULL);

	SEND(NULL);
	run(channel, 500);
	expect_relays(channel, ONE, TWO);
	SEND(ONE, TWO);
	run(channel, 1);
	cr_expect_eq(channel->state, CHANNEL_RECEIVING);
	cr_expect_eq(channel->move, CHANNEL_PROTECTED);
}

Test(path_protect, third_relays_are_tried_while_both_are_silent)
{
	struct channel *channel = protected_by_two(THREE);

	SEND(THREE);
	for (unsigned i = 0; i < 100 && channel->state != CHANNEL_RECEIVING; i++)
		run(channel, 0.5);
	cr_assert_eq(channel->state, CHANNEL_RECEIVING);
	run(channel, 10);
	expect_relays(channel, THREE, NULL);
	SEND(TWO, THREE);
	run_until(channel, CHANNEL_PROTECTED);
	expect_relays(channel, THREE, TWO);
}

/* Relays that are to be left */

static struct channel *protected_by_dns(const char *third)
{
	struct channel *channel;

	lab_ask_dns();
	SEND(ONE, TWO, THREE);
	channel = lab_want(SOURCE, GROUP);
	lab_run(0);
	lab_answer_dns(DNS_OK, 60, (const char *[]){ONE, TWO, third, NULL});
	lab_run(0.1);
	run_until(channel, CHANNEL_PROTECTED);
	expect_relays(channel, ONE, TWO);
	run(channel, 66);
	return channel;
}

Test(path_protect, a_serving_relay_that_dns_names_no_more_is_left)
{
	struct channel *channel = protected_by_dns(NULL);

	lab_answer_dns(DNS_OK, 3600, (const char *[]){TWO, THREE, NULL});
	run(channel, 0.5);
	expect_relays(channel, TWO, NULL);
	run_until(channel, CHANNEL_PROTECTED);
	expect_relays(channel, TWO, THREE);
	cr_expect_eq(stopped, 0);
}

Test(path_protect, the_other_one_is_left_for_a_third)
{
	struct channel *channel = protected_by_dns(THREE);

	lab_answer_dns(DNS_OK, 3600, (const char *[]){ONE, THREE, "203.0.113.4", NULL});
	run(channel, 0.5);
	expect_relays(channel, ONE, NULL);
	run_until(channel, CHANNEL_PROTECTED);
	expect_relays(channel, ONE, THREE);
}

/* The L flag: RFC 8777 section 3.3.5. */
static void answer_full(struct channel *channel)
{
	lab_serve(ONE, false);
	for (unsigned i = 0; i < 600; i++) {
		struct addr one = address(ONE);
		const struct udp_socket *socket = lab_socket_to(&one);

		if (socket && socket->asked[false])
			break;
		run(channel, 0.5);
	}
	lab_answer(ONE, "amt-4-query-v4-limit");
	run(channel, 1);
}

Test(path_protect, a_full_relay_is_left_for_a_third)
{
	struct channel *channel = protected_by_two(THREE);

	answer_full(channel);
	cr_expect(is(path_relay(channel), TWO));
	run_until(channel, CHANNEL_PROTECTED);
	expect_relays(channel, TWO, THREE);
}

Test(path_protect, but_not_for_none)
{
	struct channel *channel = protected_by_two(NULL);

	answer_full(channel);
	expect_relays(channel, ONE, TWO);
	cr_expect_eq(channel->move, CHANNEL_PROTECTED);
}

/* What else there is */

Test(path_protect, a_channel_that_lingers_keeps_both_and_leaves_both)
{
	struct sg sg = channel(SOURCE, GROUP);
	struct channel *channel;

	lab.paths.channels.linger = 5 * USEC_PER_SEC;
	channel = protected_by_two(THREE);
	channel_table_unwant(&lab.paths.channels, &sg, 0);
	SEND(NULL); /* nothing is counted without a LAN */
	run(channel, 2);
	expect_relays(channel, ONE, TWO);
	lab_run(5);
	cr_expect_null(channel_table_find(&lab.paths.channels, &sg));
	cr_expect_eq(stopped, 1);
}

Test(path_protect, warm_tunnels_serve_second_relays_at_once)
{
	struct prefixes warm = {.count = 1};
	struct channel *channel;
	unsigned asked;

	cr_assert(prefix_parse(TWO, &warm.list[0]));
	path_warm_start(&lab.paths, &warm);
	lab_run(1);
	asked = lab_sent(TWO, AMT_REQUEST);
	channel = want((const char *[]){ONE, TWO, NULL});
	run_until(channel, CHANNEL_PROTECTED);
	expect_relays(channel, ONE, TWO);
	cr_expect_eq(lab_sent(TWO, AMT_REQUEST), asked);
}

Test(path_protect, a_relay_that_is_held_down_is_the_last_choice)
{
	struct addr two = address(TWO);
	struct channel *channel;

	amt_holds_put(&lab.paths.tunnels.holds, &two, lab.timers.now, 180 * USEC_PER_SEC,
		      AMT_HOLD_BEHIND, "test");
	channel = want((const char *[]){ONE, TWO, THREE, NULL});
	run_until(channel, CHANNEL_PROTECTED);
	expect_relays(channel, ONE, THREE);
}

static struct channel *adopt(unsigned number)
{
	struct addr one = address(ONE), two = address(TWO), local = address("198.51.100.1");
	struct sg sg = channel(SOURCE, GROUP);
	struct channel *channel;

	lab_configure((const char *[]){ONE, TWO, THREE, NULL});
	SEND(ONE, TWO, THREE);
	cr_assert(amt_tunnels_adopt(&lab.paths.tunnels, &one, &local, 51000));
	cr_assert(amt_tunnels_adopt(&lab.paths.tunnels, &two, &local, 51001));
	cr_assert(channel_table_adopt(&lab.paths.channels, &sg, 1, 5, true));
	channel = channel_table_find(&lab.paths.channels, &sg);
	path_adopt_protected(channel, &one, &two, number);
	lab_run(0.1);
	return channel;
}

Test(path_protect, an_earlier_daemons_channel_goes_on_with_both)
{
	struct channel *channel = adopt(1);

	cr_expect_eq(channel->move, CHANNEL_PROTECTED);
	expect_relays(channel, ONE, TWO);
	cr_expect(flows.moving);
	cr_expect_eq(flows.number, 1);
	cr_expect_eq(flows.from.local_port, 51000);
	cr_expect_eq(flows.to.local_port, 51001);
	run(channel, 100);
	expect_relays(channel, ONE, TWO);
	lab_serve(ONE, false);
	SEND(TWO, THREE);
	path_probe_relay(channel, false);
	run_until(channel, CHANNEL_STAYING);
	run_until(channel, CHANNEL_PROTECTED);
	expect_relays(channel, TWO, THREE);
}

Test(path_protect, an_earlier_daemons_channel_may_be_protected_no_more)
{
	struct channel *channel;

	lab.paths.protect.count = 0;
	channel = adopt(0);
	cr_expect_eq(channel->move, CHANNEL_STAYING);
	run(channel, 100);
	expect_relays(channel, ONE, NULL);
}

Test(path_protect, an_adopted_channel_that_had_one_relay_gets_the_second)
{
	struct addr one = address(ONE), local = address("198.51.100.1");
	struct sg sg = channel(SOURCE, GROUP);
	struct channel *channel;

	lab_configure((const char *[]){ONE, TWO, NULL});
	SEND(ONE, TWO);
	cr_assert(amt_tunnels_adopt(&lab.paths.tunnels, &one, &local, 51000));
	cr_assert(channel_table_adopt(&lab.paths.channels, &sg, 1, 5, true));
	channel = channel_table_find(&lab.paths.channels, &sg);
	path_adopt(channel, &one);
	lab_run(0.1);
	run_until(channel, CHANNEL_PROTECTED);
	expect_relays(channel, ONE, TWO);
}
