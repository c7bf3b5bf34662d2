/* SPDX-License-Identifier: BSD-2-Clause */
/* The kernel's own answers, in a network namespace of the test's process. */
#include "io/netlink.h"
#include "io/netlink_monitor.h"
#include "io/netlink_routes.h"
#include "io/raw.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void run(const char *commands)
{
	cr_assert_eq(system(commands), 0, "%s", commands);
}

static void set_up(void)
{
	cr_assert_eq(unshare(CLONE_NEWNET), 0, "%s", strerror(errno));
	run("ip link set lo up");
	run("ip link add v0 address 02:00:00:00:00:01 mtu 1400 type veth peer name v1");
	run("ip link set v1 up; ip link set v0 up");
}

TestSuite(netlink, .init = set_up, .timeout = 120);

static bool has_address(const struct netlink_interface *interface, const char *text)
{
	struct addr addr;

	cr_assert(addr_parse(text, &addr));
	for (unsigned i = 0; i < interface->address_count; i++) {
		if (addr_equal(&interface->addresses[i], &addr))
			return true;
	}
	return false;
}

Test(netlink, loopback)
{
	struct netlink_interface lo;

	cr_assert_eq(netlink_get_interface("lo", &lo), 0);
	cr_assert_str_eq(lo.name, "lo");
	cr_assert(lo.up && lo.loopback && !lo.ethernet);
	cr_assert(has_address(&lo, "127.0.0.1"));
	cr_assert(has_address(&lo, "::1"));
}

Test(netlink, ethernet)
{
	static const uint8_t mac[6] = {2, 0, 0, 0, 0, 1};
	struct netlink_interface v0;
	char text[ADDR_TEXT];

	run("ip addr add 10.9.0.1/24 dev v0; ip addr add 10.9.0.2/24 dev v0");
	run("ip addr add 10.8.0.1/24 dev v0");
	run("ip addr add 2001:db8::1/64 dev v0 nodad");
	run("ip addr add 2001:db8::2/64 dev v0 nodad preferred_lft 0");
	cr_assert_eq(netlink_get_interface("v0", &v0), 0);
	cr_assert(v0.up && v0.ethernet && !v0.loopback);
	cr_assert_eq(v0.mtu, 1400);
	cr_assert_arr_eq(v0.mac, mac, 6);
	cr_assert_eq(v0.ifindex, if_nametoindex("v0"));
	cr_assert_str_eq(addr_format(&v0.addresses[0], text), "10.9.0.1");
	cr_assert_str_eq(addr_format(&v0.addresses[1], text), "10.8.0.1");
	cr_assert_str_eq(addr_format(&v0.addresses[2], text), "10.9.0.2", "the secondary one");
	cr_assert(has_address(&v0, "2001:db8::1"));
	cr_assert_not(has_address(&v0, "2001:db8::2"), "deprecated");
}

Test(netlink, more_addresses_than_are_kept)
{
	struct netlink_interface v0;

	run("sysctl -qw net.ipv6.conf.v0.accept_dad=0; ip link set v0 down; ip link set v0 up");
	run("for i in $(seq 40); do ip addr add 10.$i.0.1/24 dev v0; done");
	run("for i in $(seq 40); do ip addr add 2001:db8::$i/64 dev v0 nodad; done");
	cr_assert_eq(netlink_get_interface("v0", &v0), 0);
	cr_assert_eq(v0.address_count, NETLINK_ADDRESSES_MAX);
	cr_expect(has_address(&v0, "10.1.0.1"), "the primary one");
	cr_expect(addr_is_link_local(&v0.addresses[NETLINK_ADDRESSES_MAX - 1]),
		  "what PIM over IPv6 and MLD speak from, which the kernel names last");
}

Test(netlink, names)
{
	static const char name[] = "a-name-that-is-longer-than-those-of-interfaces";
	struct netlink_interface v0, other;

	run("ip link property add dev v0 altname enp7s0 altname "
	    "a-name-that-is-longer-than-those-of-interfaces");
	cr_assert_eq(netlink_get_interface("v0", &v0), 0);
	cr_assert_eq(netlink_get_interface("enp7s0", &other), 0);
	cr_expect_str_eq(other.name, "v0");
	cr_expect_eq(netlink_compare(&v0, &other), 0);
	cr_assert_eq(netlink_get_interface(name, &other), 0);
	cr_expect_eq(netlink_compare(&v0, &other), 0);
	run("ip link set v0 down; ip link set v0 name v8; ip link set v8 up");
	cr_assert_eq(netlink_get_interface("v0", &other), -ENODEV);
	cr_assert_eq(netlink_get_interface_at(v0.ifindex, &other), 0);
	cr_expect_str_eq(other.name, "v8");
	cr_expect(netlink_compare(&v0, &other) & NETLINK_NAME);
	cr_expect_eq(netlink_get_interface_at(0, &other), -ENODEV);
}

