/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/views.h"

#include <inttypes.h>
#include <stdio.h>

json_t *view_interface(const struct netlink_interface *link, const char *role, const char *mode,
		       const char *why, const char *in_front)
{
	return json_pack("{s:s, s:s, s:s?, s:s?, s:s?, s:o}", "name", link->name, "role", role,
			 "mode", mode, "why", why, "in_front", in_front, "addresses",
			 view_addrs(link->addresses, link->address_count));
}

/* PIM */

json_t *view_pim(const struct pim_interface *pim)
{
	usec_t override = pim_neighbors_override_interval(&pim->neighbors);
	const struct addr *dr = pim_interface_dr(pim);
	char generation[16];

	snprintf(generation, sizeof(generation), "0x%08" PRIx32, pim->generation_id);
	return json_pack("{s:s, s:o, s:o, s:b, s:s, s:o, s:o, s:b, s:I, s:i, s:i}", "family",
			 pim->address.family == AF_INET ? "ipv4" : "ipv6", "address",
			 view_addr(&pim->address), "further_addresses",
			 view_addrs(pim->secondaries, pim->secondary_count), "observing",
			 pim->observing, "generation_id", generation, "next_hello_s",
			 view_seconds_left(pim->timers, &pim->hello), "dr", view_addr(dr),
			 "dr_is_us", addr_equal(dr, &pim->address), "override_interval_ms",
			 (json_int_t)(override / USEC_PER_MS), "neighbors",
			 (int)pim_neighbors_count(&pim->neighbors), "joins",
			 (int)pim_downstream_count(&pim->downstream));
}

static json_t *view_neighbor(const struct pim_interface *pim, const struct pim_neighbor *neighbor)
{
	const struct pim_hello *hello = &neighbor->hello;
	bool delays = hello->has_lan_prune_delay;
	bool dr = addr_equal(pim_interface_dr(pim), &neighbor->address);
	char generation[16];

	snprintf(generation, sizeof(generation), "0x%08" PRIx32, hello->generation_id);
	return json_pack("{s:s, s:o, s:b, s:b, s:o, s:i, s:o, s:o, s:s?, s:o, s:o, s:o}",
			 "interface", pim->name, "address", view_addr(&neighbor->address),
			 "other_subnet", pim_interface_is_foreign(pim, neighbor), "dr", dr, "since",
			 view_time(neighbor->since, pim->timers->now), "holdtime_s",
			 hello->holdtime, "expires_s",
			 view_seconds_left(pim->timers, &neighbor->expiry), "dr_priority",
			 view_if(hello->has_dr_priority, hello->dr_priority), "generation_id",
			 hello->has_generation_id ? generation : NULL, "propagation_delay_ms",
			 view_if(delays, hello->propagation_delay_ms), "override_interval_ms",
			 view_if(delays, hello->override_interval_ms), "addresses",
			 view_addrs(hello->addresses, hello->address_count));
}

void view_neighbors(const struct pim_interface *pim, json_t *list)
{
	const struct pim_neighbor *neighbor;

	for (neighbor = pim->neighbors.by_address; neighbor; neighbor = neighbor->hh.next)
		json_array_append_new(list, view_neighbor(pim, neighbor));
}

void view_pim_counters(const struct pim_interface *pim, json_t *list)
{
	const struct pim_counters *counters = &pim->counters;
	const struct {
		const char *key;
		uint64_t count;
	} counts[] = {
		{"hellos_sent", counters->hellos_sent},
		{"hellos_received", counters->hellos_received},
		{"join_prunes_received", counters->join_prunes_received},
		{"asserts_sent", counters->asserts_sent},
		{"asserts_received", counters->asserts_received},
		{"prune_echoes_sent", counters->prune_echoes_sent},
		{"entries_skipped", counters->entries_skipped},
		{"entries_refused", counters->entries_refused},
		{"joins_refused", counters->joins_refused},
		{"joins_yielded", counters->joins_yielded},
		{"for_other_router", counters->for_other_router},
		{"parts_skipped", counters->parts_skipped},
	};
	json_t *view = json_pack("{s:s, s:s}", "interface", pim->name, "family",
				 pim->address.family == AF_INET ? "ipv4" : "ipv6");

	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++)
		json_object_set_new(view, counts[i].key, json_integer((json_int_t)counts[i].count));
	json_array_append_new(list, view);
}

void view_joined(const struct pim_interface *pim, const struct sg *sg, json_t *list)
{
	const struct pim_downstream_entry *entry = pim_downstream_find(&pim->downstream, sg);

	if (!entry)
		return;
	json_array_append_new(
		list,
		json_pack("{s:s, s:s, s:o, s:s, s:o, s:o}", "interface", pim->name, "by", "pim",
			  "neighbor",
			  view_addr(entry->claims ? &entry->claims->joiner->address : NULL),
			  "state", entry->state == PIM_PRUNE_PENDING ? "prune-pending" : "join",
			  "expires_s", view_seconds_left(pim->timers, &entry->expiry), "prune_s",
			  view_seconds_left(pim->timers, &entry->prune_pending)));
}

json_t *view_assert(const struct pim_interface *pim, const struct sg *sg)
{
	const struct pim_assert_entry *entry = pim_asserts_find(&pim->asserts, sg);

	if (!entry)
		return json_null();
	return json_pack("{s:s, s:s, s:o, s:I, s:I, s:o}", "interface", pim->name, "state",
			 entry->state == PIM_ASSERT_WINNER ? "winner" : "loser", "winner",
			 view_addr(&entry->winner), "preference",
			 (json_int_t)entry->metric.preference, "metric",
			 (json_int_t)entry->metric.metric, "expires_s",
			 view_seconds_left(pim->timers, &entry->timer));
}

/* IGMP, MLD */

static json_t *view_membership_counters(const struct membership_counters *counters)
{
	return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "queries_delayed",
			 (json_int_t)counters->queries_delayed, "queries_sent",
			 (json_int_t)counters->queries_sent, "queries_received",
			 (json_int_t)counters->queries_received, "reports_received",
			 (json_int_t)counters->reports_received, "old_queries",
			 (json_int_t)counters->old_queries, "no_source",
			 (json_int_t)counters->no_source, "old_reports",
			 (json_int_t)counters->old_reports, "skipped",
			 (json_int_t)counters->skipped);
}

json_t *view_querier(const struct membership_querier *querier)
{
	bool ours = !querier->other.family;

	return json_pack("{s:b, s:o, s:o, s:o, s:i, s:i, s:i, s:o}", "querier", ours, "address",
			 view_addr(ours ? &querier->address : &querier->other), "next_query_s",
			 view_seconds_left(querier->timers, &querier->general), "expires_s",
			 view_seconds_left(querier->timers, &querier->other_present),
			 "query_interval_s", (int)querier->query_interval, "robustness",
			 (int)querier->robustness, "memberships",
			 (int)membership_querier_count(querier), "counters",
			 view_membership_counters(&querier->counters));
}

void view_membership(const struct membership_querier *querier, const struct sg *sg, json_t *list)
{
	const struct membership_source *source = membership_querier_find(querier, sg);

	if (!source)
		return;
	json_array_append_new(
		list, json_pack("{s:s, s:s, s:n, s:s, s:o, s:n}", "interface", querier->name, "by",
				sg->group.family == AF_INET ? "igmp" : "mld", "neighbor", "state",
				source->queries_left ? "leaving" : "join", "expires_s",
				view_seconds_left(querier->timers, &source->expiry), "prune_s"));
}
