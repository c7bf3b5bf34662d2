/* SPDX-License-Identifier: BSD-2-Clause */
#include "amt/tunnels.h"
#include "base/log.h"
#include "base/memory.h"

#include <utlist.h>

static void attach(struct amt_tunnels *tunnels, struct amt_member *member,
		   const struct addr *relay);

/* Endpoints */

static void endpoint_send(struct amt_tunnels *tunnels, struct amt_endpoint *endpoint,
			  const uint8_t *bytes, size_t length)
{
	if (endpoint->socket)
		tunnels->actions->send(tunnels->context, endpoint, bytes, length);
}

static void endpoint_close(struct amt_tunnels *tunnels, struct amt_endpoint *endpoint)
{
	if (endpoint->socket)
		tunnels->actions->close(tunnels->context, endpoint);
}

/* Opens it again where the route leaves from another address now. The old socket is closed first,
 * since it has the port. Where the new one cannot be had, nothing is sent until routes change
 * again, and timers decide. False: nothing has become of it. */
static bool endpoint_follow(struct amt_tunnels *tunnels, struct amt_endpoint *endpoint)
{
	struct amt_endpoint before = *endpoint;
	const char *reason;

	if (endpoint->socket && !tunnels->actions->moved(tunnels->context, endpoint))
		return false;
	endpoint_close(tunnels, endpoint);
	if (tunnels->actions->open(tunnels->context, endpoint, &reason))
		return true;
	*endpoint = before;
	endpoint->socket = NULL;
	return false;
}

/* Contacts: discovery addresses */

static void contact_free(struct amt_contact *contact)
{
	struct amt_tunnels *tunnels = contact->tunnels;

	amt_discovery_stop(&contact->discovery);
	pace_release(&contact->hold);
	endpoint_close(tunnels, &contact->endpoint);
	free(contact);
}

static void contact_remove(struct amt_contact *contact)
{
	HASH_DEL(contact->tunnels->by_contact, contact);
	contact_free(contact);
}

static void discovery_send(struct amt_discovery *discovery, const uint8_t *bytes, size_t length)
{
	struct amt_contact *contact = container_of(discovery, struct amt_contact, discovery);

	endpoint_send(contact->tunnels, &contact->endpoint, bytes, length);
}

/* A member in hand is in no other list. Whoever is told of one may take any other out. */
static void take_in_hand(struct amt_tunnels *tunnels, struct amt_member *member)
{
	member->in_hand = true;
	DL_APPEND(tunnels->in_hand, member);
}

static void out_of_hand(struct amt_tunnels *tunnels, struct amt_member *member)
{
	DL_DELETE(tunnels->in_hand, member);
	member->in_hand = false;
}

static void take_all_waiting(struct amt_contact *contact)
{
	while (contact->waiting) {
		struct amt_member *member = contact->waiting;

		DL_DELETE(contact->waiting, member);
		member->contact = NULL;
		take_in_hand(contact->tunnels, member);
	}
}

static void attach_all(struct amt_tunnels *tunnels, struct addr relay)
{
	while (tunnels->in_hand) {
		struct amt_member *member = tunnels->in_hand;

		out_of_hand(tunnels, member);
		attach(tunnels, member, &relay);
	}
}

static void fail_all(struct amt_tunnels *tunnels, const char *reason)
{
	while (tunnels->in_hand) {
		struct amt_member *member = tunnels->in_hand;

		out_of_hand(tunnels, member);
		tunnels->actions->failed(tunnels->context, member, reason);
	}
}

static void discovery_found(struct amt_discovery *discovery, const struct addr *relay)
{
	struct amt_contact *contact = container_of(discovery, struct amt_contact, discovery);
	struct amt_tunnels *tunnels = contact->tunnels;
	char text[2][ADDR_TEXT];

	log_notice("amt: %s names relay %s", addr_format(&contact->address, text[0]),
		   addr_format(relay, text[1]));
	contact->found = true;
	contact->relay = *relay;
	pace_release(&contact->hold);
	endpoint_close(tunnels, &contact->endpoint);
	take_all_waiting(contact);
	attach_all(tunnels, *relay); /* which may free the contact */
}

