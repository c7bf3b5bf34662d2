/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/log.h"
#include "daemon/engine.h"

#include <errno.h>
#include <string.h>

static void send_message(void *context, const uint8_t *message, size_t length)
{
	struct lan_pim *pim = context;
	int error = raw_send(pim->socket, message, length);

	if (error)
		log_peer("pim: cannot send on %s: %s", pim->lan->link.name, strerror(-error));
}

/* What a LAN's routers and its hosts want is one: it ends when neither do any more. */
static bool is_wanted(const struct lan *lan, const struct sg *sg)
{
	bool is_v4 = sg->group.family == AF_INET;
	const struct lan_pim *pim = is_v4 ? &lan->ipv4 : &lan->ipv6;
	const struct lan_hosts *hosts = is_v4 ? &lan->igmp : &lan->mld;

	return pim_downstream_wants(&pim->interface.downstream, sg) ||
	       membership_querier_find(&hosts->querier, sg);
}

bool lan_joined(struct lan *lan, const struct sg *sg)
{
	struct engine *engine = lan->engine;
	char text[SG_TEXT];

	sg_format(sg, text);
	if (channel_table_want(&engine->channels, sg, lan->number, engine->seen)) {
		log_notice("%s joined on %s", text, lan->link.name);
		return true;
	}
	log_peer("%s refused: %u channels are served already (limit 'channels')", text,
		 engine->channels.limit);
	return false;
}

void lan_left(struct lan *lan, const struct sg *sg)
{
	char text[SG_TEXT];

	if (is_wanted(lan, sg))
		return;
	log_notice("%s left on %s", sg_format(sg, text), lan->link.name);
	channel_table_unwant(&lan->engine->channels, sg, lan->number);
	lan_interest_changed(lan->engine, sg);
}

static bool joined(void *context, const struct sg *sg)
{
	return lan_joined(((struct lan_pim *)context)->lan, sg);
}

static void left(void *context, const struct sg *sg)
{
	lan_left(((struct lan_pim *)context)->lan, sg);
}

static enum pim_interest interest(void *context, const struct sg *sg)
{
	struct lan *lan = ((struct lan_pim *)context)->lan;
	const struct channel *channel = channel_table_find(&lan->engine->channels, sg);

	if (!channel || !(channel->interfaces & 1u << lan->number))
		return PIM_UNWANTED;
	return channel->state == CHANNEL_RECEIVING ? PIM_FORWARDED : PIM_WANTED;
}

static void lost(void *context, const struct sg *sg, bool lost)
{
	struct lan *lan = ((struct lan_pim *)context)->lan;
	char text[SG_TEXT];

	log_limited(LOG_LEVEL_NOTICE, "%s on %s: %s", sg_format(sg, text), lan->link.name,
		    lost ? "another router has won the Assert" : "the Assert is over");
	channel_table_lose(&lan->engine->channels, sg, lan->number, lost);
}

static const struct pim_actions actions = {
	.send = send_message, .joined = joined, .left = left, .interest = interest, .lost = lost};

struct pim_interface *lan_pim_of(struct lan *lan, const struct sg *sg)
{
	struct lan_pim *pim = sg->group.family == AF_INET ? &lan->ipv4 : &lan->ipv6;

	return pim->socket ? &pim->interface : NULL;
}

void lan_interest_changed(struct engine *engine, const struct sg *sg)
{
	for (unsigned i = 0; i < engine->lan_count; i++) {
		struct pim_interface *pim = lan_pim_of(&engine->lans[i], sg);

		if (pim)
			pim_interface_interest_changed(pim, sg);
	}
}

/* The first address of the family is the primary one of IPv4; PIM over IPv6 speaks from the
 * link-local one. All others are secondary (RFC 7761 section 4.3.4). */
static void sort_addresses(struct pim_interface *interface, const struct netlink_interface *link,
			   int family)
{
	for (unsigned i = 0; i < link->address_count; i++) {
		const struct addr *address = &link->addresses[i];
		bool primary = family == AF_INET || addr_is_link_local(address);

		if (address->family != family)
			continue;
		if (primary && !interface->address.family)
			interface->address = *address;
		else if (interface->secondary_count < PIM_ADDRESSES_MAX)
			interface->secondaries[interface->secondary_count++] = *address;
	}
}

static bool start_family(struct lan *lan, struct lan_pim *pim, int family)
{
	struct addr group = pim_all_routers(family);

	*pim = (struct lan_pim){.lan = lan,
				.interface = {.name = lan->link.name,
					      .timers = &lan->engine->timers,
					      .options = &lan->engine->pim_options,
					      .actions = &actions,
					      .context = pim}};
	sort_addresses(&pim->interface, &lan->link, family);
	if (!pim->interface.address.family)
		return true;
	pim->socket = raw_open(lan->link.ifindex, PIM_IP_PROTOCOL, &pim->interface.address, &group);
	if (!pim->socket) {
		log_error("%s: cannot open a PIM socket: %s", lan->link.name, strerror(errno));
		return false;
	}
	pim_interface_start(&pim->interface);
	return true;
}

bool lan_start(struct lan *lan)
{
	if (!start_family(lan, &lan->ipv4, AF_INET) || !start_family(lan, &lan->ipv6, AF_INET6))
		return false;
	if (lan->ipv4.socket || lan->ipv6.socket)
		return hosts_start(lan);
	log_error("%s has no address that PIM could speak from: give it an IPv4 address, or bring "
		  "it up for an IPv6 link-local one",
		  lan->link.name);
	return false;
}

static void stop_family(struct lan_pim *pim)
{
	if (!pim->socket)
		return;
	pim_interface_stop(&pim->interface);
	raw_close(pim->socket);
	pim->socket = NULL;
}

void lan_stop(struct lan *lan)
{
	hosts_stop(lan);
	stop_family(&lan->ipv4);
	stop_family(&lan->ipv6);
}

struct lan *lan_find(struct engine *engine, uint32_t ifindex)
{
	for (unsigned i = 0; i < engine->lan_count; i++)
		if (engine->lans[i].link.ifindex == ifindex)
			return &engine->lans[i];
	return NULL;
}

void lan_observed_pim(struct engine *engine, uint32_t ifindex, const uint8_t *packet, size_t length,
		      bool whole)
{
	struct lan *lan = lan_find(engine, ifindex);
	struct ip_datagram ip;
	struct lan_pim *pim;
	enum fault fault;

	if (!lan)
		return;
	fault = ip_decode(cursor_over(packet, length), &ip);
	pim = ip.source.family == AF_INET6 ? &lan->ipv6 : &lan->ipv4;
	if (!fault && pim->socket)
		fault = pim_interface_receive(&pim->interface, &ip);
	if (fault == FAULT_TRUNCATED && !whole)
		fault = FAULT_OVERSIZED;
	if (fault)
		engine_refused(engine, PROTOCOL_PIM, fault, &ip.source);
}

void lan_observed_rival(struct engine *engine, uint32_t ifindex, const struct sg *sg)
{
	struct lan *lan = lan_find(engine, ifindex);
	struct pim_interface *pim = lan ? lan_pim_of(lan, sg) : NULL;

	if (pim)
		pim_asserts_data(&pim->asserts, sg);
}
