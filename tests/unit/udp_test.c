/* SPDX-License-Identifier: BSD-2-Clause */
/* A socket of ours and a plain one, on loopback. */
#include "io/udp.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <net/if.h>
#include <netinet/udp.h>
#include <unistd.h>

static struct timers timers;
static struct loop *loop;
static struct udp_socket *udp;
static struct addr peer, local;
static uint16_t peer_port, local_port;
static int plain;
static unsigned datagrams, unreachables;
static size_t last_length;
static unsigned last_ifindex;
static bool close_at_once;

static void on_too_late(struct timer *timer)
{
	(void)timer;
	loop_stop(loop);
}

static struct timer too_late = {.fn = on_too_late};

static void set_up(void)
{
	loop = loop_new(&timers);
	cr_assert_not_null(loop);
	timer_start(&timers, &too_late, 300 * USEC_PER_MS);
}

static void tear_down(void)
{
	udp_close(udp);
	loop_free(loop);
	timers_free(&timers);
	close(plain);
}

TestSuite(udp, .init = set_up, .fini = tear_down, .timeout = 10);

static int plain_socket(const char *address, uint16_t *port)
{
	struct sockaddr_storage ss;
	struct addr addr;
	socklen_t length;
	int fd;

	cr_assert(addr_parse(address, &addr));
	fd = socket(addr.family, SOCK_DGRAM, 0);
	length = addr_to_sockaddr(&addr, 0, &ss);
	cr_assert_eq(bind(fd, (struct sockaddr *)&ss, length), 0);
	length = sizeof(ss);
	getsockname(fd, (struct sockaddr *)&ss, &length);
	addr_from_sockaddr(&ss, port);
	return fd;
}

static void on_datagram(void *owner, const uint8_t *bytes, size_t length, unsigned ifindex)
{
	(void)owner;
	if (bytes)
		datagrams++;
	else
		unreachables++;
	last_length = length;
	last_ifindex = ifindex;
	if (!close_at_once)
		return;
	udp_close(udp);
	udp = NULL;
}

static void open_to(const char *address)
{
	cr_assert(addr_parse(address, &peer));
	plain = plain_socket(address, &peer_port);
	udp = udp_open(loop, NULL, &peer, peer_port, &local, &local_port, on_datagram, NULL);
	cr_assert_not_null(udp, "%s", strerror(errno));
	cr_assert(addr_equal(&local, &peer), "loopback talks to itself");
	cr_assert_geq(local_port, 1024);
	cr_assert_neq(local_port, 2268);
}

static void send_from(int fd, size_t length)
{
	static uint8_t bytes[65535];
	struct sockaddr_storage ss;
	socklen_t ss_length = addr_to_sockaddr(&local, local_port, &ss);

	cr_assert_eq(sendto(fd, bytes, length, 0, (struct sockaddr *)&ss, ss_length),
		     (ssize_t)length);
}

static void expect_exchange(const char *address)
{
	uint8_t bytes[16];

	open_to(address);
	udp_send(udp, (const uint8_t *)"hello", 5);
	cr_assert_eq(recv(plain, bytes, sizeof(bytes), 0), 5);
	send_from(plain, 0);
	send_from(plain, 60000);
	cr_assert_eq(loop_run(loop), 0);
	cr_assert_eq(datagrams, 2);
	cr_assert_eq(last_length, 60000);
	cr_assert_eq(last_ifindex, if_nametoindex("lo"));
	cr_assert_eq(unreachables, 0);
}

Test(udp, datagrams_both_ways_v4)
{
	expect_exchange("127.0.0.1");
}

Test(udp, datagrams_both_ways_v6)
{
	expect_exchange("::1");
}

Test(udp, zero_checksums_over_v6)
{
	open_to("::1");
	cr_assert_eq(setsockopt(plain, IPPROTO_UDP, UDP_NO_CHECK6_TX, &(int){1}, sizeof(int)), 0);
	send_from(plain, 100);
	cr_assert_eq(loop_run(loop), 0);
	cr_assert_eq(datagrams, 1);
}

Test(udp, only_the_peer_is_heard)
{
	uint16_t port;
	int stranger;

	open_to("127.0.0.1");
	stranger = plain_socket("127.0.0.1", &port);
	send_from(stranger, 4);
	cr_assert_eq(loop_run(loop), 0);
	cr_assert_eq(datagrams, 0);
	close(stranger);
}

static void expect_unreachable(const char *address)
{
	open_to(address);
	close(plain);
	/* The second meets the error that the first left behind. */
	udp_send(udp, (const uint8_t *)"hello", 5);
	udp_send(udp, (const uint8_t *)"hello", 5);
	cr_assert_eq(loop_run(loop), 0);
	cr_assert_eq(unreachables, 1, "once for what came together, not %u times", unreachables);
	cr_assert_eq(datagrams, 0);
	cr_assert_eq(last_length, 0);
}

Test(udp, icmp_is_reported_v4)
{
	expect_unreachable("127.0.0.1");
}

Test(udp, icmp_is_reported_v6)
{
	expect_unreachable("::1");
}

Test(udp, it_may_be_closed_while_it_delivers)
{
	open_to("127.0.0.1");
	close_at_once = true;
	send_from(plain, 1);
	send_from(plain, 1);
	cr_assert_eq(loop_run(loop), 0);
	cr_assert_eq(datagrams, 1);
}