/* The contact leaves the table first: an owner may come back with the same address at once. */
static void discovery_failed(struct amt_discovery *discovery, const char *reason)
{
	struct amt_contact *contact = container_of(discovery, struct amt_contact, discovery);
	struct amt_tunnels *tunnels = contact->tunnels;

	amt_holds_put(&tunnels->holds, &contact->address, tunnels->timers->now, tunnels->hold_down,
		      AMT_HOLD_BEHIND, reason);
	HASH_DEL(tunnels->by_contact, contact);
	take_all_waiting(contact);
	fail_all(tunnels, reason);
	contact_free(contact);
}

static const struct amt_discovery_actions discovery_actions = {
	.send = discovery_send, .found = discovery_found, .failed = discovery_failed};

static void contact_received(struct amt_endpoint *endpoint, const uint8_t *bytes, size_t length)
{
	struct amt_contact *contact = container_of(endpoint, struct amt_contact, endpoint);
	struct amt_tunnels *tunnels = contact->tunnels;
	struct addr peer = endpoint->peer;
	struct amt_message message;
	enum fault fault;

	if (!bytes) { /* unreachable: while an answer is awaited its retry timer decides */
		tunnels->actions->refused(tunnels->context, &peer, PROTOCOL_AMT, FAULT_UNREACHABLE);
		return;
	}
	fault = amt_decode(cursor_over(bytes, length), &message);
	if (!fault && message.type != AMT_ADVERTISEMENT)
		fault = FAULT_UNEXPECTED;
	if (!fault)
		fault = amt_discovery_receive(&contact->discovery, &message.advertisement);
	if (fault)
		tunnels->actions->refused(tunnels->context, &peer, PROTOCOL_AMT, fault);
}

static struct amt_contact *contact_open(struct amt_tunnels *tunnels, const struct addr *address,
					const char **reason)
{
	struct amt_contact *contact;

	if (HASH_COUNT(tunnels->by_contact) >= tunnels->limit) {
		*reason = "too many relays (limit 'tunnels')";
		return NULL;
	}
	contact = memory_new(sizeof(*contact));
	contact->address = *address;
	contact->tunnels = tunnels;
	contact->endpoint = (struct amt_endpoint){.peer = *address, .received = contact_received};
	contact->discovery.timers = tunnels->timers;
	contact->discovery.actions = &discovery_actions;
	contact->discovery.patient = amt_holds_awaits(&tunnels->holds, address);
	if (!tunnels->actions->open(tunnels->context, &contact->endpoint, reason)) {
		free(contact);
		return NULL;
	}
	HASH_ADD(hh, tunnels->by_contact, address, sizeof(contact->address), contact);
	return contact;
}

static void wait_for_contact(struct amt_contact *contact, struct amt_member *member)
{
	member->contact = contact;
	DL_APPEND(contact->waiting, member);
}

/* A discovery is remembered as long as there is a tunnel to the relay that it found. */
static bool has_contact(const struct amt_tunnels *tunnels, const struct addr *relay)
{
	const struct amt_contact *contact;

	for (contact = tunnels->by_contact; contact; contact = contact->hh.next)
		if (contact->found && addr_equal(&contact->relay, relay))
			return true;
	return false;
}

static void remove_contacts_of(struct amt_tunnels *tunnels, const struct addr *relay)
{
	struct amt_contact *contact, *next;

	HASH_ITER (hh, tunnels->by_contact, contact, next)
		if (contact->found && addr_equal(&contact->relay, relay))
			contact_remove(contact);
}

/* Tunnels */

static void tunnel_close(struct amt_tunnel *tunnel)
{
	struct amt_tunnels *tunnels = tunnel->tunnels;

	remove_contacts_of(tunnels, &tunnel->relay);
	tunnels->actions->closed(tunnels->context, tunnel);
	timer_stop(tunnels->timers, &tunnel->unused);
	pace_release(&tunnel->hold);
	amt_known_note(&tunnels->known, &tunnel->relay, tunnel->gateway.p_flag.first);
	amt_gateway_free(&tunnel->gateway);
	endpoint_close(tunnels, &tunnel->endpoint);
	HASH_DEL(tunnels->by_relay, tunnel);
	free(tunnel);
}

