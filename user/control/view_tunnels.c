/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/view_tunnels.h"
#include "control/values.h"

/* IGMP or MLD in a tunnel. The relay's values are known once it has sent a Query. */
static json_t *view_cycle(const struct timers *timers, const struct amt_cycle *cycle)
{
	json_t *view = json_object();

	put_text(view, "state", amt_cycle_state_name(cycle->state));
	put(view, "next_request_s", view_seconds_left(timers, &cycle->request));
	put(view, "query_interval_s", view_if(cycle->has_ticket, cycle->query_interval));
	put(view, "robustness", view_if(cycle->has_ticket, cycle->robustness));
	put_count(view, "wanted", cycle->wanted);
	return view;
}

/* The P flag's place in a Request as this relay reads it: 0x01 by RFC 7450, 0x80 by Linux. Known
 * once the relay has answered a Request for MLD. */
static const char *p_flag(const struct amt_gateway *gateway)
{
	if (!gateway->mld.has_ticket)
		return NULL;
	return gateway->p_flag.first == AMT_P_LINUX ? "0x80" : "0x01";
}

static void put_round_trip(json_t *view, usec_t round_trip)
{
	if (round_trip)
		put_real(view, "round_trip_ms", (double)round_trip / USEC_PER_MS);
	else
		put_null(view, "round_trip_ms");
}

json_t *view_tunnel(const struct amt_tunnel *tunnel)
{
	const struct timers *timers = tunnel->tunnels->timers;
	const struct amt_gateway *gateway = &tunnel->gateway;
	json_t *view = json_object();

	put(view, "relay", view_addr(&tunnel->relay));
	put(view, "local", view_addr(&tunnel->endpoint.local));
	put_count(view, "local_port", tunnel->endpoint.local_port);
	put(view, "since", view_time(tunnel->since, timers->now));
	put_count(view, "channels", (uint64_t)gateway->igmp.wanted + gateway->mld.wanted);
	put_count(view, "data_on_socket", tunnel->data_on_socket);
	put_round_trip(view, gateway->round_trip);
	put_bool(view, "full", gateway->full);
	put(view, "igmp", view_cycle(timers, &gateway->igmp));
	put(view, "mld", view_cycle(timers, &gateway->mld));
	put_text(view, "p_flag", p_flag(gateway));
	return view;
}

json_t *view_contact(const struct amt_contact *contact)
{
	const struct amt_member *member;
	json_t *view = json_object();
	unsigned waiting = 0;

	for (member = contact->waiting; member; member = member->next)
		waiting++;
	put(view, "address", view_addr(&contact->address));
	put(view, "relay", view_addr(contact->found ? &contact->relay : NULL));
	put_count(view, "waiting", waiting);
	return view;
}

static json_t *view_hold(const struct amt_hold *hold, usec_t now)
{
	json_t *view = json_object();

	put(view, "relay", view_addr(&hold->relay));
	put_text(view, "reason", hold->reason);
	put_bool(view, "full", hold->kind == AMT_HOLD_FULL);
	put_count(view, "failures", hold->failures);
	put(view, "since", view_time(hold->since, now));
	put_real(view, "ends_s", (double)(hold->until - now) / USEC_PER_SEC);
	return view;
}

json_t *view_holds(const struct amt_tunnels *tunnels)
{
	usec_t now = tunnels->timers->now;
	json_t *list = json_array();
	const struct amt_hold *hold;

	for (hold = tunnels->holds.by_relay; hold; hold = hold->hh.next)
		if (hold->until > now)
			json_array_append_new(list, view_hold(hold, now));
	return list;
}
