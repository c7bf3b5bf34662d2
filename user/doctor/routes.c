/* SPDX-License-Identifier: BSD-2-Clause */
#include "doctor/routes.h"
#include "doctor/checks.h"
#include "doctor/gather.h"
#include "doctor/report.h"
#include "io/netlink_lookup.h"

#include <net/if.h>
#include <stdlib.h>
#include <string.h>

#define BAD_MAX 5 /* relays without a route that are shown */

/* What [tunnels] asks of routes */

static void check_source(struct doctor *doctor, const char *text)
{
	struct addr address;

	if (addr_parse(text, &address) && !netlink_has_address(&address))
		report_fail(doctor, report_text(doctor, "ip addr add %s, or correct it", text),
			    "source_address %s is not an address of this host", text);
	else
		report_ok(doctor, "source_address %s is ours", text);
}

static void check_mark(struct doctor *doctor, const char *text)
{
	uint32_t mark = strtoul(text, NULL, 0);

	if (!netlink_has_rule(AF_INET, mark) && !netlink_has_rule(AF_INET6, mark))
		report_fail(doctor, report_text(doctor, "ip rule add fwmark %s table TABLE", text),
			    "mark = %s, but no rule has this mark", text);
	else
		report_ok(doctor, "mark %s has a rule", text);
}

static void check_vrf(struct doctor *doctor, const char *name)
{
	if (!if_nametoindex(name))
		report_fail(doctor, report_text(doctor, "ip link add %s type vrf table N", name),
			    "vrf = %s, but there is no such interface", name);
	else
		report_ok(doctor, "VRF %s is there", name);
}

void routes_sources(struct doctor *doctor)
{
	const json_t *settings = doctor->settings;

	for (size_t i = 0; *view_setting_at(settings, "tunnels.source_address", i); i++)
		check_source(doctor, view_setting_at(settings, "tunnels.source_address", i));
	if (*view_setting(settings, "tunnels.mark"))
		check_mark(doctor, view_setting(settings, "tunnels.mark"));
	if (*view_setting(settings, "tunnels.vrf"))
		check_vrf(doctor, view_setting(settings, "tunnels.vrf"));
}

/* Relays */

struct routed {
	struct doctor *doctor;
	const char *wans[DOCTOR_INTERFACES_MAX];
	unsigned wan_count;
	struct netlink_hints hints;
	json_t *seen; /* {relay: true} */
	unsigned good, bad;
	const char *by; /* the interface of the last good one */
};

static struct routed begin(struct doctor *doctor)
{
	const char *mark = view_setting(doctor->settings, "tunnels.mark");
	const char *vrf = view_setting(doctor->settings, "tunnels.vrf");
	struct routed routed = {
		.doctor = doctor,
		.hints = {.mark = strtoul(mark, NULL, 0), .vrf = if_nametoindex(vrf)},
		.seen = json_object()};

	routed.wan_count = gather_names(doctor, DOCTOR_WAN, routed.wans);
	return routed;
}

static bool is_wan(const struct routed *routed, const char *name)
{
	for (unsigned i = 0; i < routed->wan_count; i++)
		if (!strcmp(routed->wans[i], name))
			return true;
	return false;
}

/* Returns the name of the interface by which packets to the relay leave; "" if there is no route.
 */
static const char *leaves_by(const struct routed *routed, const struct addr *relay)
{
	struct netlink_route route;
	char name[IF_NAMESIZE] = "";

	if (netlink_route_to(relay, &routed->hints, &route))
		return "";
	if_indextoname(route.ifindex, name);
	return report_text(routed->doctor, "%s", name);
}

bool routes_reach(struct doctor *doctor, const struct addr *relay)
{
	struct routed routed = begin(doctor);

	json_decref(routed.seen);
	return is_wan(&routed, leaves_by(&routed, relay));
}

static void report_bad(const struct routed *routed, const char *relay, const char *name)
{
	const char *mark = view_setting(routed->doctor->settings, "tunnels.mark");
	struct doctor *doctor = routed->doctor;

	if (*name)
		report_fail(doctor,
			    report_text(doctor, "route it by a WAN, or add %s to `upstream`", name),
			    "the route to relay %s leaves by %s, which is no WAN", relay, name);
	else
		report_fail(doctor,
			    *mark ? "add one to the table of the mark's rule"
				  : "add a default route",
			    "no route to relay %s%s%s", relay, *mark ? " with mark " : "", mark);
}

static void check_route(struct routed *routed, const char *text)
{
	const char *name;
	struct addr relay;

	if (!addr_parse(text, &relay) || json_object_get(routed->seen, text))
		return;
	json_object_set_new(routed->seen, text, json_true());
	name = leaves_by(routed, &relay);
	if (is_wan(routed, name)) {
		routed->good++;
		routed->by = name;
	} else if (routed->bad++ < BAD_MAX) {
		report_bad(routed, text, name);
	}
}

static void check_list(struct routed *routed, const json_t *list, const char *key)
{
	const json_t *item;
	size_t i;

	json_array_foreach (list, i, item)
		check_route(routed, view_text(item, key));
}

void routes_relays(struct doctor *doctor)
{
	const json_t *settings = doctor->settings, *tunnels = doctor->now.tunnels;
	struct routed routed = begin(doctor);

	check_list(&routed, json_object_get(doctor->lookup, "relays"), "address");
	if (!doctor->options->channel) {
		check_list(&routed, json_object_get(tunnels, "tunnels"), "relay");
		check_list(&routed, json_object_get(tunnels, "held_down"), "relay");
		for (size_t i = 0; *view_setting_at(settings, "relays.warm", i); i++)
			check_route(&routed, view_setting_at(settings, "relays.warm", i));
	}
	if (routed.good)
		report_ok(doctor, "to %u relay%s: by %s", routed.good, routed.good > 1 ? "s" : "",
			  routed.by);
	json_decref(routed.seen);
}
