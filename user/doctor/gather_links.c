/* SPDX-License-Identifier: BSD-2-Clause */
#include "doctor/gather_links.h"
#include "config/config.h"
#include "doctor/report.h"
#include "io/netlink_routes.h"
#include "mcingest/amt_wire.h"

#include <net/if.h>
#include <stdlib.h>
#include <string.h>

/* Addresses on the internet, which show by which interface it is reached. */
static const char *const internet[] = {AMT_ANYCAST4, AMT_ANYCAST6};

const struct doctor_link *doctor_link_of(const struct doctor *doctor, enum doctor_role role,
					 unsigned ifindex)
{
	for (unsigned i = 0; i < doctor->link_count; i++)
		if (doctor->links[i].role == role && doctor->links[i].is.ifindex == ifindex)
			return ifindex ? &doctor->links[i] : NULL;
	return NULL;
}

const struct netlink_shape *doctor_shape_of(const struct doctor *doctor, unsigned ifindex)
{
	for (unsigned i = 0; i < doctor->shape_count; i++)
		if (doctor->shapes[i].ifindex == ifindex)
			return &doctor->shapes[i];
	return NULL;
}

static const struct netlink_shape *vlan_on(const struct doctor *doctor, unsigned ifindex)
{
	for (unsigned i = 0; i < doctor->shape_count; i++)
		if (doctor->shapes[i].parent == ifindex)
			return &doctor->shapes[i];
	return NULL;
}

static void add(struct doctor *doctor, enum doctor_role role, const char *name)
{
	struct doctor_link *link;

	if (doctor->link_count == DOCTOR_INTERFACES_MAX)
		return;
	link = &doctor->links[doctor->link_count++];
	*link = (struct doctor_link){.name = name, .role = role};
	if (netlink_get_interface(name, &link->is)) {
		link->is = (struct netlink_interface){0};
		return;
	}
	link->shape = doctor_shape_of(doctor, link->is.ifindex);
	link->master = link->shape ? doctor_shape_of(doctor, link->shape->master) : NULL;
	link->vlan = vlan_on(doctor, link->is.ifindex);
}

static void add_of_daemon(struct doctor *doctor, enum doctor_role role)
{
	const json_t *list = json_object_get(doctor->before.status, "interfaces"), *interface;
	const char *name = role == DOCTOR_LAN ? "downstream" : "upstream";
	size_t i;

	json_array_foreach (list, i, interface)
		if (!strcmp(view_text(interface, "role"), name))
			add(doctor, role, view_text(interface, "name"));
}

static void add_of_settings(struct doctor *doctor, enum doctor_role role, const char *key)
{
	for (size_t i = 0; *view_setting_at(doctor->settings, key, i); i++)
		add(doctor, role, view_setting_at(doctor->settings, key, i));
}

/* As the daemon does if no upstream is named. */
static void add_of_routes(struct doctor *doctor)
{
	unsigned ifindexes[CONFIG_UPSTREAMS_MAX];
	int found = netlink_upstreams(ifindexes, CONFIG_UPSTREAMS_MAX);
	char name[IF_NAMESIZE];

	for (int i = 0; i < found; i++)
		if (!doctor_link_of(doctor, DOCTOR_LAN, ifindexes[i]) &&
		    if_indextoname(ifindexes[i], name))
			add(doctor, DOCTOR_WAN, report_text(doctor, "%s", name));
}

/* The daemon's interfaces, else the configured ones, else (upstream) those that routes leave by. */
static void find_links(struct doctor *doctor)
{
	if (doctor->before.status) {
		add_of_daemon(doctor, DOCTOR_LAN);
		add_of_daemon(doctor, DOCTOR_WAN);
		return;
	}
	add_of_settings(doctor, DOCTOR_LAN, "interfaces.downstream");
	if (*view_setting(doctor->settings, "interfaces.upstream"))
		add_of_settings(doctor, DOCTOR_WAN, "interfaces.upstream");
	else
		add_of_routes(doctor);
}

static const struct netlink_shape *find_way_out(const struct doctor *doctor)
{
	struct netlink_route route;
	struct addr to;

	for (size_t i = 0; i < sizeof(internet) / sizeof(internet[0]); i++)
		if (addr_parse(internet[i], &to) && !netlink_route_to(&to, &doctor->hints, &route))
			return doctor_shape_of(doctor, route.ifindex);
	return NULL;
}

void gather_links(struct doctor *doctor)
{
	int shapes = netlink_shapes(doctor->shapes, DOCTOR_SHAPES_MAX);

	doctor->shape_count = shapes < 0 ? 0 : shapes;
	doctor->hints = (struct netlink_hints){
		.mark = strtoul(view_setting(doctor->settings, "tunnels.mark"), NULL, 0),
		.vrf = if_nametoindex(view_setting(doctor->settings, "tunnels.vrf"))};
	find_links(doctor);
	doctor->way_out = find_way_out(doctor);
}

/* Routes */

static void find_route(struct doctor *doctor, const char *relay)
{
	struct netlink_route route;
	struct addr to;

	if (json_object_get(doctor->routes, relay) || !addr_parse(relay, &to))
		return;
	if (netlink_route_to(&to, &doctor->hints, &route))
		route.ifindex = 0;
	json_object_set_new(doctor->routes, relay, json_integer(route.ifindex));
}

static void find_routes(struct doctor *doctor, const json_t *list, const char *key)
{
	const json_t *item;
	size_t i;

	json_array_foreach (list, i, item)
		find_route(doctor, view_text(item, key));
}

void gather_routes(struct doctor *doctor)
{
	const json_t *tunnels = doctor->now.tunnels;
	char relay[ADDR_TEXT];

	doctor->routes = json_object();
	find_routes(doctor, json_object_get(doctor->lookup, "relays"), "address");
	for (unsigned i = 0; i < doctor->relay_count; i++)
		find_route(doctor, addr_format(&doctor->relays[i].relay, relay));
	if (doctor->options->channel)
		return;
	find_routes(doctor, json_object_get(tunnels, "tunnels"), "relay");
	find_routes(doctor, json_object_get(tunnels, "held_down"), "relay");
	for (size_t i = 0; *view_setting_at(doctor->settings, "relays.warm", i); i++)
		find_route(doctor, view_setting_at(doctor->settings, "relays.warm", i));
}
