/* SPDX-License-Identifier: BSD-2-Clause */
#include "amt/tunnel.h"
#include "amt/contact.h"
#include "amt/tunnels.h"
#include "base/memory.h"

#include <utlist.h>

static const char relay_is_full[] = "relay takes no new channels (L flag)";

static struct amt_tunnel *tunnel_of(struct amt_gateway *gateway)
{
	return container_of(gateway, struct amt_tunnel, gateway);
}

struct amt_tunnel *amt_tunnel_find(const struct amt_tunnels *tunnels, const struct addr *relay)
{
	struct amt_tunnel *tunnel;

	HASH_FIND(hh, tunnels->by_relay, relay, sizeof(*relay), tunnel);
	return tunnel;
}

struct amt_flow amt_tunnel_flow(const struct amt_tunnel *tunnel)
{
	return (struct amt_flow){.relay = tunnel->relay,
				 .local = tunnel->endpoint.local,
				 .local_port = tunnel->endpoint.local_port};
}

/* The end of a tunnel */

void amt_tunnel_close(struct amt_tunnel *tunnel)
{
	struct amt_tunnels *tunnels = tunnel->tunnels;

	amt_contacts_forget(tunnels, &tunnel->relay);
	tunnels->actions->closed(tunnels->context, tunnel);
	timer_stop(tunnels->timers, &tunnel->unused);
	pace_release(&tunnel->hold);
	amt_known_note(&tunnels->known, &tunnel->relay, tunnel->gateway.p_flag.first);
	amt_gateway_free(&tunnel->gateway);
	amt_endpoint_close(&tunnel->endpoint);
	HASH_DEL(tunnels->by_relay, tunnel);
	free(tunnel);
}

static void unused_due(struct timer *timer)
{
	struct amt_tunnel *tunnel = container_of(timer, struct amt_tunnel, unused);

	if (tunnel->leaves >= amt_gateway_leaves(&tunnel->gateway)) {
		amt_tunnel_close(tunnel);
		return;
	}
	amt_gateway_leave(&tunnel->gateway);
	tunnel->leaves++;
	timer_start(tunnel->tunnels->timers, timer, AMT_LEAVE_INTERVAL);
}

/* Relays that are held down */

static enum amt_hold_kind kind_of_hold(const struct amt_tunnel *tunnel)
{
	if (tunnel->gateway.full)
		return AMT_HOLD_FULL;
	if (tunnel->gateway.refusing)
		return AMT_HOLD_REFUSING;
	return tunnel->has_served ? AMT_HOLD_AWAITED : AMT_HOLD_BEHIND;
}

/* Holds down the relay, and the discovery addresses that led to it. */
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

/* A Query alone says nothing of Updates, nor of room: the stronger kinds of hold stay. */
static void lift_hold(struct amt_tunnels *tunnels, const struct addr *relay)
{
	const struct amt_hold *hold = amt_holds_find(&tunnels->holds, relay, tunnels->timers->now);

	if (!hold || !amt_hold_forbids(hold))
		amt_holds_lift(&tunnels->holds, relay);
}

/* Members */

