/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/requests.h"
#include "control/lookups.h"
#include "control/monitor.h"
#include "control/reply_channels.h"
#include "control/reply_counters.h"
#include "control/reply_lans.h"
#include "control/reply_statics.h"
#include "control/reply_status.h"
#include "control/reply_tunnels.h"
#include "control/views.h"
#include "lan/lan.h"

#include <string.h>

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

	if (why) {
		control_refuse(client, "%s", why);
		return;
	}
	requests->restarter = client;
	requests->reloads = reload;
}

static void reply_drain(struct requests *requests, struct control_client *client,
			const json_t *request)
{
	bool drain = !json_is_true(json_object_get(request, "end"));
	json_t *reply;

	if (drain == requests->lans->draining) {
		control_refuse(client, drain ? "the box is being drained already"
					     : "the box is not being drained");
		return;
	}
	lans_drain(requests->lans, drain);
	reply = json_object();
	put_bool(reply, "draining", drain);
	control_reply(client, reply);
}

void requests_restart_over(struct requests *requests, const char *why)
{
	struct control_client *client = requests->restarter;
	json_t *reply;

	requests->restarter = NULL;
	if (!client)
		return;
	if (why) {
		control_refuse(client, "%s", why);
		return;
	}
	reply = json_object();
	put_bool(reply, requests->reloads ? "reloading" : "restarting", true);
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

static const struct command {
	const char *name;
	enum { LOOKS, CHANGES } does;
	void (*reply)(struct requests *requests, struct control_client *client);
	/* Of a command with arguments: */
	void (*reply_to)(struct requests *requests, struct control_client *client,
			 const json_t *request);
} commands[] = {
	{"status", LOOKS, .reply = reply_status},
	{"interfaces", LOOKS, .reply = reply_interfaces},
	{"neighbors", LOOKS, .reply = reply_neighbors},
	{"channels", LOOKS, .reply = reply_channels},
	{"tunnels", LOOKS, .reply = reply_tunnels},
	{"counters", LOOKS, .reply = reply_counters},
	{"lookup", LOOKS, .reply_to = lookups_start},
	{"drain", CHANGES, .reply_to = reply_drain},
	{"join", CHANGES, .reply_to = reply_join},
	{"leave", CHANGES, .reply_to = reply_leave},
	{"lift", CHANGES, .reply_to = lift_hold},
	{"restart", CHANGES, .reply = reply_restart},
	{"reload", CHANGES, .reply = reply_reload},
	{"configuration", LOOKS, .reply = reply_configuration},
	{"monitor", LOOKS, .reply = monitor_start},
};

static const struct command *find_command(const char *name)
{
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		if (strcmp(name, commands[i].name) == 0)
			return &commands[i];
	return NULL;
}

void requests_handle(void *owner, struct control_client *client, const json_t *request)
{
	const char *name = json_string_value(json_object_get(request, "command"));
	const struct command *command = name ? find_command(name) : NULL;

	if (!command)
		control_refuse(client, "unknown command '%s'", name ? name : "");
	else if (command->does == CHANGES && !control_may_change(client, name))
		return;
	else if (command->reply_to)
		command->reply_to(owner, client, request);
	else
		command->reply(owner, client);
}

void requests_gone(void *owner, struct control_client *client)
{
	struct requests *requests = owner;

	if (requests->restarter == client)
		requests->restarter = NULL;
	lookups_cancel(requests, client);
	monitor_end(requests, client);
}

void requests_init(struct requests *requests)
{
	lookups_init(requests);
}

void requests_stop(struct requests *requests)
{
	lookups_cancel(requests, NULL);
	monitor_end(requests, NULL);
}
