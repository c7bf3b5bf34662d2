/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/reply_statics.h"
#include "control/values.h"

#include <string.h>

static bool read_address(const json_t *request, const char *key, struct addr *addr)
{
	const char *text = json_string_value(json_object_get(request, key));

	return text && addr_parse(text, addr);
}

static bool has_lan(const struct requests *requests, const char *name)
{
	for (unsigned i = 0; i < requests->lans->count; i++)
		if (!strcmp(requests->lans->list[i].link.name, name))
			return true;
	return false;
}

/* False after a refusal. */
static bool read_line(const struct requests *requests, struct control_client *client,
		      const json_t *request, struct joinfile_line *line)
{
	const char *interface = json_string_value(json_object_get(request, "interface"));

	*line = (struct joinfile_line){0};
	if (!read_address(request, "source", &line->sg.source) ||
	    !read_address(request, "group", &line->sg.group) || !sg_is_forwardable(&line->sg)) {
		control_refuse(client,
			       "'source' and 'group' must be the addresses of a channel, of "
			       "one family");
		return false;
	}
	if (!interface)
		return true;
	if (!has_lan(requests, interface)) {
		control_refuse(client, "'%s' is no downstream interface", interface);
		return false;
	}
	strcpy(line->interface, interface);
	return true;
}

static json_t *view_line(const struct joinfile_line *line)
{
	json_t *view = json_object();

	put(view, "source", view_addr(&line->sg.source));
	put(view, "group", view_addr(&line->sg.group));
	put_text(view, "interface", *line->interface ? line->interface : NULL);
	return view;
}

static void reply(struct requests *requests, struct control_client *client, const json_t *request,
		  const char *(*change)(struct statics *, const struct joinfile_line *),
		  const char *key)
{
	struct joinfile_line line;
	const char *why;
	json_t *view;

	if (!read_line(requests, client, request, &line))
		return;
	why = change(requests->statics, &line);
	if (why) {
		control_refuse(client, "%s", why);
		return;
	}
	view = json_object();
	put(view, key, view_line(&line));
	control_reply(client, view);
}

void reply_join(struct requests *requests, struct control_client *client, const json_t *request)
{
	reply(requests, client, request, statics_join, "joined");
}

void reply_leave(struct requests *requests, struct control_client *client, const json_t *request)
{
	reply(requests, client, request, statics_leave, "left");
}
