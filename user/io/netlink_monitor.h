/* SPDX-License-Identifier: BSD-2-Clause */
/* Tells when the kernel announces a change of links, their drivers' XDP features, addresses,
 * routes, or filters of TC. */
#pragma once

#include "io/loop.h"

#define NETLINK_SETTLE (100 * USEC_PER_MS) /* changes within this time are announced together */

struct netlink_monitor;

enum netlink_news {
	NETLINK_NEWS_LINKS = 1, /* or addresses, routes, features */
	NETLINK_NEWS_FILTERS = 2
};

/* `news` has a bit of enum netlink_news for each kind of change. */
typedef void netlink_changed_fn(void *owner, unsigned news);

/* Calls `fn` NETLINK_SETTLE after a change, once for all changes since the last call; `fn` has to
 * ask what is new. It is also called after the kernel had more to announce than was read in time.
 * Linux 6.3 and later announce features. Returns NULL with errno set. */
struct netlink_monitor *netlink_monitor_open(struct loop *loop, struct timers *timers,
					     netlink_changed_fn *fn, void *owner);
void netlink_monitor_close(struct netlink_monitor *monitor); /* NULL is allowed */