Test(netlink, subnets)
{
	static const char *const wanted[] = {"10.9.0.1/24", "10.8.0.1/31", "2001:db8::1/64"};
	struct netlink_interface v0, longer;
	struct prefixes subnets;

	run("sysctl -qw net.ipv6.conf.v0.addr_gen_mode=1; ip -6 addr flush dev v0");
	run("ip addr add 10.9.0.1/24 dev v0; ip addr add 10.8.0.1/31 dev v0");
	run("ip addr add 192.0.2.1/32 dev v0; ip addr add 2001:db8::1/64 dev v0 nodad");
	cr_assert_eq(netlink_get_interface("v0", &v0), 0);
	netlink_subnets(&v0, &subnets);
	cr_assert_eq(subnets.count, 3, "%u", subnets.count);
	for (unsigned i = 0; i < 3; i++) {
		struct prefix prefix;

		cr_assert(prefix_parse(wanted[i], &prefix));
		cr_expect(addr_equal(&subnets.list[i].addr, &prefix.addr), "%s", wanted[i]);
		cr_expect_eq(subnets.list[i].length, prefix.length, "%s", wanted[i]);
	}
	longer = v0;
	cr_expect_eq(netlink_compare(&v0, &longer), 0);
	longer.prefix_lengths[1]++;
	cr_expect_eq(netlink_compare(&v0, &longer), NETLINK_ADDRESSES);
}

Test(netlink, no_such_interface)
{
	struct netlink_interface none;

	cr_assert_eq(netlink_get_interface("v9", &none), -ENODEV);
	cr_assert_eq(netlink_get_interface("a-name-that-is-too-long", &none), -ENODEV);
	cr_assert_eq(netlink_get_interface("", &none), -ENODEV);
}

Test(netlink, down)
{
	struct netlink_interface v0;

	run("ip link set v0 down");
	cr_assert_eq(netlink_get_interface("v0", &v0), 0);
	cr_assert_not(v0.up);
}

Test(netlink, upstreams)
{
	unsigned found[4];

	cr_assert_eq(netlink_upstreams(found, 4), 0, "routes of the link itself do not count");
	run("ip addr add 10.9.0.1/24 dev v0; ip addr add 10.7.0.1/24 dev v1");
	run("ip route add 192.0.2.0/24 via 10.9.0.9; ip route add 198.51.100.0/24 via 10.9.0.8");
	cr_assert_eq(netlink_upstreams(found, 4), 1);
	cr_assert_eq(found[0], if_nametoindex("v0"));
	run("ip route add default dev v1");
	run("ip route add unreachable default metric 900; ip route add default dev lo table 99");
	cr_assert_eq(netlink_upstreams(found, 4), 2);
	cr_assert_eq(netlink_upstreams(found, 1), 1);
}

Test(netlink, upstreams_of_many_hops_and_of_both_families)
{
	unsigned found[4];

	run("ip addr add 10.9.0.1/24 dev v0; ip addr add 10.7.0.1/24 dev v1");
	run("ip route add 192.0.2.0/24 nexthop via 10.9.0.9 nexthop dev v1");
	cr_assert_eq(netlink_upstreams(found, 4), 1, "the hop of no gateway is on the link");
	run("ip route add default nexthop via 10.9.0.9 nexthop dev v1");
	cr_assert_eq(netlink_upstreams(found, 4), 2);
	run("ip route del default; ip -6 addr add 2001:db8::1/64 dev v1 nodad");
	run("ip -6 route add default via 2001:db8::9");
	cr_assert_eq(netlink_upstreams(found, 4), 2);
	run("ip route del 192.0.2.0/24; ip route add 192.0.2.0/24 via inet6 2001:db8::9 dev v1");
	cr_assert_eq(netlink_upstreams(found, 4), 1);
	cr_assert_eq(found[0], if_nametoindex("v1"));
}

/* What routes leave by is the same whichever way the kernel reports it. */
struct way_of_saying {
	const char *what, *commands;
	const char *by; /* these interfaces */
};

