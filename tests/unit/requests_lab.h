/* SPDX-License-Identifier: BSD-2-Clause */
/* The requests of control clients on the rooms of another lab: forward_lab.h or lan_lab.h. This lab
 * stands where the dataplane and the loop are: the test fills in what they tell. It also stands
 * where clients are: it has the functions of control/client.h, so that no test of it is linked with
 * client.c. A client keeps the answer that it was given. */
#pragma once

#include "control/requests.h"
#include "views.h"

#include <errno.h>
#include <stdarg.h>

#define REQ_PROGRAMS 4

/* What the dataplane tells of an interface in one of its roles. */
struct req_program {
	unsigned ifindex;
	enum role role;
	const char *mode, *why, *in_front;
	bool is_counted; /* the packets that the LAN refused are known */
	uint64_t refused, unasked;
};

static struct {
	struct requests requests;
	struct config config;
	struct links links;
	uint64_t rejected[PROTOCOL_COUNT][FAULT_COUNT];
	struct req_program programs[REQ_PROGRAMS];
	uint64_t drops[MCI_DROP_COUNT];
	struct dataplane_left left;
	const char *drops_error, *left_error; /* why the counters cannot be read, or NULL */
	const char *no_restart;               /* why there can be none, or NULL */
	usec_t stall;
	bool is_stranger; /* clients may only look */
} req;

/* The dataplane and the loop */

/* It stands for the dataplane, and nobody looks into it. */
#define REQ_DATAPLANE ((struct dataplane *)&req)

static const struct req_program *req_program(const struct dataplane *dp, unsigned ifindex,
					     enum role role)
{
	static const struct req_program none = {.in_front = ""};

	cr_assert_eq(dp, REQ_DATAPLANE);
	for (unsigned i = 0; i < REQ_PROGRAMS; i++)
		if (req.programs[i].ifindex == ifindex && req.programs[i].role == role && ifindex)
			return &req.programs[i];
	return &none;
}

static const char *req_mode(const struct dataplane *dp, unsigned ifindex, enum role role)
{
	return req_program(dp, ifindex, role)->mode;
}

static const char *req_why(const struct dataplane *dp, unsigned ifindex, enum role role)
{
	return req_program(dp, ifindex, role)->why;
}

static const char *req_in_front(const struct dataplane *dp, unsigned ifindex, enum role role)
{
	return req_program(dp, ifindex, role)->in_front;
}

static bool req_refused(const struct dataplane *dp, unsigned ifindex, uint64_t *packets)
{
	const struct req_program *program = req_program(dp, ifindex, ROLE_DOWNSTREAM);

	if (program->is_counted)
		*packets = program->refused;
	return program->is_counted;
}

static uint64_t req_unasked(const struct dataplane *dp, unsigned ifindex)
{
	return req_program(dp, ifindex, ROLE_DOWNSTREAM)->unasked;
}

static int req_drops(struct dataplane *dp, uint64_t drops[MCI_DROP_COUNT])
{
	cr_assert_eq(dp, REQ_DATAPLANE);
	memcpy(drops, req.drops, sizeof(req.drops));
	return req.drops_error ? -EPERM : 0;
}

static int req_left(struct dataplane *dp, struct dataplane_left *left)
{
	cr_assert_eq(dp, REQ_DATAPLANE);
	*left = req.left;
	return req.left_error ? -EPERM : 0;
}

static const char *req_error(const struct dataplane *dp)
{
	cr_assert_eq(dp, REQ_DATAPLANE);
	return req.drops_error ? req.drops_error : req.left_error;
}

static usec_t req_longest_stall(void *context)
{
	cr_assert_eq(context, &req);
	return req.stall;
}

static const char *req_restart(void *context, bool reload)
{
	(void)context;
	(void)reload;
	return req.no_restart;
}

static const struct requests_actions req_actions = {.mode = req_mode,
						    .why = req_why,
						    .in_front = req_in_front,
						    .refused = req_refused,
						    .unasked = req_unasked,
						    .drops = req_drops,
						    .left = req_left,
						    .error = req_error,
						    .longest_stall = req_longest_stall,
						    .restart = req_restart};

/* Begin and end */

/* The daemon was started 90.5 s ago. */
static inline void req_begin(struct timers *timers, struct lans *lans, struct paths *paths,
			     struct forward *forward)
{
	memset(&req, 0, sizeof(req));
	req.requests = (struct requests){
		.config = &req.config,
		.timers = timers,
		.started = timers->now - 90500 * USEC_PER_MS,
		.links = &req.links,
		.lans = lans,
		.paths = paths,
		.forward = forward,
		.rejected = (const uint64_t(*)[FAULT_COUNT])req.rejected,
		.actions = &req_actions,
		.dataplane = REQ_DATAPLANE,
		.context = &req,
	};
	requests_init(&req.requests);
}

