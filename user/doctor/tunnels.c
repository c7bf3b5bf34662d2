/* SPDX-License-Identifier: BSD-2-Clause */
#include "doctor/tunnels.h"
#include "doctor/checks.h"
#include "doctor/report.h"

#include <string.h>

static void check_tunnel(struct doctor *doctor, const json_t *tunnel)
{
	const char *relay = view_text(tunnel, "relay");

	if (view_is(tunnel, "full"))
		report_warn(doctor, "publish or name another relay",
			    "relay %s is full: it takes no new channels", relay);
	else
		report_ok(doctor, "tunnel to %s, %.0f channels, round trip %.0f ms", relay,
			  view_number(tunnel, "channels"), view_number(tunnel, "round_trip_ms"));
}

/* With a channel, only the tunnels to relays of its source are of interest. */
static bool concerns(const struct doctor *doctor, const json_t *tunnel)
{
	const json_t *relays = json_object_get(doctor->lookup, "relays"), *relay;
	size_t i;

	if (!view_tunnel_is_up(tunnel))
		return false;
	if (!doctor->options->channel)
		return view_is(tunnel, "full");
	json_array_foreach (relays, i, relay)
		if (!strcmp(view_text(relay, "address"), view_text(tunnel, "relay")))
			return true;
	return false;
}

bool tunnels_serve(const struct doctor *doctor)
{
	const json_t *list = json_object_get(doctor->now.tunnels, "tunnels"), *tunnel;
	size_t i;

	json_array_foreach (list, i, tunnel)
		if (concerns(doctor, tunnel))
			return true;
	return false;
}

void tunnels_up(struct doctor *doctor)
{
	const json_t *list = json_object_get(doctor->now.tunnels, "tunnels"), *tunnel;
	unsigned up = 0;
	size_t i;

	json_array_foreach (list, i, tunnel) {
		up += view_tunnel_is_up(tunnel);
		if (concerns(doctor, tunnel))
			check_tunnel(doctor, tunnel);
	}
	if (!doctor->options->channel && up)
		report_ok(doctor, "%u tunnel%s", up, up > 1 ? "s are up" : " is up");
}

static const char *flapping(struct doctor *doctor, const json_t *hold)
{
	double failures = view_number(hold, "failures");

	return failures > 1 ? report_text(doctor, " (failed %.0f times in a row)", failures) : "";
}

void tunnels_held(struct doctor *doctor)
{
	const json_t *list = json_object_get(doctor->now.tunnels, "held_down"), *hold;
	size_t i;

	json_array_foreach (list, i, hold)
		report_warn(doctor,
			    report_text(doctor, "once it works: mcingest lift %s",
					view_text(hold, "relay")),
			    "%s is held down for %.0f s%s: %s", view_text(hold, "relay"),
			    view_number(hold, "ends_s"), flapping(doctor, hold),
			    view_text(hold, "reason"));
}
