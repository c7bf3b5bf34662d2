/* SPDX-License-Identifier: BSD-2-Clause */
/* Interfaces, and what PIM, IGMP and MLD know on each LAN. */
#pragma once

#include "io/netlink.h"
#include "membership/querier.h"
#include "pim/interface.h"

#include <jansson.h>

/* An interface in one of its roles. `mode` is how packets are taken there, NULL if they are not;
 * `why` says why, and `in_front` names a filter that may take packets before ours; each may be
 * NULL. */
json_t *view_interface(const struct netlink_interface *link, const char *role, const char *mode,
		       const char *why, const char *in_front);

/* PIM of one family: our address, timers and the designated router. */
json_t *view_pim(const struct pim_interface *pim);
/* Appends one object for each neighbor to `list`, until that has `max` items. */
void view_neighbors(const struct pim_interface *pim, size_t max, json_t *list);
/* Appends the interface's counters to `list`, as one object. */
void view_pim_counters(const struct pim_interface *pim, json_t *list);
/* The state of an Assert (RFC 7761 section 4.6); null in NoInfo. */
json_t *view_assert(const struct pim_interface *pim, const struct sg *sg);
/* Appends the routers' state of (S,G) to `list`, if routers have joined it. */
void view_joined(const struct pim_interface *pim, const struct sg *sg, json_t *list);

/* IGMP or MLD: who is querier, with which values, and how many memberships there are. */
json_t *view_querier(const struct membership_querier *querier);
/* Appends the hosts' state of (S,G) to `list`, if hosts want it. */
void view_membership(const struct membership_querier *querier, const struct sg *sg, json_t *list);
