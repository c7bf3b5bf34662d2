/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/view_lans.h"
#include "control/values.h"

#include <inttypes.h>
#include <stdio.h>

json_t *view_interface(const struct netlink_interface *link, const char *role, const char *mode,
		       const char *why, const char *in_front)
{
	json_t *view = json_object();

	put_text(view, "name", link->name);
	put_text(view, "role", role);
	put_text(view, "mode", mode);
	put_text(view, "why", why);
	put_text(view, "in_front", in_front);
	put(view, "addresses", view_addrs(link->addresses, link->address_count));
	return view;
}

/* PIM */

static const char *family_name(const struct pim_interface *pim)
{
	return pim->address.family == AF_INET ? "ipv4" : "ipv6";
}

static void put_generation(json_t *view, bool known, uint32_t generation_id)
{
	char text[16];

	snprintf(text, sizeof(text), "0x%08" PRIx32, generation_id);
	put_text(view, "generation_id", known ? text : NULL);
}

static void put_generation_noticed(json_t *view, const struct pim_interface *pim)
{
	bool known, heeded = pim_interface_is_heeded(pim, &known);

	put(view, "generation_noticed", known ? json_boolean(heeded) : NULL);
}

json_t *view_pim(const struct pim_interface *pim)
{
	usec_t override = pim_neighbors_override_interval(&pim->neighbors);
	const struct addr *dr = pim_interface_dr(pim);
	json_t *view = json_object();

	put_text(view, "family", family_name(pim));
	put(view, "address", view_addr(&pim->address));
	put(view, "further_addresses", view_addrs(pim->secondaries, pim->secondary_count));
	put_bool(view, "observing", pim->observing);
	put_generation(view, true, pim->generation_id);
	put(view, "next_hello_s", view_seconds_left(pim->timers, &pim->hello));
	put(view, "dr", view_addr(dr));
	put_bool(view, "dr_is_us", addr_equal(dr, &pim->address));
	put_count(view, "override_interval_ms", override / USEC_PER_MS);
	put_count(view, "neighbors", pim_neighbors_count(&pim->neighbors));
	put_count(view, "joins", pim_downstream_count(&pim->downstream));
	put_generation_noticed(view, pim);
	return view;
}

/* What a neighbor's Hello says; null for an option that the Hello does not have. */
static void put_hello(json_t *view, const struct pim_hello *hello)
{
	bool delays = hello->has_lan_prune_delay;

	put(view, "dr_priority", view_if(hello->has_dr_priority, hello->dr_priority));
	put_generation(view, hello->has_generation_id, hello->generation_id);
	put(view, "propagation_delay_ms", view_if(delays, hello->propagation_delay_ms));
	put(view, "override_interval_ms", view_if(delays, hello->override_interval_ms));
	put(view, "addresses", view_addrs(hello->addresses, hello->address_count));
}

static json_t *view_neighbor(const struct pim_interface *pim, const struct pim_neighbor *neighbor)
{
	const struct timers *timers = pim->timers;
	json_t *view = json_object();

	put_text(view, "interface", pim->name);
	put(view, "address", view_addr(&neighbor->address));
	put_bool(view, "other_subnet", pim_interface_is_foreign(pim, neighbor));
	put_bool(view, "dr", addr_equal(pim_interface_dr(pim), &neighbor->address));
	put(view, "since", view_time(neighbor->since, timers->now));
	put_count(view, "holdtime_s", neighbor->hello.holdtime);
	put(view, "expires_s", view_seconds_left(timers, &neighbor->expiry));
	put_hello(view, &neighbor->hello);
	return view;
}

void view_neighbors(const struct pim_interface *pim, size_t max, json_t *list)
{
	const struct pim_neighbor *neighbor = pim->neighbors.by_address;

	for (; neighbor && json_array_size(list) < max; neighbor = neighbor->hh.next)
		json_array_append_new(list, view_neighbor(pim, neighbor));
}

