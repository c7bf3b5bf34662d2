/* SPDX-License-Identifier: BSD-2-Clause */
/* What the daemon knows, as JSON: the keys here are a contract with `mcingest --json` and with the
 * programs that read it. Each function returns a new reference. */
#pragma once

#include "amt/tunnels.h"
#include "base/dns.h"
#include "channel/table.h"
#include "dataplane/dataplane.h"
#include "driad/lookup.h"
#include "io/netlink.h"
#include "membership/querier.h"
#include "pim/interface.h"

#include <jansson.h>

json_t *view_addr(const struct addr *addr); /* null of none */

/* {"name", "role", "mode", "why", "addresses"} */
json_t *view_interface(const struct netlink_interface *link, const char *role, const char *mode,
		       const char *why);
/* Appends one object a neighbour, or one for the interface's counters, to `list`. */
void view_neighbors(const struct pim_interface *pim, json_t *list);
void view_pim_counters(const struct pim_interface *pim, json_t *list);

/* Who asks the hosts, until when, by which values, with which result. */
json_t *view_querier(const struct membership_querier *querier);

/* How many channels are in each state. */
json_t *view_channel_states(const struct channel_table *channels);
/* An Assert's outcome on an interface; null in NoInfo. */
json_t *view_assert(const struct pim_interface *pim, const struct sg *sg);
/* `relay`, and `other`, to which it moves, may be NULL; `interfaces` are the names of the channel's
 * bits, in order; `slow_packets` of those in `stats` went through the daemon; `asserts` is taken
 * over. */
json_t *view_channel(const struct channel *channel, const struct addr *relay,
		     const struct addr *other, const char *const *interfaces,
		     const struct dataplane_channel_stats *stats, uint64_t slow_packets,
		     json_t *asserts);

/* To a tenth. */
json_t *view_rate(double rate);

/* {"tunnels": [...], "discoveries": [...], "held_down": [...]} */
json_t *view_tunnels(const struct amt_tunnels *tunnels);

json_t *view_drops(const uint64_t drops[MCI_DROP_COUNT]);
json_t *view_refused(const uint64_t refused[PROTOCOL_COUNT][FAULT_COUNT]);

/* One answered question of a lookup, and the relays that came of it. */
json_t *view_lookup_step(const struct driad_question *question, const struct dns_answer *answer);
json_t *view_lookup_relays(const struct driad_lookup *lookup);

/* A moment of CLOCK_MONOTONIC as UTC, RFC 3339, whole seconds. `now` is the moment of the call. */
json_t *view_time(usec_t moment, usec_t now);
