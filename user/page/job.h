/* SPDX-License-Identifier: BSD-2-Clause */
/* An answer that is made in turns of the loop, for one request or for several that ask for the
 * same. */
#pragma once

#include "base/buffer.h"
#include "base/timers.h"
#include "io/http.h"

#include <jansson.h>

#define JSON_TYPE  "application/json"
#define JSON_FLAGS (JSON_COMPACT | JSON_REAL_PRECISION(15))

/* Embedded at the begin of the struct that it belongs to, which job_end() frees. */
struct job {
	struct timers *timers;
	struct job **list; /* that it is in */
	struct http_request *requests[HTTP_CLIENTS_MAX];
	unsigned request_count;
	struct timer turn;
	/* Makes the next part. Returns false after the last one, when `text` is the answer. */
	bool (*part)(struct job *job);
	void (*end)(struct job *job); /* frees what else it has */
	struct buffer text;
	struct job *prev, *next;
};

/* Begins in the next turn; part and end are set. */
void job_start(struct job *job, struct timers *timers, struct job **list,
	       struct http_request *request);
/* One more that waits for the same. */
void job_join(struct job *job, struct http_request *request);
/* Ends the job without an answer, and frees it. */
void job_end(struct job *job);

/* Takes over the reference to `value`. */
void job_add_json(struct job *job, json_t *value);
/* Answers with JSON; `text` is copied. */
void job_reply(struct http_request *request, const char *text, size_t length);