static void tunnel_unused(struct timer *timer)
{
	struct amt_tunnel *tunnel = container_of(timer, struct amt_tunnel, unused);

	if (tunnel->leaves >= amt_gateway_leaves(&tunnel->gateway)) {
		tunnel_close(tunnel);
		return;
	}
	amt_gateway_leave(&tunnel->gateway);
	tunnel->leaves++;
	timer_start(tunnel->tunnels->timers, timer, AMT_LEAVE_INTERVAL);
}

static void gateway_send(struct amt_gateway *gateway, const uint8_t *bytes, size_t length)
{
	struct amt_tunnel *tunnel = container_of(gateway, struct amt_tunnel, gateway);

	endpoint_send(tunnel->tunnels, &tunnel->endpoint, bytes, length);
}

static size_t gateway_payload_max(struct amt_gateway *gateway)
{
	struct amt_tunnel *tunnel = container_of(gateway, struct amt_tunnel, gateway);

	if (!tunnel->endpoint.socket)
		return AMT_DATAGRAM_MAX;
	return tunnel->tunnels->actions->payload_max(tunnel->tunnels->context, &tunnel->endpoint);
}

static void detach(struct amt_member *member)
{
	struct amt_tunnel *tunnel = member->tunnel;

	if (member->connection)
		amt_gateway_disconnect(&tunnel->gateway, member->sg.source.family);
	else
		amt_gateway_unwant(&tunnel->gateway, &member->sg);
	DL_DELETE(tunnel->members, member);
	member->tunnel = NULL;
}

/* What a Query alone proves: it says nothing of Updates. */
static void lift_hold(struct amt_tunnels *tunnels, const struct addr *relay)
{
	const struct amt_hold *hold = amt_holds_find(&tunnels->holds, relay, tunnels->timers->now);

	if (!hold || !amt_hold_forbids(hold))
		amt_holds_lift(&tunnels->holds, relay);
}

/* Connections are placed again, and so hear of it: an owner who does may take any of them out. The
 * owners of the others hear of it when a report is to name them. */
static void gateway_established(struct amt_gateway *gateway, int family)
{
	struct amt_tunnel *tunnel = container_of(gateway, struct amt_tunnel, gateway);
	struct amt_tunnels *tunnels = tunnel->tunnels;
	struct amt_member *member, *next;

	tunnel->has_served = true;
	pace_answered(&tunnel->hold);
	lift_hold(tunnels, &tunnel->relay);
	DL_FOREACH_SAFE (tunnel->members, member, next) {
		if (!member->connection || member->sg.source.family != family)
			continue;
		detach(member);
		take_in_hand(tunnels, member);
	}
	attach_all(tunnels, tunnel->relay);
}

static void gateway_up(struct amt_gateway *gateway, void *owner)
{
	struct amt_tunnel *tunnel = container_of(gateway, struct amt_tunnel, gateway);

	tunnel->tunnels->actions->up(tunnel->tunnels->context, owner);
}

static void gateway_reported(struct amt_gateway *gateway, void *owner)
{
	struct amt_tunnel *tunnel = container_of(gateway, struct amt_tunnel, gateway);

	tunnel->tunnels->actions->reported(tunnel->tunnels->context, owner);
}

static enum amt_hold_kind kind_of_hold(const struct amt_tunnel *tunnel)
{
	if (tunnel->gateway.full)
		return AMT_HOLD_FULL;
	if (tunnel->gateway.refusing)
		return AMT_HOLD_REFUSING;
	return tunnel->has_served ? AMT_HOLD_AWAITED : AMT_HOLD_BEHIND;
}

/* The relay, and what led to it. */
static void hold_down(struct amt_tunnel *tunnel, const char *reason)
{
	struct amt_tunnels *tunnels = tunnel->tunnels;
	enum amt_hold_kind kind = kind_of_hold(tunnel);
	usec_t now = tunnels->timers->now;
	usec_t duration = kind == AMT_HOLD_FULL ? AMT_HOLD_FULL_TIME : tunnels->hold_down;
	struct amt_contact *contact;

	amt_holds_put(&tunnels->holds, &tunnel->relay, now, duration, kind, reason);
	for (contact = tunnels->by_contact; contact; contact = contact->hh.next)
		if (contact->found && addr_equal(&contact->relay, &tunnel->relay))
			amt_holds_put(&tunnels->holds, &contact->address, now, duration, kind,
				      reason);
}

