/* SPDX-License-Identifier: BSD-2-Clause */
#include "page/job.h"
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>
#include <utlist.h>

void job_reply(struct http_request *request, const char *text, size_t length)
{
	char *copy = memory_new(length + 1);

	memcpy(copy, text, length);
	http_reply(request, 200, JSON_TYPE, copy, length);
	http_add_header(request, "Cache-Control", "no-store");
}

static void turn_comes(struct timer *timer)
{
	struct job *job = container_of(timer, struct job, turn);

	if (job->part(job)) {
		timer_start(job->timers, timer, 0);
		return;
	}
	for (unsigned i = 0; i < job->request_count; i++)
		job_reply(job->requests[i], job->text.bytes, job->text.length);
	job_end(job);
}

void job_start(struct job *job, struct timers *timers, struct job **list,
	       struct http_request *request)
{
	job->timers = timers;
	job->list = list;
	job->turn.fn = turn_comes;
	job_join(job, request);
	DL_APPEND(*list, job);
	timer_start(timers, &job->turn, 0);
}

void job_join(struct job *job, struct http_request *request)
{
	job->requests[job->request_count++] = request;
}

void job_end(struct job *job)
{
	timer_stop(job->timers, &job->turn);
	DL_DELETE(*job->list, job);
	job->end(job);
	free(job->text.bytes);
	free(job);
}

void job_add_json(struct job *job, json_t *value)
{
	char *text = json_dumps(value, JSON_FLAGS | JSON_ENCODE_ANY);

	buffer_add_text(&job->text, text ? text : "null");
	free(text);
	json_decref(value);
}
