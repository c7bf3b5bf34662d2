/* SPDX-License-Identifier: BSD-2-Clause */
/* What an interface is part of, and whether its cable is plugged in, asked of the kernel by
 * rtnetlink. */
#pragma once

#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>

#define NETLINK_KIND_BYTES 16

struct netlink_shape {
	char name[IF_NAMESIZE];
	unsigned ifindex;
	char kind[NETLINK_KIND_BYTES]; /* "veth", "vlan", "bond", ...; "" of a NIC */
	unsigned master;               /* ifindex of its bond, bridge or VRF; 0: none */
	unsigned parent;               /* ifindex of what it lies on, if it is a VLAN; 0: nothing */
	bool carrier;
	bool loopback;
};

/* Fills in the interfaces of this host. Returns how many there are, at most `max`, or a negative
 * errno. */
int netlink_shapes(struct netlink_shape *shapes, unsigned max);

/* Writes the names of all interfaces but the loopback into `names`, as many as fit, separated by
 * spaces. */
void netlink_names(char *names, size_t size);
