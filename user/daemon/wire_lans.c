/* SPDX-License-Identifier: BSD-2-Clause */
#include "daemon/wire_lans.h"
#include "base/log.h"
#include "daemon/options.h"
#include "daemon/state.h"
#include "forward/admission.h"
#include "forward/drops.h"
#include "forward/forward.h"
#include "forward/traffic.h"
#include "io/raw.h"
#include "lan/lan.h"
#include "links/links.h"
#include "path/path.h"

#include <errno.h>
#include <string.h>

_Static_assert(LANS_MAX >= CONFIG_NAMES_MAX, "each downstream interface can be a LAN");
_Static_assert(LAN_ADDRESSES_MAX >= NETLINK_ADDRESSES_MAX, "all of them are copied");

/* Raw sockets */

static struct raw_socket *open_pim(const struct lan *lan, const struct addr *source)
{
	struct addr group = pim_all_routers(source->family);
	struct raw_socket *socket = raw_open(lan->link.ifindex, PIM_IP_PROTOCOL, source, &group);

	if (!socket)
		log_error("%s: cannot open a PIM socket: %s", lan->link.name, strerror(errno));
	return socket;
}

static struct raw_socket *open_hosts(const struct lan *lan, const struct addr *source)
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

static struct raw_socket *open_socket(const struct lan *lan, enum protocol protocol,
				      const struct addr *source)
{
	return protocol == PROTOCOL_PIM ? open_pim(lan, source) : open_hosts(lan, source);
}

static bool observe_hosts(const struct lan *lan)
{
	struct engine *engine = lan->lans->context;

	if (!dataplane_observe_membership(engine->dataplane, lan->link.ifindex))
		return true;
	log_error("%s", dataplane_error(engine->dataplane));
	return false;
}

static bool is_static(const struct lan *lan, const struct sg *sg)
{
	const struct engine *engine = lan->lans->context;

	return statics_has(&engine->statics.statics, sg, lan->number);
}

/* Takeovers */

static struct channel *channel_of(const struct lan *lan, const struct sg *sg)
{
	return channel_table_find(lan->lans->channels, sg);
}

static bool listen_to(const struct lan *lan, const struct sg *sg, bool begin)
{
	struct engine *engine = lan->lans->context;
	const struct channel *channel = channel_of(lan, sg);

	if (!channel ||
	    !dataplane_listen(engine->dataplane, lan->link.ifindex, channel->slot, begin))
		return channel;
	log_error("%s", dataplane_error(engine->dataplane));
	return false;
}

static usec_t heard(const struct lan *lan, const struct sg *sg)
{
	const struct engine *engine = lan->lans->context;
	const struct channel *channel = channel_of(lan, sg);

	return channel ? dataplane_heard_ns(engine->dataplane, lan->link.ifindex, channel->slot) /
				 1000
		       : 0;
}

static uint64_t arrived(const struct lan *lan, const struct sg *sg)
{
	struct channel *channel = channel_of(lan, sg);

	return channel ? traffic_read(channel).packets +
				 drops_of(channel).packets[MCI_DROP_NO_EGRESS]
		       : 0;
}

static void message_rejected(void *context, enum protocol protocol, enum fault fault,
			     const struct addr *from)
{
	struct engine *engine = context;

	rejected_count(&engine->rejected, protocol, fault, from);
}

static const struct lan_actions lan_actions = {.open = open_socket,
					       .send_pim = raw_send,
					       .send_datagram = raw_send_datagram,
					       .close = raw_close,
					       .observe_hosts = observe_hosts,
					       .is_static = is_static,
					       .listen = listen_to,
					       .heard = heard,
					       .arrived = arrived,
					       .rejected = message_rejected};

/* From an interface to the LAN and to the entries */

static struct lan_link lan_link(const struct netlink_interface *is)
{
	struct lan_link link = {
		.ifindex = is->ifindex, .up = is->up, .address_count = is->address_count};

	memcpy(link.name, is->name, sizeof(link.name));
	memcpy(link.addresses, is->addresses, sizeof(is->addresses));
	netlink_subnets(is, &link.subnets);
	return link;
}

static struct mci_lan mci_lan(const struct netlink_interface *is)
{
	struct mci_lan lan = {.ifindex = is->ifindex,
			      .mtu = is->mtu < UINT16_MAX ? is->mtu : UINT16_MAX};

