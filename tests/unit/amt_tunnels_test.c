/* SPDX-License-Identifier: BSD-2-Clause */
/* Members, discoveries and tunnels (RFC 7450 sections 4.1.5 and 5.2.3) in virtual time. The test
 * stands where the sockets are: it sees what is sent to which peer, and answers for it. */
#include "amt/tunnels.h"
#include "fini.h"
#include "samples.h"
#include "virtual_time.h"

#define ENDPOINTS 16

static struct timers timers;
static struct amt_tunnels tunnels;
struct udp_socket {
	struct amt_endpoint *endpoint; /* NULL while it is closed */
};

static struct udp_socket sockets[ENDPOINTS];
static unsigned opened, closed, rejected, up, reported, failed, data, unreachable;
static int said_full;
static const char *failure;
static bool no_route, no_room;
static struct addr local_now; /* where the route to relays leaves from */
static struct {
	struct amt_endpoint *endpoint;
	int type;
	uint8_t nonce[4];
} sent[64];
static unsigned sent_count;

static uint16_t free_port(uint16_t port)
{
	for (unsigned i = 0; i < ENDPOINTS; i++)
		if (sockets[i].endpoint && sockets[i].endpoint->local_port == port)
			return free_port(port + 100);
	return port;
}

static bool endpoint_open(struct amt_endpoint *endpoint, const char **reason)
{
	*reason = "no route to the relay";
	for (unsigned i = 0; !no_route && !no_room && i < ENDPOINTS; i++) {
		if (sockets[i].endpoint)
			continue;
		endpoint->local = local_now;
		endpoint->local_port =
			free_port(endpoint->local_port ? endpoint->local_port
						       : 50000 + endpoint->port_choice);
		sockets[i].endpoint = endpoint;
		endpoint->socket = &sockets[i];
		return true;
	}
	return false;
}

static void endpoint_send(struct udp_socket *socket, const uint8_t *bytes, size_t length)
{
	cr_assert(socket->endpoint);
	cr_assert_geq(length, 8);
	cr_assert_lt(sent_count, 64);
	sent[sent_count].endpoint = socket->endpoint;
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
	socket->endpoint = NULL;
}

static bool endpoint_moved(const struct amt_endpoint *endpoint)
{
	return !no_route && !addr_equal(&endpoint->local, &local_now);
}

static void on_opened(void *context, struct amt_tunnel *tunnel)
{
	(void)context;
	(void)tunnel;
	opened++;
}

static void on_closed(void *context, struct amt_tunnel *tunnel)
{
	(void)context;
	(void)tunnel;
	closed++;
}

static void on_up(struct amt_member *member)
{
	cr_assert(member->tunnel);
	up++;
}

static void on_reported(struct amt_member *member)
{
	(void)member;
	reported++;
}

static void on_failed(struct amt_member *member, const char *reason)
{
	cr_assert(!member->tunnel && !member->contact);
	failure = reason;
	failed++;
}

static void on_full(struct amt_member *member, bool full)
{
	cr_assert(member->tunnel && !member->connection);
	said_full = full;
}

static void on_data(void *context, struct amt_tunnel *tunnel, struct cursor bytes)
{
	(void)context;
	(void)tunnel;
	data += cursor_left(&bytes);
}

static void on_rejected(void *context, const struct addr *peer, enum protocol protocol,
			enum fault fault)
{
	(void)context;
	(void)peer;
	(void)protocol;
	cr_assert(fault);
	rejected++;
	unreachable += fault == FAULT_UNREACHABLE;
}

static const struct amt_endpoint_actions endpoint_actions = {.open = endpoint_open,
							     .send = endpoint_send,
							     .payload_max = endpoint_payload_max,
							     .close = endpoint_close,
							     .moved = endpoint_moved};

static const struct amt_member_actions member_actions = {
	.up = on_up, .reported = on_reported, .failed = on_failed, .full = on_full};

static const struct amt_tunnels_actions actions = {
	.opened = on_opened, .closed = on_closed, .data = on_data, .rejected = on_rejected};

