/* SPDX-License-Identifier: BSD-2-Clause */
#include "doctor/checks.h"
#include "doctor/gather.h"
#include "doctor/report.h"
#include "io/netlink.h"
#include "io/netlink_lookup.h"
#include "mcingest/amt_wire.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Addresses on the internet, by which swapped interfaces show. */
static const char *const internet[] = {AMT_ANYCAST4, AMT_ANYCAST6};

static const struct netlink_shape *shape_of(const struct doctor *doctor, unsigned ifindex)
{
	for (unsigned i = 0; i < doctor->shape_count; i++)
		if (doctor->shapes[i].ifindex == ifindex)
			return &doctor->shapes[i];
	return NULL;
}

static const char *role_name(enum doctor_role role)
{
	return role == DOCTOR_LAN ? "LAN" : "WAN";
}

static const char *key_of(enum doctor_role role)
{
	return role == DOCTOR_LAN ? "downstream" : "upstream";
}

/* Links */

static const struct netlink_shape *vlan_on(const struct doctor *doctor, unsigned ifindex)
{
	for (unsigned i = 0; i < doctor->shape_count; i++)
		if (doctor->shapes[i].parent == ifindex)
			return &doctor->shapes[i];
	return NULL;
}

/* Whether the interface is another's part, whose packets the other one gets. */
static bool is_part(struct doctor *doctor, const char *name, enum doctor_role role,
		    const struct netlink_interface *is)
{
	const struct netlink_shape *shape = shape_of(doctor, is->ifindex);
	const struct netlink_shape *master = shape ? shape_of(doctor, shape->master) : NULL;
	const struct netlink_shape *vlan = vlan_on(doctor, is->ifindex);

	if (master && strcmp(master->kind, "vrf") != 0) {
		report_fail(doctor,
			    report_text(doctor, "%s = %s under [interfaces]", key_of(role),
					master->name),
			    "%s %s is part of the %s %s", role_name(role), name, master->kind,
			    master->name);
		return true;
	}
	if (!vlan || is->address_count)
		return false;
	report_fail(
		doctor, report_text(doctor, "%s = %s under [interfaces]", key_of(role), vlan->name),
		"%s %s has no address, and carries the VLAN %s", role_name(role), name, vlan->name);
	return true;
}

static bool has_source(const struct netlink_interface *is)
{
	for (unsigned i = 0; i < is->address_count; i++)
		if (is->addresses[i].family == AF_INET || addr_is_link_local(&is->addresses[i]))
			return true;
	return false;
}

static bool is_usable(struct doctor *doctor, const char *name, enum doctor_role role,
		      const struct netlink_interface *is)
{
	const struct netlink_shape *shape = shape_of(doctor, is->ifindex);

	if (!is->ethernet)
		report_fail(doctor, "name an Ethernet interface", "%s %s is no Ethernet",
			    role_name(role), name);
	else if (is_part(doctor, name, role, is))
		return false;
	else if (!is->up)
		report_fail(doctor, report_text(doctor, "ip link set %s up", name), "%s %s is down",
			    role_name(role), name);
	else if (shape && !shape->carrier)
		report_fail(doctor, "check the cable and the port at its other end",
			    "%s %s is up, but has no carrier", role_name(role), name);
	else if (!has_source(is))
		report_fail(doctor, report_text(doctor, "ip addr add ADDRESS/LENGTH dev %s", name),
			    "%s %s has no address to speak from", role_name(role), name);
	else
		return true;
	return false;
}

static void check_link(struct doctor *doctor, const char *name, enum doctor_role role)
{
	struct netlink_interface is;
	char text[ADDR_TEXT], names[256];

	netlink_names(names, sizeof(names));
	if (netlink_get_interface(name, &is)) {
		report_fail(doctor,
			    report_text(doctor, "correct `%s`; there are: %s", key_of(role), names),
			    "%s %s does not exist", role_name(role), name);
		return;
	}
	if (is_usable(doctor, name, role, &is))
		report_ok(doctor, "%s %s: up, %s%s, MTU %u", role_name(role), name,
			  addr_format(&is.addresses[0], text),
			  is.address_count > 1 ? " and others" : "", is.mtu);
}

static void check_links(struct doctor *doctor, enum doctor_role role)
{
	const char *names[DOCTOR_INTERFACES_MAX];
	unsigned count = gather_names(doctor, role, names);

	doctor->hop = role == DOCTOR_LAN ? "lan" : "box";
	for (unsigned i = 0; i < count; i++)
		check_link(doctor, names[i], role);
	if (!count && (role == DOCTOR_WAN || !*doctor->complaints))
		report_fail(doctor,
			    role == DOCTOR_LAN ? "`downstream` under [interfaces]"
					       : "add a default route, or name `upstream`",
			    "there is no %s", role_name(role));
}

void interfaces_links(struct doctor *doctor)
{
	check_links(doctor, DOCTOR_LAN);
	check_links(doctor, DOCTOR_WAN);
}

/* LAN and WAN look swapped */

static bool is_among(const char *name, const char *const names[], unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		if (!strcmp(names[i], name))
			return true;
	return false;
}

static struct netlink_hints hints_of(const struct doctor *doctor)
{
	return (struct netlink_hints){
		.mark = strtoul(view_setting(doctor->settings, "tunnels.mark"), NULL, 0),
		.vrf = if_nametoindex(view_setting(doctor->settings, "tunnels.vrf"))};
}

/* The interface by which the internet is reached, or NULL. */
static const struct netlink_shape *way_out(const struct doctor *doctor)
{
	struct netlink_hints hints = hints_of(doctor);
	struct netlink_route route;
	struct addr to;

	for (size_t i = 0; i < sizeof(internet) / sizeof(internet[0]); i++)
		if (addr_parse(internet[i], &to) && !netlink_route_to(&to, &hints, &route))
			return shape_of(doctor, route.ifindex);
	return NULL;
}

void interfaces_swapped(struct doctor *doctor)
{
	const char *lans[DOCTOR_INTERFACES_MAX], *wans[DOCTOR_INTERFACES_MAX];
	unsigned lan_count = gather_names(doctor, DOCTOR_LAN, lans);
	unsigned wan_count = gather_names(doctor, DOCTOR_WAN, wans);
	const struct netlink_shape *out = way_out(doctor);
	char text[ADDR_TEXT];

	if (out && is_among(out->name, lans, lan_count) && !is_among(out->name, wans, wan_count))
		report_fail(doctor, "swap `downstream` and `upstream` under [interfaces]",
			    "LAN and WAN look swapped: the internet is reached by %s, a LAN",
			    out->name);
	else if (doctor->pim_sender.family && !is_among(doctor->pim_interface, lans, lan_count))
		report_warn(doctor,
			    report_text(doctor, "downstream = %s, if its routers shall be served",
					doctor->pim_interface),
			    "a PIM router, %s, speaks on %s, which is no LAN",
			    addr_format(&doctor->pim_sender, text), doctor->pim_interface);
	else if (out)
		report_ok(doctor, "the internet is reached by %s", out->name);
}
