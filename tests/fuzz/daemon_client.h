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

/* Each channel is in the list once, unless it ends while the client reads. */
void control_reply_list(struct control_client *client, const char *key, control_part_fn *part)
{
	size_t position = 0, items = 0;
	json_t *list;

	must(!client->is_answered && key);
	for (list = part(client->of, &position); json_array_size(list);
	     list = part(client->of, &position)) {
		items += json_array_size(list);
		must(items <= HASH_COUNT(world.paths.channels.by_sg));
		json_decref(list);
	}
	json_decref(list);
	must(items == HASH_COUNT(world.paths.channels.by_sg));
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