static void begin(void)
{
	timers = (struct timers){.now = 1000 * USEC_PER_SEC};
	tunnels = (struct amt_tunnels){.timers = &timers,
				       .actions = &actions,
				       .endpoint_actions = &endpoint_actions,
				       .limit = 3};
	opened = closed = rejected = up = reported = failed = data = sent_count = unreachable = 0;
	said_full = -1;
	no_route = no_room = false;
}

static void end(void)
{
	amt_tunnels_close(&tunnels);
	for (unsigned i = 0; i < ENDPOINTS; i++)
		fini_assert(!sockets[i].endpoint, "a socket was left open");
	timers_free(&timers);
}

TestSuite(amt_tunnels, .init = begin, .fini = end);

static struct addr addr(const char *text)
{
	struct addr addr;

	cr_assert(addr_parse(text, &addr));
	return addr;
}

static struct amt_member member(const char *group)
{
	return (struct amt_member){.actions = &member_actions,
				   .sg = {addr("192.0.2.10"), addr(group)}};
}

static void join(struct amt_member *member, const char *address, bool discover)
{
	struct addr to = addr(address);

	amt_tunnels_join(&tunnels, member, &to, discover);
}

/* Answers the latest message with a sample, given its nonce at `at`. */
static void answer(const char *sample, size_t at)
{
	struct cursor bytes = sample_udp(sample, 0);
	struct amt_endpoint *endpoint = sent[sent_count - 1].endpoint;

	memcpy((uint8_t *)bytes.at + at, sent[sent_count - 1].nonce, 4);
	endpoint->received(endpoint, bytes.at, cursor_left(&bytes));
	exact_free(bytes);
}

static void advertise(void)
{
	cr_assert_eq(sent[sent_count - 1].type, AMT_DISCOVERY);
	answer("amt-2-advertisement-v4", 4); /* relay 203.0.113.15 */
}

static void query(void)
{
	cr_assert_eq(sent[sent_count - 1].type, AMT_REQUEST);
	answer("amt-4-query-v4-g", 8);
}

Test(amt_tunnels, discovery_then_request_then_update)
{
	struct amt_member one = member("232.1.1.1");

	join(&one, "192.52.193.1", true);
	cr_expect_eq(sent[0].type, AMT_DISCOVERY);
	advertise();
	cr_expect(addr_equal(&one.tunnel->relay, &(struct addr){AF_INET, {203, 0, 113, 15}}));
	cr_expect_eq(opened, 1);
	cr_expect_eq(up, 0);
	query();
	cr_expect_eq(up, 1);
	cr_expect_eq(reported, 1);
	cr_expect_eq(sent[sent_count - 1].type, AMT_UPDATE);
}

Test(amt_tunnels, d_bit_skips_discovery)
{
	struct amt_member one = member("232.1.1.1");

	join(&one, "203.0.113.15", false);
	cr_expect_eq(sent[0].type, AMT_REQUEST);
}

Test(amt_tunnels, one_tunnel_for_all_channels_of_a_relay)
{
	struct amt_member one = member("232.1.1.1"), two = member("232.1.1.2"),
			  three = member("232.1.1.3");

	join(&one, "192.52.193.1", true);
	join(&two, "192.52.193.1", true);
	cr_expect_eq(sent_count, 1, "one Discovery");
	advertise();
	cr_expect_eq(sent_count, 2, "one Request");
	query();
	cr_expect_eq(up, 2);
	join(&three, "203.0.113.15", false);
	cr_expect_eq(opened, 1);
	run_for(&timers, 0);
	cr_expect_eq(up, 3, "at once: the tunnel is there");
	cr_expect_eq(sent[sent_count - 1].type, AMT_UPDATE);
	cr_expect_eq(reported, 3);
}

