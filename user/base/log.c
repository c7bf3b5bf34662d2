/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define LINE_MAX_BYTES 1024

static enum log_level most_shown = LOG_LEVEL_NOTICE;

void log_set_level(enum log_level most)
{
	most_shown = most;
}

static void write_prefix(enum log_level level)
{
	static const int priorities[] = {3, 4, 5, 7}; /* syslog's */
	struct timespec now;
	struct tm local;
	char text[16];

	if (getenv("JOURNAL_STREAM")) {
		fprintf(stderr, "<%d>", priorities[level]);
		return;
	}
	clock_gettime(CLOCK_REALTIME, &now);
	strftime(text, sizeof(text), "%H:%M:%S", localtime_r(&now.tv_sec, &local));
	fprintf(stderr, "%s.%03ld ", text, now.tv_nsec / 1000000);
}

static void write_line(enum log_level level, unsigned kept_back, const char *format, va_list args)
{
	char line[LINE_MAX_BYTES];

	vsnprintf(line, sizeof(line), format, args);
	write_prefix(level);
	if (kept_back)
		fprintf(stderr, "%s (and %u like it)\n", line, kept_back);
	else
		fprintf(stderr, "%s\n", line);
}

void log_write(enum log_level level, const char *format, ...)
{
	va_list args;

	if (level > most_shown)
		return;
	va_start(args, format);
	write_line(level, 0, format, args);
	va_end(args);
}

static usec_t monotonic_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (usec_t)now.tv_sec * USEC_PER_SEC + (usec_t)now.tv_nsec / 1000;
}

void log_write_limited(struct log_limit *limit, enum log_level level, const char *format, ...)
{
	usec_t now = monotonic_now();
	va_list args;

	if (level > most_shown)
		return;
	if (limit->since && now - limit->since < USEC_PER_SEC) {
		limit->kept_back++;
		return;
	}
	va_start(args, format);
	write_line(level, limit->kept_back, format, args);
	va_end(args);
	*limit = (struct log_limit){.since = now};
}
