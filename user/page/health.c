/* SPDX-License-Identifier: BSD-2-Clause */
#include "page/health.h"
#include "base/memory.h"
#include "control/reply_channels.h"
#include "control/reply_counters.h"
#include "control/reply_lans.h"
#include "control/reply_status.h"
#include "control/values.h"
#include "page/scan.h"
#include "page/tunnels.h"

#include <stdlib.h>
#include <string.h>

#define CHANNELS_SEEN  20 /* without data; the doctor names fewer */
#define NEIGHBORS_SEEN 64

struct health_job {
	struct job job;
	struct health *health;
	struct scan scan;
	struct tunnels_look look;
	struct views now;
	unsigned next; /* step */
};

static void end(struct job *job)
{
	struct health_job *health = (struct health_job *)job;

	scan_end(&health->scan);
	tunnels_look_end(&health->look);
	views_free(&health->now);
	health->health->running = NULL;
}

/* Steps of a look, each of as many turns as it returns true */

static bool look_at_channels(struct health_job *job)
{
	struct requests *rooms = job->health->rooms;
	uint32_t slots[CHANNELS_SEEN];
	json_t *list;
	unsigned count;

	if (scan_on(&job->scan))
		return true;
	list = json_array();
	count = scan_take(&job->scan, 0, slots, CHANNELS_SEEN);
	for (unsigned i = 0; i < count; i++) {
		struct channel *channel = channel_table_at(&rooms->paths->channels, slots[i]);

		if (channel && channel->reason)
			json_array_append_new(list, channel_now(rooms, channel));
	}
	job->now.channels = json_object();
	put(job->now.channels, "channels", list);
	return false;
}

static bool look_at_tunnels(struct health_job *job)
{
	if (tunnels_look_on(&job->look))
		return true;
	job->now.tunnels = tunnels_look_view(&job->look);
	return false;
}

static bool look_at_status(struct health_job *job)
{
	job->now.status = status_now(job->health->rooms);
	return false;
}

static bool look_at_lans(struct health_job *job)
{
	job->now.interfaces = interfaces_now(job->health->rooms);
	job->now.neighbors = neighbors_now(job->health->rooms, NEIGHBORS_SEEN);
	return false;
}

static bool look_at_counters(struct health_job *job)
{
	job->now.counters = counters_now(job->health->rooms);
	return false;
}

/* What was dropped long ago is no news: the first look in a while has nothing to compare with. */
static bool judge(struct health_job *job)
{
	struct health *health = job->health;
	usec_t now = health->rooms->timers->now;
	bool news = health->seen_at && now - health->seen_at < HEALTH_OLD;

	job_add_json(&job->job, doctor_watch(news ? &health->seen : &job->now, &job->now));
	views_free(&health->seen);
	health->seen = job->now;
	health->seen_at = now;
	job->now = (struct views){0};
	free(health->text);
	health->text = memory_copy_text(job->job.text.bytes);
	return false;
}

static bool part(struct job *job)
{
	static bool (*const steps[])(struct health_job *) = {look_at_channels, look_at_tunnels,
							     look_at_status,   look_at_lans,
							     look_at_counters, judge};
	struct health_job *health = (struct health_job *)job;

	if (!steps[health->next](health))
		health->next++;
	return health->next < sizeof(steps) / sizeof(steps[0]);
}

static void start(struct health *health, struct http_request *request)
{
	const struct paths *paths = health->rooms->paths;
	struct health_job *job = memory_new(sizeof(*job));

	job->health = health;
	job->job.part = part;
	job->job.end = end;
	scan_begin(&job->scan, &paths->channels, SCAN_BY_RATE, NULL, CHANNELS_SEEN);
	tunnels_look_begin(&job->look, &paths->tunnels);
	health->running = job;
	job_start(&job->job, health->rooms->timers, health->jobs, request);
}

void health_asked(struct health *health, struct http_request *request)
{
	usec_t now = health->rooms->timers->now;

	if (health->running)
		job_join(&health->running->job, request);
	else if (health->text && now - health->seen_at < HEALTH_FRESH)
		job_reply(request, health->text, strlen(health->text));
	else
		start(health, request);
}

void health_free(struct health *health)
{
	views_free(&health->seen);
	free(health->text);
}