Test(amt_tunnels, another_address_takes_the_tunnel_along)
{
	struct amt_member one = member("232.1.1.1");
	const struct amt_endpoint *endpoint;
	unsigned before;

	local_now = addr("100.64.7.2");
	join(&one, "203.0.113.15", false);
	query();
	before = sent_count;
	amt_tunnels_route_changed(&tunnels);
	cr_expect_eq(sent_count, before, "nothing is another");
	local_now = addr("100.64.8.2");
	no_route = true;
	amt_tunnels_route_changed(&tunnels);
	cr_expect_eq(sent_count + closed, before, "without a route all waits");
	no_route = false;
	amt_tunnels_route_changed(&tunnels);
	endpoint = &one.tunnel->endpoint;
	cr_expect_eq(opened * 10 + closed, 21);
	cr_expect(addr_equal(&endpoint->local, &local_now));
	cr_expect_eq(up, 2, "the dataplane must know whence it comes now");
	cr_expect_eq(sent_count, before + 1);
	cr_expect_eq(sent[before].type, AMT_REQUEST);
	query();
	cr_expect_eq(sent[sent_count - 1].type, AMT_UPDATE);
	cr_expect_eq(sent[sent_count - 1].endpoint, endpoint);
	cr_expect_eq(failed, 0);
}

static uint16_t port_of(const struct amt_member *member)
{
	return member->tunnel->endpoint.local_port;
}

/* Relays that know a tunnel by our address alone answer to the first port that they saw. */
Test(amt_tunnels, another_address_leaves_the_port_as_it_is)
{
	struct amt_member one = member("232.1.1.1");

	local_now = addr("100.64.7.2");
	join(&one, "203.0.113.15", false);
	query();
	for (unsigned i = 0; i < 4; i++) {
		local_now = addr(i % 2 ? "100.64.7.2" : "100.64.8.2");
		amt_tunnels_route_changed(&tunnels);
		cr_expect_eq(port_of(&one), 50000);
		query();
	}
	cr_expect_eq(failed, 0);
}

Test(amt_tunnels, what_cannot_be_opened_again_waits_for_the_next_route)
{
	struct amt_member one = member("232.1.1.1");

	local_now = addr("100.64.7.2");
	join(&one, "203.0.113.15", false);
	query();
	local_now = addr("100.64.8.2");
	no_room = true;
	amt_tunnels_route_changed(&tunnels);
	cr_expect_eq(closed, 0);
	cr_expect_null(one.tunnel->endpoint.socket);
	run_for(&timers, 1);
	no_room = false;
	local_now = addr("100.64.7.2");
	amt_tunnels_route_changed(&tunnels);
	cr_expect_eq(opened * 10 + closed, 21);
	cr_expect_eq(port_of(&one), 50000);
	query();
	cr_expect_eq(sent[sent_count - 1].type, AMT_UPDATE);
	cr_expect_eq(failed, 0);
}

/* What a NAT holds on to must not keep a relay away for ever; and one that knows us by the first
 * port must see no other while it is away for a while. */
Test(amt_tunnels, another_port_is_tried_once_after_some_failures)
{
	static const unsigned choices[] = {0, 0, 0, 1, 0, 0, 1, 0};
	struct amt_member one = member("232.1.1.1");

	tunnels.hold_down = 180 * USEC_PER_SEC;
	for (unsigned i = 0; i < sizeof(choices) / sizeof(choices[0]); i++) {
		sent_count = 0;
		join(&one, "203.0.113.15", false);
		cr_expect_eq(port_of(&one), 50000 + choices[i], "attempt %u", i);
		run_for(&timers, 30);
		cr_assert_eq(failed, i + 1);
	}
	sent_count = 0;
	join(&one, "203.0.113.15", false);
	query();
	cr_expect_eq(port_of(&one), 50000);
	amt_tunnels_leave(&tunnels, &one);
	run_for(&timers, 60);
	cr_expect_null(tunnels.by_relay);
	sent_count = 0;
	join(&one, "203.0.113.15", false);
	cr_expect_eq(port_of(&one), 50000, "after it was closed, too");
	run_for(&timers, 30);
	join(&one, "203.0.113.15", false);
	cr_expect_eq(port_of(&one), 50000, "an answer ends the count");
}

Test(amt_tunnels, another_address_while_an_answer_is_awaited)
{
	struct amt_member one = member("232.1.1.1"), two = member("232.1.1.2");

	local_now = addr("100.64.7.2");
	join(&one, "203.0.113.15", false);
	join(&two, "192.52.193.1", true);
	run_for(&timers, 1); /* of four Discoveries, two have gone out */
	local_now = addr("100.64.8.2");
	sent_count = 0;
	amt_tunnels_route_changed(&tunnels);
	cr_expect_eq(sent_count, 1);
	query();
	cr_expect_eq(reported, 1);
	for (unsigned i = 0; i < 4 && sent[sent_count - 1].type != AMT_DISCOVERY; i++)
		run_for(&timers, 1);
	cr_assert_eq(sent[sent_count - 1].type, AMT_DISCOVERY);
	cr_expect(addr_equal(&sent[sent_count - 1].endpoint->local, &local_now));
}

