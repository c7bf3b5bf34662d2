/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/views.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>

json_t *view_time(usec_t moment, usec_t now)
{
	time_t at = time(NULL) - (time_t)((now - moment) / USEC_PER_SEC);
	char text[32];
	struct tm utc;

	strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&at, &utc));
	return json_string(text);
}

json_t *view_addr(const struct addr *addr)
{
	char text[ADDR_TEXT];

	return addr && addr->family ? json_string(addr_format(addr, text)) : json_null();
}

static json_t *view_addrs(const struct addr *addrs, unsigned count)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < count; i++)
		json_array_append_new(list, view_addr(&addrs[i]));
	return list;
}

static json_t *view_if(bool known, json_int_t value)
{
	return known ? json_integer(value) : json_null();
}

static json_t *view_seconds_left(const struct timers *timers, const struct timer *timer)
{
	if (!timer->slot)
		return json_null();
	return json_real((double)(timer_left(timers, timer) / USEC_PER_MS) / 1000);
}

json_t *view_interface(const struct netlink_interface *link, const char *role, const char *mode,
		       const char *why)
{
	return json_pack("{s:s, s:s, s:s?, s:s?, s:o}", "name", link->name, "role", role, "mode",
			 mode, "why", why, "addresses",
			 view_addrs(link->addresses, link->address_count));
}

json_t *view_rate(double rate)
{
	return json_real((double)(uint64_t)(rate * 10 + 0.5) / 10);
}

/* PIM */

static json_t *view_neighbor(const struct pim_interface *pim, const struct pim_neighbor *neighbor)
{
	const struct pim_hello *hello = &neighbor->hello;
	bool delays = hello->has_lan_prune_delay;
	bool dr = addr_equal(pim_interface_dr(pim), &neighbor->address);
	char generation[16];

	snprintf(generation, sizeof(generation), "0x%08" PRIx32, hello->generation_id);
	return json_pack("{s:s, s:o, s:b, s:o, s:i, s:o, s:o, s:s?, s:o, s:o, s:o}", "interface",
			 pim->name, "address", view_addr(&neighbor->address), "dr", dr, "since",
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
		{"for_other_router", counters->for_other_router},
	};
	json_t *view = json_pack("{s:s, s:s}", "interface", pim->name, "family",
				 pim->address.family == AF_INET ? "ipv4" : "ipv6");

	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++)
		json_object_set_new(view, counts[i].key, json_integer((json_int_t)counts[i].count));
	json_array_append_new(list, view);
}

/* IGMP, MLD */

static json_t *view_membership_counters(const struct membership_counters *counters)
{
	return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "queries_sent",
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

/* Channels */

json_t *view_channel_states(const struct channel_table *channels)
{
	json_t *view = json_object();

	for (int state = 0; state < CHANNEL_STATES; state++)
		json_object_set_new(view, channel_state_name(state),
				    json_integer(channels->states[state]));
	return view;
}

static json_t *view_since_join(usec_t moment, usec_t join)
{
	if (!moment)
		return json_null();
	return json_real(((double)moment - (double)join) / USEC_PER_MS);
}

static json_t *view_trace(const struct channel_trace *trace)
{
	usec_t join = trace->join_seen;

	return json_pack("{s:o, s:o, s:o, s:o, s:o}", "join_seen", view_since_join(join, join),
			 "dns_answered", view_since_join(trace->dns_answered, join), "tunnel_up",
			 view_since_join(trace->tunnel_up, join), "update_sent",
			 view_since_join(trace->update_sent, join), "first_packet",
			 view_since_join(trace->first_packet, join));
}

static json_t *view_names(uint32_t bits, const char *const *names)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < CHANNEL_INTERFACES_MAX; i++)
		if (bits & 1u << i)
			json_array_append_new(list, json_string(names[i]));
	return list;
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

static json_t *view_rtp_lost(const struct rtp *rtp)
{
	return rtp->is_rtp ? json_integer((json_int_t)rtp_lost(rtp)) : json_null();
}

