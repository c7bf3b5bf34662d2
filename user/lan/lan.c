/* SPDX-License-Identifier: BSD-2-Clause */
#include "lan/lan.h"
#include "base/log.h"
#include "lan/hosts.h"
#include "lan/routers.h"
#include "lan/takeover.h"

void lans_init(struct lans *lans)
{
	datagrams_init(&lans->pim_datagrams, lans->timers, PROTOCOL_PIM, lans->actions->rejected,
		       lans->context);
	datagrams_init(&lans->host_datagrams, lans->timers, PROTOCOL_MEMBERSHIP,
		       lans->actions->rejected, lans->context);
}

struct lan *lans_add(struct lans *lans)
{
	struct lan *lan = &lans->list[lans->count];

	*lan = (struct lan){.lans = lans, .number = lans->count++};
	return lan;
}

static bool start(struct lan *lan)
{
	if (!routers_start(lan))
		return false;
	if (lan->ipv4.socket || lan->ipv6.socket)
		return hosts_start(lan);
	log_error("%s has no address that PIM could speak from: give it an IPv4 address, or bring "
		  "it up for an IPv6 link-local one",
		  lan->link.name);
	return false;
}

bool lans_start(struct lans *lans)
{
	for (unsigned i = 0; i < lans->count; i++)
		if (!start(&lans->list[i]))
			return false;
	return true;
}

void lan_stop(struct lan *lan)
{
	hosts_stop(lan);
	routers_stop(lan);
	takeover_forget_all(lan);
}

void lans_stop(struct lans *lans)
{
	for (unsigned i = 0; i < lans->count; i++)
		lan_stop(&lans->list[i]);
	datagrams_free(&lans->pim_datagrams);
	datagrams_free(&lans->host_datagrams);
}

struct lan *lan_find(struct lans *lans, unsigned ifindex)
{
	for (unsigned i = 0; i < lans->count; i++)
		if (lans->list[i].link.ifindex == ifindex)
			return &lans->list[i];
	return NULL;
}

/* Hosts first: what only they want ends with the routers' joins. */
void lan_follow(struct lan *lan, const struct lan_link *link)
{
	lan->link = *link;
	hosts_follow(lan);
	routers_follow(lan);
}

void lan_return(struct lan *lan)
{
	hosts_return(lan);
	routers_return(lan);
}

void lans_return(struct lans *lans)
{
	for (unsigned i = 0; i < lans->count; i++)
		lan_return(&lans->list[i]);
}

void lans_drain(struct lans *lans, bool drain)
{
	log_notice(drain ? "drain: routers are told to turn to another box"
			 : "drain: it is over, routers may turn to us again");
	lans->draining = drain;
	for (unsigned i = 0; i < lans->count; i++) {
		routers_drain(&lans->list[i]);
		hosts_drain(&lans->list[i]);
	}
}

/* On a LAN whose hosts are asked, the channel is taken for theirs: a host that leaves must be
 * heard, and routers join anew within seconds. */
bool lan_adopt(struct lan *lan, const struct sg *sg)
{
	struct lan_hosts *hosts = lan_hosts_of(lan, sg->group.family);
	struct lan_pim *pim = lan_pim_of(lan, sg->group.family);

	if (hosts->socket && membership_querier_adopt(&hosts->querier, sg))
		return true;
	return pim->socket && pim_interface_adopt(&pim->interface, sg);
}

/* What is observed */

static void log_packet(const struct lan *lan, enum protocol protocol, const struct ip_datagram *ip)
{
	char source[ADDR_TEXT], destination[ADDR_TEXT];

	log_event(LOG_LEVEL_DEBUG, log_about(.neighbor = &ip->source, .interface = lan->link.name),
		  "%s: %s from %s to %s, %zu bytes", protocol_name(protocol), lan->link.name,
		  addr_format(&ip->source, source), addr_format(&ip->destination, destination),
		  cursor_left(&ip->payload));
}

static void observed(struct lans *lans, unsigned ifindex, struct cursor packet,
		     struct datagrams *datagrams,
		     enum fault (*receive)(struct lan *lan, const struct ip_datagram *ip))
{
	struct lan *lan = lan_find(lans, ifindex);
	struct ip_datagram ip;
	enum fault fault;

	if (!lan || !datagrams_take(datagrams, ifindex, packet, &ip))
		return;
	log_packet(lan, datagrams->protocol, &ip);
	fault = receive(lan, &ip);
	if (fault)
		lans->actions->rejected(lans->context, datagrams->protocol, fault, &ip.source);
}

void lans_observed_pim(struct lans *lans, unsigned ifindex, usec_t seen, struct cursor packet)
{
	lans->seen = seen;
	observed(lans, ifindex, packet, &lans->pim_datagrams, routers_receive);
}

void lans_observed_hosts(struct lans *lans, unsigned ifindex, usec_t seen, struct cursor packet)
{
	lans->seen = seen;
	observed(lans, ifindex, packet, &lans->host_datagrams, hosts_receive);
}

void lans_observed_rival(struct lans *lans, unsigned ifindex, const struct sg *sg)
{
	struct lan *lan = lan_find(lans, ifindex);

	if (lan)
		routers_rival(lan, sg);
}

void lans_interest_changed(struct lans *lans, const struct sg *sg)
{
	routers_interest_changed(lans, sg);
}
