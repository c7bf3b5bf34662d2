/* SPDX-License-Identifier: BSD-2-Clause */
/* Races among relays (RFC 8777 section 3.2, RFC 8305 section 5) and holds, in virtual time. The
 * test answers for the relays. */
#include "amt/race.h"
#include "fini.h"
#include "samples.h"
#include "virtual_time.h"

#define ONE   "203.0.113.1"
#define TWO   "2001:db8::2"
#define THREE "203.0.113.3"

static struct timers timers;
static struct amt_tunnels tunnels;
static struct amt_candidate storage[AMT_RACE_MAX];
static struct amt_race race;
static struct {
	struct amt_endpoint *endpoint;
	int type;
	uint8_t nonce[4];
} sent[64];
static unsigned sent_count, won, lost, long_ones, open_count;
static char winner[ADDR_TEXT];
static const char *why_lost;

static bool endpoint_open(struct amt_endpoint *endpoint, const char **reason)
{
	*reason = "no route to the relay";
	if (addr_parse("198.51.100.99", &endpoint->local) &&
	    addr_equal(&endpoint->local, &endpoint->peer))
		return false;
	endpoint->local_port = 50000;
	endpoint->socket = (struct udp_socket *)endpoint;
	open_count++;
	return true;
}

static void endpoint_send(struct udp_socket *socket, const uint8_t *bytes, size_t length)
{
	cr_assert_geq(length, 8);
	cr_assert_lt(sent_count, 64);
	sent[sent_count].endpoint = (struct amt_endpoint *)socket;
	sent[sent_count].type = bytes[0];
	memcpy(sent[sent_count++].nonce, bytes + 4, 4);
}

static size_t endpoint_payload_max(const struct udp_socket *socket)
{
	(void)socket;
	return AMT_DATAGRAM_MAX;
}

static void endpoint_close(struct udp_socket *socket)
{
	(void)socket;
	open_count--;
}

static void of_tunnel(void *context, struct amt_tunnel *tunnel)
{
	(void)context;
	(void)tunnel;
}

static void on_rejected(void *context, const struct addr *peer, enum protocol protocol,
			enum fault fault)
{
	(void)context;
	(void)peer;
	cr_assert_eq(protocol, PROTOCOL_AMT);
	cr_expect_eq(fault, FAULT_UNEXPECTED);
}

static const struct amt_endpoint_actions endpoint_actions = {.open = endpoint_open,
							     .send = endpoint_send,
							     .payload_max = endpoint_payload_max,
							     .close = endpoint_close};

static const struct amt_tunnels_actions tunnel_actions = {
	.opened = of_tunnel, .closed = of_tunnel, .rejected = on_rejected};

static void on_won(struct amt_race *of, const struct addr *candidate, const struct addr *relay)
{
	cr_assert(addr_equal(candidate, relay));
	won++;
	addr_format(relay, winner);
	amt_race_end(of);
}

static void on_lost(struct amt_race *of, const char *reason)
{
	(void)of;
	lost++;
	why_lost = reason;
}

static void on_takes_long(struct amt_race *of, const char *reason)
{
	(void)of;
	long_ones++;
	why_lost = reason;
}

static const struct amt_race_actions race_actions = {
	.won = on_won, .lost = on_lost, .takes_long = on_takes_long};

static struct addr addr(const char *text)
{
	struct addr addr;

	cr_assert(addr_parse(text, &addr));
	return addr;
}

static void begin_race(const char *one, const char *two, const char *three)
{
	const char *candidates[] = {one, two, three};

	amt_race_end(&race);
	race = (struct amt_race){.tunnels = &tunnels,
				 .actions = &race_actions,
				 .source = addr("192.0.2.10"),
				 .candidates = storage,
				 .room = AMT_RACE_MAX};
	sent_count = won = lost = 0;
	winner[0] = 0;
	for (size_t i = 0; i < 3; i++)
		if (candidates[i])
			amt_race_add(&race,
				     &(struct amt_candidate){.address = addr(candidates[i])});
	amt_race_start(&race);
}

static void begin(void)
{
	timers = (struct timers){.now = 1000 * USEC_PER_SEC};
	tunnels = (struct amt_tunnels){.timers = &timers,
				       .actions = &tunnel_actions,
				       .endpoint_actions = &endpoint_actions,
				       .limit = 8,
				       .hold_down = 180 * USEC_PER_SEC};
	race = (struct amt_race){.tunnels = &tunnels, .candidates = storage, .room = AMT_RACE_MAX};
	open_count = 0;
}

static void end(void)
{
	amt_race_end(&race);
	amt_tunnels_close(&tunnels);
	fini_assert(open_count == 0, "a socket was left open");
	timers_free(&timers);
}

