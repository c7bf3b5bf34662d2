/* SPDX-License-Identifier: BSD-2-Clause */
/* Which interfaces there are. */
#pragma once

#include "links/state.h"

/* The LANs and upstream interfaces at the start. False after a line in the log. */
bool find_lans(struct links *links);
bool find_upstreams(struct links *links);
/* The Ethernet interfaces that routes leave by, but for the LANs. Interfaces of other kinds, such
 * as a VPN's, are passed over. Returns how many there are. */
unsigned find_routed(const struct links *links,
		     struct netlink_interface routed[CONFIG_UPSTREAMS_MAX]);
/* The place of the interface in a list; `count` if it is not in the list. */
unsigned find_link(const struct link list[], unsigned count, unsigned ifindex);
