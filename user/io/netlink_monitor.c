/* SPDX-License-Identifier: BSD-2-Clause */
#include "io/netlink_monitor.h"
#include "base/memory.h"
#include "base/netlink_ask.h"

#include <errno.h>
#include <linux/genetlink.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

#define BUFFER_BYTES 32768
#define PER_CALL     64 /* messages in one call, before other descriptors have their turn */

/* Names of linux/netdev.h, which came with Linux 6.3. */
#define FEATURES_FAMILY "netdev"
#define FEATURES_GROUP  "mgmt"

struct source {
	struct netlink_monitor *monitor;
	enum netlink_news news;
	struct mnl_socket *nl;
	struct loop_watch *watch;
};

struct netlink_monitor {
	struct source routing, features, filters;
	struct loop *loop;
	struct timers *timers;
	struct timer settle;
	unsigned news; /* since the last call of `fn` */
	netlink_changed_fn *fn;
	void *owner;
};

static void settled(struct timer *timer)
{
	struct netlink_monitor *monitor = container_of(timer, struct netlink_monitor, settle);
	unsigned news = monitor->news;

	monitor->news = 0;
	monitor->fn(monitor->owner, news);
}

/* A message only says that there is something to ask. So does a message that did not fit into the
 * socket's queue (ENOBUFS). Further messages do not delay the call of `fn`. */
static void on_change(void *owner, uint32_t events)
{
	const struct source *source = owner;
	struct netlink_monitor *monitor = source->monitor;
	static uint8_t buffer[BUFFER_BYTES];

	(void)events;
	for (unsigned i = 0; i < PER_CALL; i++)
		if (mnl_socket_recvfrom(source->nl, buffer, sizeof(buffer)) < 0 && errno == EAGAIN)
			break;
	monitor->news |= source->news;
	if (!monitor->settle.slot)
		timer_start(monitor->timers, &monitor->settle, NETLINK_SETTLE);
}

static bool open_source(struct netlink_monitor *monitor, struct source *source, int family,
			enum netlink_news news)
{
	source->monitor = monitor;
	source->news = news;
	source->nl = mnl_socket_open2(family, SOCK_CLOEXEC | SOCK_NONBLOCK);
	return source->nl && mnl_socket_bind(source->nl, 0, MNL_SOCKET_AUTOPID) >= 0;
}

static bool join(const struct source *source, int group)
{
	return mnl_socket_setsockopt(source->nl, NETLINK_ADD_MEMBERSHIP, &group, sizeof(group)) >=
	       0;
}

static bool listen_to(struct source *source)
{
	source->watch = loop_watch(source->monitor->loop, mnl_socket_get_fd(source->nl), EPOLLIN,
				   on_change, source);
	return source->watch;
}

static void close_source(struct source *source)
{
	loop_unwatch(source->watch);
	if (source->nl)
		mnl_socket_close(source->nl);
	*source = (struct source){0};
}

/* Links, addresses, routes. The change of a nexthop object does not reach all of its routes, so the
 * objects are watched, too. */

static bool open_routing(struct netlink_monitor *monitor)
{
	static const int groups[] = {RTNLGRP_LINK,       RTNLGRP_IPV4_IFADDR, RTNLGRP_IPV6_IFADDR,
				     RTNLGRP_IPV4_ROUTE, RTNLGRP_IPV6_ROUTE,  RTNLGRP_NEXTHOP};

	if (!open_source(monitor, &monitor->routing, NETLINK_ROUTE, NETLINK_NEWS_LINKS))
		return false;
	for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++)
		if (!join(&monitor->routing, groups[i]))
			return false;
	return listen_to(&monitor->routing);
}

/* Filters have a socket of their own: on a host that runs containers they change often. */

static bool open_filters(struct netlink_monitor *monitor)
{
	return open_source(monitor, &monitor->filters, NETLINK_ROUTE, NETLINK_NEWS_FILTERS) &&
	       join(&monitor->filters, RTNLGRP_TC) && listen_to(&monitor->filters);
}

/* Features */

/* `group` is one of CTRL_ATTR_MCAST_GROUPS. Returns its number, 0 if it is not FEATURES_GROUP. */
static int group_id(const struct nlattr *group)
{
	const struct nlattr *attribute;
	bool is_ours = false;
	int id = 0;

	mnl_attr_for_each_nested(attribute, group)
	{
		uint16_t type = mnl_attr_get_type(attribute);

		if (type == CTRL_ATTR_MCAST_GRP_NAME)
			is_ours = !strcmp(mnl_attr_get_str(attribute), FEATURES_GROUP);
		else if (type == CTRL_ATTR_MCAST_GRP_ID)
			id = mnl_attr_get_u32(attribute);
	}
	return is_ours ? id : 0;
}

static int take_groups(const struct nlattr *attribute, void *id)
{
	const struct nlattr *group;

	if (mnl_attr_get_type(attribute) != CTRL_ATTR_MCAST_GROUPS)
		return MNL_CB_OK;
	mnl_attr_for_each_nested(group, attribute)
	{
		if (group_id(group))
			*(int *)id = group_id(group);
	}
	return MNL_CB_STOP;
}

static int take_family(const struct nlmsghdr *message, void *id)
{
	return mnl_attr_parse(message, sizeof(struct genlmsghdr), take_groups, id);
}

/* A kernel that does not announce features only delays the news: each change of a link has the
 * features asked, too. */
static void open_features(struct netlink_monitor *monitor)
{
	struct source *features = &monitor->features;
	int group = 0;

	netlink_ask_family(FEATURES_FAMILY, take_family, &group);
	if (!group || !open_source(monitor, features, NETLINK_GENERIC, NETLINK_NEWS_LINKS) ||
	    !join(features, group) || !listen_to(features))
		close_source(features);
}

struct netlink_monitor *netlink_monitor_open(struct loop *loop, struct timers *timers,
					     netlink_changed_fn *fn, void *owner)
{
	struct netlink_monitor *monitor = memory_new(sizeof(*monitor));
	int err;

	*monitor = (struct netlink_monitor){
		.loop = loop, .timers = timers, .settle.fn = settled, .fn = fn, .owner = owner};
	if (open_routing(monitor) && open_filters(monitor)) {
		open_features(monitor);
		return monitor;
	}
	err = errno;
	netlink_monitor_close(monitor);
	errno = err;
	return NULL;
}

void netlink_monitor_close(struct netlink_monitor *monitor)
{
	if (!monitor)
		return;
	timer_stop(monitor->timers, &monitor->settle);
	close_source(&monitor->routing);
	close_source(&monitor->features);
	close_source(&monitor->filters);
	free(monitor);
}
