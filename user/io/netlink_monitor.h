/* SPDX-License-Identifier: BSD-2-Clause */
/* The kernel's word that links, their drivers' XDP features, addresses, routes, or filters of TC have
 * changed. */
#pragma once

#include "io/loop.h"

#define NETLINK_SETTLE (100 * USEC_PER_MS) /* changes of one moment are told as one */

struct netlink_monitor;

enum netlink_news {
	NETLINK_NEWS_LINKS = 1, /* or addresses, routes, features */
	NETLINK_NEWS_FILTERS = 2
};

typedef void netlink_changed_fn(void *owner, unsigned news);

/* Calls `fn` some NETLINK_SETTLE after something has changed, once for all of that time: what is
 * new, it has to ask. Where the kernel had more to say than was read in time, it is called as well.
 * Of features, Linux 6.3 and later tell. NULL with errno set. */
struct netlink_monitor *netlink_monitor_open(struct loop *loop, struct timers *timers,
					     netlink_changed_fn *fn, void *owner);
void netlink_monitor_close(struct netlink_monitor *monitor); /* NULL: nothing */
