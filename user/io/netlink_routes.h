/* SPDX-License-Identifier: BSD-2-Clause */
/* The interfaces that routes leave by, asked of the kernel by rtnetlink. */
#pragma once

/* Finds the interfaces that default routes and routes with a gateway leave by: main table, both
 * address families, one hop or several, by nexthop objects or not. Each interface comes once.
 * Returns how many there are, at most `max`, or a negative errno. */
int netlink_upstreams(unsigned *ifindexes, unsigned max);
