/* SPDX-License-Identifier: BSD-2-Clause */
/* Links, addresses and routes, asked of the kernel by rtnetlink. */
#pragma once

#include "base/addr.h"

#include <net/if.h>

#define NETLINK_ADDRESSES_MAX 32
#define NETLINK_NAME_BYTES    128 /* of alternative names, the NUL included (ALTIFNAMSIZ) */

struct netlink_interface {
	char name[IF_NAMESIZE];
	unsigned ifindex;
	bool up; /* administratively */
	bool loopback;
	bool ethernet;
	uint8_t mac[6];
	unsigned mtu;
	unsigned address_count;
	/* The primary IPv4 address stands before the secondary ones, IPv6 in the kernel's order;
	 * tentative and deprecated ones are left out. */
	struct addr addresses[NETLINK_ADDRESSES_MAX];
	uint8_t prefix_lengths[NETLINK_ADDRESSES_MAX]; /* of each */
};

/* By its name or an alternative one; `interface` has its name. 0, -ENODEV where there is none, or
 * another negative errno. */
int netlink_get_interface(const char *name, struct netlink_interface *interface);
int netlink_get_interface_at(unsigned ifindex, struct netlink_interface *interface);

/* What is not the same; of an interface that is not there, `ifindex` is 0. */
enum netlink_change {
	NETLINK_INTERFACE = 1, /* another one, though it may have the name */
	NETLINK_STATE = 2,     /* up or down */
	NETLINK_MAC = 4,
	NETLINK_MTU = 8,
	NETLINK_ADDRESSES = 16, /* or their order, or their prefixes */
	NETLINK_NAME = 32       /* of what is the same interface */
};

unsigned netlink_compare(const struct netlink_interface *before,
			 const struct netlink_interface *now);

/* Those that its addresses are of; an address with a full prefix names none. */
void netlink_subnets(const struct netlink_interface *interface, struct prefixes *subnets);

/* The interfaces that default routes and routes with a gateway leave by (main table, both families,
 * of one hop or many, by nexthop objects or not), each once. Returns how many, at most `max`, or a negative errno. */
int netlink_uplinks(unsigned *ifindexes, unsigned max);