void view_pim_counters(const struct pim_interface *pim, json_t *list)
{
	const struct pim_counters *counters = &pim->counters;
	json_t *view = json_object();

	put_text(view, "interface", pim->name);
	put_text(view, "family", family_name(pim));
	put_count(view, "hellos_sent", counters->hellos_sent);
	put_count(view, "hellos_received", counters->hellos_received);
	put_count(view, "join_prunes_received", counters->join_prunes_received);
	put_count(view, "asserts_sent", counters->asserts_sent);
	put_count(view, "asserts_received", counters->asserts_received);
	put_count(view, "prune_echoes_sent", counters->prune_echoes_sent);
	put_count(view, "entries_skipped", counters->entries_skipped);
	put_count(view, "entries_refused", counters->entries_refused);
	put_count(view, "joins_refused", counters->joins_refused);
	put_count(view, "joins_yielded", counters->joins_yielded);
	put_count(view, "for_other_router", counters->for_other_router);
	put_count(view, "parts_skipped", counters->parts_skipped);
	json_array_append_new(list, view);
}

void view_joined(const struct pim_interface *pim, const struct sg *sg, json_t *list)
{
	const struct pim_downstream_entry *entry = pim_downstream_find(&pim->downstream, sg);
	bool pending = entry && entry->state == PIM_PRUNE_PENDING;
	json_t *view;

	if (!entry)
		return;
	view = json_object();
	put_text(view, "interface", pim->name);
	put_text(view, "by", "pim");
	put(view, "neighbor", view_addr(entry->claims ? &entry->claims->joiner->address : NULL));
	put_text(view, "state", pending ? "prune-pending" : "join");
	put(view, "expires_s", view_seconds_left(pim->timers, &entry->expiry));
	put(view, "prune_s", view_seconds_left(pim->timers, &entry->prune_pending));
	json_array_append_new(list, view);
}

json_t *view_assert(const struct pim_interface *pim, const struct sg *sg)
{
	const struct pim_assert_entry *entry = pim_asserts_find(&pim->asserts, sg);
	json_t *view;

	if (!entry)
		return json_null();
	view = json_object();
	put_text(view, "interface", pim->name);
	put_text(view, "state", entry->state == PIM_ASSERT_WINNER ? "winner" : "loser");
	put(view, "winner", view_addr(&entry->winner));
	put_count(view, "preference", entry->metric.preference);
	put_count(view, "metric", entry->metric.metric);
	put(view, "expires_s", view_seconds_left(pim->timers, &entry->timer));
	return view;
}

/* IGMP, MLD */

static json_t *view_membership_counters(const struct membership_counters *counters)
{
	json_t *view = json_object();

	put_count(view, "queries_delayed", counters->queries_delayed);
	put_count(view, "queries_sent", counters->queries_sent);
	put_count(view, "queries_received", counters->queries_received);
	put_count(view, "reports_received", counters->reports_received);
	put_count(view, "old_queries", counters->old_queries);
	put_count(view, "no_source", counters->no_source);
	put_count(view, "old_reports", counters->old_reports);
	put_count(view, "skipped", counters->skipped);
	return view;
}

json_t *view_querier(const struct membership_querier *querier)
{
	const struct timers *timers = querier->timers;
	bool ours = membership_is_querier(querier);
	json_t *view = json_object();

	put_bool(view, "querier", ours);
	put(view, "address", view_addr(ours ? &querier->address : &querier->other));
	put(view, "next_query_s", view_seconds_left(timers, &querier->general));
	put(view, "expires_s", view_seconds_left(timers, &querier->other_present));
	put_count(view, "query_interval_s", querier->query_interval);
	put_count(view, "robustness", querier->robustness);
	put_count(view, "memberships", membership_querier_count(querier));
	put(view, "counters", view_membership_counters(&querier->counters));
	return view;
}

void view_membership(const struct membership_querier *querier, const struct sg *sg, json_t *list)
{
	const struct membership_source *source = membership_querier_find(querier, sg);
	json_t *view;

	if (!source)
		return;
	view = json_object();
	put_text(view, "interface", querier->name);
	put_text(view, "by", sg->group.family == AF_INET ? "igmp" : "mld");
	put_null(view, "neighbor");
	put_text(view, "state", source->queries_left ? "leaving" : "join");
	put(view, "expires_s", view_seconds_left(querier->timers, &source->expiry));
	put_null(view, "prune_s");
	json_array_append_new(list, view);
}