static const struct way_of_saying ways_of_saying[] = {
	{"a gateway of the other family", "ip route add default via inet6 2001:db8::9 dev v0",
	 "v0"},
	{"encapsulated",
	 "ip route add 192.0.2.0/24 encap seg6 mode encap segs 2001:db8::7 dev v0;"
	 "ip -6 route add default encap seg6 mode encap segs 2001:db8::7 dev v1",
	 "v1"},
	{"many hops, IPv6",
	 "ip -6 route add default nexthop via 2001:db8::9 dev v0 nexthop via 2001:db8:1::9 dev v1",
	 "v0 v1"},
	{"many hops, of both families",
	 "ip route add default nexthop via 10.9.0.9 nexthop via inet6 2001:db8:1::9 dev v1",
	 "v0 v1"},
	{"an object", "ip nexthop add id 1 via 10.9.0.9 dev v0; ip route add default nhid 1", "v0"},
	{"an object, IPv6",
	 "ip nexthop add id 1 via 2001:db8:1::9 dev v1; ip -6 route add default nhid 1", "v1"},
	{"an object of the other family",
	 "ip nexthop add id 1 via 2001:db8::9 dev v0; ip route add default nhid 1", "v0"},
	{"an object without a gateway, of a default route",
	 "ip nexthop add id 1 dev v1; ip route add default nhid 1", "v1"},
	{"an object without a gateway, of another",
	 "ip nexthop add id 1 dev v1; ip route add 192.0.2.0/24 nhid 1", ""},
	{"an object with a gateway, of another",
	 "ip nexthop add id 1 via 10.7.0.9 dev v1; ip route add 192.0.2.0/24 nhid 1", "v1"},
	{"an object that no route goes by",
	 "ip nexthop add id 1 via 10.9.0.9 dev v0; ip nexthop add id 2 via 10.7.0.9 dev v1;"
	 "ip nexthop add id 3 group 1/2; ip route add default nhid 1",
	 "v0"},
	{"a group",
	 "ip nexthop add id 1 via 10.9.0.9 dev v0; ip nexthop add id 2 via 10.7.0.9 dev v1;"
	 "ip nexthop add id 3 group 1/2; ip route add default nhid 3",
	 "v0 v1"},
	{"a group, IPv6",
	 "ip nexthop add id 1 via 2001:db8::9 dev v0; ip nexthop add id 2 via 2001:db8:1::9 dev v1;"
	 "ip nexthop add id 3 group 1/2; ip -6 route add default nhid 3",
	 "v0 v1"},
	{"a group of hops without a gateway, of two routes",
	 "ip nexthop add id 1 dev v0; ip nexthop add id 2 dev v1; ip nexthop add id 3 group 1/2;"
	 "ip route add 192.0.2.0/24 nhid 3; ip route add default nhid 3",
	 "v0 v1"},
	{"a hole",
	 "ip nexthop add id 1 blackhole; ip route add default nhid 1;"
	 "ip -6 nexthop add id 2 blackhole; ip -6 route add default nhid 2",
	 ""},
	{"another table",
	 "ip nexthop add id 1 via 10.9.0.9 dev v0;"
	 "ip route add default nhid 1 table 1000; ip -6 route add default via "
	 "2001:db8:1::9 table 1001",
	 ""},
};

static void says(const struct way_of_saying *way, const char *compat)
{
	int count, wanted = (*way->by != '\0') + (strchr(way->by, ' ') != NULL);
	FILE *file = fopen("/proc/sys/net/ipv4/nexthop_compat_mode", "w");
	char name[IF_NAMESIZE];
	unsigned found[4];

	cr_assert(file && fputs(compat, file) >= 0 && !fclose(file));
	count = netlink_upstreams(found, 4);
	cr_expect_eq(count, wanted, "%s, mode %s: %d of %d", way->what, compat, count, wanted);
	for (int i = 0; i < count; i++)
		cr_expect(strstr(way->by, if_indextoname(found[i], name)), "%s, mode %s: %s",
			  way->what, compat, name);
}

/* With its hops, and by its object alone. */
Test(netlink, upstreams_in_whatever_form_they_are_reported)
{
	run("ip addr add 10.9.0.1/24 dev v0; ip addr add 10.7.0.1/24 dev v1;"
	    "ip addr add 2001:db8::1/64 dev v0 nodad; ip addr add 2001:db8:1::1/64 dev v1 nodad");
	for (size_t i = 0; i < sizeof(ways_of_saying) / sizeof(*ways_of_saying); i++) {
		run(ways_of_saying[i].commands);
		says(&ways_of_saying[i], "1");
		says(&ways_of_saying[i], "0");
		run("(for table in main 1000 1001; do ip route flush table $table proto boot;"
		    "ip -6 route flush table $table proto boot; done; ip nexthop flush)"
		    ">/dev/null 2>&1 || true");
	}
}