	memcpy(lan.interface, is->name, sizeof(lan.interface));
	memcpy(lan.mac, is->mac, sizeof(lan.mac));
	return lan;
}

static void lan_is(void *context, unsigned number, const struct netlink_interface *is)
{
	struct mci_lan entry = mci_lan(is);
	struct lan_link link = lan_link(is);
	struct engine *engine = context;

	forward_set_lan(&engine->forward, number, &entry);
	lan_follow(&engine->lans.list[number], &link);
}

static void lan_differs(void *context, unsigned number)
{
	struct engine *engine = context;

	channel_table_interface_changed(&engine->paths.channels, number);
}

static void lan_was_deaf(void *context, unsigned number)
{
	struct engine *engine = context;

	lan_return(&engine->lans.list[number]);
}

static void routes_changed(void *context)
{
	struct engine *engine = context;

	amt_tunnels_route_changed(&engine->paths.tunnels);
}

static const struct links_actions links_actions = {.lan_is = lan_is,
						   .lan_differs = lan_differs,
						   .lan_was_deaf = lan_was_deaf,
						   .routes_changed = routes_changed};

/* The start */

/* The LAN that the setting `key` names, by any of its names; NULL after a line in the log. */
static struct lan *find_named(struct engine *engine, const char *key, const char *name)
{
	struct netlink_interface is;
	struct lan *lan = NULL;

	if (!netlink_get_interface(name, &is))
		lan = lan_find(&engine->lans, is.ifindex);
	if (!lan)
		log_error("%s on '%s': it is no downstream interface; see --%s, and '%s' under "
			  "[interfaces]",
			  key, name, key, key);
	return lan;
}

static bool mark_lans(struct engine *engine)
{
	const struct config *config = engine->config;
	struct lan *lan;

	for (unsigned i = 0; i < config->igmp_count; i++) {
		lan = find_named(engine, "igmp", config->igmp[i]);
		if (!lan)
			return false;
		lan->asked = true;
	}
	for (unsigned i = 0; i < config->observe_count; i++) {
		lan = find_named(engine, "observe", config->observe[i]);
		if (!lan)
			return false;
		lan->observed = true;
	}
	return true;
}

static void add_lan(struct engine *engine, const struct link *link)
{
	struct mci_lan entry = mci_lan(&link->is);

	lans_add(&engine->lans)->link = lan_link(&link->is);
	forward_set_lan(&engine->forward, link->number, &entry);
}

bool wire_lans(struct engine *engine)
{
	struct links *links = &engine->links;

	engine->lans = (struct lans){.timers = &engine->timers,
				     .channels = &engine->paths.channels,
				     .actions = &lan_actions,
				     .context = engine,
				     .takeover = engine->config->takeover,
				     .pim = options_pim(engine->config),
				     .hosts = options_membership(engine->config)};
	lans_init(&engine->lans);
	*links = (struct links){.config = engine->config,
				.timers = &engine->timers,
				.actions = &links_actions,
				.context = engine};
	if (!links_find(links))
		return false;
	for (unsigned i = 0; i < links->lan_count; i++)
		add_lan(engine, &links->lans[i]);
	admission_start(&engine->forward, &links->rates);
	return mark_lans(engine);
}

/* The kernel's news */

static void changed(void *owner, unsigned news)
{
	struct engine *engine = owner;

	links_changed(&engine->links, !(news & NETLINK_NEWS_LINKS));
}

static void was_away(void *owner, usec_t asleep)
{
	struct engine *engine = owner;

	resolver_forget(engine->resolver);
	paths_return(&engine->paths, asleep);
	lans_return(&engine->lans);
	forward_renew_all(&engine->forward);
}

static void wall_was_set(void *owner)
{
	resolver_forget(((struct engine *)owner)->resolver);
}

bool wire_news(struct engine *engine)
{
	engine->monitor = netlink_monitor_open(engine->loop, &engine->timers, changed, engine);
	if (!engine->monitor) {
		log_error("cannot listen for changes of interfaces: %s", strerror(errno));
		return false;
	}
	links_start(&engine->links);
	engine->clocks = (struct clocks){.timers = &engine->timers,
					 .owner = engine,
					 .was_away = was_away,
					 .wall_was_set = wall_was_set};
	clocks_start(&engine->clocks);
	return true;
}