Test(amt_tunnels, discovery_is_skipped_while_its_tunnel_lives)
{
	struct amt_member one = member("232.1.1.1"), two = member("232.1.1.2");

	join(&one, "192.52.193.1", true);
	advertise();
	query();
	sent_count = 0;
	join(&two, "192.52.193.1", true);
	run_for(&timers, 0);
	cr_expect_eq(sent_count, 1);
	cr_expect_eq(sent[0].type, AMT_UPDATE);
}

Test(amt_tunnels, an_unused_tunnel_lingers_is_left_and_closed)
{
	struct amt_member one = member("232.1.1.1");

	join(&one, "192.52.193.1", true);
	advertise();
	query();
	run_for(&timers, 5);
	amt_tunnels_leave(&tunnels, &one);
	sent_count = 0;
	run_for(&timers, 9);
	cr_expect_eq(closed, 0);
	for (unsigned i = 0; i < sent_count; i++)
		cr_expect_eq(sent[i].type, AMT_UPDATE, "BLOCK only");
	sent_count = 0;
	run_for(&timers, 20);
	cr_expect_eq(sent_count, 2);
	cr_expect(sent[0].type == AMT_TEARDOWN && sent[1].type == AMT_TEARDOWN);
	cr_expect_eq(closed, 1);
	sent_count = 0;
	join(&one, "192.52.193.1", true);
	cr_expect_eq(sent[0].type, AMT_DISCOVERY, "what it had found is forgotten with the tunnel");
}

Test(amt_tunnels, a_lingering_tunnel_serves_the_next_channel)
{
	struct amt_member one = member("232.1.1.1");

	join(&one, "203.0.113.15", false);
	query();
	amt_tunnels_leave(&tunnels, &one);
	run_for(&timers, 9);
	join(&one, "203.0.113.15", false);
	run_for(&timers, 0);
	cr_expect_eq(up, 2);
	run_for(&timers, 100);
	cr_expect_eq(closed, 0);
}

Test(amt_tunnels, a_tunnel_that_was_torn_down_is_not_used_again)
{
	struct amt_member one = member("232.1.1.1");

	join(&one, "192.52.193.1", true);
	advertise();
	query();
	amt_tunnels_leave(&tunnels, &one);
	run_for(&timers, 10.5);
	cr_assert_eq(sent[sent_count - 1].type, AMT_TEARDOWN);
	join(&one, "203.0.113.15", false);
	cr_expect_eq(closed, 1);
	cr_expect_eq(opened, 2);
	cr_expect_eq(sent[sent_count - 1].type, AMT_REQUEST);
}

Test(amt_tunnels, a_discovery_address_that_is_dead)
{
	struct amt_member one = member("232.1.1.1"), two = member("232.1.1.2");

	join(&one, "192.52.193.1", true);
	join(&two, "192.52.193.1", true);
	run_for(&timers, 30);
	cr_expect_eq(failed, 2);
	cr_expect_str_eq(failure, "relay does not answer Discovery");
	cr_expect_null(tunnels.by_contact);
}

Test(amt_tunnels, a_relay_that_is_dead)
{
	struct amt_member one = member("232.1.1.1");

	join(&one, "203.0.113.15", false);
	run_for(&timers, 30);
	cr_expect_eq(failed, 1);
	cr_expect_eq(closed, 1);
	cr_expect_null(tunnels.by_relay);
}

/* Makes its relay die after it has served. */
static void serve_and_die(struct amt_member *member, const char *address, bool discover)
{
	join(member, address, discover);
	if (discover)
		advertise();
	query();
	sent_count = 0;
	run_for(&timers, 125 + 20);
	cr_assert_eq(failed, 1);
	sent_count = 0;
}

