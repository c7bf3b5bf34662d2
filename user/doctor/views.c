/* SPDX-License-Identifier: BSD-2-Clause */
#include "doctor/views.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static json_t *ask(struct views *views, const struct doctor_options *options, const char *command)
{
	if (views->why)
		return NULL;
	return options->ask(options->context, json_pack("{s:s}", "command", command),
			    VIEWS_PATIENCE, &views->why);
}

void views_ask(struct views *views, const struct doctor_options *options)
{
	*views = (struct views){0};
	views->status = ask(views, options, "status");
	views->interfaces = ask(views, options, "interfaces");
	views->neighbors = ask(views, options, "neighbors");
	views->channels = ask(views, options, "channels");
	views->tunnels = ask(views, options, "tunnels");
	views->counters = ask(views, options, "counters");
}

void views_free(struct views *views)
{
	json_decref(views->status);
	json_decref(views->interfaces);
	json_decref(views->neighbors);
	json_decref(views->channels);
	json_decref(views->tunnels);
	json_decref(views->counters);
	free(views->why);
}

const char *view_text(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

double view_number(const json_t *object, const char *key)
{
	return json_number_value(json_object_get(object, key));
}

bool view_is(const json_t *object, const char *key)
{
	return json_is_true(json_object_get(object, key));
}

double view_sum(const json_t *object)
{
	const json_t *number;
	const char *key;
	double sum = 0;

	json_object_foreach ((json_t *)object, key, number)
		sum += json_number_value(number);
	return sum;
}

const json_t *view_at(const json_t *object, const char *path)
{
	char key[64];
	size_t length;

	for (; object && *path; path += length + (path[length] == '.')) {
		length = strcspn(path, ".");
		snprintf(key, sizeof(key), "%.*s", (int)length, path);
		object = json_object_get(object, key);
	}
	return object;
}

unsigned view_count(const json_t *list, const char *key, const char *text)
{
	const json_t *object;
	unsigned count = 0;
	size_t i;

	json_array_foreach (list, i, object)
		count += !strcmp(view_text(object, key), text);
	return count;
}

bool view_is_of(const json_t *object, const struct sg *sg)
{
	struct sg is;

	return addr_parse(view_text(object, "source"), &is.source) &&
	       addr_parse(view_text(object, "group"), &is.group) &&
	       addr_equal(&is.source, &sg->source) && addr_equal(&is.group, &sg->group);
}

const json_t *views_channel(const struct views *views, const struct sg *sg)
{
	const json_t *list = json_object_get(views->channels, "channels"), *channel;
	size_t i;

	json_array_foreach (list, i, channel)
		if (view_is_of(channel, sg))
			return channel;
	return NULL;
}

static bool is_up(const json_t *protocol)
{
	const char *state = view_text(protocol, "state");

	return !strcmp(state, "active") || !strcmp(state, "refreshing");
}

bool view_tunnel_is_up(const json_t *tunnel)
{
	return is_up(json_object_get(tunnel, "igmp")) || is_up(json_object_get(tunnel, "mld"));
}

const char *view_setting_at(const json_t *settings, const char *path, size_t i)
{
	const char *text = json_string_value(json_array_get(view_at(settings, path), i));

	return text ? text : "";
}

const char *view_setting(const json_t *settings, const char *path)
{
	return view_setting_at(settings, path, 0);
}

bool view_setting_has(const json_t *settings, const char *path, const char *value)
{
	const json_t *list = view_at(settings, path), *item;
	size_t i;

	json_array_foreach (list, i, item)
		if (json_is_string(item) && !strcmp(json_string_value(item), value))
			return true;
	return false;
}