Test(udp, it_may_be_closed_in_the_call_that_reports_icmp)
{
	open_to("127.0.0.1");
	close_at_once = true;
	udp_send(udp, (const uint8_t *)"hello", 5);
	send_from(plain, 1);
	close(plain);
	udp_send(udp, (const uint8_t *)"hello", 5);
	cr_assert_eq(loop_run(loop), 0);
	cr_assert_eq(unreachables + datagrams, 1);
}

Test(udp, a_flood_leaves_time_to_others)
{
	open_to("127.0.0.1");
	for (int i = 0; i < 100; i++)
		send_from(plain, 1);
	timer_start(&timers, &too_late, 0);
	cr_assert_eq(loop_run(loop), 0);
	cr_assert_lt(datagrams, 100);
}

/* The lengths tell which one it is. */
static void on_next(void *owner, const uint8_t *bytes, size_t length, unsigned ifindex)
{
	(void)owner;
	(void)bytes;
	(void)ifindex;
	cr_assert_eq(length, ++datagrams);
	if (datagrams == 200)
		loop_stop(loop);
}

Test(udp, datagrams_that_come_together_keep_their_order)
{
	cr_assert(addr_parse("127.0.0.1", &peer));
	plain = plain_socket("127.0.0.1", &peer_port);
	udp = udp_open(loop, NULL, &peer, peer_port, &local, &local_port, on_next, NULL);
	for (size_t length = 1; length <= 200; length++)
		send_from(plain, length);
	cr_assert_eq(loop_run(loop), 0);
	cr_assert_eq(datagrams, 200);
}

/* More than a queue takes, while nobody reads. */
#define FLOOD 20000

static void flood(void)
{
	for (int i = 0; i < FLOOD; i++)
		send_from(plain, 1000);
}

Test(udp, what_the_queue_has_no_room_for_is_counted)
{
	unsigned long long lost = 0;

	open_to("127.0.0.1");
	udp_count_lost(udp, &lost);
	for (unsigned round = 1; round <= 2; round++) {
		unsigned long long before = lost;

		flood();
		while (datagrams + lost < round * FLOOD) {
			timer_start(&timers, &too_late, 10 * USEC_PER_MS);
			cr_assert_eq(loop_run(loop), 0);
		}
		cr_expect_eq(datagrams + lost, round * FLOOD);
		cr_expect_gt(lost, before);
	}
}

Test(udp, what_a_closed_socket_has_lost_is_counted)
{
	unsigned long long lost = 0;

	open_to("127.0.0.1");
	udp_count_lost(udp, &lost);
	flood();
	udp_close(udp);
	udp = NULL;
	cr_expect_gt(lost, 0);
	cr_expect_lt(lost, FLOOD);
}

Test(udp, no_route_is_an_error)
{
	struct addr nowhere;

	cr_assert(addr_parse("255.255.255.255", &nowhere));
	cr_assert_null(
		udp_open(loop, NULL, &nowhere, 2268, &local, &local_port, on_datagram, NULL));
	cr_assert_neq(errno, 0);
}

static struct udp_socket *open_by(const struct udp_path *path, const char *address)
{
	cr_assert(addr_parse(address, &peer));
	local_port = 0;
	errno = 0;
	return udp_open(loop, path, &peer, 2268, &local, &local_port, on_datagram, NULL);
}

Test(udp, path_has_the_address_of_the_peers_family)
{
	struct udp_path path = {0};

	cr_assert(addr_parse("127.0.0.9", &path.ipv4));
	udp = open_by(&path, "127.0.0.1");
	cr_assert_not_null(udp, "%s", strerror(errno));
	cr_assert(addr_equal(&local, &path.ipv4));
	udp_close(udp);
	udp = open_by(&path, "::1");
	cr_assert_not_null(udp, "%s", strerror(errno));
	cr_assert(addr_equal(&local, &peer), "there is none of that family in the path");
}

Test(udp, ports_that_are_wanted_are_tried_in_their_order)
{
	uint16_t ports[2], taken, before;
	struct udp_path path = {.ports = ports};
	int other = plain_socket("127.0.0.1", &taken);

	udp = open_by(&path, "127.0.0.1");
	before = local_port;
	udp_close(udp);
	ports[0] = taken;
	ports[1] = before;
	path.port_count = 2;
	udp = open_by(&path, "127.0.0.1");
	cr_expect_eq(local_port, before, "the second, since the first is taken");
	udp_close(udp);
	path.port_count = 1;
	udp = open_by(&path, "127.0.0.1");
	cr_expect_not_null(udp, "%s", strerror(errno));
	cr_expect_neq(local_port, taken, "any, since that is taken");
	close(other);
}

Test(udp, path_that_is_not_there_is_an_error)
{
	struct udp_path path = {.vrf = "no-such-vrf"};

	cr_assert_null(open_by(&path, "127.0.0.1"));
	cr_assert_eq(errno, ENODEV);
	path.vrf = NULL;
	cr_assert(addr_parse("192.0.2.99", &path.ipv4));
	cr_assert_null(open_by(&path, "127.0.0.1"));
	cr_assert_eq(errno, EADDRNOTAVAIL);
}