Test(netlink, compare)
{
	struct netlink_interface before, now;

	run("ip addr add 10.9.0.1/24 dev v0; ip addr add 10.8.0.1/24 dev v0");
	cr_assert_eq(netlink_get_interface("v0", &before), 0);
	now = before;
	cr_assert_eq(netlink_compare(&before, &now), 0);
	now.ifindex = 0;
	cr_assert_eq(netlink_compare(&before, &now), NETLINK_INTERFACE);
	run("ip link set v0 mtu 1300 address 02:00:00:00:00:09");
	cr_assert_eq(netlink_get_interface("v0", &now), 0);
	cr_assert_eq(netlink_compare(&before, &now) & ~NETLINK_ADDRESSES,
		     NETLINK_MTU | NETLINK_MAC);
	before = now;
	run("ip link set v0 down");
	cr_assert_eq(netlink_get_interface("v0", &now), 0);
	cr_assert(netlink_compare(&before, &now) & NETLINK_STATE);
	before = now;
	run("ip addr del 10.9.0.1/24 dev v0; ip addr add 10.9.0.1/24 dev v0");
	cr_assert_eq(netlink_get_interface("v0", &now), 0);
	cr_assert_eq(netlink_compare(&before, &now), NETLINK_ADDRESSES, "another is the first");
	before = now;
	run("ip addr del 10.8.0.1/24 dev v0");
	cr_assert_eq(netlink_get_interface("v0", &now), 0);
	cr_assert_eq(netlink_compare(&before, &now), NETLINK_ADDRESSES);
}

/* The monitor, on a loop that ends with its word, or for want of one */

static struct timers timers;
static struct loop *loop;
static unsigned told, told_news;

static void on_change(void *owner, unsigned news)
{
	told_news = news;
	told++;
	loop_stop(owner);
}

static void on_silence(struct timer *timer)
{
	(void)timer;
	loop_stop(loop);
}

/* How often the monitor speaks until it has, or for that many seconds. */
static unsigned hear(unsigned patience)
{
	struct timer silence = {.fn = on_silence};

	told = 0;
	timer_start(&timers, &silence, patience * USEC_PER_SEC);
	cr_assert_eq(loop_run(loop), 0);
	timer_stop(&timers, &silence);
	return told;
}

Test(netlink, monitor)
{
	static const struct {
		const char *commands;
		unsigned news;
	} changes[] = {
		{"ip link set v0 mtu 1300", NETLINK_NEWS_LINKS},
		{"ip link set v0 down", NETLINK_NEWS_LINKS},
		{"ip link set v0 up", NETLINK_NEWS_LINKS},
		{"ip addr add 10.9.0.1/24 dev v0", NETLINK_NEWS_LINKS},
		{"ip -6 addr add 2001:db8::1/64 dev v0 nodad", NETLINK_NEWS_LINKS},
		{"ip route add default via 10.9.0.9", NETLINK_NEWS_LINKS},
		{"ip -6 route add default via 2001:db8::9", NETLINK_NEWS_LINKS},
		{"ip nexthop add id 1 via 10.9.0.9 dev v0", NETLINK_NEWS_LINKS},
		{"tc qdisc add dev v0 clsact", NETLINK_NEWS_FILTERS},
		{"tc filter add dev v0 ingress pref 7 u32 match u32 0 0 flowid 1:1",
		 NETLINK_NEWS_FILTERS},
		{"tc filter del dev v0 ingress pref 7", NETLINK_NEWS_FILTERS},
		{"tc qdisc del dev v0 clsact", NETLINK_NEWS_FILTERS},
		{"ip link del v0", NETLINK_NEWS_LINKS},
	};
	struct netlink_monitor *monitor;

	run("sysctl -qw net.ipv6.conf.all.accept_dad=0 net.ipv6.conf.v0.accept_dad=0 "
	    "net.ipv6.conf.v1.accept_dad=0");
	loop = loop_new(&timers);
	monitor = netlink_monitor_open(loop, &timers, on_change, loop);
	cr_assert_not_null(monitor, "%s", strerror(errno));
	while (hear(2)) /* what has begun before */
		;
	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		run(changes[i].commands);
		cr_assert_eq(hear(60), 1, "%s", changes[i].commands);
		cr_expect(told_news & changes[i].news, "%s", changes[i].commands);
	}
	netlink_monitor_close(monitor);
	loop_free(loop);
	timers_free(&timers);
}