/* Members are taken out, and a tunnel that nobody else uses is closed, before any owner hears of
 * it: an owner may come back with the same relay at once. */
static void gateway_failed(struct amt_gateway *gateway, int family, const char *reason)
{
	struct amt_tunnel *tunnel = container_of(gateway, struct amt_tunnel, gateway);
	struct amt_tunnels *tunnels = tunnel->tunnels;
	struct amt_member *member, *next;

	hold_down(tunnel, reason);
	DL_FOREACH_SAFE (tunnel->members, member, next) {
		if (member->sg.source.family != family)
			continue;
		detach(member);
		take_in_hand(tunnels, member);
	}
	if (tunnel->members)
		remove_contacts_of(tunnels, &tunnel->relay);
	else
		tunnel_close(tunnel);
	fail_all(tunnels, reason);
}

static const char relay_full[] = "relay takes no new channels (L flag)";

static void gateway_full(struct amt_gateway *gateway, bool full)
{
	struct amt_tunnel *tunnel = container_of(gateway, struct amt_tunnel, gateway);
	struct amt_tunnels *tunnels = tunnel->tunnels;
	struct amt_member *member;

	if (full)
		hold_down(tunnel, relay_full);
	DL_FOREACH (tunnel->members, member)
		if (!member->connection)
			tunnels->actions->full(tunnels->context, member, full);
}

static const struct amt_gateway_actions gateway_actions = {.send = gateway_send,
							   .payload_max = gateway_payload_max,
							   .established = gateway_established,
							   .up = gateway_up,
							   .reported = gateway_reported,
							   .full = gateway_full,
							   .failed = gateway_failed};

static void tunnel_received(struct amt_endpoint *endpoint, const uint8_t *bytes, size_t length)
{
	struct amt_tunnel *tunnel = container_of(endpoint, struct amt_tunnel, endpoint);
	struct amt_tunnels *tunnels = tunnel->tunnels;
	enum protocol protocol = PROTOCOL_AMT;
	struct addr relay = tunnel->relay;
	struct amt_message message;
	enum fault fault;

	if (!bytes) {
		tunnels->actions->refused(tunnels->context, &relay, PROTOCOL_AMT,
					  FAULT_UNREACHABLE);
		amt_gateway_unreachable(&tunnel->gateway);
		return;
	}
	fault = amt_decode(cursor_over(bytes, length), &message);
	if (!fault && message.type == AMT_DATA) {
		tunnel->data_on_socket++;
		amt_gateway_flows(&tunnel->gateway);
		tunnels->actions->data(tunnels->context, tunnel, message.data);
		return;
	}
	if (!fault && message.type != AMT_QUERY)
		fault = FAULT_UNEXPECTED;
	if (!fault)
		fault = amt_gateway_receive(&tunnel->gateway, &message.query, &protocol);
	if (fault)
		tunnels->actions->refused(tunnels->context, &relay, protocol, fault);
}

/* A NAT or a firewall on the way may hold on to something stale for as long as packets come from
 * one port. A relay that is only away for a while must not see another, since it may know us by the
 * first: so it is not at once that another is taken, and not for long. */
static unsigned port_choice(struct amt_tunnels *tunnels, const struct addr *relay)
{
	const struct amt_hold *hold = amt_holds_find(&tunnels->holds, relay, tunnels->timers->now);

	return hold && hold->failures % AMT_PORT_FAILURES == 0;
}

static struct amt_tunnel *tunnel_open(struct amt_tunnels *tunnels, const struct addr *relay,
				      uint16_t local_port, const char **reason)
{
	struct amt_tunnel *tunnel;

	if (HASH_COUNT(tunnels->by_relay) >= tunnels->limit) {
		*reason = "too many relays (limit 'tunnels')";
		return NULL;
	}
	tunnel = memory_new(sizeof(*tunnel));
	tunnel->relay = *relay;
	tunnel->tunnels = tunnels;
	tunnel->since = tunnels->timers->now;
	tunnel->unused.fn = tunnel_unused;
	tunnel->endpoint = (struct amt_endpoint){.peer = *relay,
						 .local_port = local_port,
						 .keeps_port = true,
						 .port_choice = port_choice(tunnels, relay),
						 .received = tunnel_received};
	if (!tunnels->actions->open(tunnels->context, &tunnel->endpoint, reason)) {
		free(tunnel);
		return NULL;
	}
	tunnel->gateway.timers = tunnels->timers;
	tunnel->gateway.actions = &gateway_actions;
	tunnel->gateway.p_flag.first = amt_known_p_flag(&tunnels->known, relay);
	/* Who was led to it by a discovery address is led on sooner by another Discovery. */
	tunnel->gateway.patient =
		amt_holds_awaits(&tunnels->holds, relay) && !has_contact(tunnels, relay);
	amt_gateway_init(&tunnel->gateway);
	HASH_ADD(hh, tunnels->by_relay, relay, sizeof(tunnel->relay), tunnel);
	return tunnel;
}

