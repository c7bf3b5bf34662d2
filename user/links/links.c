/* SPDX-License-Identifier: BSD-2-Clause */
#include "links/links.h"
#include "links/advice.h"
#include "links/attached.h"
#include "links/find.h"
#include "links/follow.h"

bool links_find(struct links *links)
{
	return find_lans(links) && find_upstreams(links);
}

/* LANs first: whether XDP is of use on an upstream interface depends on them. */
bool links_attach(struct links *links, struct dataplane *dataplane)
{
	links->dataplane = dataplane;
	for (unsigned i = 0; i < links->lan_count; i++)
		if (dataplane_attach_downstream(dataplane, links->lans[i].is.ifindex))
			return false;
	for (unsigned i = 0; i < links->upstream_count; i++)
		if (dataplane_attach_upstream(dataplane, links->upstreams[i].is.ifindex))
			return false;
	attached_log_modes(links);
	return true;
}

static void look(struct links *links)
{
	for (unsigned i = 0; i < links->lan_count; i++)
		if (links->lans[i].unusable)
			follow_lan(links, &links->lans[i]);
		else
			attached_keep(links, &links->lans[i]);
	for (unsigned i = 0; i < links->upstream_count; i++)
		attached_keep(links, &links->upstreams[i]);
}

static void look_due(struct timer *timer)
{
	struct links *links = container_of(timer, struct links, look);

	look(links);
	timer_start(links->timers, timer, LINKS_LOOK_INTERVAL);
}

void links_changed(struct links *links, bool only_attached)
{
	if (only_attached) {
		look(links);
		return;
	}
	for (unsigned i = 0; i < links->lan_count; i++)
		follow_lan(links, &links->lans[i]);
	for (unsigned i = 0; i < links->upstream_count; i++)
		follow_upstream(links, &links->upstreams[i]);
	if (!links->config->upstream_count)
		follow_routes(links);
	links->actions->routes_changed(links->context);
}

/* Something may have happened since links_find(). */
void links_start(struct links *links)
{
	links_changed(links, false);
	advice_log(links);
	links->look.fn = look_due;
	timer_start(links->timers, &links->look, LINKS_LOOK_INTERVAL);
}

void links_stop(struct links *links)
{
	timer_stop(links->timers, &links->look);
}

bool links_is_upstream(const struct links *links, unsigned ifindex)
{
	return find_link(links->upstreams, links->upstream_count, ifindex) < links->upstream_count;
}

static bool has_address(const struct netlink_interface *is, const struct addr *address)
{
	for (unsigned i = 0; i < is->address_count; i++)
		if (addr_equal(&is->addresses[i], address))
			return true;
	return false;
}

bool links_is_lan_address(const struct links *links, const struct addr *address)
{
	for (unsigned i = 0; i < links->lan_count; i++)
		if (!links_is_upstream(links, links->lans[i].is.ifindex) &&
		    has_address(&links->lans[i].is, address))
			return true;
	return false;
}
