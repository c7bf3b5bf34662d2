/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/show_status.h"
#include "base/log.h"
#include "base/log_output.h"
#include "base/version.h"
#include "control/show_lans.h"
#include "control/views.h"
#include "forward/traffic.h"

#include <unistd.h>

static json_t *slow_path(const struct requests *requests)
{
	const struct slow_path *slow = &requests->forward->slow;
	struct view_slow_parts parts = {.received = slow->received,
					.packets = slow->forwarded.packets,
					.packets_per_s = slow->meter.rate.packets_per_s};
	const char *error = requests->actions->slow(requests->context, parts.counted);

	if (error)
		log_warning("%s", error);
	return view_slow(&parts);
}

/* What waits for its turn. */
static json_t *waiting(const struct paths *paths)
{
	json_t *view = json_object();

	json_object_set_new(view, "discoveries", json_integer(paths->sources.pace.waiting));
	json_object_set_new(view, "new_relays", json_integer(paths->tunnels.pace.waiting));
	return view;
}

static json_t *limits(const struct config *config)
{
	json_t *view = json_object();

	json_object_set_new(view, "channels", json_integer(config->max_channels));
	json_object_set_new(view, "tunnels", json_integer(config->max_tunnels));
	json_object_set_new(view, "discoveries", json_integer(config->discoveries));
	json_object_set_new(view, "network_discoveries", json_integer(config->network_discoveries));
	json_object_set_new(view, "new_relays", json_integer(config->new_relays));
	json_object_set_new(view, "unanswered_relays", json_integer(config->unanswered));
	json_object_set_new(view, "neighbors", json_integer(config->max_neighbors));
	json_object_set_new(view, "joins", json_integer(config->max_joins));
	return view;
}

static void add_daemon(json_t *reply, const struct requests *requests)
{
	usec_t now = requests->timers->now, uptime = now - requests->started;

	json_object_set_new(reply, "version", json_string(mcingest_version));
	json_object_set_new(reply, "pid", json_integer(getpid()));
	json_object_set_new(reply, "since", view_time(requests->started, now));
	json_object_set_new(reply, "uptime_s", json_integer(uptime / USEC_PER_SEC));
}

static void add_traffic(json_t *reply, const struct requests *requests)
{
	struct meter_rate total = traffic_total(requests->forward);

	json_object_set_new(reply, "channels", view_channel_states(&requests->paths->channels));
	json_object_set_new(reply, "packets_per_s", view_rate(total.packets_per_s));
	json_object_set_new(reply, "bits_per_s", view_rate(total.bits_per_s));
	json_object_set_new(reply, "slow_path", slow_path(requests));
}

void show_status(struct requests *requests, struct control_client *client)
{
	const struct paths *paths = requests->paths;
	usec_t stall = requests->actions->longest_stall(requests->context);
	json_t *reply = json_object();

	add_daemon(reply, requests);
	json_object_set_new(reply, "interfaces", show_interfaces_of_status(requests));
	add_traffic(reply, requests);
	json_object_set_new(reply, "tunnels", json_integer(HASH_COUNT(paths->tunnels.by_relay)));
	json_object_set_new(reply, "waiting", waiting(paths));
	json_object_set_new(reply, "longest_stall_ms", json_real((double)stall / USEC_PER_MS));
	json_object_set_new(reply, "log_lines_lost", json_integer((json_int_t)log_output_lost()));
	json_object_set_new(reply, "limits", limits(requests->config));
	control_reply(client, reply);
}
