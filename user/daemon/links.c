/* SPDX-License-Identifier: BSD-2-Clause */
/* The interfaces that the daemon works with: found at the start, where one that is not there is the
 * operator's mistake, and followed from then on, where it is a thing that happens.
 *
 * Each change of links, addresses and routes leads to the same: all is asked anew, compared with
 * what was, and what is different is set right. A thing that fails is tried again with the next
 * change. */
#include "base/log.h"
#include "daemon/engine.h"
#include "io/netlink_routes.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define LOOK_INTERVAL (5 * USEC_PER_SEC)

/* At the start */

static bool find_interface(const char *name, struct netlink_interface *link)
{
	int error = netlink_get_interface(name, link);

	if (error == -ENODEV)
		log_error("no interface is called '%s'", name);
	else if (error)
		log_error("cannot ask for interface %s: %s", name, strerror(-error));
	else if (!link->up)
		log_error("interface %s is down: bring it up with 'ip link set %s up'", name, name);
	else if (!link->ethernet)
		log_error("interface %s is no Ethernet: its packets cannot be handled", name);
	return !error && link->up && link->ethernet;
}

/* One interface may have several names. */
static bool is_named_once(const char *key, const char *name, const struct netlink_interface *link,
			  const struct netlink_interface *named)
{
	if (link->ifindex != named->ifindex)
		return true;
	log_error("%s: '%s' is interface %s, which is named already: name it once", key, name,
		  link->name);
	return false;
}

static bool find_lan(struct engine *engine, const char *name)
{
	struct lan *lan = &engine->lans[engine->lan_count];

	*lan = (struct lan){.engine = engine, .number = engine->lan_count};
	if (!find_interface(name, &lan->link))
		return false;
	for (unsigned i = 0; i < engine->lan_count; i++)
		if (!is_named_once("downstream", name, &lan->link, &engine->lans[i].link))
			return false;
	engine->lan_count++;
	return true;
}

/* The LAN that the setting `key` names; NULL after a line. */
static struct lan *find_named(struct engine *engine, const char *key, const char *name)
{
	struct netlink_interface link;
	struct lan *lan =
		netlink_get_interface(name, &link) ? NULL : lan_find(engine, link.ifindex);

	if (!lan)
		log_error("%s on '%s': it is no downstream interface; see --%s, and '%s' under "
			  "[interfaces]",
			  key, name, key, key);
	return lan;
}

