/* SPDX-License-Identifier: BSD-2-Clause */
#include "links/follow.h"
#include "base/log.h"
#include "links/attached.h"
#include "links/find.h"

#include <stdio.h>
#include <string.h>

/* The interface that has the configured name; if there is none, the one that had it, which may have
 * been renamed. An interface that is gone keeps its name, and nothing else. */
static struct netlink_interface ask_for(const char *name, const struct netlink_interface *before)
{
	struct netlink_interface is;

	if ((!netlink_get_interface(name, &is) ||
	     !netlink_get_interface_at(before->ifindex, &is)) &&
	    is.ethernet)
		return is;
	is = (struct netlink_interface){0};
	memcpy(is.name, before->name, sizeof(is.name));
	return is;
}

/* The log */

#define log_link(link_, ...)                                                                       \
	log_event(LOG_LEVEL_NOTICE,                                                                \
		  log_about(.message = LOG_INTERFACE, .interface = (link_)->name), __VA_ARGS__)

static void log_state(const struct netlink_interface *before, const struct netlink_interface *now,
		      const char *what)
{
	if (!now->ifindex && !before->ifindex)
		return;
	if (!now->ifindex)
		log_link(now, "%s is gone: until it is there again, %s", now->name, what);
	else if (!before->ifindex)
		log_link(now, "%s is there again%s", now->name, now->up ? "" : ", and down");
	else if (now->up != before->up)
		log_link(now, "%s is %s", now->name, now->up ? "up again" : "down");
}

static void log_addresses(const struct netlink_interface *now)
{
	char list[NETLINK_ADDRESSES_MAX * (ADDR_TEXT + 2)] = "none", text[ADDR_TEXT];
	size_t length = 0;

	for (unsigned i = 0; i < now->address_count; i++)
		length += snprintf(list + length, sizeof(list) - length, "%s%s", i ? ", " : "",
				   addr_format(&now->addresses[i], text));
	log_link(now, "%s has other addresses: %s", now->name, list);
}

static void log_changes(const struct netlink_interface *before, const struct netlink_interface *now,
			unsigned changes)
{
	const uint8_t *mac = now->mac;

	if (changes & NETLINK_NAME)
		log_link(now, "%s is called %s now", before->name, now->name);
	if (changes & NETLINK_MAC)
		log_link(now, "%s has another MAC address: %02x:%02x:%02x:%02x:%02x:%02x",
			 now->name, mac[0], mac[1], mac[2], mac[3], mac[4], mac[5]);
	if (changes & NETLINK_MTU)
		log_link(now, "%s has another MTU: %u, before %u", now->name, now->mtu,
			 before->mtu);
	if (changes & NETLINK_ADDRESSES)
		log_addresses(now);
}

/* LANs */

static void tell_lan(struct links *links, const struct link *lan)
{
	links->actions->lan_is(links->context, lan->number, &lan->is);
}

/* Programs, counters and numbers in the maps go by ifindex: all that belongs to the interface that
 * is gone is removed before the new one comes. */
static void end_lan(struct links *links, struct link *lan, const struct netlink_interface *now)
{
	unsigned old = lan->is.ifindex;

	lan->is = *now;
	lan->is.up = false;
	lan->program = (struct link_program){0};
	tell_lan(links, lan);
	dataplane_detach(links->dataplane, old, ROLE_DOWNSTREAM);
}

/* What a driver takes can change while it runs: a veth's with its peer's GRO, a bond's with its
 * ports. */
static void renew_lan(struct links *links, const struct link *lan)
{
	if (!dataplane_renew_downstream(links->dataplane, lan->is.ifindex))
		return;
	attached_log_modes(links);
	for (unsigned i = 0; i < links->lan_count; i++)
		links->actions->lan_differs(links->context, i);
}

void follow_lan(struct links *links, struct link *lan)
{
	struct netlink_interface before = lan->is,
				 now = ask_for(links->config->downstream[lan->number], &before);
	unsigned changes;

	if (lan->unusable)
		before.up = now.up; /* a LAN that is not usable is kept as one that is down */
	changes = netlink_compare(&before, &now);
	log_state(&before, &now, "nothing is joined there");
	if (changes & NETLINK_INTERFACE)
		end_lan(links, lan, &now);
	else
		log_changes(&before, &now, changes);
	lan->is = now;
	attached_keep(links, lan);
	lan->unusable = now.ifindex && !attached_is(links, lan);
	lan->is.up = now.up && !lan->unusable;
	tell_lan(links, lan);
	if (changes & (NETLINK_MAC | NETLINK_MTU | NETLINK_NAME))
		links->actions->lan_differs(links->context, lan->number);
	renew_lan(links, lan);
}

/* Upstream interfaces */

void follow_upstream(struct links *links, struct link *upstream)
{
	const struct config *config = links->config;
	struct netlink_interface before = upstream->is;
	unsigned changes;

	upstream->is = ask_for(
		config->upstream_count ? config->upstream[upstream->number] : before.name, &before);
	changes = netlink_compare(&before, &upstream->is);
	log_state(&before, &upstream->is, "no tunnel's data comes by it");
	if (changes & NETLINK_INTERFACE) {
		dataplane_detach(links->dataplane, before.ifindex, ROLE_UPSTREAM);
		upstream->program = (struct link_program){0};
	} else {
		log_changes(&before, &upstream->is, changes);
	}
	if (changes & NETLINK_MAC)
		dataplane_renew_upstream(links->dataplane, upstream->is.ifindex);
	attached_keep(links, upstream);
}

static bool is_routed(const struct link *link, const struct netlink_interface *routed,
		      unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		if (routed[i].ifindex == link->is.ifindex)
			return true;
	return false;
}

static void remove_upstream(struct links *links, unsigned i)
{
	struct link *upstream = &links->upstreams[i];

	log_link(&upstream->is,
		 "%s: no route leaves by it any more, no tunnel's data is taken there",
		 upstream->is.name);
	dataplane_detach(links->dataplane, upstream->is.ifindex, ROLE_UPSTREAM);
	*upstream = links->upstreams[--links->upstream_count];
	upstream->number = i;
}

static void add_upstream(struct links *links, const struct netlink_interface *is)
{
	unsigned number = links->upstream_count++;
	struct link *upstream = &links->upstreams[number];

	*upstream = (struct link){.role = ROLE_UPSTREAM, .number = number, .is = *is};
	attached_keep(links, upstream);
}

/* An interface stays an upstream one until another is: a moment without any route, while one takes
 * another's place, costs no packet. */
void follow_routes(struct links *links)
{
	struct netlink_interface routed[CONFIG_UPSTREAMS_MAX];
	unsigned count = find_routed(links, routed);

	for (unsigned i = links->upstream_count; count && i--;)
		if (!is_routed(&links->upstreams[i], routed, count))
			remove_upstream(links, i);
	for (unsigned i = 0; i < count; i++)
		if (find_link(links->upstreams, links->upstream_count, routed[i].ifindex) ==
		    links->upstream_count)
			add_upstream(links, &routed[i]);
}
