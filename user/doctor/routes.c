/* SPDX-License-Identifier: BSD-2-Clause */
#include "doctor/routes.h"
#include "doctor/checks.h"
#include "doctor/gather_links.h"
#include "doctor/report.h"
#include "io/netlink_lookup.h"

#include <net/if.h>
#include <stdlib.h>

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

static unsigned leaves_by(const struct doctor *doctor, const char *relay)
{
	return (unsigned)view_number(doctor->routes, relay);
}

bool routes_reach(const struct doctor *doctor, const struct addr *relay)
{
	char text[ADDR_TEXT];

	return doctor_link_of(doctor, DOCTOR_WAN, leaves_by(doctor, addr_format(relay, text)));
}

static void report_bad(struct doctor *doctor, const char *relay)
{
	const struct netlink_shape *out = doctor_shape_of(doctor, leaves_by(doctor, relay));
	const char *mark = view_setting(doctor->settings, "tunnels.mark");

	if (out)
		report_fail(doctor,
			    report_text(doctor, "route it by a WAN, or add %s to `upstream`",
					out->name),
			    "the route to relay %s leaves by %s, which is no WAN", relay,
			    out->name);
	else
		report_fail(doctor,
			    *mark ? "add one to the table of the mark's rule"
				  : "add a default route",
			    "no route to relay %s%s%s", relay, *mark ? " with mark " : "", mark);
}

void routes_relays(struct doctor *doctor)
{
	const struct doctor_link *wan, *by = NULL;
	unsigned good = 0, bad = 0;
	const char *relay;
	json_t *ifindex;

	json_object_foreach (doctor->routes, relay, ifindex) {
		wan = doctor_link_of(doctor, DOCTOR_WAN, leaves_by(doctor, relay));
		if (wan) {
			good++;
			by = wan;
		} else if (bad++ < BAD_MAX) {
			report_bad(doctor, relay);
		}
	}
	if (good)
		report_ok(doctor, "to %u relay%s: by %s", good, good > 1 ? "s" : "", by->name);
}