static bool find_lans(struct engine *engine)
{
	const struct config *config = engine->config;
	struct lan *lan;

	for (unsigned i = 0; i < config->downstream_count; i++)
		if (!find_lan(engine, config->downstream[i]))
			return false;
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

static bool find_uplink(struct engine *engine, const char *name)
{
	struct netlink_interface *link = &engine->uplinks[engine->uplink_count].link;

	if (!find_interface(name, link))
		return false;
	for (unsigned i = 0; i < engine->uplink_count; i++)
		if (!is_named_once("upstream", name, link, &engine->uplinks[i].link))
			return false;
	engine->uplink_count++;
	return true;
}

/* Routes of other kinds (a VPN's, say) are passed over. */
static unsigned routed_uplinks(struct engine *engine,
			       struct netlink_interface links[CONFIG_UPSTREAMS_MAX])
{
	unsigned ifindexes[CONFIG_UPSTREAMS_MAX], count = 0;
	int found = netlink_upstreams(ifindexes, CONFIG_UPSTREAMS_MAX);
	char name[IF_NAMESIZE];

	for (int i = 0; i < found; i++)
		if (!lan_find(engine, ifindexes[i]) && if_indextoname(ifindexes[i], name) &&
		    !netlink_get_interface(name, &links[count]) && links[count].up &&
		    links[count].ethernet)
			count++;
	return count;
}

static void find_routed_uplinks(struct engine *engine)
{
	struct netlink_interface links[CONFIG_UPSTREAMS_MAX];

	engine->uplink_count = routed_uplinks(engine, links);
	for (unsigned i = 0; i < engine->uplink_count; i++)
		engine->uplinks[i].link = links[i];
}

static bool find_uplinks(struct engine *engine)
{
	const struct config *config = engine->config;

	for (unsigned i = 0; i < config->upstream_count; i++)
		if (!find_uplink(engine, config->upstream[i]))
			return false;
	if (!config->upstream_count)
		find_routed_uplinks(engine);
	if (!engine->uplink_count)
		log_error("no upstream interface: no route leaves this host by an Ethernet "
			  "interface but the downstream; add a default route, or give "
			  "--upstream IF");
	return engine->uplink_count;
}

bool links_find(struct engine *engine)
{
	return find_lans(engine) && find_uplinks(engine);
}

bool links_attach(struct engine *engine)
{
	for (unsigned i = 0; i < engine->lan_count; i++)
		if (dataplane_attach_downstream(engine->dataplane, engine->lans[i].link.ifindex))
			return false;
	for (unsigned i = 0; i < engine->uplink_count; i++)
		if (dataplane_attach_upstream(engine->dataplane, engine->uplinks[i].link.ifindex))
			return false;
	attached_log_modes(engine);
	return true;
}

bool links_is_uplink(const struct engine *engine, unsigned ifindex)
{
	for (unsigned i = 0; i < engine->uplink_count; i++)
		if (engine->uplinks[i].link.ifindex == ifindex)
			return true;
	return false;
}

/* As they change */

/* What has the configured name is it; failing that, what it was, which may have been renamed. One
 * that is gone keeps its name, with nothing else. */
static struct netlink_interface ask_for(const char *name, const struct netlink_interface *before)
{
	struct netlink_interface link;

	if ((!netlink_get_interface(name, &link) ||
	     !netlink_get_interface_at(before->ifindex, &link)) &&
	    link.ethernet)
		return link;
	link = (struct netlink_interface){0};
	memcpy(link.name, before->name, sizeof(link.name));
	return link;
}

static void log_state(const struct netlink_interface *before, const struct netlink_interface *now,
		      const char *what)
{
	if (!now->ifindex && !before->ifindex)
		return;
	if (!now->ifindex)
		log_notice("%s is gone: until it is there again, %s", now->name, what);
	else if (!before->ifindex)
		log_notice("%s is there again%s", now->name, now->up ? "" : ", and down");
	else if (now->up != before->up)
		log_notice("%s is %s", now->name, now->up ? "up again" : "down");
}

static void log_addresses(const struct netlink_interface *now)
{
	char list[NETLINK_ADDRESSES_MAX * (ADDR_TEXT + 2)] = "none", text[ADDR_TEXT];
	size_t length = 0;

	for (unsigned i = 0; i < now->address_count; i++)
		length += snprintf(list + length, sizeof(list) - length, "%s%s", i ? ", " : "",
				   addr_format(&now->addresses[i], text));
	log_notice("%s has other addresses: %s", now->name, list);
}

/* What an operator may have to act on, of what is the same interface. */
static void log_changes(const struct netlink_interface *before, const struct netlink_interface *now,
			unsigned changes)
{
	const uint8_t *mac = now->mac;

	if (changes & NETLINK_NAME)
		log_notice("%s is called %s now", before->name, now->name);
	if (changes & NETLINK_MAC)
		log_notice("%s has another MAC address: %02x:%02x:%02x:%02x:%02x:%02x", now->name,
			   mac[0], mac[1], mac[2], mac[3], mac[4], mac[5]);
	if (changes & NETLINK_MTU)
		log_notice("%s has another MTU: %u, before %u", now->name, now->mtu, before->mtu);
	if (changes & NETLINK_ADDRESSES)
		log_addresses(now);
}

/* LANs */

/* Programs, counters and numbers in the maps go by ifindex: of the one that is gone nothing is left
 * before the new one comes. */
static void end_lan(struct lan *lan, const struct netlink_interface *now)
{
	unsigned old = lan->link.ifindex;

	lan->link = *now;
	lan->link.up = false;
	lan->hold = (struct hold){0};
	lan_follow(lan);
	dataplane_detach(lan->engine->dataplane, old, ROLE_DOWNSTREAM);
}

/* What a driver takes can change as it runs: a veth's with its peer's GRO, a bond's with its ports.
 */
static void renew_lan(const struct lan *lan)
{
	struct engine *engine = lan->engine;

	if (!dataplane_renew_downstream(engine->dataplane, lan->link.ifindex))
		return;
	attached_log_modes(engine);
	for (unsigned i = 0; i < engine->lan_count; i++)
		channel_table_interface_changed(&engine->channels, i);
}

static void follow_lan(struct lan *lan)
{
	struct netlink_interface before = lan->link,
				 now = ask_for(lan->engine->config->downstream[lan->number],
					       &before);
	unsigned changes;

	if (lan->refused)
		before.up = now.up; /* it is kept as one that is down */
	changes = netlink_compare(&before, &now);
	log_state(&before, &now, "nothing is joined there");
	if (changes & NETLINK_INTERFACE)
		end_lan(lan, &now);
	else
		log_changes(&before, &now, changes);
	lan->link = now;
	lan->refused = !attached_lan(lan);
	lan->link.up = now.up && !lan->refused;
	lan_follow(lan);
	if (changes & (NETLINK_MAC | NETLINK_MTU | NETLINK_NAME))
		channel_table_interface_changed(&lan->engine->channels, lan->number);
	renew_lan(lan);
}

/* Uplinks */

static void follow_uplink(struct engine *engine, unsigned number)
{
	const struct config *config = engine->config;
	struct uplink *uplink = &engine->uplinks[number];
	struct netlink_interface before = uplink->link;
	unsigned changes;

	uplink->link =
		ask_for(config->upstream_count ? config->upstream[number] : before.name, &before);
	changes = netlink_compare(&before, &uplink->link);
	log_state(&before, &uplink->link, "no tunnel's data comes by it");
	if (changes & NETLINK_INTERFACE) {
		dataplane_detach(engine->dataplane, before.ifindex, ROLE_UPSTREAM);
		uplink->hold = (struct hold){0};
	} else {
		log_changes(&before, &uplink->link, changes);
	}
	if (changes & NETLINK_MAC)
		dataplane_renew_upstream(engine->dataplane, uplink->link.ifindex);
	attached_uplink(engine, uplink);
}

static bool is_routed(const struct netlink_interface *link, const struct netlink_interface *links,
		      unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		if (links[i].ifindex == link->ifindex)
			return true;
	return false;
}

static void remove_uplink(struct engine *engine, unsigned i)
{
	log_notice("%s: no route leaves by it any more, no tunnel's data is taken there",
		   engine->uplinks[i].link.name);
	dataplane_detach(engine->dataplane, engine->uplinks[i].link.ifindex, ROLE_UPSTREAM);
	engine->uplinks[i] = engine->uplinks[--engine->uplink_count];
}

static void add_uplink(struct engine *engine, const struct netlink_interface *link)
{
	struct uplink *uplink = &engine->uplinks[engine->uplink_count++];

	*uplink = (struct uplink){.link = *link};
	attached_uplink(engine, uplink);
}

/* A moment without any route, while one takes another's place, costs no packet: what is there stays
 * until something else is. */
static void follow_routes(struct engine *engine)
{
	struct netlink_interface links[CONFIG_UPSTREAMS_MAX];
	unsigned count = routed_uplinks(engine, links);

	for (unsigned i = engine->uplink_count; count && i--;)
		if (!is_routed(&engine->uplinks[i].link, links, count))
			remove_uplink(engine, i);
	for (unsigned i = 0; i < count; i++)
		if (!links_is_uplink(engine, links[i].ifindex))
			add_uplink(engine, &links[i]);
}

/* At what is attached: other tools may take it away. */
static void look(struct engine *engine)
{
	for (unsigned i = 0; i < engine->lan_count; i++)
		if (engine->lans[i].refused)
			follow_lan(&engine->lans[i]);
		else
			attached_lan(&engine->lans[i]);
	for (unsigned i = 0; i < engine->uplink_count; i++)
		attached_uplink(engine, &engine->uplinks[i]);
}

/* The kernel does not tell of all that another tool can do (links of BPF above all). */
static void look_due(struct timer *timer)
{
	struct engine *engine = container_of(timer, struct engine, look);

	look(engine);
	slowpath_look(engine);
	timer_start(&engine->timers, timer, LOOK_INTERVAL);
}

static void changed(void *owner, unsigned news)
{
	struct engine *engine = owner;

	if (!(news & NETLINK_NEWS_LINKS)) {
		look(engine);
		return;
	}
	for (unsigned i = 0; i < engine->lan_count; i++)
		follow_lan(&engine->lans[i]);
	for (unsigned i = 0; i < engine->uplink_count; i++)
		follow_uplink(engine, i);
	if (!engine->config->upstream_count)
		follow_routes(engine);
	amt_tunnels_route_changed(&engine->tunnels);
}

bool links_watch(struct engine *engine)
{
	engine->monitor = netlink_monitor_open(engine->loop, &engine->timers, changed, engine);
	if (!engine->monitor) {
		log_error("cannot listen for changes of interfaces: %s", strerror(errno));
		return false;
	}
	changed(engine, NETLINK_NEWS_LINKS); /* what has happened since it was asked */
	engine->look.fn = look_due;
	timer_start(&engine->timers, &engine->look, LOOK_INTERVAL);
	return true;
}
