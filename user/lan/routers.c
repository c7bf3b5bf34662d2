/* SPDX-License-Identifier: BSD-2-Clause */
#include "lan/routers.h"
#include "base/log.h"
#include "lan/address.h"
#include "lan/interest.h"
#include "lan/sending.h"
#include "lan/takeover.h"

#include <string.h>

/* What PIM asks for and tells */

static void send_message(void *context, const uint8_t *message, size_t length)
{
	struct lan_pim *pim = context;
	struct lan *lan = pim->lan;
	int error = lan->lans->actions->send_pim(pim->socket, message, length);
	const char *problem = sending_problem(lan, error, &pim->send_error);

	log_event(LOG_LEVEL_DEBUG, log_about(.interface = lan->link.name),
		  "pim: a message of type %u to %s, %zu bytes", message[0] & 0xf, lan->link.name,
		  length);
	if (problem)
		log_warning("pim: cannot send on %s: %s", lan->link.name, problem);
}

static bool joined(void *context, const struct sg *sg, const struct addr *from)
{
	struct lan_pim *pim = context;

	return lan_joined(pim->lan, sg, pim_downstream_joined_by(&pim->interface.downstream, from));
}

static void left(void *context, const struct sg *sg)
{
	lan_left(((struct lan_pim *)context)->lan, sg);
}

static enum pim_interest interest(void *context, const struct sg *sg)
{
	struct lan *lan = ((struct lan_pim *)context)->lan;
	const struct channel *channel = channel_table_find(lan->lans->channels, sg);

	if (!channel || !(channel->interfaces & 1u << lan->number))
		return PIM_UNWANTED;
	return channel->state == CHANNEL_RECEIVING ? PIM_FORWARDED : PIM_WANTED;
}

static void lost(void *context, const struct sg *sg, bool lost)
{
	struct lan *lan = ((struct lan_pim *)context)->lan;
	char text[SG_TEXT];

	log_event(LOG_LEVEL_NOTICE,
		  log_about(.message = LOG_ASSERT, .sg = sg, .interface = lan->link.name),
		  "%s on %s: %s", sg_format(sg, text), lan->link.name,
		  lost ? "another router has won the Assert" : "the Assert is over");
	channel_table_lose(lan->lans->channels, sg, lan->number, lost);
	if (lost)
		takeover_lost(lan, sg);
	else
		takeover_over(lan, sg);
}

static void rejected(void *context, enum fault fault, const struct addr *from)
{
	struct lans *lans = ((struct lan_pim *)context)->lan->lans;

	lans->actions->rejected(lans->context, PROTOCOL_PIM, fault, from);
}

static const struct pim_actions actions = {.send = send_message,
					   .joined = joined,
					   .left = left,
					   .interest = interest,
					   .lost = lost,
					   .rejected = rejected};

/* Addresses */

struct own_addresses {
	struct addr primary, secondaries[PIM_ADDRESSES_MAX];
	unsigned secondary_count;
};

/* All addresses but the primary one are secondary (RFC 7761 section 4.3.4). */
static struct own_addresses sort_addresses(const struct lan_link *link, int family)
{
	struct own_addresses own = {.primary = lan_address(link, family)};

	for (unsigned i = 0; link->up && i < link->address_count; i++) {
		const struct addr *address = &link->addresses[i];

		if (address->family == family && !addr_equal(address, &own.primary) &&
		    own.secondary_count < PIM_ADDRESSES_MAX)
			own.secondaries[own.secondary_count++] = *address;
	}
	return own;
}

static bool is_same(const struct pim_interface *pim, const struct own_addresses *own)
{
	return addr_equal(&pim->address, &own->primary) &&
	       pim->secondary_count == own->secondary_count &&
	       !memcmp(pim->secondaries, own->secondaries,
		       own->secondary_count * sizeof(own->secondaries[0]));
}

/* One family */

