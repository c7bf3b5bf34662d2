/* SPDX-License-Identifier: BSD-2-Clause */
#include "metrics/series.h"

/* Interfaces */

static const char *role_name(const struct link *link)
{
	return link->role == ROLE_UPSTREAM ? "upstream" : "downstream";
}

static void add_up(struct exposition *out, const struct requests *rooms, const struct link *link)
{
	(void)rooms;
	exposition_count(out, link->is.ifindex && link->is.up, "interface", link->is.name, "role",
			 role_name(link), NULL);
}

static void add_mode(struct exposition *out, const struct requests *rooms, const struct link *link)
{
	const char *mode = rooms->actions->mode(rooms->dataplane, link->is.ifindex, link->role);

	if (mode)
		exposition_count(out, 1, "interface", link->is.name, "role", role_name(link),
				 "mode", mode, NULL);
}

static void add_refused(struct exposition *out, const struct requests *rooms,
			const struct link *link)
{
	uint64_t packets = 0;

	if (link->role == ROLE_DOWNSTREAM &&
	    rooms->actions->refused(rooms->dataplane, link->is.ifindex, &packets))
		exposition_count(out, packets, "interface", link->is.name, NULL);
}

static void for_links(struct exposition *out, const struct requests *rooms,
		      void (*add)(struct exposition *, const struct requests *,
				  const struct link *))
{
	const struct links *links = rooms->links;

	for (unsigned i = 0; i < links->lan_count; i++)
		add(out, rooms, &links->lans[i]);
	for (unsigned i = 0; i < links->upstream_count; i++)
		add(out, rooms, &links->upstreams[i]);
}

static void add_links(struct exposition *out, const struct requests *rooms)
{
	exposition_family(out, "mcingest_interface_up", EXPOSITION_GAUGE,
			  "1 if the interface is there and up.");
	for_links(out, rooms, add_up);
	exposition_family(out, "mcingest_dataplane_mode", EXPOSITION_GAUGE,
			  "1 for the way in which our program is attached: xdp or tc. Without one, "
			  "packets are not taken.");
	for_links(out, rooms, add_mode);
	exposition_family(out, "mcingest_lan_refused_packets_total", EXPOSITION_COUNTER,
			  "Packets that the LAN's queue or driver did not take.");
	for_links(out, rooms, add_refused);
}

/* PIM */

typedef void pim_fn(struct exposition *out, const struct pim_interface *pim);

static const char *family_name(const struct pim_interface *pim)
{
	return pim->address.family == AF_INET ? "ipv4" : "ipv6";
}

static void add_neighbors(struct exposition *out, const struct pim_interface *pim)
{
	exposition_count(out, pim_neighbors_count(&pim->neighbors), "interface", pim->name,
			 "family", family_name(pim), NULL);
}

/* A neighbor whose Holdtime is endless has no timer. */
static void add_expiries(struct exposition *out, const struct pim_interface *pim)
{
	const struct pim_neighbor *neighbor;
	char text[ADDR_TEXT];

	for (neighbor = pim->neighbors.by_address; neighbor; neighbor = neighbor->hh.next)
		if (neighbor->expiry.slot)
			exposition_time(out, timer_left(pim->timers, &neighbor->expiry),
					"interface", pim->name, "neighbor",
					addr_format(&neighbor->address, text), NULL);
}

static void add_message(struct exposition *out, const struct pim_interface *pim, uint64_t count,
			const char *type, const char *direction)
{
	exposition_count(out, count, "interface", pim->name, "family", family_name(pim), "type",
			 type, "direction", direction, NULL);
}

static void add_messages(struct exposition *out, const struct pim_interface *pim)
{
	const struct pim_counters *counters = &pim->counters;

	add_message(out, pim, counters->hellos_received, "hello", "received");
	add_message(out, pim, counters->hellos_sent, "hello", "sent");
	add_message(out, pim, counters->join_prunes_received, "join_prune", "received");
	add_message(out, pim, counters->asserts_received, "assert", "received");
	add_message(out, pim, counters->asserts_sent, "assert", "sent");
}

