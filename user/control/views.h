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

json_t *view_text(const char *text);         /* null if it is NULL */
json_t *view_addr(const struct addr *addr); /* null of none */
json_t *view_addrs(const struct addr *addrs, unsigned count);
json_t *view_if(bool known, json_int_t value); /* else null */
/* null where it does not run */
json_t *view_seconds_left(const struct timers *timers, const struct timer *timer);
/* To a tenth. */
json_t *view_rate(double rate);
/* A moment of CLOCK_MONOTONIC as UTC, RFC 3339, whole seconds. `now` is the moment of the call. */
json_t *view_time(usec_t moment, usec_t now);
json_t *view_drops(const uint64_t drops[MCI_DROP_COUNT]);
/* What took the slow path: `received` in all, of which the programs know a cause of `counted`. */
struct view_slow_parts {
	uint64_t received, packets; /* what came, and what of it was forwarded */
	double packets_per_s;
	uint64_t counted[MCI_SLOW_COUNT];
};

json_t *view_slow(const struct view_slow_parts *parts);
json_t *view_refused(const uint64_t refused[PROTOCOL_COUNT][FAULT_COUNT]);

/* view_lans.c */
/* {"name", "role", "mode", "why", "in_front", "addresses"} */
json_t *view_interface(const struct netlink_interface *link, const char *role, const char *mode,
		       const char *why, const char *in_front);
/* PIM of one family: whom it speaks as, its timers, the designated router. */
json_t *view_pim(const struct pim_interface *pim);
/* Appends one object a neighbour, or one for the interface's counters, to `list`. */
void view_neighbors(const struct pim_interface *pim, json_t *list);
void view_pim_counters(const struct pim_interface *pim, json_t *list);
/* An Assert's outcome on an interface; null in NoInfo. */
json_t *view_assert(const struct pim_interface *pim, const struct sg *sg);
/* Who asks the hosts, until when, by which values, with which result. */
json_t *view_querier(const struct membership_querier *querier);
/* Appends who keeps (S,G), and for how long, if routers or hosts do. */
void view_joined(const struct pim_interface *pim, const struct sg *sg, json_t *list);
void view_membership(const struct membership_querier *querier, const struct sg *sg, json_t *list);

/* view_channels.c */
/* How many channels are in each state. */
json_t *view_channel_states(const struct channel_table *channels);
/* What of a channel its owner knows. */
struct view_channel_parts {
	const char *wait;                 /* for what, where nothing else is amiss; or NULL */
	const struct addr *relay, *other; /* to which it moves; NULL for none */
	const char *const *interfaces;    /* names of the channel's bits, in order */
	const struct dataplane_channel_stats *stats;
	uint64_t slow_packets;    /* of those in `stats`: went through the daemon */
	json_t *wanted, *asserts; /* taken over */
};

json_t *view_channel(const struct channel *channel, const struct view_channel_parts *parts);

/* view_tunnels.c */
/* {"tunnels": [...], "discoveries": [...], "held_down": [...]} */
json_t *view_tunnels(const struct amt_tunnels *tunnels);

/* view_lookups.c */
/* One answered question of a lookup, and the relays that came of it. */
json_t *view_lookup_step(const struct driad_question *question, const struct dns_answer *answer);
json_t *view_ways(const struct driad_options *options);
json_t *view_lookup_relays(const struct driad_lookup *lookup);
