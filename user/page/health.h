/* SPDX-License-Identifier: BSD-2-Clause */
/* /api/doctor: what the doctor says of the daemon's views (doctor/watch.h), as `mcingest doctor
 * --json`. What it needs is gathered in turns; several that ask at once get one answer. */
#pragma once

#include "control/state.h"
#include "doctor/watch.h"
#include "page/job.h"

#define HEALTH_FRESH (2 * USEC_PER_SEC)  /* as long an answer is given again */
#define HEALTH_OLD   (60 * USEC_PER_SEC) /* an earlier look that is older is none */

struct health_job;

/* Zeroed memory with rooms and jobs set. */
struct health {
	struct requests *rooms;
	struct job **jobs;
	struct views seen; /* by the latest look */
	usec_t seen_at;    /* 0: never */
	char *text;        /* the latest answer */
	struct health_job *running;
};

void health_asked(struct health *health, struct http_request *request);
void health_free(struct health *health);