static void add_member(struct amt_tunnel *tunnel, struct amt_member *member)
{
	timer_stop(tunnel->tunnels->timers, &tunnel->unused);
	member->tunnel = tunnel;
	DL_APPEND(tunnel->members, member);
	if (member->connection)
		amt_gateway_connect(&tunnel->gateway, member->sg.source.family);
	else
		amt_gateway_want(&tunnel->gateway, &member->sg, member);
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

void amt_tunnel_remove_member(struct amt_member *member)
{
	struct amt_tunnel *tunnel = member->tunnel;

	detach(member);
	if (!tunnel->members)
		timer_start(tunnel->tunnels->timers, &tunnel->unused,
			    tunnel->has_served ? AMT_LINGER : 0);
}

/* The Request goes out before the owner hears of the tunnel, since there is no data before the
 * relay's answer. */
static void attach_to_new(struct amt_tunnels *tunnels, struct amt_member *member,
			  const struct addr *relay)
{
	const char *reason = amt_network_is_full;
	struct amt_tunnel *tunnel = NULL;

	if (amt_tunnels_have_room(tunnels, member))
		tunnel = amt_tunnel_open(tunnels, relay, 0, &reason);
	if (!tunnel) {
		amt_contacts_forget(tunnels, relay);
		member->actions->failed(member, reason);
		return;
	}
	amt_tunnels_hold(tunnels, &tunnel->hold, member);
	add_member(tunnel, member);
	tunnels->actions->opened(tunnels->context, tunnel);
}

/* A full relay goes on with what it serves (RFC 7450 section 5.1.4.4). A connection stands for a
 * new channel, which must go elsewhere. */
void amt_tunnel_attach(struct amt_tunnels *tunnels, struct amt_member *member,
		       const struct addr *relay)
{
	struct amt_tunnel *tunnel = amt_tunnel_find(tunnels, relay);

	if (tunnel && tunnel->leaves) { /* the relay has been told to forget the tunnel */
		amt_tunnel_close(tunnel);
		tunnel = NULL;
	}
	if (!tunnel) {
		attach_to_new(tunnels, member, relay);
		return;
	}
	if (member->connection && tunnel->gateway.full) {
		hold_down(tunnel, relay_is_full);
		member->actions->failed(member, relay_is_full);
		return;
	}
	add_member(tunnel, member);
	if (member->connection &&
	    amt_gateway_is_established(&tunnel->gateway, member->sg.source.family))
		member->actions->up(member);
}

void amt_tunnel_attach_all(struct amt_tunnels *tunnels, struct addr relay)
{
	while (tunnels->in_hand) {
		struct amt_member *member = tunnels->in_hand;

		amt_member_put_down(&tunnels->in_hand, member);
		amt_tunnel_attach(tunnels, member, &relay);
	}
}

/* Takes the family's members in hand: all of them, or the connections alone. */
static void take_in_hand(struct amt_tunnel *tunnel, int family, bool connections_only)
{
	struct amt_member *member, *next;

	DL_FOREACH_SAFE (tunnel->members, member, next) {
		if (member->sg.source.family != family || (connections_only && !member->connection))
			continue;
		detach(member);
		amt_member_take_in_hand(&tunnel->tunnels->in_hand, member);
	}
}

/* What the gateway says */

static void gateway_send(struct amt_gateway *gateway, const uint8_t *bytes, size_t length)
{
	amt_endpoint_send(&tunnel_of(gateway)->endpoint, bytes, length);
}

static size_t gateway_payload_max(struct amt_gateway *gateway)
{
	return amt_endpoint_payload_max(&tunnel_of(gateway)->endpoint, AMT_DATAGRAM_MAX);
}

/* Connections are attached once more, by which their owners hear of the Query. The owners of
 * channels hear of it when an Update is about to name them. */
static void gateway_established(struct amt_gateway *gateway, int family)
{
	struct amt_tunnel *tunnel = tunnel_of(gateway);
	struct amt_tunnels *tunnels = tunnel->tunnels;

	tunnel->has_served = true;
	pace_answered(&tunnel->hold);
	lift_hold(tunnels, &tunnel->relay);
	take_in_hand(tunnel, family, true);
	amt_tunnel_attach_all(tunnels, tunnel->relay);
}

static void gateway_up(struct amt_gateway *gateway, void *owner)
{
	struct amt_member *member = owner;

	(void)gateway;
	member->actions->up(member);
}

static void gateway_reported(struct amt_gateway *gateway, void *owner)
{
	struct amt_member *member = owner;

	(void)gateway;
	member->actions->reported(member);
}

/* Members are taken out, and a tunnel without any is closed, before an owner hears of the failure:
 * an owner may come back with the same relay at once. */
static void gateway_failed(struct amt_gateway *gateway, int family, const char *reason)
{
	struct amt_tunnel *tunnel = tunnel_of(gateway);
	struct amt_tunnels *tunnels = tunnel->tunnels;

	hold_down(tunnel, reason);
	take_in_hand(tunnel, family, false);
	if (tunnel->members)
		amt_contacts_forget(tunnels, &tunnel->relay);
	else
		amt_tunnel_close(tunnel);
	amt_members_fail(&tunnels->in_hand, reason);
}

static void gateway_full(struct amt_gateway *gateway, bool full)
{
	struct amt_tunnel *tunnel = tunnel_of(gateway);
	struct amt_member *member;

	if (full)
		hold_down(tunnel, relay_is_full);
	DL_FOREACH (tunnel->members, member)
		if (!member->connection)
			member->actions->full(member, full);
}

static const struct amt_gateway_actions gateway_actions = {.send = gateway_send,
							   .payload_max = gateway_payload_max,
							   .established = gateway_established,
							   .up = gateway_up,
							   .reported = gateway_reported,
							   .full = gateway_full,
							   .failed = gateway_failed};

/* What the endpoint receives */

static void take_data(struct amt_tunnel *tunnel, struct cursor data)
{
	tunnel->data_on_socket++;
	amt_gateway_flows(&tunnel->gateway);
	tunnel->tunnels->actions->data(tunnel->tunnels->context, tunnel, data);
}

static enum fault receive(struct amt_tunnel *tunnel, struct cursor bytes, enum protocol *protocol)
{
	struct amt_message message;
	enum fault fault = amt_decode(bytes, &message);

	if (fault)
		return fault;
	if (message.type == AMT_QUERY)
		return amt_gateway_receive(&tunnel->gateway, &message.query, protocol);
	if (message.type != AMT_DATA)
		return FAULT_UNEXPECTED;
	take_data(tunnel, message.data);
	return FAULT_NONE;
}

/* The tunnel may be gone after the call. */
static void received(struct amt_endpoint *endpoint, const uint8_t *bytes, size_t length)
{
	struct amt_tunnel *tunnel = container_of(endpoint, struct amt_tunnel, endpoint);
	struct amt_tunnels *tunnels = tunnel->tunnels;
	enum protocol protocol = PROTOCOL_AMT;
	enum fault fault = FAULT_UNREACHABLE;
	struct addr relay = tunnel->relay;

	if (bytes)
		fault = receive(tunnel, cursor_over(bytes, length), &protocol);
	else
		amt_gateway_unreachable(&tunnel->gateway);
	if (fault)
		tunnels->actions->rejected(tunnels->context, &relay, protocol, fault);
}

/* The begin of a tunnel */

/* A NAT or a firewall on the path may keep stale state for as long as packets come from one port,
 * so that another port is tried after some failures. It is not tried at once, nor for long: a relay
 * that was only away for a while may know us by the first port. */
static unsigned port_choice(struct amt_tunnels *tunnels, const struct addr *relay)
{
	const struct amt_hold *hold = amt_holds_find(&tunnels->holds, relay, tunnels->timers->now);

	return hold && hold->failures % AMT_PORT_FAILURES == 0;
}

/* A gateway behind a discovery address is not patient: another Discovery finds another relay sooner
 * than this one comes back. */
static void start_gateway(struct amt_tunnel *tunnel)
{
	struct amt_tunnels *tunnels = tunnel->tunnels;
	struct amt_gateway *gateway = &tunnel->gateway;

	gateway->timers = tunnels->timers;
	gateway->actions = &gateway_actions;
	gateway->p_flag.first = amt_known_p_flag(&tunnels->known, &tunnel->relay);
	gateway->patient = amt_holds_awaits(&tunnels->holds, &tunnel->relay) &&
			   !amt_contact_led_to(tunnels, &tunnel->relay);
	amt_gateway_init(gateway);
}

struct amt_tunnel *amt_tunnel_open(struct amt_tunnels *tunnels, const struct addr *relay,
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
	tunnel->unused.fn = unused_due;
	tunnel->endpoint = (struct amt_endpoint){.actions = tunnels->endpoint_actions,
						 .context = tunnels->context,
						 .peer = *relay,
						 .local_port = local_port,
						 .keeps_port = true,
						 .port_choice = port_choice(tunnels, relay),
						 .received = received};
	if (!amt_endpoint_open(&tunnel->endpoint, reason)) {
		free(tunnel);
		return NULL;
	}
	start_gateway(tunnel);
	HASH_ADD(hh, tunnels->by_relay, relay, sizeof(tunnel->relay), tunnel);
	return tunnel;
}

/* Routes */

/* closed() and opened() name the endpoint as it was and as it is. */
void amt_tunnel_follow_route(struct amt_tunnel *tunnel)
{
	struct amt_tunnels *tunnels = tunnel->tunnels;
	struct amt_endpoint before = tunnel->endpoint, now;
	struct amt_member *member;

	if (!amt_endpoint_follow_route(&tunnel->endpoint))
		return;
	now = tunnel->endpoint;
	tunnel->endpoint = before;
	tunnels->actions->closed(tunnels->context, tunnel);
	tunnel->endpoint = now;
	tunnels->actions->opened(tunnels->context, tunnel);
	DL_FOREACH (tunnel->members, member)
		if (amt_gateway_is_established(&tunnel->gateway, member->sg.source.family))
			member->actions->up(member);
	amt_gateway_moved(&tunnel->gateway);
}