/* With one Request a second, however many channels wait, and without end. */
Test(amt_tunnels, a_relay_that_has_served_is_waited_for)
{
	struct amt_member one = member("232.1.1.1"), two = member("232.1.1.2");

	serve_and_die(&one, "203.0.113.15", false);
	run_for(&timers, 1000); /* however long ago */
	join(&one, "203.0.113.15", false);
	join(&two, "203.0.113.15", false);
	run_for(&timers, 59.5);
	cr_expect_eq(failed, 1);
	cr_expect_leq(sent_count, 60);
	cr_expect_geq(sent_count, 59);
	query();
	cr_expect_eq(up, 3);
}

Test(amt_tunnels, a_discovery_address_that_has_served_is_waited_for)
{
	struct amt_member one = member("232.1.1.1");

	serve_and_die(&one, "192.52.193.1", true);
	join(&one, "192.52.193.1", true);
	run_for(&timers, 59.5);
	cr_expect_eq(failed, 1);
	cr_expect_geq(sent_count, 59);
	advertise();
	query();
	cr_expect_eq(up, 2);
}

/* It may be that another Discovery leads to another relay. */
Test(amt_tunnels, a_relay_that_a_discovery_address_names_is_not_waited_for)
{
	struct amt_member one = member("232.1.1.1");

	serve_and_die(&one, "192.52.193.1", true);
	join(&one, "192.52.193.1", true);
	advertise();
	run_for(&timers, 20);
	cr_expect_eq(failed, 2);
	cr_expect_null(tunnels.by_contact);
}

Test(amt_tunnels, unreachable_ends_no_discovery_and_is_counted)
{
	struct amt_member one = member("232.1.1.1");

	join(&one, "192.52.193.1", true);
	for (unsigned i = 0; i < 100; i++)
		sent[0].endpoint->received(sent[0].endpoint, NULL, 0);
	cr_expect_eq(sent_count, 1);
	cr_expect_eq(unreachable, 100);
	advertise();
	query();
	cr_expect_eq(up, 1);
}

Test(amt_tunnels, a_relay_that_takes_no_updates_is_held_down)
{
	struct amt_member one = member("232.1.1.1");
	struct addr relay = addr("203.0.113.15");
	const struct amt_hold *hold;

	tunnels.hold_down = 180 * USEC_PER_SEC;
	join(&one, "203.0.113.15", false);
	for (unsigned i = 0; i < 1000; i++) {
		run_for(&timers, 0.02);
		if (failed)
			break;
		if (sent[sent_count - 1].type == AMT_REQUEST)
			query();
		sent[0].endpoint->received(sent[0].endpoint, NULL, 0);
	}
	cr_assert_eq(failed, 1);
	hold = amt_holds_find(&tunnels.holds, &relay, timers.now);
	cr_assert(hold && amt_hold_forbids(hold));
	cr_expect_str_eq(hold->reason, failure);
	join(&one, "203.0.113.15", false);
	query();
	cr_expect(amt_holds_find(&tunnels.holds, &relay, timers.now),
		  "a Query says nothing of Updates");
}

Test(amt_tunnels, a_relay_that_becomes_full_says_so_to_its_channels)
{
	struct amt_member one = member("232.1.1.1"), warm = member("232.1.1.2");
	struct addr relay = addr("203.0.113.15");
	const struct amt_hold *hold;

	warm.connection = true;
	join(&one, "203.0.113.15", false);
	join(&warm, "203.0.113.15", false);
	query();
	run_for(&timers, 125.5);
	answer("amt-4-query-v4-limit", 8);
	cr_expect_eq(said_full, true);
	cr_expect_eq(failed, 0);
	hold = amt_holds_find(&tunnels.holds, &relay, timers.now + 595 * USEC_PER_SEC);
	cr_expect(hold && amt_hold_forbids(hold));
	run_for(&timers, 125.5);
	query();
	cr_expect_eq(said_full, false);
	amt_tunnels_leave(&tunnels, &warm);
}

Test(amt_tunnels, leaving_while_discovery_is_under_way_ends_it)
{
	struct amt_member one = member("232.1.1.1");

	join(&one, "192.52.193.1", true);
	amt_tunnels_leave(&tunnels, &one);
	run_for(&timers, 100);
	cr_expect_eq(sent_count, 1);
	cr_expect_null(tunnels.by_contact);
	amt_tunnels_leave(&tunnels, &one); /* nowhere: nothing happens */
}