json_t *view_channel(const struct channel *channel, const struct addr *relay,
		     const struct addr *other, const char *const *interfaces,
		     const struct dataplane_channel_stats *stats, uint64_t slow_packets,
		     json_t *asserts)
{
	return json_pack(
		"{s:o, s:o, s:s, s:s?, s:o, s:s, s:o, s:o, s:I, s:I, s:I, s:o, s:o, s:o, "
		"s:o, s:o, s:o, s:o}",
		"source", view_addr(&channel->sg.source), "group", view_addr(&channel->sg.group),
		"state", channel_state_name(channel->state), "reason", channel->reason, "relay",
		view_addr(relay), "move", channel_move_name(channel->move), "other_relay",
		view_addr(other), "interfaces", view_names(channel->interfaces, interfaces),
		"packets", (json_int_t)stats->packets, "bytes", (json_int_t)stats->bytes,
		"slow_packets", (json_int_t)slow_packets, "packets_per_s",
		view_rate(channel->meter.rate.packets_per_s), "bits_per_s",
		view_rate(channel->meter.rate.bits_per_s), "rtp_lost", view_rtp_lost(&channel->rtp),
		"since", view_time(channel->since, channel->table->timers->now), "lingers_s",
		view_seconds_left(channel->table->timers, &channel->linger), "asserts", asserts,
		"trace", view_trace(&channel->trace));
}

/* Tunnels */

static json_t *view_cycle(const struct timers *timers, const struct amt_cycle *cycle)
{
	return json_pack("{s:s, s:o, s:o, s:o, s:i}", "state", amt_cycle_state_name(cycle->state),
			 "next_request_s", view_seconds_left(timers, &cycle->request),
			 "query_interval_s", view_if(cycle->has_ticket, cycle->query_interval),
			 "robustness", view_if(cycle->has_ticket, cycle->robustness), "wanted",
			 (int)cycle->wanted);
}

static json_t *view_tunnel(const struct timers *timers, const struct amt_tunnel *tunnel)
{
	const struct amt_gateway *gateway = &tunnel->gateway;

	return json_pack("{s:o, s:o, s:i, s:o, s:I, s:I, s:o, s:b, s:o, s:o}", "relay",
			 view_addr(&tunnel->relay), "local", view_addr(&tunnel->endpoint.local),
			 "local_port", tunnel->endpoint.local_port, "since",
			 view_time(tunnel->since, timers->now), "channels",
			 (json_int_t)gateway->igmp.wanted + gateway->mld.wanted, "data_on_socket",
			 (json_int_t)tunnel->data_on_socket, "round_trip_ms",
			 gateway->round_trip ? json_real((double)gateway->round_trip / USEC_PER_MS)
					     : json_null(),
			 "full", gateway->full, "igmp", view_cycle(timers, &gateway->igmp), "mld",
			 view_cycle(timers, &gateway->mld));
}

static json_t *view_contact(const struct amt_contact *contact)
{
	const struct amt_member *member;
	int waiting = 0;

	for (member = contact->waiting; member; member = member->next)
		waiting++;
	return json_pack("{s:o, s:o, s:i}", "address", view_addr(&contact->address), "relay",
			 view_addr(contact->found ? &contact->relay : NULL), "waiting", waiting);
}

static json_t *view_holds(const struct amt_tunnels *tunnels)
{
	json_t *list = json_array();
	const struct amt_hold *hold;
	usec_t now = tunnels->timers->now;

	for (hold = tunnels->holds.by_relay; hold; hold = hold->hh.next)
		if (hold->until > now)
			json_array_append_new(
				list,
				json_pack("{s:o, s:s, s:b, s:o, s:f}", "relay",
					  view_addr(&hold->relay), "reason", hold->reason, "full",
					  hold->full, "since", view_time(hold->since, now),
					  "ends_s", (double)(hold->until - now) / USEC_PER_SEC));
	return list;
}

