/* SPDX-License-Identifier: BSD-2-Clause */
#include "lan/hosts.h"
#include "base/log.h"
#include "lan/address.h"
#include "lan/interest.h"
#include "lan/sending.h"

#include <netinet/in.h>
#include <string.h>

static void send_query(void *context, const struct addr *destination, const uint8_t *datagram,
		       size_t length)
{
	struct lan_hosts *hosts = context;
	struct lan *lan = hosts->lan;
	int error = lan->lans->actions->send_datagram(hosts->socket, destination, datagram, length);
	const char *problem = sending_problem(lan, error, &hosts->send_error);

	if (problem)
		log_warning("igmp: cannot send on %s: %s", lan->link.name, problem);
}

static bool joined(void *context, const struct sg *sg)
{
	struct lan_hosts *hosts = context;

	return lan_joined(hosts->lan, sg, membership_querier_count(&hosts->querier));
}

static void left(void *context, const struct sg *sg)
{
	lan_left(((struct lan_hosts *)context)->lan, sg);
}

static const struct membership_querier_actions actions = {
	.send = send_query, .joined = joined, .left = left};

static bool start_family(struct lan *lan, int family)
{
	struct lan_hosts *hosts = lan_hosts_of(lan, family);
	struct membership_querier *querier = &hosts->querier;

	*hosts = (struct lan_hosts){.lan = lan,
				    .querier = {.name = lan->link.name,
						.timers = lan->lans->timers,
						.actions = &actions,
						.context = hosts,
						.address = lan_address(&lan->link, family),
						.subnets = &lan->link.subnets,
						.settings = lan->lans->hosts,
						.draining = lan->lans->draining}};
	if (!querier->address.family)
		return true;
	hosts->socket = lan->lans->actions->open(lan, PROTOCOL_MEMBERSHIP, &querier->address);
	if (!hosts->socket)
		return false;
	membership_querier_start(querier);
	return true;
}

static void stop_family(struct lan_hosts *hosts)
{
	if (!hosts->socket)
		return;
	membership_querier_stop(&hosts->querier);
	hosts->lan->lans->actions->close(hosts->socket);
	hosts->socket = NULL;
}

static void readdress(struct lan_hosts *hosts, const struct addr *address)
{
	const struct lan_actions *owner = hosts->lan->lans->actions;
	struct raw_socket *socket = owner->open(hosts->lan, PROTOCOL_MEMBERSHIP, address);

	if (!socket)
		return;
	owner->close(hosts->socket);
	hosts->socket = socket;
	membership_querier_readdress(&hosts->querier, address);
}

static void follow_family(struct lan *lan, int family)
{
	struct addr address = lan_address(&lan->link, family);
	struct lan_hosts *hosts = lan_hosts_of(lan, family);

	if (!hosts->socket)
		start_family(lan, family);
	else if (!address.family)
		stop_family(hosts);
	else if (!addr_equal(&hosts->querier.address, &address))
		readdress(hosts, &address);
}

static bool observe(const struct lan *lan)
{
	return lan->lans->actions->observe_hosts(lan);
}

bool hosts_start(struct lan *lan)
{
	if (!lan->asked)
		return true;
	return observe(lan) && start_family(lan, AF_INET) && start_family(lan, AF_INET6);
}

void hosts_stop(struct lan *lan)
{
	stop_family(&lan->igmp);
	stop_family(&lan->mld);
}

void hosts_follow(struct lan *lan)
{
	if (!lan->asked || (lan->link.up && !observe(lan)))
		return;
	follow_family(lan, AF_INET);
	follow_family(lan, AF_INET6);
}

void hosts_return(struct lan *lan)
{
	if (lan->igmp.socket)
		membership_querier_return(&lan->igmp.querier);
	if (lan->mld.socket)
		membership_querier_return(&lan->mld.querier);
}

void hosts_drain(struct lan *lan)
{
	if (lan->igmp.socket)
		membership_querier_drain(&lan->igmp.querier, lan->lans->draining);
	if (lan->mld.socket)
		membership_querier_drain(&lan->mld.querier, lan->lans->draining);
}

/* The BPF program cannot tell of fragments of ICMPv6 whether they are MLD. */
enum fault hosts_receive(struct lan *lan, const struct ip_datagram *ip)
{
	struct lan_hosts *hosts = lan_hosts_of(lan, ip->source.family);
	enum fault fault =
		hosts->socket ? membership_querier_receive(&hosts->querier, ip) : FAULT_NONE;

	return fault == FAULT_TYPE && ip->protocol == IPPROTO_ICMPV6 ? FAULT_NONE : fault;
}
