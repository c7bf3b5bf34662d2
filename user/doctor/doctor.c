/* SPDX-License-Identifier: BSD-2-Clause */
#include "doctor/doctor.h"
#include "base/memory.h"
#include "doctor/checks.h"
#include "doctor/gather.h"

#include <stdlib.h>

enum { BOX = 1, CHANNEL = 2 }; /* of what it is a check */

/* In the order of the path. The names are a contract. */
static const struct {
	const char *name;
	unsigned of;
	check_fn *check;
} checks[] = {
	{"privileges", BOX | CHANNEL, host_privileges},
	{"kernel", BOX, host_kernel},
	{"bpffs", BOX, host_bpffs},
	{"capture", BOX | CHANNEL, host_capture},
	{"daemon", BOX | CHANNEL, owner_daemon},
	{"configuration", BOX | CHANNEL, settings_file},
	{"interfaces", BOX | CHANNEL, interfaces_links},
	{"programs", BOX | CHANNEL, interfaces_modes},
	{"way-out", BOX | CHANNEL, interfaces_swapped},
	{"pim-sending", BOX | CHANNEL, routers_sending},
	{"routers", BOX | CHANNEL, routers_neighbors},
	{"wanted", CHANNEL, channel_wanted},
	{"joins", BOX, routers_joins},
	{"joins-lost", BOX, routers_others},
	{"generation-id", BOX, routers_restart},
	{"hosts", BOX, hosts_queriers},
	{"hosts-unasked", BOX, hosts_unasked},
	{"tunnels-path", BOX | CHANNEL, routes_sources},
	{"clock", BOX | CHANNEL, resolvers_clock},
	{"resolvers", BOX | CHANNEL, resolvers_servers},
	{"lookup", CHANNEL, resolvers_lookup},
	{"routes", BOX | CHANNEL, routes_relays},
	{"relays", BOX | CHANNEL, relays_answers},
	{"held-down", BOX, relays_held},
	{"state", CHANNEL, channel_state},
	{"channels", BOX, data_channels},
	{"drops", BOX | CHANNEL, data_drops},
	{"slow-path", BOX | CHANNEL, data_slow},
	{"refused", BOX | CHANNEL, data_refused},
	{"asserts", BOX | CHANNEL, routers_asserts},
	{"limits", BOX, limits_used},
	{"load", BOX, limits_daemon},
};

/* A channel's path ends at the first hop that is broken. Without a daemon it goes on as far as it
 * can. */
static void judge(struct doctor *doctor)
{
	unsigned of = doctor->options->channel ? CHANNEL : BOX;

	for (size_t i = 0; i < sizeof(checks) / sizeof(checks[0]); i++) {
		bool stops = of == CHANNEL && doctor->failed && doctor->now.status;

		if (!(checks[i].of & of) || stops)
			continue;
		doctor->check = checks[i].name;
		checks[i].check(doctor);
	}
}

json_t *doctor_run(const struct doctor_options *options)
{
	struct doctor *doctor = memory_new(sizeof(*doctor));
	json_t *result = json_object();

	*doctor =
		(struct doctor){.options = options, .checks = json_array(), .texts = json_array()};
	gather(doctor);
	judge(doctor);
	json_object_set_new(result, "checks", doctor->checks);
	json_object_set_new(result, "ok", json_boolean(!doctor->failed));
	gather_free(doctor);
	json_decref(doctor->texts);
	free(doctor);
	return result;
}