TestSuite(amt_race, .init = begin, .fini = end);

/* Which relay the message went to. */
static const char *to(unsigned number)
{
	static char text[ADDR_TEXT];

	return number < sent_count ? addr_format(&sent[number].endpoint->peer, text) : "nobody";
}

static void answer_with(unsigned number, const char *sample, size_t nonce_at)
{
	struct cursor bytes = sample_udp(sample, 0);

	memcpy((uint8_t *)bytes.at + nonce_at, sent[number].nonce, 4);
	sent[number].endpoint->received(sent[number].endpoint, bytes.at, cursor_left(&bytes));
	exact_free(bytes);
}

static void answer(unsigned number, const char *query)
{
	answer_with(number, query, 8);
}

Test(amt_race, the_first_wins_where_it_answers_in_time)
{
	begin_race(ONE, TWO, NULL);
	run_for(&timers, 0.2);
	answer(0, "amt-4-query-v4-g");
	cr_expect_eq(won, 1);
	cr_expect_str_eq(winner, ONE);
	run_for(&timers, 5);
	cr_expect_eq(sent_count, 1, "nobody else was asked, and nothing reported");
}

Test(amt_race, a_late_one_is_not_waited_for_and_may_win_yet)
{
	begin_race(ONE, TWO, THREE);
	run_for(&timers, 0.26);
	cr_expect_str_eq(to(1), TWO);
	run_for(&timers, 0.25);
	cr_expect_str_eq(to(2), THREE);
	answer(0, "amt-4-query-v4-g");
	cr_expect_str_eq(winner, ONE);
	answer(1, "amt-4-query-v4-g");
	cr_expect_eq(won, 1);
}

Test(amt_race, the_second_wins_where_the_first_is_silent)
{
	begin_race(ONE, TWO, NULL);
	run_for(&timers, 0.3);
	answer(1, "amt-4-query-v4-g");
	cr_expect_str_eq(winner, TWO);
}

Test(amt_race, one_that_fails_is_not_waited_for)
{
	begin_race("198.51.100.99", TWO, NULL);
	cr_expect_str_eq(to(0), TWO, "no route to the other");
	answer(0, "amt-4-query-v4-limit");
	cr_expect_eq(lost, 1);
	cr_expect_str_eq(why_lost, "relay takes no more gateways (L flag)");
}

Test(amt_race, a_ready_tunnel_wins_at_once)
{
	begin_race(ONE, NULL, NULL);
	answer(0, "amt-4-query-v4-g");
	begin_race(ONE, TWO, NULL);
	cr_expect_eq(won, 1);
	cr_expect_eq(sent_count, 0);
}

Test(amt_race, all_that_are_silent_lose_it)
{
	begin_race(ONE, TWO, NULL);
	run_for(&timers, 60);
	cr_expect_eq(lost, 1);
	cr_expect_str_eq(why_lost, "relay does not answer Requests");
}

Test(amt_race, the_same_address_is_asked_once)
{
	begin_race(ONE, ONE, NULL);
	run_for(&timers, 0.3);
	cr_expect_eq(sent_count, 1);
}

/* Who wins ends the race, and with it the other's place at the same relay. */
Test(amt_race, two_candidates_may_lead_to_one_relay)
{
	struct addr relay = addr("203.0.113.15"), other = addr(THREE);

	race = (struct amt_race){.tunnels = &tunnels,
				 .actions = &race_actions,
				 .source = addr("192.0.2.10"),
				 .candidates = storage,
				 .room = AMT_RACE_MAX};
	sent_count = won = 0;
	amt_race_add(&race, &(struct amt_candidate){.address = relay});
	amt_race_add(&race, &(struct amt_candidate){.address = other, .discover = true});
	amt_race_start(&race);
	run_for(&timers, 0.3);
	answer_with(1, "amt-2-advertisement-v4", 4);
	cr_assert_eq(sent_count, 2, "the other waits for the same Query");
	answer(0, "amt-4-query-v4-g");
	cr_expect_eq(won, 1);
	cr_expect_str_eq(winner, "203.0.113.15");
}

Test(amt_race, a_dead_one_is_tried_last_until_its_hold_ends)
{
	begin_race(ONE, NULL, NULL);
	run_for(&timers, 40);
	cr_assert_eq(lost, 1);
	begin_race(ONE, TWO, NULL);
	cr_expect_str_eq(to(0), TWO);
	run_for(&timers, 0.3);
	cr_expect_str_eq(to(1), ONE, "rather than none");
	amt_race_end(&race);
	run_for(&timers, 181);
	begin_race(ONE, TWO, NULL);
	cr_expect_str_eq(to(0), ONE);
}

