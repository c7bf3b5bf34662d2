/* SPDX-License-Identifier: BSD-2-Clause */
/* A control client that asks for everything: each state of the daemon can be shown. It has the
 * functions of control/client.h, so that no target is linked with client.c. */
#pragma once

#include "control/requests.h"
#include "daemon_world.h"

struct control_client {
	struct requests *of;
	bool is_answered;
};

void control_reply(struct control_client *client, json_t *reply)
{
	char *text = json_dumps(reply, 0);

	must(!client->is_answered && text);
	client->is_answered = true;
	free(text);
	json_decref(reply);
}

void control_refuse(struct control_client *client, const char *format, ...)
{
	(void)client;
	fuzz_broken(format, __FILE__, __LINE__);
}

bool control_may_change(struct control_client *client, const char *command)
{
	return client && command;
}

static size_t items_of(const struct control_list *list, struct requests *requests, size_t limit)
{
	struct control_position position = {0};
	size_t items = 0;
	json_t *part;

	for (part = list->part(requests, &position); json_array_size(part);
	     part = list->part(requests, &position)) {
		items += json_array_size(part);
		must(items <= limit);
		json_decref(part);
	}
	json_decref(part);
	return items;
}

/* Each channel, tunnel and discovery is in its list once. */
void control_reply_lists(struct control_client *client, const struct control_list *lists)
{
	must(!client->is_answered);
	for (; lists->key; lists++) {
		size_t there = !strcmp(lists->key, "channels")
				       ? HASH_COUNT(world.paths.channels.by_sg)
			       : !strcmp(lists->key, "tunnels")
				       ? HASH_COUNT(world.paths.tunnels.by_relay)
				       : HASH_COUNT(world.paths.tunnels.by_contact);
		bool holds = !strcmp(lists->key, "held_down");
		size_t items = items_of(lists, client->of, holds ? AMT_HOLDS_MAX : there);

		must(holds || items == there);
	}
	client->is_answered = true;
}

/* Nobody monitors. */

void control_stream(struct control_client *client)
{
	must(!client);
}

bool control_stream_has_room(const struct control_client *client)
{
	return client;
}

void control_stream_line(struct control_client *client, const char *text)
{
	must(!client && text);
}

static int read_left(struct dataplane *dp, struct dataplane_left *left)
{
	must(dp == DATAPLANE);
	*left = (struct dataplane_left){0};
	return 0;
}

static int read_drops(struct dataplane *dp, uint64_t drops[MCI_DROP_COUNT])
{
	must(dp == DATAPLANE);
	memset(drops, 0, MCI_DROP_COUNT * sizeof(drops[0]));
	return 0;
}

static usec_t no_stall(void *context)
{
	must(context == &world);
	return 0;
}

static void ask_for_all(void)
{
	static const char *const commands[] = {"status", "neighbors", "channels", "tunnels",
					       "counters"};
	static const struct requests_actions actions = {.drops = read_drops,
							.left = read_left,
							.error = dataplane_says,
							.longest_stall = no_stall};
	static const struct config config;
	static const struct links links;
	struct requests requests = {.config = &config,
				    .timers = &world.timers,
				    .links = &links,
				    .lans = &world.lans,
				    .paths = &world.paths,
				    .forward = &world.forward,
				    .rejected =
					    (const uint64_t(*)[FAULT_COUNT])world.rejected.counts,
				    .actions = &actions,
				    .dataplane = DATAPLANE,
				    .context = &world};

	requests_init(&requests);
	EACH(i, commands)
	{
		struct control_client client = {.of = &requests};
		json_t *request = json_pack("{s:s}", "command", commands[i]);

		requests_handle(&requests, &client, request);
		must(client.is_answered);
		json_decref(request);
	}
	requests_stop(&requests);
}