static struct amt_tunnel *tunnel_find(const struct amt_tunnels *tunnels, const struct addr *relay)
{
	struct amt_tunnel *tunnel;

	HASH_FIND(hh, tunnels->by_relay, relay, sizeof(*relay), tunnel);
	return tunnel;
}

static void add_member(struct amt_tunnel *tunnel, struct amt_member *member)
{
	int family = member->sg.source.family;

	timer_stop(tunnel->tunnels->timers, &tunnel->unused);
	member->tunnel = tunnel;
	DL_APPEND(tunnel->members, member);
	if (member->connection)
		amt_gateway_connect(&tunnel->gateway, family);
	else
		amt_gateway_want(&tunnel->gateway, &member->sg, member);
}

static const char network_full[] = "too many relays for sources of one network (limit 'tunnels')";

bool amt_tunnels_have_room(const struct amt_tunnels *tunnels, const struct amt_member *member)
{
	unsigned held = pace_held(&tunnels->pace, &member->sg.source);
	unsigned tunnel_count = HASH_COUNT(tunnels->by_relay);

	return !member->is_strange || held < AMT_NETWORK_LEAST ||
	       held * AMT_NETWORK_OF_FREE + tunnel_count < tunnels->limit;
}

static void hold(struct amt_tunnels *tunnels, struct pace_hold *hold,
		 const struct amt_member *member)
{
	if (member->is_strange)
		pace_hold(&tunnels->pace, hold, &member->sg.source);
}

/* The Request goes first: the tunnel has no data before the relay's answer. */
static void open_for(struct amt_tunnels *tunnels, struct amt_member *member,
		     const struct addr *relay)
{
	const char *reason = network_full;
	struct amt_tunnel *tunnel = NULL;

	if (amt_tunnels_have_room(tunnels, member))
		tunnel = tunnel_open(tunnels, relay, 0, &reason);
	if (tunnel) {
		hold(tunnels, &tunnel->hold, member);
		add_member(tunnel, member);
		tunnels->actions->opened(tunnels->context, tunnel);
		return;
	}
	remove_contacts_of(tunnels, relay);
	tunnels->actions->failed(tunnels->context, member, reason);
}

/* A relay that is full serves on whom it serves (RFC 7450 section 5.1.4.4): a connection comes of a
 * new channel, which is to go elsewhere. */
static void attach(struct amt_tunnels *tunnels, struct amt_member *member, const struct addr *relay)
{
	struct amt_tunnel *tunnel = tunnel_find(tunnels, relay);

	if (tunnel && tunnel->leaves) { /* the relay has been told to forget it */
		tunnel_close(tunnel);
		tunnel = NULL;
	}
	if (!tunnel) {
		open_for(tunnels, member, relay);
		return;
	}
	if (member->connection && tunnel->gateway.full) {
		hold_down(tunnel, relay_full);
		tunnels->actions->failed(tunnels->context, member, relay_full);
		return;
	}
	add_member(tunnel, member);
	if (member->connection &&
	    amt_gateway_is_established(&tunnel->gateway, member->sg.source.family))
		tunnels->actions->up(tunnels->context, member);
}

bool amt_tunnels_know(const struct amt_tunnels *tunnels, const struct addr *address, bool discover)
{
	const struct amt_contact *contact;

	if (amt_holds_awaits(&tunnels->holds, address))
		return true;
	if (!discover)
		return tunnel_find(tunnels, address);
	HASH_FIND(hh, tunnels->by_contact, address, sizeof(*address), contact);
	return contact;
}

