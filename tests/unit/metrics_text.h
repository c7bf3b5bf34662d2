/* SPDX-License-Identifier: BSD-2-Clause */
/* What is in a text of metrics. */
#pragma once

#include "metrics/series.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

/* 2026-11-27 00:00:00 UTC, in microseconds */
#define CLOCK_NOW (1795737600 * USEC_PER_SEC)

static char *metrics; /* what metrics_write() has written; to be freed */

typedef void series_fn(struct exposition *out, const struct series_source *from);

static inline struct series_source metrics_source(const struct requests *rooms)
{
	return (struct series_source){.rooms = rooms,
				      .clock = CLOCK_NOW,
				      .started = CLOCK_NOW - 90500 * USEC_PER_MS,
				      .kernel = "6.1.0-test"};
}

static inline void metrics_write(series_fn *series, const struct requests *rooms)
{
	struct series_source from = metrics_source(rooms);
	struct exposition out = {0};

	free(metrics);
	series(&out, &from);
	metrics = out.text.bytes;
}

/* The line is one of the text. */
static inline bool metrics_has(const char *line)
{
	size_t length = strlen(line);

	for (const char *at = metrics; at; at = strchr(at, '\n') ? strchr(at, '\n') + 1 : NULL)
		if (strncmp(at, line, length) == 0 && at[length] == '\n')
			return true;
	return false;
}

#define expect_metric(line) cr_expect(metrics_has(line), "%s", metrics)
