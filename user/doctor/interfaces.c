/* SPDX-License-Identifier: BSD-2-Clause */
#include "doctor/checks.h"
#include "doctor/gather_links.h"
#include "doctor/report.h"

#include <net/if.h>
#include <string.h>

static const char *role_name(enum doctor_role role)
{
	return role == DOCTOR_LAN ? "LAN" : "WAN";
}

static const char *key_of(enum doctor_role role)
{
	return role == DOCTOR_LAN ? "downstream" : "upstream";
}

/* Links */

/* Whether the interface is another's part, whose packets the other one gets. */
static bool is_part(struct doctor *doctor, const struct doctor_link *link)
{
	const struct netlink_shape *master = link->master;
	const char *name = link->name, *key = key_of(link->role), *role = role_name(link->role);

	if (master && strcmp(master->kind, "vrf") != 0) {
		report_fail(doctor,
			    report_text(doctor, "%s = %s under [interfaces]", key, master->name),
			    "%s %s is part of the %s %s", role, name, master->kind, master->name);
		return true;
	}
	if (!link->vlan || link->is.address_count)
		return false;
	report_fail(doctor,
		    report_text(doctor, "%s = %s under [interfaces]", key, link->vlan->name),
		    "%s %s has no address, and carries the VLAN %s", role, name, link->vlan->name);
	return true;
}

static bool has_source(const struct netlink_interface *is)
{
	for (unsigned i = 0; i < is->address_count; i++)
		if (is->addresses[i].family == AF_INET || addr_is_link_local(&is->addresses[i]))
			return true;
	return false;
}

static bool is_usable(struct doctor *doctor, const struct doctor_link *link)
{
	const char *name = link->name, *role = role_name(link->role);

	if (!link->is.ethernet)
		report_fail(doctor, "name an Ethernet interface", "%s %s is no Ethernet", role,
			    name);
	else if (is_part(doctor, link))
		return false;
	else if (!link->is.up)
		report_fail(doctor, report_text(doctor, "ip link set %s up", name), "%s %s is down",
			    role, name);
	else if (link->shape && !link->shape->carrier)
		report_fail(doctor, "check the cable and the port at its other end",
			    "%s %s is up, but has no carrier", role, name);
	else if (!has_source(&link->is))
		report_fail(doctor, report_text(doctor, "ip addr add ADDRESS/LENGTH dev %s", name),
			    "%s %s has no address to speak from", role, name);
	else
		return true;
	return false;
}

static const char *names_of_all(struct doctor *doctor)
{
	const char *names = "";

	for (unsigned i = 0; i < doctor->shape_count; i++)
		if (!doctor->shapes[i].loopback)
			names = report_text(doctor, "%s%s%s", names, *names ? " " : "",
					    doctor->shapes[i].name);
	return names;
}

static void check_link(struct doctor *doctor, const struct doctor_link *link)
{
	const struct netlink_interface *is = &link->is;
	char text[ADDR_TEXT];

	doctor->hop = link->role == DOCTOR_LAN ? "lan" : "box";
	if (!is->ifindex)
		report_fail(doctor,
			    report_text(doctor, "correct `%s`; there are: %s", key_of(link->role),
					names_of_all(doctor)),
			    "%s %s does not exist", role_name(link->role), link->name);
	else if (is_usable(doctor, link))
		report_ok(doctor, "%s %s: up, %s%s, MTU %u", role_name(link->role), link->name,
			  addr_format(&is->addresses[0], text),
			  is->address_count > 1 ? " and others" : "", is->mtu);
}

void interfaces_links(struct doctor *doctor)
{
	unsigned counts[] = {[DOCTOR_LAN] = 0, [DOCTOR_WAN] = 0};

	for (unsigned i = 0; i < doctor->link_count; i++) {
		counts[doctor->links[i].role]++;
		check_link(doctor, &doctor->links[i]);
	}
	doctor->hop = "lan";
	if (!counts[DOCTOR_LAN] && !*doctor->complaints)
		report_fail(doctor, "`downstream` under [interfaces]", "there is no LAN");
	doctor->hop = "box";
	if (!counts[DOCTOR_WAN])
		report_fail(doctor, "add a default route, or name `upstream`", "there is no WAN");
}

/* LAN and WAN look swapped */

void interfaces_swapped(struct doctor *doctor)
{
	const struct netlink_shape *out = doctor->way_out;
	char text[ADDR_TEXT];

	if (out && doctor_link_of(doctor, DOCTOR_LAN, out->ifindex) &&
	    !doctor_link_of(doctor, DOCTOR_WAN, out->ifindex))
		report_fail(doctor, "swap `downstream` and `upstream` under [interfaces]",
			    "LAN and WAN look swapped: the internet is reached by %s, a LAN",
			    out->name);
	else if (doctor->pim_sender.family &&
		 !doctor_link_of(doctor, DOCTOR_LAN, if_nametoindex(doctor->pim_interface)))
		report_warn(doctor,
			    report_text(doctor, "downstream = %s, if its routers shall be served",
					doctor->pim_interface),
			    "a PIM router, %s, speaks on %s, which is no LAN",
			    addr_format(&doctor->pim_sender, text), doctor->pim_interface);
	else if (out)
		report_ok(doctor, "the internet is reached by %s", out->name);
}
