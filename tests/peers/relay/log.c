/* SPDX-License-Identifier: BSD-2-Clause */
#include "relay.h"

#include <stdarg.h>
#include <time.h>

static void line(const char *format, va_list arguments)
{
	struct timespec now;
	struct tm day;
	char text[16];

	clock_gettime(CLOCK_REALTIME, &now);
	localtime_r(&now.tv_sec, &day);
	strftime(text, sizeof(text), "%H:%M:%S", &day);
	printf("%s.%03ld ", text, now.tv_nsec / 1000000);
	vprintf(format, arguments);
	putchar('\n');
}

void report(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	line(format, arguments);
	va_end(arguments);
}

void event(const char *format, ...)
{
	va_list arguments;

	if (settings.quiet)
		return;
	va_start(arguments, format);
	line(format, arguments);
	va_end(arguments);
}
