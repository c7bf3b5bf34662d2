/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/log.h"
#include "base/log_output.h"
#include "base/memory.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <utlist.h>

#define RETRY_OUTPUT USEC_PER_SEC

/* Lines of one place in the code that are written at once, per second. */
static const unsigned lines_max[] = {
	[LOG_LEVEL_ERROR] = 20,
	[LOG_LEVEL_WARNING] = 1,
	[LOG_LEVEL_NOTICE] = 20,
	[LOG_LEVEL_DEBUG] = 1000,
};

static enum log_level level_max = LOG_LEVEL_NOTICE;
static struct log_limit *kept_back;
static bool holding;
static log_watch_fn *watcher;
static void *watcher_owner;

static const struct log_fields plain;

void log_set_level(enum log_level level)
{
	level_max = level;
}

void log_hold(bool hold)
{
	holding = hold;
	if (!hold)
		log_output_flush();
}

static void write_line(enum log_level level, const struct log_fields *fields, const char *line)
{
	log_output_line(level, fields, line);
	if (!holding)
		log_output_flush();
}

void log_watch(log_watch_fn *fn, void *owner)
{
	watcher = fn;
	watcher_owner = owner;
}

static void tell_watcher(enum log_level level, const struct log_fields *fields, const char *line)
{
	if (watcher)
		watcher(watcher_owner, level, fields, line);
}

static bool is_over(const struct log_limit *limit, usec_t now)
{
	return now >= limit->since + USEC_PER_SEC;
}

static void end_second(struct log_limit *limit)
{
	unsigned others = limit->taken - lines_max[limit->level] - 1;
	char line[LOG_LINE_MAX];

	if (others)
		snprintf(line, sizeof(line), "%s (and %u like it)", limit->kept_back, others);
	write_line(limit->level, &plain, others ? line : limit->kept_back);
	free(limit->kept_back);
	limit->kept_back = NULL;
	limit->since = 0;
	limit->taken = 0;
	LL_DELETE(kept_back, limit);
}

bool log_takes(struct log_limit *limit)
{
	usec_t now;

	if (limit->level > level_max)
		return false;
	now = time_read(CLOCK_MONOTONIC);
	if (is_over(limit, now)) {
		if (limit->kept_back)
			end_second(limit);
		limit->since = now;
		limit->taken = 0;
	}
	return limit->taken++ <= lines_max[limit->level];
}

static void keep_back(struct log_limit *limit, const char *line)
{
	if (limit->kept_back)
		return;
	limit->kept_back = memory_copy_text(line);
	LL_PREPEND(kept_back, limit);
}

static void write_or_keep(struct log_limit *limit, const struct log_fields *fields,
			  const char *line)
{
	if (limit->taken <= lines_max[limit->level])
		write_line(limit->level, fields, line);
	else
		keep_back(limit, line);
}

void log_write(struct log_limit *limit, const char *format, ...)
{
	char line[LOG_LINE_MAX];
	va_list args;

	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	tell_watcher(limit->level, &plain, line);
	write_or_keep(limit, &plain, line);
}

enum { WANTED_BY_LOG = 1, WANTED_BY_WATCHER = 2 };

unsigned log_wants(struct log_limit *limit)
{
	return (log_takes(limit) ? WANTED_BY_LOG : 0) | (watcher ? WANTED_BY_WATCHER : 0);
}

void log_tell(unsigned wants, struct log_limit *limit, const struct log_fields *fields,
	      const char *format, ...)
{
	char line[LOG_LINE_MAX];
	va_list args;

	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	tell_watcher(limit->level, fields, line);
	if (wants & WANTED_BY_LOG)
		write_or_keep(limit, fields, line);
}

usec_t log_catch_up(usec_t now)
{
	struct log_limit *limit, *next;
	usec_t due = USEC_NEVER;

	LL_FOREACH_SAFE (kept_back, limit, next) {
		if (is_over(limit, now))
			end_second(limit);
		else if (limit->since + USEC_PER_SEC < due)
			due = limit->since + USEC_PER_SEC;
	}
	if (!log_output_flush() && now < USEC_NEVER - RETRY_OUTPUT && now + RETRY_OUTPUT < due)
		due = now + RETRY_OUTPUT;
	return due;
}
