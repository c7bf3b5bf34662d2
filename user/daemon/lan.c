/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/log.h"
#include "daemon/engine.h"

#include <errno.h>
#include <string.h>

static void send_message(void *context, const uint8_t *message, size_t length)
{
	struct lan_pim *pim = context;
	int error = raw_send(pim->socket, message, length);

	if (error && pim->lan->link.up) /* a goodbye that comes too late is none */
		log_warning("pim: cannot send on %s: %s", pim->lan->link.name, strerror(-error));
}

/* What a LAN's routers and its hosts want is one: it ends when neither do any more. */
static bool is_wanted(const struct lan *lan, const struct sg *sg)
{
	bool is_v4 = sg->group.family == AF_INET;
	const struct lan_pim *pim = is_v4 ? &lan->ipv4 : &lan->ipv6;
	const struct lan_hosts *hosts = is_v4 ? &lan->igmp : &lan->mld;

	return pim_downstream_find(&pim->interface.downstream, sg) ||
	       membership_querier_find(&hosts->querier, sg);
}

bool lan_joined(struct lan *lan, const struct sg *sg, unsigned joined)
{
	struct engine *engine = lan->engine;
	char text[SG_TEXT];
	bool wanted = false;

	for (unsigned tries = 0; !wanted && tries < SHARES_TRIES; tries++) {
		if (tries && !shares_make_room(engine, joined))
			break;
		wanted = channel_table_want(&engine->channels, sg, lan->number, engine->seen);
	}
	if (wanted) {
		log_notice("%s joined on %s", sg_format(sg, text), lan->link.name);
		return true;
	}
	log_warning("%s refused: %u channels are served already (limit 'channels')",
		    sg_format(sg, text), engine->channels.limit);
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
	const struct channel *channel = channel_table_find(&lan->engine->channels, sg);

	if (!channel || !(channel->interfaces & 1u << lan->number))
		return PIM_UNWANTED;
	return channel->state == CHANNEL_RECEIVING ? PIM_FORWARDED : PIM_WANTED;
}

static void lost(void *context, const struct sg *sg, bool lost)
{
	struct lan *lan = ((struct lan_pim *)context)->lan;
	char text[SG_TEXT];

	log_notice("%s on %s: %s", sg_format(sg, text), lan->link.name,
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

/* What PIM of one family speaks from on a LAN. */
struct own_addresses {
	struct addr primary, secondaries[PIM_ADDRESSES_MAX];
	unsigned secondary_count;
};

/* The first address of the family is the primary one of IPv4; PIM over IPv6 speaks from the
 * link-local one. All others are secondary (RFC 7761 section 4.3.4). Nobody speaks from an
 * interface that is down. */
static struct own_addresses sort_addresses(const struct netlink_interface *link, int family)
{
	struct own_addresses own = {0};

	for (unsigned i = 0; link->up && i < link->address_count; i++) {
		const struct addr *address = &link->addresses[i];
		bool primary = family == AF_INET || addr_is_link_local(address);

		if (address->family != family)
			continue;
		if (primary && !own.primary.family)
			own.primary = *address;
		else if (own.secondary_count < PIM_ADDRESSES_MAX)
			own.secondaries[own.secondary_count++] = *address;
	}
	return own;
}

static struct raw_socket *open_socket(const struct lan *lan, const struct addr *source)
{
	struct addr group = pim_all_routers(source->family);
	struct raw_socket *socket = raw_open(lan->link.ifindex, PIM_IP_PROTOCOL, source, &group);

	if (!socket)
		log_error("%s: cannot open a PIM socket: %s", lan->link.name, strerror(errno));
	return socket;
}

static bool start_family(struct lan *lan, struct lan_pim *pim, int family)
{
	struct own_addresses own = sort_addresses(&lan->link, family);

	*pim = (struct lan_pim){.lan = lan,
				.interface = {.name = lan->link.name,
					      .timers = &lan->engine->timers,
					      .options = &lan->engine->pim_options,
					      .actions = &actions,
					      .context = pim,
					      .subnets = &lan->subnets,
					      .observing = lan->observed,
					      .address = own.primary,
					      .secondary_count = own.secondary_count}};
	memcpy(pim->interface.secondaries, own.secondaries, sizeof(own.secondaries));
	if (!own.primary.family)
		return true;
	pim->socket = open_socket(lan, &own.primary);
	if (!pim->socket)
		return false;
	pim_interface_start(&pim->interface);
	return true;
}

bool lan_start(struct lan *lan)
{
	netlink_subnets(&lan->link, &lan->subnets);
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

/* Changes at run time */

/* Of what neither routers nor hosts want now, since nobody listens to them. */
static void end_joins(struct lan *lan, int family)
{
	struct channel_table *table = &lan->engine->channels;
	struct channel *channel, *next;

	HASH_ITER (hh, table->by_sg, channel, next) {
		struct sg sg = channel->sg;
		bool lost = channel->lost & 1u << lan->number;

		if (sg.group.family != family || !(channel->interfaces & 1u << lan->number))
			continue;
		lan_left(lan, &sg);
		if (lost) /* by an Assert that is forgotten */
			channel_table_lose(table, &sg, lan->number, false);
	}
}

static bool is_same(const struct pim_interface *pim, const struct own_addresses *own)
{
	return addr_equal(&pim->address, &own->primary) &&
	       pim->secondary_count == own->secondary_count &&
	       !memcmp(pim->secondaries, own->secondaries,
		       own->secondary_count * sizeof(own->secondaries[0]));
}

static void readdress(struct lan_pim *pim, const struct own_addresses *own)
{
	if (!addr_equal(&pim->interface.address, &own->primary)) {
		struct raw_socket *socket = open_socket(pim->lan, &own->primary);

		if (!socket)
			return;
		pim_interface_withdraw(&pim->interface);
		raw_close(pim->socket);
		pim->socket = socket;
	}
	pim_interface_readdress(&pim->interface, &own->primary, own->secondaries,
				own->secondary_count);
}

static void follow_family(struct lan *lan, struct lan_pim *pim, int family)
{
	struct own_addresses own = sort_addresses(&lan->link, family);

	if (!pim->socket) {
		start_family(lan, pim, family);
	} else if (!own.primary.family) {
		stop_family(pim);
	} else if (!is_same(&pim->interface, &own)) {
		readdress(pim, &own);
	}
	if (!pim->socket)
		end_joins(lan, family);
}

void lan_follow(struct lan *lan)
{
	netlink_subnets(&lan->link, &lan->subnets);
	hosts_follow(lan);
	follow_family(lan, &lan->ipv4, AF_INET);
	follow_family(lan, &lan->ipv6, AF_INET6);
}

struct lan *lan_find(struct engine *engine, uint32_t ifindex)
{
	for (unsigned i = 0; i < engine->lan_count; i++)
		if (engine->lans[i].link.ifindex == ifindex)
			return &engine->lans[i];
	return NULL;
}

void lan_observed_pim(struct engine *engine, uint32_t ifindex, struct cursor packet)
{
	struct lan *lan = lan_find(engine, ifindex);
	struct ip_datagram ip;
	struct lan_pim *pim;
	enum fault fault;

	if (!lan || !datagrams_take(&engine->pim_datagrams, ifindex, packet, &ip))
		return;
	pim = ip.source.family == AF_INET6 ? &lan->ipv6 : &lan->ipv4;
	fault = pim->socket ? pim_interface_receive(&pim->interface, &ip) : FAULT_NONE;
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