Test(netlink, monitor_of_more_than_it_can_be_told)
{
	struct netlink_monitor *monitor;

	loop = loop_new(&timers);
	monitor = netlink_monitor_open(loop, &timers, on_change, loop);
	cr_assert_not_null(monitor, "%s", strerror(errno));
	run("ip addr add 10.9.0.1/24 dev v0; for i in $(seq 20000); do "
	    "echo route add 10.$((i / 10000)).$((i % 10000 / 250)).$((i % 250)) dev v0; done | "
	    "ip -batch - 2>/dev/null || true");
	cr_assert_eq(hear(60), 1);
	netlink_monitor_close(monitor);
	loop_free(loop);
	timers_free(&timers);
}

/* PIM messages as the other end of the cable sees them. */
static int listen_on(const char *name, int family)
{
	int fd = socket(family, SOCK_RAW, 103);

	cr_assert_eq(setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, name, strlen(name)), 0);
	return fd;
}

Test(netlink, raw_socket_v4)
{
	struct addr source, group;
	struct raw_socket *raw;
	uint8_t bytes[64];
	int peer = listen_on("v1", AF_INET);

	run("ip addr add 10.9.0.1/24 dev v0; ip addr add 10.9.0.7/24 dev v0");
	run("ip addr add 10.9.0.2/24 dev v1; echo 1 >/proc/sys/net/ipv4/conf/v1/accept_local");
	cr_assert(addr_parse("10.9.0.7", &source) && addr_parse("224.0.0.13", &group));
	raw = raw_open(if_nametoindex("v0"), 103, &source, &group);
	cr_assert_not_null(raw, "%s", strerror(errno));
	run("ip maddr show dev v0 | grep -q 224.0.0.13");
	cr_assert_eq(setsockopt(peer, IPPROTO_IP, IP_ADD_MEMBERSHIP,
				&(struct ip_mreqn){.imr_multiaddr.s_addr = inet_addr("224.0.0.13"),
						   .imr_ifindex = if_nametoindex("v1")},
				sizeof(struct ip_mreqn)),
		     0);
	cr_assert_eq(raw_send(raw, (const uint8_t *)"hello", 5), 0);
	cr_assert_eq(recv(peer, bytes, sizeof(bytes), 0), 25);
	cr_assert_eq(bytes[1], 0xc0);
	cr_assert_eq(bytes[8], 1);
	cr_assert_arr_eq(bytes + 12, source.bytes, 4);
	cr_assert_arr_eq(bytes + 16, group.bytes, 4);
	run("ip addr del 10.9.0.7/24 dev v0");
	cr_assert_eq(raw_send(raw, (const uint8_t *)"goodbye", 7), 0);
	cr_assert_eq(recv(peer, bytes, sizeof(bytes), 0), 27, "from an address that is gone");
	cr_assert_arr_eq(bytes + 12, source.bytes, 4);
	raw_close(raw);
	run("! ip maddr show dev v0 | grep -q 224.0.0.13");
	close(peer);
}

Test(netlink, raw_socket_v6)
{
	struct sockaddr_in6 from;
	struct addr source, group;
	struct raw_socket *raw;
	uint8_t bytes[64];
	int peer = listen_on("v1", AF_INET6);

	run("ip -6 addr add fe80::1:1/64 dev v0 nodad; ip -6 addr add fe80::1:1/64 dev v1 nodad");
	cr_assert(addr_parse("fe80::1:1", &source) && addr_parse("ff02::d", &group));
	raw = raw_open(if_nametoindex("v0"), 103, &source, &group);
	cr_assert_not_null(raw, "%s", strerror(errno));
	cr_assert_eq(setsockopt(peer, IPPROTO_IPV6, IPV6_JOIN_GROUP,
				&(struct ipv6_mreq){.ipv6mr_multiaddr = {{{0xff, 2, [15] = 0xd}}},
						    .ipv6mr_interface = if_nametoindex("v1")},
				sizeof(struct ipv6_mreq)),
		     0);
	run("ip addr del fe80::1:1/64 dev v1");
	cr_assert_eq(raw_send(raw, (const uint8_t *)"hello", 5), 0);
	cr_assert_eq(recvfrom(peer, bytes, sizeof(bytes), 0, (struct sockaddr *)&from,
			      &(socklen_t){sizeof(from)}),
		     5);
	cr_assert_arr_eq(&from.sin6_addr, source.bytes, 16);
	raw_close(raw);
	close(peer);
}

Test(netlink, raw_socket_of_an_address_that_is_not_there)
{
	struct addr source, group;

	cr_assert(addr_parse("10.9.0.7", &source) && addr_parse("224.0.0.13", &group));
	cr_assert_null(raw_open(if_nametoindex("v0"), 103, &source, &group));
	cr_assert_eq(errno, EADDRNOTAVAIL);
}
