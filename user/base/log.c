/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/log.h"
#include "base/memory.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <utlist.h>

#define LINE_MAX_BYTES 1024
#define PREFIX_BYTES   32
#define HELD_BYTES     (16 * (LINE_MAX_BYTES + PREFIX_BYTES))

static enum log_level most_shown = LOG_LEVEL_NOTICE;
static struct log_limit *kept_back;
static bool holding;
static char held[HELD_BYTES];
static size_t held_length;

void log_set_level(enum log_level most)
{
	most_shown = most;
}

static void release(void)
{
	fwrite(held, 1, held_length, stderr);
	held_length = 0;
}

void log_hold(bool hold)
{
	holding = hold;
	if (!hold)
		release();
}

static void format_prefix(enum log_level level, char text[PREFIX_BYTES])
{
	static const int priorities[] = {3, 4, 5, 7}; /* syslog's */
	struct timespec now;
	struct tm local;
	char time[16];

	if (getenv("JOURNAL_STREAM")) {
		snprintf(text, PREFIX_BYTES, "<%d>", priorities[level]);
		return;
	}
	clock_gettime(CLOCK_REALTIME, &now);
	strftime(time, sizeof(time), "%H:%M:%S", localtime_r(&now.tv_sec, &local));
	snprintf(text, PREFIX_BYTES, "%s.%03ld ", time, now.tv_nsec / 1000000);
}

static void write_line(enum log_level level, const char *line)
{
	char prefix[PREFIX_BYTES];

	format_prefix(level, prefix);
	if (strlen(prefix) + strlen(line) + 2 > sizeof(held) - held_length)
		release();
	held_length +=
		snprintf(held + held_length, sizeof(held) - held_length, "%s%s\n", prefix, line);
	if (!holding)
		release();
}

void log_write(enum log_level level, const char *format, ...)
{
	char line[LINE_MAX_BYTES];
	va_list args;

	if (level > most_shown)
		return;
	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	write_line(level, line);
}

static usec_t monotonic_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (usec_t)now.tv_sec * USEC_PER_SEC + (usec_t)now.tv_nsec / 1000;
}

static bool is_over(const struct log_limit *limit, usec_t now)
{
	return now >= limit->since + USEC_PER_SEC;
}

static void write_kept_back(struct log_limit *limit)
{
	unsigned others = limit->taken - limit->most - 1;

	if (others)
		log_write(limit->level, "%s (and %u like it)", limit->kept_back, others);
	else
		write_line(limit->level, limit->kept_back);
	free(limit->kept_back);
	limit->kept_back = NULL;
	LL_DELETE(kept_back, limit);
}

bool log_takes(struct log_limit *limit, enum log_level level)
{
	usec_t now = monotonic_now();

	if (level > most_shown)
		return false;
	if (is_over(limit, now)) {
		if (limit->kept_back)
			write_kept_back(limit);
		limit->since = now;
		limit->taken = 0;
	}
	return limit->taken++ <= limit->most;
}

void log_write_limited(struct log_limit *limit, enum log_level level, const char *format, ...)
{
	char line[LINE_MAX_BYTES];
	va_list args;

	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	if (limit->taken <= limit->most) {
		write_line(level, line);
		return;
	}
	limit->level = level;
	limit->kept_back = memory_copy_text(line);
	LL_PREPEND(kept_back, limit);
}

usec_t log_catch_up(usec_t now)
{
	struct log_limit *limit, *next;
	usec_t due = USEC_NEVER;

	LL_FOREACH_SAFE (kept_back, limit, next) {
		if (is_over(limit, now))
			write_kept_back(limit);
		else if (limit->since + USEC_PER_SEC < due)
			due = limit->since + USEC_PER_SEC;
	}
	release();
	return due;
}