Test(amt_race, a_hold_ends_when_the_relay_answers_or_by_hand)
{
	struct addr one = addr(ONE);

	begin_race(ONE, NULL, NULL);
	run_for(&timers, 40);
	cr_expect(amt_holds_find(&tunnels.holds, &one, timers.now));
	begin_race(ONE, NULL, NULL);
	answer(0, "amt-4-query-v4-g");
	cr_expect_null(amt_holds_find(&tunnels.holds, &one, timers.now));
	amt_holds_put(&tunnels.holds, &one, timers.now, USEC_PER_SEC, AMT_HOLD_BEHIND, "test");
	cr_expect(amt_holds_lift(&tunnels.holds, &one));
	cr_expect_not(amt_holds_lift(&tunnels.holds, &one));
}

Test(amt_race, a_full_one_is_not_tried_for_ten_minutes)
{
	begin_race(ONE, NULL, NULL);
	answer(0, "amt-4-query-v4-limit");
	begin_race(ONE, NULL, NULL);
	cr_expect_eq(lost, 1);
	cr_expect_eq(sent_count, 0);
	run_for(&timers, 601);
	begin_race(ONE, NULL, NULL);
	cr_expect_eq(sent_count, 1);
}

static void of_member(struct amt_member *member)
{
	cr_assert(!member->connection);
}

static void on_full(struct amt_member *member, bool full)
{
	cr_assert(!member->connection && full);
}

static const struct amt_member_actions member_actions = {
	.up = of_member, .reported = of_member, .full = on_full};

/* RFC 7450 section 5.1.4.4: the tunnels that a relay has are not touched by L. */
Test(amt_race, one_that_becomes_full_keeps_its_channels_and_gets_no_new_ones)
{
	struct amt_member member = {.actions = &member_actions,
				    .sg = {addr("192.0.2.10"), addr("232.1.1.1")}};
	struct addr one = addr(ONE);

	sent_count = 0;
	amt_tunnels_join(&tunnels, &member, &one, false);
	answer(0, "amt-4-query-v4-g");
	run_for(&timers, 125.5);
	answer(sent_count - 1, "amt-4-query-v4-limit");
	cr_expect(member.tunnel, "it stays");
	begin_race(ONE, TWO, NULL);
	cr_expect_str_eq(to(0), TWO);
	begin_race(ONE, NULL, NULL);
	cr_expect_eq(lost, 1);
	amt_tunnels_leave(&tunnels, &member);
}

Test(amt_race, one_that_takes_no_updates_is_not_tried)
{
	struct addr one = addr(ONE);

	amt_holds_put(&tunnels.holds, &one, timers.now, USEC_PER_SEC, AMT_HOLD_REFUSING, "test");
	begin_race(ONE, NULL, NULL);
	cr_expect_eq(lost, 1);
	cr_expect_str_eq(why_lost, "test");
	cr_expect_eq(sent_count, 0);
}

/* Its end is not awaited before that is said: others may be tried again meanwhile. */
Test(amt_race, one_that_has_served_is_asked_until_it_is_back)
{
	struct addr one = addr(ONE);

	long_ones = 0;
	amt_holds_put(&tunnels.holds, &one, timers.now, USEC_PER_SEC, AMT_HOLD_AWAITED, "test");
	begin_race(ONE, NULL, NULL);
	run_for(&timers, 50);
	cr_expect_eq(lost, 0);
	cr_expect_eq(long_ones, 1);
	cr_expect_str_eq(why_lost, "relay does not answer");
	cr_expect_geq(sent_count, 49);
	answer(0, "amt-4-query-v4-g");
	cr_expect_eq(won, 1);
}

Test(amt_race, the_holds_are_bounded)
{
	struct amt_holds *holds = &tunnels.holds;
	struct addr relay = addr(ONE), first = relay;

	for (unsigned i = 0; i <= AMT_HOLDS_MAX; i++) {
		relay.bytes[2] = i >> 8;
		relay.bytes[3] = i;
		if (!i)
			first = relay;
		amt_holds_put(holds, &relay, timers.now, USEC_PER_SEC, AMT_HOLD_BEHIND, "test");
	}
	cr_expect_eq(HASH_COUNT(holds->by_relay), AMT_HOLDS_MAX);
	cr_expect_null(amt_holds_find(holds, &first, timers.now), "the eldest has made room");
	amt_holds_expire(holds, timers.now + USEC_PER_SEC);
	cr_expect_eq(HASH_COUNT(holds->by_relay), 0);
}

/* Relays that strangers name, of a network with `unanswered` at once. */

