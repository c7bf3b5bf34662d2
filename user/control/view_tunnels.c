/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/views.h"

static json_t *view_cycle(const struct timers *timers, const struct amt_cycle *cycle)
{
	return json_pack("{s:s, s:o, s:o, s:o, s:i}", "state", amt_cycle_state_name(cycle->state),
			 "next_request_s", view_seconds_left(timers, &cycle->request),
			 "query_interval_s", view_if(cycle->has_ticket, cycle->query_interval),
			 "robustness", view_if(cycle->has_ticket, cycle->robustness), "wanted",
			 (int)cycle->wanted);
}

/* Where the relay reads it, once it has said so by a Query. */
static json_t *view_p_flag(const struct amt_gateway *gateway)
{
	if (!gateway->mld.has_ticket)
		return json_null();
	return json_string(gateway->p_flag.first == AMT_P_LINUX ? "0x80" : "0x01");
}

static json_t *view_tunnel(const struct timers *timers, const struct amt_tunnel *tunnel)
{
	const struct amt_gateway *gateway = &tunnel->gateway;

	return json_pack("{s:o, s:o, s:i, s:o, s:I, s:I, s:o, s:b, s:o, s:o, s:o}", "relay",
			 view_addr(&tunnel->relay), "local", view_addr(&tunnel->endpoint.local),
			 "local_port", tunnel->endpoint.local_port, "since",
			 view_time(tunnel->since, timers->now), "channels",
			 (json_int_t)gateway->igmp.wanted + gateway->mld.wanted, "data_on_socket",
			 (json_int_t)tunnel->data_on_socket, "round_trip_ms",
			 gateway->round_trip ? json_real((double)gateway->round_trip / USEC_PER_MS)
					     : json_null(),
			 "full", gateway->full, "igmp", view_cycle(timers, &gateway->igmp), "mld",
			 view_cycle(timers, &gateway->mld), "p_flag", view_p_flag(gateway));
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
				list, json_pack("{s:o, s:s, s:b, s:o, s:f}", "relay",
						view_addr(&hold->relay), "reason", hold->reason,
						"full", hold->kind == AMT_HOLD_FULL, "since",
						view_time(hold->since, now), "ends_s",
						(double)(hold->until - now) / USEC_PER_SEC));
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
