/* SPDX-License-Identifier: BSD-2-Clause */
#include "page/channels.h"
#include "base/memory.h"
#include "control/reply_channels.h"
#include "page/scan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROWS_AT_ONCE 16 /* at some 50 microseconds each, with their text */
#define FILTER_MAX   64 /* bytes */

struct channels_job {
	struct job job;
	struct requests *rooms;
	struct scan scan;
	unsigned offset, limit;
	uint32_t slots[CHANNELS_LIMIT_MAX];
	unsigned count, next;
	bool is_begun; /* a row has been written */
};

static struct channels_job *of(struct job *job)
{
	return (struct channels_job *)job;
}

static void end(struct job *job)
{
	scan_end(&of(job)->scan);
}

static void add_end(struct channels_job *channels)
{
	char text[128];

	snprintf(text, sizeof(text), "],\"offset\":%u,\"matching\":%u,\"of\":%u}", channels->offset,
		 channels->scan.matching, HASH_COUNT(channels->rooms->paths->channels.by_sg));
	buffer_add_text(&channels->job.text, text);
}

/* A channel may have ended since the scan. */
static bool rows(struct job *job)
{
	struct channels_job *channels = of(job);
	unsigned end_of_turn = channels->next + ROWS_AT_ONCE;

	for (; channels->next < channels->count && channels->next < end_of_turn; channels->next++) {
		struct channel *channel = channel_table_at(&channels->rooms->paths->channels,
							   channels->slots[channels->next]);

		if (!channel)
			continue;
		if (channels->is_begun)
			buffer_add_text(&job->text, ",");
		channels->is_begun = true;
		job_add_json(job, channel_now(channels->rooms, channel));
	}
	if (channels->next < channels->count)
		return true;
	add_end(channels);
	return false;
}

static bool look(struct job *job)
{
	struct channels_job *channels = of(job);

	if (scan_on(&channels->scan))
		return true;
	channels->count =
		scan_take(&channels->scan, channels->offset, channels->slots, channels->limit);
	buffer_add_text(&job->text, "{\"channels\":[");
	job->part = rows;
	return true;
}

/* Arguments. What makes no sense is as if it were not there. */

static unsigned number_of(struct http_request *request, const char *name, unsigned usual,
			  unsigned max)
{
	const char *text = http_argument(request, name);
	unsigned long number = text ? strtoul(text, NULL, 10) : usual;

	return number < max ? (unsigned)number : max;
}

static const char *filter_of(struct http_request *request)
{
	const char *filter = http_argument(request, "filter");

	return filter && strnlen(filter, FILTER_MAX + 1) <= FILTER_MAX ? filter : NULL;
}

static enum scan_order order_of(struct http_request *request)
{
	const char *name = http_argument(request, "order");
	enum scan_order order;

	return name && scan_order_find(name, &order) ? order : SCAN_BY_RATE;
}

void channels_asked(struct requests *rooms, struct job **jobs, struct http_request *request)
{
	struct channels_job *channels = memory_new(sizeof(*channels));

	channels->job.part = look;
	channels->job.end = end;
	channels->rooms = rooms;
	channels->offset = number_of(request, "offset", 0, CHANNELS_OFFSET_MAX);
	channels->limit = number_of(request, "limit", CHANNELS_LIMIT, CHANNELS_LIMIT_MAX);
	scan_begin(&channels->scan, &rooms->paths->channels, order_of(request), filter_of(request),
		   channels->offset + channels->limit);
	job_start(&channels->job, rooms->timers, jobs, request);
}
