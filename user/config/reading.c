/* SPDX-License-Identifier: BSD-2-Clause */
#include "config/reading.h"

#include "base/log.h"

#include <stdarg.h>
#include <stdlib.h>

static void write_place(FILE *out, const struct reading *reading)
{
	bool in_file = reading->line != READING_OPTIONS;

	if (in_file && reading->line)
		fprintf(out, "%s:%u: ", reading->file, reading->line);
	else if (in_file)
		fprintf(out, "%s: ", reading->file);
	if (reading->key && in_file)
		fprintf(out, "%s = %s: ", reading->key, reading->value);
	else if (reading->key)
		fprintf(out, "--%s %s: ", reading->key, reading->value);
}

/* Settings that do not fit together are found last, but may stand in any line. */
static char **make_room(struct reading *reading)
{
	struct complaint *list = reading->complaints;
	unsigned i = reading->complaint_count++;

	for (; i && list[i - 1].line > reading->line; i--)
		list[i] = list[i - 1];
	list[i].line = reading->line;
	return &list[i].text;
}

bool reading_reject(struct reading *reading, const char *format, ...)
{
	size_t size;
	FILE *out;
	va_list args;

	if (reading->complaint_count == READING_COMPLAINTS_MAX) {
		reading->complaints_more++;
		return false;
	}
	out = open_memstream(make_room(reading), &size);
	if (!out)
		abort();
	write_place(out, reading);
	va_start(args, format);
	vfprintf(out, format, args);
	va_end(args);
	fclose(out);
	return false;
}

static void tell(FILE *out, struct log_limit *limit, const char *text)
{
	if (out)
		fprintf(out, "%s\n", text);
	else
		log_write(limit, "%s", text);
}

/* In place of the last complaint. */
static void tell_more(struct reading *reading)
{
	struct complaint *last = &reading->complaints[READING_COMPLAINTS_MAX - 1];

	free(last->text);
	if (asprintf(&last->text, "%s: %u more mistakes", reading->file,
		     reading->complaints_more + 1) < 0)
		abort();
}

bool reading_finish(struct reading *reading, FILE *out)
{
	static struct log_limit limit = {.level = LOG_LEVEL_ERROR};
	bool fine = !reading->complaint_count;
	bool told = !fine && (out || log_takes(&limit));

	if (reading->complaints_more)
		tell_more(reading);
	for (unsigned i = 0; i < reading->complaint_count; i++) {
		if (told)
			tell(out, &limit, reading->complaints[i].text);
		free(reading->complaints[i].text);
	}
	reading->complaint_count = 0;
	return fine;
}