static void add_refusal(struct exposition *out, const struct pim_interface *pim, uint64_t count,
			const char *reason)
{
	exposition_count(out, count, "interface", pim->name, "family", family_name(pim), "reason",
			 reason, NULL);
}

static void add_refusals(struct exposition *out, const struct pim_interface *pim)
{
	const struct pim_counters *counters = &pim->counters;

	add_refusal(out, pim, counters->entries_refused, "not_forwardable");
	add_refusal(out, pim, counters->entries_skipped, "no_source");
	add_refusal(out, pim, counters->joins_refused, "limit");
	add_refusal(out, pim, counters->joins_yielded, "yielded");
	add_refusal(out, pim, counters->for_other_router, "for_other_router");
	add_refusal(out, pim, counters->parts_skipped, "unreadable");
}

static void for_pim(struct exposition *out, const struct lans *lans, pim_fn *add)
{
	for (unsigned i = 0; i < lans->count; i++) {
		if (lans->list[i].ipv4.socket)
			add(out, &lans->list[i].ipv4.interface);
		if (lans->list[i].ipv6.socket)
			add(out, &lans->list[i].ipv6.interface);
	}
}

static void add_pim(struct exposition *out, const struct lans *lans)
{
	exposition_family(out, "mcingest_pim_neighbors", EXPOSITION_GAUGE,
			  "PIM routers whose Hello was heard.");
	for_pim(out, lans, add_neighbors);
	exposition_family(out, "mcingest_pim_neighbor_expiry_seconds", EXPOSITION_GAUGE,
			  "Time until the neighbor counts as gone if it sends no further Hello.");
	for_pim(out, lans, add_expiries);
	exposition_family(out, "mcingest_pim_messages_total", EXPOSITION_COUNTER,
			  "PIM messages that were sent, or received and accepted.");
	for_pim(out, lans, add_messages);
	exposition_family(out, "mcingest_pim_refused_total", EXPOSITION_COUNTER,
			  "Entries of accepted Join/Prune messages that were not taken; of "
			  "for_other_router, messages.");
	for_pim(out, lans, add_refusals);
}

/* Hosts */

static void add_memberships(struct exposition *out, const struct lan_hosts *hosts,
			    const char *family)
{
	if (hosts->socket)
		exposition_count(out, membership_querier_count(&hosts->querier), "interface",
				 hosts->lan->link.name, "family", family, NULL);
}

static void add_hosts(struct exposition *out, const struct lans *lans)
{
	exposition_family(out, "mcingest_memberships", EXPOSITION_GAUGE,
			  "Channels that the hosts of a LAN have joined by IGMPv3 or MLDv2.");
	for (unsigned i = 0; i < lans->count; i++) {
		add_memberships(out, &lans->list[i].igmp, "ipv4");
		add_memberships(out, &lans->list[i].mld, "ipv6");
	}
}

static void add_rejected(struct exposition *out, const uint64_t (*rejected)[FAULT_COUNT])
{
	exposition_family(out, "mcingest_rejected_messages_total", EXPOSITION_COUNTER,
			  "Control messages that were not accepted, by the reasons of `mcingest "
			  "counters`.");
	for (int protocol = 0; protocol < PROTOCOL_COUNT; protocol++)
		for (int fault = FAULT_NONE + 1; fault < FAULT_COUNT; fault++)
			exposition_count(out, rejected[protocol][fault], "protocol",
					 protocol_name(protocol), "reason", fault_name(fault),
					 NULL);
}

void series_lans(struct exposition *out, const struct series_source *from)
{
	add_links(out, from->rooms);
	add_pim(out, from->rooms->lans);
	add_hosts(out, from->rooms->lans);
	add_rejected(out, from->rooms->rejected);
}
