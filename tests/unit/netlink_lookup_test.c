/* SPDX-License-Identifier: BSD-2-Clause */
/* Routes, rules, addresses and the shapes of interfaces: the kernel's own answers, in a network
 * namespace of the test's process. */
#include "addresses.h"
#include "io/netlink_lookup.h"
#include "io/netlink_shapes.h"

#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

#define SHAPES 16

static struct netlink_shape shapes[SHAPES];

static void run(const char *commands)
{
	cr_assert_eq(system(commands), 0, "%s", commands);
}

static void set_up(void)
{
	cr_assert_eq(unshare(CLONE_NEWNET), 0, "%s", strerror(errno));
	run("ip link set lo up");
	run("ip link add v0 type veth peer name v1; ip link set v0 up; ip link set v1 up");
	run("ip addr add 10.9.0.1/24 dev v0; ip addr add 2001:db8::1/64 dev v0 nodad");
	run("ip route add default via 10.9.0.2; ip route add default via 2001:db8::2");
}

TestSuite(netlink_lookup, .init = set_up, .timeout = 120);

static int route_to(const char *to, const struct netlink_hints *hints, struct netlink_route *route)
{
	struct addr addr = address(to);

	return netlink_route_to(&addr, hints, route);
}

Test(netlink_lookup, routes_of_both_families)
{
	struct netlink_route route;
	char text[ADDR_TEXT];

	cr_assert_eq(route_to("192.0.2.1", NULL, &route), 0);
	cr_expect_eq(route.ifindex, if_nametoindex("v0"));
	cr_expect_str_eq(addr_format(&route.source, text), "10.9.0.1");
	cr_assert_eq(route_to("2001:db8:5::1", NULL, &route), 0);
	cr_expect_eq(route.ifindex, if_nametoindex("v0"));
	cr_expect_str_eq(addr_format(&route.source, text), "2001:db8::1");
	run("ip route del default; ip -6 route del default");
	cr_expect_eq(route_to("192.0.2.1", NULL, &route), -ENETUNREACH);
	cr_expect_eq(route_to("2001:db8:5::1", NULL, &route), -ENETUNREACH);
}

Test(netlink_lookup, a_mark_leads_elsewhere)
{
	struct netlink_hints hints = {.mark = 7};
	struct netlink_route route;

	cr_expect_not(netlink_has_rule(AF_INET, 7));
	run("ip addr add 10.8.0.1/24 dev v1; ip route add default via 10.8.0.2 table 70");
	run("ip rule add fwmark 7 table 70");
	cr_expect(netlink_has_rule(AF_INET, 7));
	cr_expect_not(netlink_has_rule(AF_INET, 8));
	cr_expect_not(netlink_has_rule(AF_INET6, 7));
	cr_assert_eq(route_to("192.0.2.1", &hints, &route), 0);
	cr_expect_eq(route.ifindex, if_nametoindex("v1"));
	run("ip -6 rule add fwmark 0x10/0x10 table 70");
	cr_expect(netlink_has_rule(AF_INET6, 0x17));
	cr_expect_not(netlink_has_rule(AF_INET6, 7));
}

Test(netlink_lookup, addresses_of_this_host)
{
	static const char *const ours[] = {"10.9.0.1", "2001:db8::1", "127.0.0.1", "10.7.0.1"};
	static const char *const others[] = {"10.9.0.2", "2001:db8::2", "10.7.0.2"};

	run("ip addr add 10.7.0.1 peer 10.7.0.2 dev v1");
	for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++) {
		struct addr addr = address(ours[i]);

		cr_expect(netlink_has_address(&addr), "%s", ours[i]);
	}
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		struct addr addr = address(others[i]);

		cr_expect_not(netlink_has_address(&addr), "%s", others[i]);
	}
}

static const struct netlink_shape *shape(const char *name)
{
	int count = netlink_shapes(shapes, SHAPES);

	for (int i = 0; i < count; i++)
		if (!strcmp(shapes[i].name, name))
			return &shapes[i];
	cr_assert_fail("there is no %s", name);
	return NULL;
}

Test(netlink_lookup, shapes)
{
	cr_expect_str_eq(shape("v0")->kind, "veth");
	cr_expect(shape("v0")->carrier);
	cr_expect_eq(shape("v0")->parent, 0, "the peer of a veth is no parent");
	cr_expect(shape("lo")->loopback);
	run("ip link set v1 down");
	cr_expect_not(shape("v0")->carrier);
	run("ip link add br0 type bridge; ip link set v0 master br0");
	cr_expect_eq(shape("v0")->master, if_nametoindex("br0"));
	cr_expect_str_eq(shape("br0")->kind, "bridge");
	cr_expect_eq(shape("br0")->master, 0);
	cr_expect_eq(netlink_shapes(shapes, 2), 2, "no more than there is room for");
}

Test(netlink_lookup, names)
{
	char names[64];

	netlink_names(names, sizeof(names));
	cr_expect(strstr(names, "v0") && strstr(names, "v1") && !strstr(names, "lo"), "%s", names);
	netlink_names(names, 4);
	cr_expect_lt(strlen(names), 4);
}