static bool start_family(struct lan *lan, int family)
{
	struct own_addresses own = sort_addresses(&lan->link, family);
	struct lan_pim *pim = lan_pim_of(lan, family);

	*pim = (struct lan_pim){.lan = lan,
				.interface = {.name = lan->link.name,
					      .timers = lan->lans->timers,
					      .options = &lan->lans->pim,
					      .actions = &actions,
					      .context = pim,
					      .subnets = &lan->link.subnets,
					      .observing = lan->observed,
					      .address = own.primary,
					      .secondary_count = own.secondary_count}};
	memcpy(pim->interface.secondaries, own.secondaries, sizeof(own.secondaries));
	if (!own.primary.family)
		return true;
	pim->socket = lan->lans->actions->open(lan, PROTOCOL_PIM, &own.primary);
	if (!pim->socket)
		return false;
	pim_interface_start(&pim->interface);
	pim_interface_drain(&pim->interface, lan->lans->draining);
	return true;
}

static void stop_family(struct lan_pim *pim)
{
	if (!pim->socket)
		return;
	pim_interface_stop(&pim->interface);
	pim->lan->lans->actions->close(pim->socket);
	pim->socket = NULL;
}

/* The old socket sends the goodbye from the old address. */
static void readdress(struct lan_pim *pim, const struct own_addresses *own)
{
	const struct lan_actions *owner = pim->lan->lans->actions;

	if (!addr_equal(&pim->interface.address, &own->primary)) {
		struct raw_socket *socket = owner->open(pim->lan, PROTOCOL_PIM, &own->primary);

		if (!socket)
			return;
		pim_interface_withdraw(&pim->interface);
		owner->close(pim->socket);
		pim->socket = socket;
	}
	pim_interface_readdress(&pim->interface, &own->primary, own->secondaries,
				own->secondary_count);
}

static void follow_family(struct lan *lan, int family)
{
	struct own_addresses own = sort_addresses(&lan->link, family);
	struct lan_pim *pim = lan_pim_of(lan, family);

	if (!pim->socket)
		start_family(lan, family);
	else if (!own.primary.family)
		stop_family(pim);
	else if (!is_same(&pim->interface, &own))
		readdress(pim, &own);
	if (!pim->socket)
		lan_end_joins(lan, family);
}

/* Both families */

bool routers_start(struct lan *lan)
{
	return start_family(lan, AF_INET) && start_family(lan, AF_INET6);
}

void routers_stop(struct lan *lan)
{
	stop_family(&lan->ipv4);
	stop_family(&lan->ipv6);
}

void routers_follow(struct lan *lan)
{
	follow_family(lan, AF_INET);
	follow_family(lan, AF_INET6);
}

void routers_return(struct lan *lan)
{
	if (lan->ipv4.socket)
		pim_interface_return(&lan->ipv4.interface);
	if (lan->ipv6.socket)
		pim_interface_return(&lan->ipv6.interface);
}

void routers_drain(struct lan *lan)
{
	if (lan->ipv4.socket)
		pim_interface_drain(&lan->ipv4.interface, lan->lans->draining);
	if (lan->ipv6.socket)
		pim_interface_drain(&lan->ipv6.interface, lan->lans->draining);
}

enum fault routers_receive(struct lan *lan, const struct ip_datagram *ip)
{
	struct lan_pim *pim = lan_pim_of(lan, ip->source.family);

	return pim->socket ? pim_interface_receive(&pim->interface, ip) : FAULT_NONE;
}

void routers_rival(struct lan *lan, const struct sg *sg)
{
	struct lan_pim *pim = lan_pim_of(lan, sg->group.family);

	if (pim->socket)
		pim_asserts_data(&pim->interface.asserts, sg);
}

void routers_take_over(struct lan *lan, const struct sg *sg)
{
	struct lan_pim *pim = lan_pim_of(lan, sg->group.family);

	if (pim->socket)
		pim_asserts_take_over(&pim->interface.asserts, sg);
}

void routers_interest_changed(struct lans *lans, const struct sg *sg)
{
	for (unsigned i = 0; i < lans->count; i++) {
		struct lan_pim *pim = lan_pim_of(&lans->list[i], sg->group.family);

		if (pim->socket)
			pim_interface_interest_changed(&pim->interface, sg);
	}
}