void amt_tunnels_join(struct amt_tunnels *tunnels, struct amt_member *member,
		      const struct addr *address, bool discover)
{
	const char *reason = network_full;
	struct amt_contact *contact;

	if (!discover) {
		attach(tunnels, member, address);
		return;
	}
	HASH_FIND(hh, tunnels->by_contact, address, sizeof(*address), contact);
	if (contact && contact->found) {
		struct addr relay = contact->relay;

		attach(tunnels, member, &relay);
		return;
	}
	if (contact) {
		wait_for_contact(contact, member);
		return;
	}
	if (amt_tunnels_have_room(tunnels, member))
		contact = contact_open(tunnels, address, &reason);
	if (!contact) {
		tunnels->actions->failed(tunnels->context, member, reason);
		return;
	}
	hold(tunnels, &contact->hold, member);
	wait_for_contact(contact, member);
	amt_discovery_start(&contact->discovery);
}

bool amt_tunnels_adopt(struct amt_tunnels *tunnels, const struct addr *relay,
		       const struct addr *local, uint16_t local_port)
{
	struct amt_tunnel *tunnel;
	const char *reason;

	if (tunnel_find(tunnels, relay))
		return false;
	tunnel = tunnel_open(tunnels, relay, local_port, &reason);
	if (!tunnel)
		return false;
	tunnels->actions->opened(tunnels->context, tunnel);
	if (addr_equal(&tunnel->endpoint.local, local) &&
	    tunnel->endpoint.local_port == local_port) {
		timer_start(tunnels->timers, &tunnel->unused, AMT_LINGER);
		return true;
	}
	tunnel_close(tunnel);
	return false;
}

void amt_tunnels_leave(struct amt_tunnels *tunnels, struct amt_member *member)
{
	struct amt_contact *contact = member->contact;
	struct amt_tunnel *tunnel = member->tunnel;

	if (member->in_hand)
		out_of_hand(tunnels, member);
	if (contact) {
		DL_DELETE(contact->waiting, member);
		member->contact = NULL;
		if (!contact->waiting)
			contact_remove(contact);
	}
	if (tunnel) {
		detach(member);
		if (!tunnel->members)
			timer_start(tunnels->timers, &tunnel->unused,
				    tunnel->has_served ? AMT_LINGER : 0);
	}
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

/* Routes */

static void tunnel_follow(struct amt_tunnel *tunnel)
{
	struct amt_tunnels *tunnels = tunnel->tunnels;
	struct amt_endpoint before = tunnel->endpoint, now;
	struct amt_member *member;

	if (!endpoint_follow(tunnels, &tunnel->endpoint))
		return;
	now = tunnel->endpoint;
	tunnel->endpoint = before;
	tunnels->actions->closed(tunnels->context, tunnel);
	tunnel->endpoint = now;
	tunnels->actions->opened(tunnels->context, tunnel);
	DL_FOREACH (tunnel->members, member)
		if (amt_gateway_is_established(&tunnel->gateway, member->sg.source.family))
			tunnels->actions->up(tunnels->context, member);
	amt_gateway_moved(&tunnel->gateway);
}

void amt_tunnels_route_changed(struct amt_tunnels *tunnels)
{
	struct amt_contact *contact, *next_contact;
	struct amt_tunnel *tunnel, *next;

	HASH_ITER (hh, tunnels->by_contact, contact, next_contact)
		if (!contact->found)
			endpoint_follow(tunnels, &contact->endpoint); /* for its next Discovery */
	HASH_ITER (hh, tunnels->by_relay, tunnel, next)
		tunnel_follow(tunnel);
}

void amt_tunnels_close(struct amt_tunnels *tunnels)
{
	struct amt_contact *contact, *next_contact;
	struct amt_tunnel *tunnel, *next;

	HASH_ITER (hh, tunnels->by_relay, tunnel, next) {
		amt_gateway_leave(&tunnel->gateway);
		tunnel_close(tunnel);
	}
	HASH_ITER (hh, tunnels->by_contact, contact, next_contact)
		contact_remove(contact);
	amt_holds_expire(&tunnels->holds, USEC_NEVER);
	amt_known_free(&tunnels->known);
	pace_free(&tunnels->pace);
}