Test(amt_tunnels, no_route_and_no_room_fail_at_once)
{
	struct amt_member members[5];

	no_route = true;
	members[0] = member("232.1.1.1");
	join(&members[0], "203.0.113.15", false);
	cr_expect_str_eq(failure, "no route to the relay");
	join(&members[0], "203.0.113.15", true);
	cr_expect_eq(failed, 2);
	no_route = false;
	for (int i = 0; i < 5; i++) {
		struct addr relay = addr("203.0.113.0");

		relay.bytes[3] = i + 1;
		members[i] = member("232.1.1.1");
		amt_tunnels_join(&tunnels, &members[i], &relay, false);
	}
	cr_expect_eq(opened, 3);
	cr_expect_eq(failed, 4);
}

/* Found by amt_tunnels_fuzz: such a contact was kept for ever. */
Test(amt_tunnels, a_relay_without_a_tunnel_is_not_remembered)
{
	struct amt_member one = member("232.1.1.1"), two = member("232.1.1.2");

	join(&one, "192.52.193.1", true);
	join(&two, "192.52.193.1", true);
	no_route = true;
	advertise();
	cr_expect_eq(failed, 2);
	cr_expect_null(tunnels.by_contact);
	no_route = false;
	join(&one, "192.52.193.1", true);
	advertise();
	cr_expect_eq(opened, 1);
}

Test(amt_tunnels, nonsense_is_refused_and_changes_nothing)
{
	struct amt_member one = member("232.1.1.1");
	struct amt_endpoint *endpoint;
	uint8_t bytes[64] = {0};

	join(&one, "203.0.113.15", false);
	endpoint = sent[0].endpoint;
	for (int type = 0; type < 256; type++) {
		bytes[0] = type;
		for (size_t length = 1; length < sizeof(bytes); length++)
			endpoint->received(endpoint, bytes, length);
	}
	cr_expect_gt(rejected, 255 * 60);
	cr_expect_eq(up, 0);
	query();
	cr_expect_eq(up, 1);
}

Test(amt_tunnels, data_on_the_socket_is_handed_over)
{
	struct cursor bytes = sample_udp("amt-6-data-v4", 0);
	struct amt_member one = member("232.1.1.1");

	join(&one, "203.0.113.15", false);
	sent[0].endpoint->received(sent[0].endpoint, bytes.at, cursor_left(&bytes));
	sent[0].endpoint->received(sent[0].endpoint, bytes.at, 1);
	cr_expect_eq(data, cursor_left(&bytes) - AMT_DATA_HEADER);
	cr_expect_eq(one.tunnel->data_on_socket, 1);
	cr_expect_eq(rejected, 1, "no header");
	exact_free(bytes);
}

Test(amt_tunnels, an_earlier_daemons_tunnel_is_taken_over_with_its_port)
{
	struct addr relay = addr("203.0.113.15"), local = addr("198.51.100.2");
	struct amt_member one = member("232.1.1.1");

	local_now = local;
	cr_assert(amt_tunnels_adopt(&tunnels, &relay, &local, 40001));
	cr_expect_not(amt_tunnels_adopt(&tunnels, &relay, &local, 40001), "it is there already");
	join(&one, "203.0.113.15", false);
	cr_expect_eq(one.tunnel->endpoint.local_port, 40001);
	cr_expect_eq(opened, 1);
	cr_expect_eq(sent[0].type, AMT_REQUEST);
	query();
	cr_expect_eq(up, 1);
}

Test(amt_tunnels, an_earlier_daemons_tunnel_from_another_address_is_not)
{
	struct addr relay = addr("203.0.113.15"), before = addr("198.51.100.2");

	local_now = addr("198.51.100.3");
	cr_expect_not(amt_tunnels_adopt(&tunnels, &relay, &before, 40001));
	cr_expect_null(tunnels.by_relay);
	no_route = true;
	cr_expect_not(amt_tunnels_adopt(&tunnels, &relay, &before, 40001));
}
