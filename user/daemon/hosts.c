/* SPDX-License-Identifier: BSD-2-Clause */
/* Hosts of the LANs that the configuration names: IGMPv3 and MLDv2, each with its own querier. */
#include "base/log.h"
#include "daemon/engine.h"

#include <errno.h>
#include <string.h>

static void send_query(void *context, const struct addr *destination, const uint8_t *datagram,
		       size_t length)
{
	struct lan_hosts *hosts = context;
	int error = raw_send_datagram(hosts->socket, destination, datagram, length);

	if (error && hosts->lan->link.up)
		log_warning("igmp: cannot send on %s: %s", hosts->lan->link.name, strerror(-error));
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

/* IGMP speaks from the first address, MLD from the link-local one (RFC 3810 section 5.1.14). */
static struct addr find_address(const struct netlink_interface *link, int family)
{
	for (unsigned i = 0; link->up && i < link->address_count; i++)
		if (link->addresses[i].family == family &&
		    (family == AF_INET || addr_is_link_local(&link->addresses[i])))
			return link->addresses[i];
	return (struct addr){0};
}

static struct raw_socket *open_socket(const struct lan *lan, const struct addr *source)
{
	bool is_v4 = source->family == AF_INET;
	struct addr group = membership_all_routers(source->family);
	struct raw_socket *socket = raw_open_datagrams(
		lan->link.ifindex, is_v4 ? MEMBERSHIP_IGMP : MEMBERSHIP_ICMPV6, source, &group);

	if (!socket)
		log_error("%s: cannot open a socket for %s: %s", lan->link.name,
			  is_v4 ? "IGMP" : "MLD", strerror(errno));
	return socket;
}

static bool start_family(struct lan *lan, struct lan_hosts *hosts, int family)
{
	const struct config *config = lan->engine->config;
	struct membership_querier *querier = &hosts->querier;

	*hosts = (struct lan_hosts){
		.lan = lan,
		.querier = {.name = lan->link.name,
			    .timers = &lan->engine->timers,
			    .actions = &actions,
			    .context = hosts,
			    .address = find_address(&lan->link, family),
			    .subnets = &lan->subnets,
			    .settings = {.robustness = config->igmp_robustness,
					 .query_interval = config->igmp_interval,
					 .limit = config->max_memberships,
					 .require_router_alert = config->require_router_alert,
					 .groups = &config->pim_groups}}};
	if (!querier->address.family)
		return true;
	hosts->socket = open_socket(lan, &querier->address);
	if (!hosts->socket)
		return false;
	membership_querier_start(querier);
	return true;
}

static bool observe(const struct lan *lan)
{
	struct dataplane *dataplane = lan->engine->dataplane;

	if (!dataplane_observe_membership(dataplane, lan->link.ifindex))
		return true;
	log_error("%s", dataplane_error(dataplane));
	return false;
}

bool hosts_start(struct lan *lan)
{
	if (!lan->asked)
		return true;
	return observe(lan) && start_family(lan, &lan->igmp, AF_INET) &&
	       start_family(lan, &lan->mld, AF_INET6);
}

static void stop_family(struct lan_hosts *hosts)
{
	if (!hosts->socket)
		return;
	membership_querier_stop(&hosts->querier);
	raw_close(hosts->socket);
	hosts->socket = NULL;
}

void hosts_stop(struct lan *lan)
{
	stop_family(&lan->igmp);
	stop_family(&lan->mld);
}

static void readdress(struct lan_hosts *hosts, const struct addr *address)
{
	struct raw_socket *socket = open_socket(hosts->lan, address);

	if (!socket)
		return;
	raw_close(hosts->socket);
	hosts->socket = socket;
	membership_querier_readdress(&hosts->querier, address);
}

static void follow_family(struct lan *lan, struct lan_hosts *hosts, int family)
{
	struct addr address = find_address(&lan->link, family);

	if (!hosts->socket)
		start_family(lan, hosts, family);
	else if (!address.family)
		stop_family(hosts);
	else if (!addr_equal(&hosts->querier.address, &address))
		readdress(hosts, &address);
}

void hosts_follow(struct lan *lan)
{
	if (!lan->asked || (lan->link.up && !observe(lan)))
		return;
	follow_family(lan, &lan->igmp, AF_INET);
	follow_family(lan, &lan->mld, AF_INET6);
}

void hosts_observed(struct engine *engine, uint32_t ifindex, struct cursor packet)
{
	struct lan *lan = lan_find(engine, ifindex);
	struct lan_hosts *hosts;
	struct ip_datagram ip;
	enum fault fault;

	if (!lan || !datagrams_take(&engine->host_datagrams, ifindex, packet, &ip))
		return;
	hosts = ip.source.family == AF_INET6 ? &lan->mld : &lan->igmp;
	fault = hosts->socket ? membership_querier_receive(&hosts->querier, &ip) : FAULT_NONE;
	if (fault == FAULT_TYPE && ip.protocol == IPPROTO_ICMPV6)
		return; /* of fragments the program cannot tell that they are no MLD */
	if (fault)
		engine_refused(engine, PROTOCOL_MEMBERSHIP, fault, &ip.source);
}
