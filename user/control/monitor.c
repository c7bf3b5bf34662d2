/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/monitor.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/version.h"
#include "control/views.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <utlist.h>

struct monitor {
	struct control_client *client;
	uint64_t missed; /* events since the client's last one */
	struct monitor *prev, *next;
};

struct monitors {
	struct requests *requests;
	struct monitor *list;
	unsigned count;
	struct timer second;
	uint64_t drops[MCI_DROP_COUNT]; /* a second ago */
};

/* Events */

static json_t *event(const char *name)
{
	char date[32], text[64];
	struct timespec now;
	struct tm utc;
	json_t *view = json_object();

	clock_gettime(CLOCK_REALTIME, &now);
	strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%S", gmtime_r(&now.tv_sec, &utc));
	snprintf(text, sizeof(text), "%s.%03ldZ", date, now.tv_nsec / 1000000);
	put_text(view, "time", text);
	put_text(view, "event", name);
	return view;
}

static void send_to(struct monitor *monitor, const json_t *view)
{
	char *text = json_dumps(view, JSON_COMPACT);

	if (text)
		control_stream_line(monitor->client, text);
	free(text);
}

/* Whether the client has room for another event, after one that says what it has missed. */
static bool has_room(struct monitor *monitor)
{
	json_t *view;

	if (!control_stream_has_room(monitor->client)) {
		monitor->missed++;
		return false;
	}
	if (!monitor->missed)
		return true;
	view = event("missed");
	put_count(view, "events", monitor->missed);
	monitor->missed = 0;
	send_to(monitor, view);
	json_decref(view);
	return true;
}

/* Takes over the reference to `view`. */
static void send_to_all(const struct monitors *monitors, json_t *view)
{
	struct monitor *monitor;

	DL_FOREACH (monitors->list, monitor)
		if (has_room(monitor))
			send_to(monitor, view);
	json_decref(view);
}

static const char *level_name(enum log_level level)
{
	static const char *const names[] = {"error", "warning", "notice", "debug"};

	return names[level];
}

static void on_line(void *owner, enum log_level level, const struct log_fields *fields,
		    const char *line)
{
	json_t *view;

	if (fields->message == LOG_PLAIN && level == LOG_LEVEL_DEBUG)
		return; /* single packets and steps are for the log of --debug */
	view = event(log_message_name(fields->message));
	put_text(view, "level", level_name(level));
	put(view, "source", view_addr(fields->sg ? &fields->sg->source : fields->source));
	put(view, "group", view_addr(fields->sg ? &fields->sg->group : NULL));
	put(view, "relay", view_addr(fields->relay));
	put(view, "neighbor", view_addr(fields->neighbor));
	put_text(view, "interface", fields->interface);
	put_text(view, "text", line);
	send_to_all(owner, view);
}

/* Drops */

static bool read_drops(const struct requests *requests, uint64_t drops[MCI_DROP_COUNT])
{
	if (requests->actions->drops(requests->dataplane, drops))
		return false;
	for (int reason = 0; reason < MCI_DROP_COUNT; reason++)
		drops[reason] += requests->forward->slow.drops[reason];
	return true;
}

static void tell_drops(struct monitors *monitors)
{
	uint64_t now[MCI_DROP_COUNT] = {0};
	json_t *view, *drops = json_object();

	if (read_drops(monitors->requests, now))
		for (int reason = 0; reason < MCI_DROP_COUNT; reason++)
			if (now[reason] > monitors->drops[reason])
				put_count(drops, dataplane_drop_name(reason),
					  now[reason] - monitors->drops[reason]);
	memcpy(monitors->drops, now, sizeof(now));
	if (!json_object_size(drops)) {
		json_decref(drops);
		return;
	}
	view = event(log_message_name(LOG_DROPS));
	put(view, "drops", drops);
	send_to_all(monitors, view);
}

static void second_over(struct timer *timer)
{
	struct monitors *monitors = container_of(timer, struct monitors, second);

	timer_start(monitors->requests->timers, timer, USEC_PER_SEC);
	tell_drops(monitors);
}

/* Clients */

static struct monitors *monitors_of(struct requests *requests)
{
	struct monitors *monitors = requests->monitors;

	if (monitors)
		return monitors;
	monitors = memory_new(sizeof(*monitors));
	monitors->requests = requests;
	monitors->second.fn = second_over;
	read_drops(requests, monitors->drops);
	timer_start(requests->timers, &monitors->second, USEC_PER_SEC);
	log_watch(on_line, monitors);
	requests->monitors = monitors;
	return monitors;
}

void monitor_start(struct requests *requests, struct control_client *client)
{
	struct monitors *monitors = monitors_of(requests);
	struct monitor *monitor;
	json_t *view;

	if (monitors->count == MONITORS_MAX) {
		control_refuse(client, "%u others monitor already: more are not served",
			       MONITORS_MAX);
		return;
	}
	monitor = memory_new(sizeof(*monitor));
	monitor->client = client;
	DL_APPEND(monitors->list, monitor);
	monitors->count++;
	control_stream(client);
	view = event("begin");
	put_text(view, "version", mcingest_version);
	send_to(monitor, view);
	json_decref(view);
}

static void end(struct monitors *monitors, struct monitor *monitor)
{
	DL_DELETE(monitors->list, monitor);
	monitors->count--;
	free(monitor);
}

void monitor_end(struct requests *requests, const struct control_client *client)
{
	struct monitors *monitors = requests->monitors;
	struct monitor *monitor, *next;

	if (!monitors)
		return;
	DL_FOREACH_SAFE (monitors->list, monitor, next)
		if (!client || monitor->client == client)
			end(monitors, monitor);
	if (monitors->list)
		return;
	log_watch(NULL, NULL);
	timer_stop(requests->timers, &monitors->second);
	free(monitors);
	requests->monitors = NULL;
}