static inline void req_end(void)
{
	requests_stop(&req.requests);
	fini_assert(!req.requests.lookups, "a lookup goes on");
}

/* Clients */

struct control_client {
	json_t *reply; /* NULL while the client waits */
	/* Of a reply in parts, which has no `reply` until the test has taken all of them: */
	const struct control_list *list;
	struct control_position position;
	bool streams, is_full; /* is_full: has no room for another line */
	json_t *lines;
};

void control_stream(struct control_client *client)
{
	client->streams = true;
	client->lines = json_array();
}

bool control_stream_has_room(const struct control_client *client)
{
	return !client->is_full;
}

void control_stream_line(struct control_client *client, const char *text)
{
	cr_assert(client->streams && !client->is_full);
	json_array_append_new(client->lines, json_loads(text, 0, NULL));
}

void control_reply(struct control_client *client, json_t *reply)
{
	cr_assert(!client->reply && !client->list, "a client gets one answer");
	cr_assert_not_null(reply);
	client->reply = reply;
}

void control_refuse(struct control_client *client, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	control_reply(client, json_pack("{s:o}", "error", json_vsprintf(format, args)));
	va_end(args);
}

bool control_may_change(struct control_client *client, const char *command)
{
	if (!req.is_stranger)
		return true;
	control_refuse(client, "a stranger may not '%s'", command);
	return false;
}

void control_reply_lists(struct control_client *client, const struct control_list *lists)
{
	cr_assert(!client->reply && !client->list, "a client gets one answer");
	client->list = lists;
}

/* In the request, ' stands for ". */
static inline void req_ask(struct control_client *client, const char *request)
{
	json_t *object;
	char *text = strdup(request);

	for (char *at = text; *at; at++)
		if (*at == '\'')
			*at = '"';
	object = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
	cr_assert(object, "%s", text);
	*client = (struct control_client){0};
	requests_handle(&req.requests, client, object);
	json_decref(object);
	free(text);
}

/* Takes the next part of the client's reply. */
static inline json_t *req_part(struct control_client *client)
{
	cr_assert_not_null(client->list);
	return client->list->part(&req.requests, &client->position);
}

static inline json_t *req_rest_of_list(struct control_client *client)
{
	json_t *list = json_array(), *part = req_part(client);

	while (json_array_size(part)) {
		json_array_extend(list, part);
		json_decref(part);
		part = req_part(client);
	}
	json_decref(part);
	return list;
}

static inline json_t *req_all_parts(struct control_client *client)
{
	json_t *reply = json_object();

	for (; client->list->key; client->list++) {
		client->position = (struct control_position){0};
		json_object_set_new(reply, client->list->key, req_rest_of_list(client));
	}
	return reply;
}

/* Returns the reply to a request that is answered at once. */
static inline json_t *req_reply(const char *request)
{
	struct control_client client;

	req_ask(&client, request);
	if (client.list)
		return req_all_parts(&client);
	cr_assert(client.reply, "%s has no answer", request);
	return client.reply;
}

/* What is in a reply */

/* Returns a borrowed reference to a member of a member, such as "channels.0.relay". */
static inline json_t *req_at(const json_t *reply, const char *path)
{
	char *copy = strdup(path), *rest = NULL;
	json_t *at = (json_t *)reply;

	for (char *key = strtok_r(copy, ".", &rest); key; key = strtok_r(NULL, ".", &rest)) {
		at = json_is_array(at) ? json_array_get(at, strtoul(key, NULL, 10))
				       : json_object_get(at, key);
		cr_assert(at, "there is no '%s' of %s", key, path);
	}
	free(copy);
	return at;
}

static inline void expect_at(const json_t *reply, const char *path, const char *expected)
{
	expect_json(json_incref(req_at(reply, path)), expected);
}

static inline void expect_count_at(const json_t *reply, const char *path, uint64_t expected)
{
	json_t *at = req_at(reply, path);

	cr_expect(json_is_integer(at), "%s", path);
	cr_expect_eq((uint64_t)json_integer_value(at), expected, "%s: %lld", path,
		     (long long)json_integer_value(at));
}

/* The keys of an object, in their order, each with a space behind it. */
static inline void expect_keys(json_t *object, const char *expected)
{
	char keys[1024] = "";
	const char *key;
	json_t *value;

	json_object_foreach (object, key, value) {
		strcat(keys, key);
		strcat(keys, " ");
	}
	cr_expect_str_eq(keys, expected, "%s", keys);
}

/* The request is answered by this error, and nothing else. */
static inline void expect_error(const char *request, const char *error)
{
	json_t *reply = req_reply(request);

	cr_expect_eq(json_object_size(reply), 1);
	cr_expect_str_eq(json_string_value(req_at(reply, "error")), error, "%s: %s", request,
			 json_string_value(req_at(reply, "error")));
	json_decref(reply);
}
