/* SPDX-License-Identifier: BSD-2-Clause */
/* Where the kernel would send a packet, and by which rules, asked by rtnetlink. */
#pragma once

#include "base/addr.h"

/* What decides beside the destination. */
struct netlink_hints {
	struct addr source; /* AF_UNSPEC: none */
	uint32_t mark;      /* 0: none */
	unsigned vrf;       /* ifindex of a VRF; 0: none */
};

struct netlink_route {
	unsigned ifindex;   /* that the packet leaves by */
	struct addr source; /* that the kernel would choose */
};

/* `hints` may be NULL. Returns 0, or a negative errno: -ENETUNREACH if there is no route. */
int netlink_route_to(const struct addr *to, const struct netlink_hints *hints,
		     struct netlink_route *route);
/* Whether `ip rule` has one that matches the mark. */
bool netlink_has_rule(int family, uint32_t mark);
/* Whether an interface of this host has the address. */
bool netlink_has_address(const struct addr *address);
