/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/requests.h"
#include "control/lookups.h"
#include "control/reply_channels.h"
#include "control/reply_lans.h"
#include "control/reply_status.h"
#include "control/views.h"

#include <string.h>

static void reply_tunnels(struct requests *requests, struct control_client *client)
{
	control_reply(client, view_tunnels(&requests->paths->tunnels));
}

static void reply_counters(struct requests *requests, struct control_client *client)
{
	uint64_t drops[MCI_DROP_COUNT] = {0};
	json_t *reply;

	if (requests->actions->drops(requests->dataplane, drops)) {
		control_refuse(client, "%s", requests->actions->error(requests->dataplane));
		return;
	}
	for (int reason = 0; reason < MCI_DROP_COUNT; reason++)
		drops[reason] += requests->forward->slow.drops[reason];
	reply = json_object();
	put(reply, "drops", view_drops(drops));
	put(reply, "refused", view_refused(requests->rejected));
	put(reply, "pim", view_pim_counters_of_all(requests));
	control_reply(client, reply);
}

static void reply_configuration(struct requests *requests, struct control_client *client)
{
	json_t *reply = json_object();

	put_text(reply, "file", requests->config->file);
	put(reply, "configuration", view_configuration(requests->config));
	control_reply(client, reply);
}

static void lift_hold(struct requests *requests, struct control_client *client,
		      const json_t *request)
{
	const char *text = json_string_value(json_object_get(request, "relay"));
	struct amt_holds *holds = &requests->paths->tunnels.holds;
	struct addr relay;
	json_t *reply;

	if (!text || !addr_parse(text, &relay)) {
		control_refuse(client, "'relay' must be the address of a relay");
		return;
	}
	if (!amt_holds_find(holds, &relay, requests->timers->now)) {
		control_refuse(client, "%s is not held down; `mcingest tunnels` shows what is",
			       text);
		return;
	}
	amt_holds_lift(holds, &relay);
	reply = json_object();
	put(reply, "lifted", view_addr(&relay));
	control_reply(client, reply);
}

static void restart(struct requests *requests, struct control_client *client, bool reload)
{
	const char *why = requests->actions->restart(requests->context, reload);
	json_t *reply;

	if (why) {
		control_refuse(client, "%s", why);
		return;
	}
	reply = json_object();
	put_bool(reply, reload ? "reloading" : "restarting", true);
	control_reply(client, reply);
}

static void reply_restart(struct requests *requests, struct control_client *client)
{
	restart(requests, client, false);
}

static void reply_reload(struct requests *requests, struct control_client *client)
{
	restart(requests, client, true);
}

static const struct {
	const char *name;
	void (*reply)(struct requests *requests, struct control_client *client);
} replies[] = {
	{"status", reply_status},
	{"interfaces", reply_interfaces},
	{"neighbors", reply_neighbors},
	{"channels", reply_channels},
	{"tunnels", reply_tunnels},
	{"counters", reply_counters},
	{"restart", reply_restart},
	{"reload", reply_reload},
	{"configuration", reply_configuration},
};

void requests_handle(void *owner, struct control_client *client, const json_t *request)
{
	const char *name = json_string_value(json_object_get(request, "command"));

	for (size_t i = 0; name && i < sizeof(replies) / sizeof(replies[0]); i++) {
		if (strcmp(name, replies[i].name) == 0) {
			replies[i].reply(owner, client);
			return;
		}
	}
	if (name && strcmp(name, "lookup") == 0)
		lookups_start(owner, client, request);
	else if (name && strcmp(name, "lift") == 0)
		lift_hold(owner, client, request);
	else
		control_refuse(client, "unknown command '%s'", name ? name : "");
}

void requests_gone(void *owner, struct control_client *client)
{
	lookups_cancel(owner, client);
}

void requests_init(struct requests *requests)
{
	lookups_init(requests);
}

void requests_stop(struct requests *requests)
{
	lookups_cancel(requests, NULL);
}
