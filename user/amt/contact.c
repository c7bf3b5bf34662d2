/* SPDX-License-Identifier: BSD-2-Clause */
#include "amt/contact.h"
#include "amt/tunnels.h"
#include "base/log.h"
#include "base/memory.h"

#include <utlist.h>

static void release(struct amt_contact *contact)
{
	amt_discovery_stop(&contact->discovery);
	pace_release(&contact->hold);
	amt_endpoint_close(&contact->endpoint);
	free(contact);
}

static void remove_contact(struct amt_contact *contact)
{
	HASH_DEL(contact->tunnels->by_contact, contact);
	release(contact);
}

/* Discovery */

static void send_discovery(struct amt_discovery *discovery, const uint8_t *bytes, size_t length)
{
	amt_endpoint_send(&container_of(discovery, struct amt_contact, discovery)->endpoint, bytes,
			  length);
}

static void take_all_waiting(struct amt_contact *contact)
{
	while (contact->waiting) {
		struct amt_member *member = contact->waiting;

		DL_DELETE(contact->waiting, member);
		member->contact = NULL;
		amt_member_take_in_hand(&contact->tunnels->in_hand, member);
	}
}

/* The contact may be freed when members are attached to the relay's tunnel. */
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
	amt_endpoint_close(&contact->endpoint);
	take_all_waiting(contact);
	amt_tunnel_attach_all(tunnels, *relay);
}

/* The contact leaves the table first, because an owner may come back with the same address. */
static void discovery_failed(struct amt_discovery *discovery, const char *reason)
{
	struct amt_contact *contact = container_of(discovery, struct amt_contact, discovery);
	struct amt_tunnels *tunnels = contact->tunnels;

	amt_holds_put(&tunnels->holds, &contact->address, tunnels->timers->now, tunnels->hold_down,
		      AMT_HOLD_BEHIND, reason);
	HASH_DEL(tunnels->by_contact, contact);
	take_all_waiting(contact);
	amt_members_fail(&tunnels->in_hand, reason);
	release(contact);
}

static const struct amt_discovery_actions discovery_actions = {
	.send = send_discovery, .found = discovery_found, .failed = discovery_failed};

static enum fault receive(struct amt_contact *contact, struct cursor bytes)
{
	struct amt_message message;
	enum fault fault = amt_decode(bytes, &message);

	if (!fault && message.type != AMT_ADVERTISEMENT)
		fault = FAULT_UNEXPECTED;
	if (!fault)
		fault = amt_discovery_receive(&contact->discovery, &message.advertisement);
	return fault;
}

/* An unreachable peer is left to the retry timer while an Advertisement is awaited. */
static void received(struct amt_endpoint *endpoint, const uint8_t *bytes, size_t length)
{
	struct amt_contact *contact = container_of(endpoint, struct amt_contact, endpoint);
	struct amt_tunnels *tunnels = contact->tunnels;
	struct addr peer = endpoint->peer;
	enum fault fault = FAULT_UNREACHABLE;

	if (bytes)
		fault = receive(contact, cursor_over(bytes, length));
	if (fault)
		tunnels->actions->rejected(tunnels->context, &peer, PROTOCOL_AMT, fault);
}

/* The table of contacts */

struct amt_contact *amt_contact_find(const struct amt_tunnels *tunnels, const struct addr *address)
{
	struct amt_contact *contact;

	HASH_FIND(hh, tunnels->by_contact, address, sizeof(*address), contact);
	return contact;
}

struct amt_contact *amt_contact_open(struct amt_tunnels *tunnels, const struct addr *address,
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
	contact->endpoint = (struct amt_endpoint){.actions = tunnels->endpoint_actions,
						  .context = tunnels->context,
						  .peer = *address,
						  .received = received};
	contact->discovery.timers = tunnels->timers;
	contact->discovery.actions = &discovery_actions;
	contact->discovery.patient = amt_holds_awaits(&tunnels->holds, address);
	if (!amt_endpoint_open(&contact->endpoint, reason)) {
		free(contact);
		return NULL;
	}
	HASH_ADD(hh, tunnels->by_contact, address, sizeof(contact->address), contact);
	return contact;
}

void amt_contact_add(struct amt_contact *contact, struct amt_member *member)
{
	member->contact = contact;
	DL_APPEND(contact->waiting, member);
}

void amt_contact_remove_member(struct amt_member *member)
{
	struct amt_contact *contact = member->contact;

	DL_DELETE(contact->waiting, member);
	member->contact = NULL;
	if (!contact->waiting)
		remove_contact(contact);
}

bool amt_contact_led_to(const struct amt_tunnels *tunnels, const struct addr *relay)
{
	const struct amt_contact *contact;

	for (contact = tunnels->by_contact; contact; contact = contact->hh.next)
		if (contact->found && addr_equal(&contact->relay, relay))
			return true;
	return false;
}

void amt_contacts_forget(struct amt_tunnels *tunnels, const struct addr *relay)
{
	struct amt_contact *contact, *next;

	HASH_ITER (hh, tunnels->by_contact, contact, next)
		if (contact->found && addr_equal(&contact->relay, relay))
			remove_contact(contact);
}

void amt_contacts_follow_routes(struct amt_tunnels *tunnels)
{
	struct amt_contact *contact, *next;

	HASH_ITER (hh, tunnels->by_contact, contact, next)
		if (!contact->found)
			amt_endpoint_follow_route(&contact->endpoint);
}

void amt_contacts_return(struct amt_tunnels *tunnels)
{
	struct amt_contact *contact, *next;

	HASH_ITER (hh, tunnels->by_contact, contact, next)
		if (!contact->found)
			amt_discovery_start(&contact->discovery);
}

void amt_contacts_close(struct amt_tunnels *tunnels)
{
	struct amt_contact *contact, *next;

	HASH_ITER (hh, tunnels->by_contact, contact, next)
		remove_contact(contact);
}
