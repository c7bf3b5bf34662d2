/* SPDX-License-Identifier: BSD-2-Clause */
/* The interfaces that the daemon works with: downstream (LANs) and upstream (WAN).
 *
 * They are found at the start (find.h): those that the configuration names, and, if it names no
 * upstream interface, those that routes leave by. An interface that is missing at the start is the
 * operator's mistake, and ends the daemon. Settings that fit neither routes nor addresses are said
 * at the start (advice.h).
 *
 * From then on they are followed (follow.h). Whatever the kernel tells (a link, an address, a
 * route) leads to the same: everything is asked anew, compared with what was, and what differs is
 * set right. What fails is tried again with the next change.
 *
 * Programs are kept attached (attached.h): a program that another tool takes away is attached
 * again, at once the first time, later and later if that happens again and again (guard.h).
 *
 *   kernel: link, address, route --> follow.h --> attached.h  --> dataplane
 *                                             --> links_actions: the LAN, the entries, the tunnels
 *   every LINKS_LOOK_INTERVAL    --> attached.h
 *
 * Left out: interfaces that come while the daemon runs and that the configuration does not name. */
#pragma once

#include "links/state.h"

/* Not all that another tool can do is told by the kernel, so that we look now and then. */
#define LINKS_LOOK_INTERVAL (5 * USEC_PER_SEC)

/* Finds the interfaces. Before that set config, timers, actions and context. False after a line in
 * the log. */
bool links_find(struct links *links);
/* Attaches the programs by `dataplane`. False leaves dataplane_error(). */
bool links_attach(struct links *links, struct dataplane *dataplane);
/* Looks at the links as they are now, and at their programs from now on. */
void links_start(struct links *links);
void links_stop(struct links *links);
/* The kernel tells of changes: of links, addresses or routes, or only of what is attached. */
void links_changed(struct links *links, bool only_attached);

/* Whether the data of tunnels is taken there. */
bool links_is_upstream(const struct links *links, unsigned ifindex);
/* Whether the address is one of a LAN that is no upstream interface at the same time. */
bool links_is_lan_address(const struct links *links, const struct addr *address);
