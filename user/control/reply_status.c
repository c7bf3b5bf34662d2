/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/reply_status.h"
#include "base/log.h"
#include "base/log_output.h"
#include "base/version.h"
#include "control/reply_lans.h"
#include "control/views.h"
#include "forward/traffic.h"

#include <sys/utsname.h>
#include <unistd.h>

static json_t *slow_path(const struct requests *requests)
{
	struct view_slow_parts parts = {.slow = &requests->forward->slow};

	if (requests->actions->left(requests->dataplane, &parts.left))
		log_warning("%s", requests->actions->error(requests->dataplane));
	return view_slow(&parts);
}

/* What waits for its turn. */
static json_t *waiting(const struct paths *paths)
{
	json_t *view = json_object();

	put_count(view, "discoveries", paths->sources.pace.waiting);
	put_count(view, "new_relays", paths->tunnels.pace.waiting);
	return view;
}

static json_t *limits(const struct config *config)
{
	json_t *view = json_object();

	put_count(view, "channels", config->max_channels);
	put_count(view, "tunnels", config->max_tunnels);
	put_count(view, "discoveries", config->discoveries);
	put_count(view, "network_discoveries", config->network_discoveries);
	put_count(view, "new_relays", config->new_relays);
	put_count(view, "unanswered_relays", config->unanswered);
	put_count(view, "neighbors", config->max_neighbors);
	put_count(view, "joins", config->max_joins);
	return view;
}

static void add_daemon(json_t *reply, const struct requests *requests)
{
	usec_t now = requests->timers->now, uptime = now - requests->started;
	struct utsname host;

	uname(&host);
	put_text(reply, "host", host.nodename);
	put_text(reply, "version", mcingest_version);
	if (requests->config->instance)
		put_text(reply, "instance", requests->config->instance);
	else
		put_null(reply, "instance");
	put_count(reply, "pid", getpid());
	put(reply, "since", view_time(requests->started, now));
	put_count(reply, "uptime_s", uptime / USEC_PER_SEC);
}

static void add_traffic(json_t *reply, const struct requests *requests)
{
	struct meter_rate total = traffic_total(requests->forward);

	put(reply, "channels", view_channel_states(&requests->paths->channels));
	put(reply, "packets_per_s", view_rate(total.packets_per_s));
	put(reply, "bits_per_s", view_rate(total.bits_per_s));
	put(reply, "slow_path", slow_path(requests));
}

json_t *status_now(struct requests *requests)
{
	const struct paths *paths = requests->paths;
	usec_t stall = requests->actions->longest_stall(requests->context);
	json_t *reply = json_object();

	add_daemon(reply, requests);
	put(reply, "interfaces", view_interfaces_of_status(requests));
	add_traffic(reply, requests);
	put_count(reply, "tunnels", HASH_COUNT(paths->tunnels.by_relay));
	put(reply, "waiting", waiting(paths));
	put_real(reply, "longest_stall_ms", (double)stall / USEC_PER_MS);
	put_count(reply, "log_lines_lost", log_output_lost());
	put_count(reply, "timers", requests->timers->count);
	put_bool(reply, "draining", requests->lans->draining);
	put(reply, "limits", limits(requests->config));
	put(reply, "rates", view_rates(requests->forward, requests->lans));
	return reply;
}

void reply_status(struct requests *requests, struct control_client *client)
{
	control_reply(client, status_now(requests));
}
