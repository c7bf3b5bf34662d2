/* SPDX-License-Identifier: BSD-2-Clause */
#include "doctor/checks.h"
#include "doctor/report.h"

#include <string.h>

static bool is_upstream(const json_t *interface)
{
	return !strcmp(view_text(interface, "role"), "upstream");
}

static const char *hop_of(const json_t *interface)
{
	return is_upstream(interface) ? "box" : "lan";
}

/* The daemon's word on its interfaces; interfaces_links() knows more. */
void programs_links(struct doctor *doctor)
{
	const json_t *interface;
	size_t i;

	FOR_EACH_INTERFACE (&doctor->now, interface, i) {
		const char *name = view_text(interface, "name");
		const char *role = is_upstream(interface) ? "WAN" : "LAN";

		doctor->hop = hop_of(interface);
		if (view_is(interface, "up"))
			report_ok(doctor, "%s %s: up, MTU %.0f", role, name,
				  view_number(interface, "mtu"));
		else
			report_fail(doctor, report_text(doctor, "ip link set %s up", name),
				    "%s %s is down", role, name);
	}
}

static void check_mode(struct doctor *doctor, const json_t *interface)
{
	const char *name = view_text(interface, "name"), *mode = view_text(interface, "mode");
	const char *why = view_text(interface, "why");
	const char *in_front = view_text(interface, "in_front");
	bool is_wan = is_upstream(interface);

	doctor->hop = hop_of(interface);
	if (!*mode)
		report_fail(doctor, "`mode = auto` under [dataplane] takes TC where XDP cannot be",
			    "no program on %s: %s", name, *why ? why : "it cannot be attached");
	else if (*in_front)
		report_warn(doctor,
			    "give it a preference above 2268, or let it end with `continue`",
			    "%s: %s stands in front of our filter", name, in_front);
	else if (is_wan)
		report_ok(doctor, "%s: %s, %s", name, !strcmp(mode, "xdp") ? "XDP" : "TC", why);
}

void programs_modes(struct doctor *doctor)
{
	const json_t *list = json_object_get(doctor->now.status, "interfaces"), *interface;
	size_t i;

	json_array_foreach (list, i, interface)
		check_mode(doctor, interface);
}
