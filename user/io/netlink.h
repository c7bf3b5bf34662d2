/* SPDX-License-Identifier: BSD-2-Clause */
/* Interfaces and their addresses, asked of the kernel by rtnetlink. */
#pragma once

#include "base/addr.h"

#include <net/if.h>

#define NETLINK_ADDRESSES_MAX 32
#define NETLINK_NAME_BYTES    128 /* of an alternative name, NUL included (ALTIFNAMSIZ) */

struct netlink_interface {
	char name[IF_NAMESIZE];
	unsigned ifindex;
	bool up; /* administratively */
	bool loopback;
	bool ethernet;
	uint8_t mac[6];
	unsigned mtu;
	unsigned address_count;
	/* The primary IPv4 address comes before the secondary ones. IPv6 addresses are in the
	 * kernel's order. Tentative and deprecated addresses are left out. */
	struct addr addresses[NETLINK_ADDRESSES_MAX];
	uint8_t prefix_lengths[NETLINK_ADDRESSES_MAX];
};

/* Look up an interface by its name, which may be an alternative one, or by its number. Return 0,
 * -ENODEV if there is no such interface, or another negative errno. */
int netlink_get_interface(const char *name, struct netlink_interface *interface);
int netlink_get_interface_at(unsigned ifindex, struct netlink_interface *interface);

enum netlink_change {
	NETLINK_INTERFACE = 1, /* another interface, or none, though it may have the name */
	NETLINK_STATE = 2,     /* up or down */
	NETLINK_MAC = 4,
	NETLINK_MTU = 8,
	NETLINK_ADDRESSES = 16, /* or their order, or their prefixes */
	NETLINK_NAME = 32       /* of the same interface */
};

/* Returns a bit of enum netlink_change for each difference. An interface that does not exist has
 * ifindex 0. */
unsigned netlink_compare(const struct netlink_interface *before,
			 const struct netlink_interface *now);

/* The subnets of the interface's addresses. An address with a full prefix has none. */
void netlink_subnets(const struct netlink_interface *interface, struct prefixes *subnets);