json_t *view_tunnels(const struct amt_tunnels *tunnels)
{
	json_t *list = json_array(), *discoveries = json_array();
	const struct amt_contact *contact;
	const struct amt_tunnel *tunnel;

	for (tunnel = tunnels->by_relay; tunnel; tunnel = tunnel->hh.next)
		json_array_append_new(list, view_tunnel(tunnels->timers, tunnel));
	for (contact = tunnels->by_contact; contact; contact = contact->hh.next)
		json_array_append_new(discoveries, view_contact(contact));
	return json_pack("{s:o, s:o, s:o}", "tunnels", list, "discoveries", discoveries,
			 "held_down", view_holds(tunnels));
}

/* Counters */

json_t *view_drops(const uint64_t drops[MCI_DROP_COUNT])
{
	json_t *view = json_object();

	for (int reason = 0; reason < MCI_DROP_COUNT; reason++)
		json_object_set_new(view, dataplane_drop_name(reason),
				    json_integer((json_int_t)drops[reason]));
	return view;
}

json_t *view_refused(const uint64_t refused[PROTOCOL_COUNT][FAULT_COUNT])
{
	json_t *view = json_object();

	for (int protocol = 0; protocol < PROTOCOL_COUNT; protocol++) {
		json_t *faults = json_object();

		for (int fault = FAULT_NONE + 1; fault < FAULT_COUNT; fault++)
			json_object_set_new(faults, fault_name(fault),
					    json_integer((json_int_t)refused[protocol][fault]));
		json_object_set_new(view, protocol_name(protocol), faults);
	}
	return view;
}

/* Lookups */

static const char *status_name(enum dns_status status)
{
	static const char *const names[] = {
		[DNS_OK] = "ok",
		[DNS_NO_DATA] = "no data",
		[DNS_NAME_ERROR] = "no such name",
		[DNS_SERVER_FAILURE] = "server failure",
		[DNS_TIMEOUT] = "no answer",
		[DNS_BOGUS] = "bogus",
	};

	return names[status];
}

static const char *type_name(unsigned type)
{
	return type == DNS_TYPE_A ? "A" : type == DNS_TYPE_AAAA ? "AAAA" : "AMTRELAY";
}

static json_t *view_amtrelay(const struct dns_record *rdata)
{
	char text[DNS_NAME_TEXT + 32], relay[ADDR_TEXT];
	struct amtrelay record;
	enum fault fault = amtrelay_decode(rdata->rdata, rdata->length, &record);

	if (fault)
		snprintf(text, sizeof(text), "not usable (%s)", fault_name(fault));
	else
		snprintf(text, sizeof(text), "%u %d %u %s", record.precedence,
			 record.discovery_optional, record.type,
			 record.type == AMTRELAY_NAME   ? record.name
			 : record.type == AMTRELAY_NONE ? "."
							: addr_format(&record.relay, relay));
	return json_string(text);
}

static json_t *view_record(unsigned type, const struct dns_record *rdata)
{
	int family = type == DNS_TYPE_A ? AF_INET : AF_INET6;
	struct addr addr;

	if (type == DNS_TYPE_AMTRELAY)
		return view_amtrelay(rdata);
	if (rdata->length != addr_length(family))
		return json_string("not usable (length)");
	addr = addr_from_bytes(family, rdata->rdata);
	return view_addr(&addr);
}

json_t *view_lookup_step(const struct driad_question *question, const struct dns_answer *answer)
{
	usec_t took = question->lookup->timers->now - question->asked;
	json_t *records = json_array();

	for (unsigned i = 0; i < answer->count; i++)
		json_array_append_new(records, view_record(question->type, &answer->records[i]));
	return json_pack("{s:s, s:s, s:s, s:s?, s:I, s:b, s:f, s:o}", "name", question->name,
			 "type", type_name(question->type), "status", status_name(answer->status),
			 "canonical", answer->canonical, "ttl_s", (json_int_t)answer->ttl, "secure",
			 answer->secure, "ms", (double)took / USEC_PER_MS, "records", records);
}

json_t *view_lookup_relays(const struct driad_lookup *lookup)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < lookup->relay_count; i++) {
		const struct driad_relay *relay = &lookup->relays[i];

		json_array_append_new(list, json_pack("{s:o, s:i, s:b}", "address",
						      view_addr(&relay->address), "precedence",
						      relay->precedence, "discovery_optional",
						      relay->discovery_optional));
	}
	return list;
}