static struct amt_candidate strange[AMT_RACE_MAX];
static struct amt_race others;

static void begin_strange(struct amt_race *of, struct amt_candidate *at, const char *source,
			  unsigned first, unsigned count)
{
	char text[ADDR_TEXT];

	*of = (struct amt_race){.tunnels = &tunnels,
				.actions = &race_actions,
				.source = addr(source),
				.candidates = at,
				.room = AMT_RACE_MAX};
	for (unsigned i = 0; i < count; i++) {
		snprintf(text, sizeof(text), "203.0.113.%u", first + i);
		amt_race_add(of,
			     &(struct amt_candidate){.address = addr(text), .is_strange = true});
	}
	amt_race_start(of);
}

static void pace_with(unsigned rate, unsigned unanswered)
{
	tunnels.pace = (struct pace){.timers = &timers, .rate = rate, .unanswered = unanswered};
	sent_count = won = lost = 0;
}

Test(amt_race, new_ones_wait_for_their_turns)
{
	pace_with(1, 0);
	begin_strange(&race, storage, "192.0.2.10", 1, 3);
	cr_expect(amt_race_waits(&race));
	run_for(&timers, 0);
	cr_expect_eq(sent_count, 1);
	run_for(&timers, 0.5);
	cr_expect(amt_race_waits(&race), "the next, for the next second");
	cr_expect_eq(tunnels.pace.waiting, 1, "and not all that there are");
	run_for(&timers, 0.5);
	cr_expect_str_eq(to(sent_count - 1), "203.0.113.2");
	answer(0, "amt-4-query-v4-g");
	cr_expect_eq(won, 1);
	cr_expect_eq(tunnels.pace.waiting, 0);
}

Test(amt_race, those_that_are_known_or_named_by_no_stranger_do_not_wait)
{
	pace_with(1, 0);
	begin_strange(&race, storage, "192.0.2.10", 1, 1);
	run_for(&timers, 0);
	begin_strange(&others, strange, "198.51.100.10", 1, 1);
	cr_expect_not(amt_race_waits(&others), "it is being asked");
	amt_race_end(&others);
	answer(0, "amt-4-query-v4-g");
	begin_race("203.0.113.77", NULL, NULL);
	cr_expect_eq(sent_count, 1);
}

Test(amt_race, a_network_has_so_many_that_do_not_answer)
{
	pace_with(0, 2);
	begin_strange(&race, storage, "192.0.2.10", 1, 3);
	run_for(&timers, 5);
	cr_expect(amt_race_waits(&race));
	begin_strange(&others, strange, "192.0.2.77", 9, 1);
	run_for(&timers, 0);
	cr_expect(amt_race_waits(&others), "of the same network");
	amt_race_end(&others);
	begin_strange(&others, strange, "198.51.100.10", 9, 1);
	run_for(&timers, 0);
	cr_expect_not(amt_race_waits(&others), "of another one");
	amt_race_end(&others);
	run_for(&timers, 20);
	cr_expect_not(amt_race_waits(&race), "they are given up");
}

Test(amt_race, one_that_never_answered_is_closed_with_its_last_user)
{
	pace_with(0, 0);
	begin_strange(&race, storage, "192.0.2.10", 1, 1);
	run_for(&timers, 0);
	cr_expect_eq(open_count, 1);
	amt_race_end(&race);
	run_for(&timers, 0);
	cr_expect_eq(open_count, 0);
	cr_expect_eq(pace_held(&tunnels.pace, &race.source), 0);
}

/* Of 64: a network alone has 16, a second one 12 beside it. */
Test(amt_race, one_networks_sources_have_a_part_of_the_tunnels)
{
	static const char *const from[] = {"192.0.2.10", "198.51.100.10"};
	static struct amt_candidate candidates[40][AMT_RACE_MAX];
	static struct amt_race races[40];

	pace_with(0, 0);
	tunnels.limit = 64;
	for (unsigned i = 0; i < 40; i++) {
		begin_strange(&races[i], candidates[i], from[i / 20], 100 + i, 1);
		run_for(&timers, 0);
	}
	cr_expect_eq(pace_held(&tunnels.pace, &races[0].source), 16);
	cr_expect_eq(pace_held(&tunnels.pace, &races[39].source), 12);
	cr_expect_eq(lost, 4 + 8);
	cr_expect_str_eq(why_lost, "too many relays for sources of one network (limit 'tunnels')");
	begin_race("203.0.113.1", NULL, NULL);
	cr_expect_eq(sent_count, 1, "those that no stranger names have room");
	for (unsigned i = 0; i < 40; i++)
		amt_race_end(&races[i]);
}
