/* SPDX-License-Identifier: BSD-2-Clause */
#include "amt/tunnels.h"

const char amt_network_is_full[] = "too many relays for sources of one network (limit 'tunnels')";

bool amt_tunnels_have_room(const struct amt_tunnels *tunnels, const struct amt_member *member)
{
	unsigned held = pace_held(&tunnels->pace, &member->sg.source);
	unsigned tunnel_count = HASH_COUNT(tunnels->by_relay);

	return !member->is_strange || held < AMT_NETWORK_MIN ||
	       held * AMT_NETWORK_OF_FREE + tunnel_count < tunnels->limit;
}

void amt_tunnels_hold(struct amt_tunnels *tunnels, struct pace_hold *hold,
		      const struct amt_member *member)
{
	if (member->is_strange)
		pace_hold(&tunnels->pace, hold, &member->sg.source);
}

bool amt_tunnels_know(const struct amt_tunnels *tunnels, const struct addr *address, bool discover)
{
	if (amt_holds_awaits(&tunnels->holds, address))
		return true;
	return discover ? (bool)amt_contact_find(tunnels, address)
			: (bool)amt_tunnel_find(tunnels, address);
}

static void discover_for(struct amt_tunnels *tunnels, struct amt_member *member,
			 const struct addr *address)
{
	const char *reason = amt_network_is_full;
	struct amt_contact *contact = NULL;

	if (amt_tunnels_have_room(tunnels, member))
		contact = amt_contact_open(tunnels, address, &reason);
	if (!contact) {
		member->actions->failed(member, reason);
		return;
	}
	amt_tunnels_hold(tunnels, &contact->hold, member);
	amt_contact_add(contact, member);
	amt_discovery_start(&contact->discovery);
}

void amt_tunnels_join(struct amt_tunnels *tunnels, struct amt_member *member,
		      const struct addr *address, bool discover)
{
	struct amt_contact *contact = discover ? amt_contact_find(tunnels, address) : NULL;
	struct addr relay = *address;

	if (discover && !contact) {
		discover_for(tunnels, member, address);
	} else if (contact && !contact->found) {
		amt_contact_add(contact, member);
	} else {
		if (contact)
			relay = contact->relay;
		amt_tunnel_attach(tunnels, member, &relay);
	}
}

void amt_tunnels_leave(struct amt_tunnels *tunnels, struct amt_member *member)
{
	if (member->in_hand)
		amt_member_put_down(&tunnels->in_hand, member);
	if (member->contact)
		amt_contact_remove_member(member);
	if (member->tunnel)
		amt_tunnel_remove_member(member);
}

bool amt_tunnels_adopt(struct amt_tunnels *tunnels, const struct addr *relay,
		       const struct addr *local, uint16_t local_port)
{
	struct amt_tunnel *tunnel;
	const char *reason;

	if (amt_tunnel_find(tunnels, relay))
		return false;
	tunnel = amt_tunnel_open(tunnels, relay, local_port, &reason);
	if (!tunnel)
		return false;
	tunnels->actions->opened(tunnels->context, tunnel);
	if (addr_equal(&tunnel->endpoint.local, local) &&
	    tunnel->endpoint.local_port == local_port) {
		timer_start(tunnels->timers, &tunnel->unused, AMT_LINGER);
		return true;
	}
	amt_tunnel_close(tunnel);
	return false;
}

void amt_tunnels_flows(struct amt_member *member)
{
	if (member->tunnel)
		amt_gateway_flows(&member->tunnel->gateway);
}

void amt_tunnels_remind(struct amt_member *member)
{
	if (member->tunnel)
		amt_gateway_remind(&member->tunnel->gateway, &member->sg);
}

void amt_tunnels_probe(struct amt_member *member)
{
	if (member->tunnel)
		amt_gateway_probe(&member->tunnel->gateway);
}

void amt_tunnels_route_changed(struct amt_tunnels *tunnels)
{
	struct amt_tunnel *tunnel, *next;

	amt_contacts_follow_routes(tunnels);
	HASH_ITER (hh, tunnels->by_relay, tunnel, next)
		amt_tunnel_follow_route(tunnel);
}

void amt_tunnels_return(struct amt_tunnels *tunnels, usec_t asleep)
{
	struct amt_tunnel *tunnel;

	amt_holds_age(&tunnels->holds, asleep);
	amt_contacts_return(tunnels);
	for (tunnel = tunnels->by_relay; tunnel; tunnel = tunnel->hh.next)
		amt_gateway_return(&tunnel->gateway);
}

void amt_tunnels_close(struct amt_tunnels *tunnels)
{
	struct amt_tunnel *tunnel, *next;

	HASH_ITER (hh, tunnels->by_relay, tunnel, next) {
		amt_gateway_leave(&tunnel->gateway);
		amt_tunnel_close(tunnel);
	}
	amt_contacts_close(tunnels);
	amt_holds_expire(&tunnels->holds, USEC_NEVER);
	amt_known_free(&tunnels->known);
	pace_free(&tunnels->pace);
}
