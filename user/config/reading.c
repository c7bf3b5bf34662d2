/* SPDX-License-Identifier: BSD-2-Clause */
#include "config/reading.h"

#include "base/log.h"

#include <stdarg.h>
#include <stdlib.h>

static void write_place(FILE *out, const struct reading *reading)
{
	if (reading->file && reading->line)
		fprintf(out, "%s:%u: ", reading->file, reading->line);
	else if (reading->file)
		fprintf(out, "%s: ", reading->file);
	if (reading->key && reading->file)
		fprintf(out, "%s = %s: ", reading->key, reading->value);
	else if (reading->key)
		fprintf(out, "--%s %s: ", reading->key, reading->value);
}

bool reading_reject(struct reading *reading, const char *format, ...)
{
	size_t size;
	FILE *out;
	va_list args;

	free(reading->complaint);
	out = open_memstream(&reading->complaint, &size);
	if (!out)
		abort();
	write_place(out, reading);
	va_start(args, format);
	vfprintf(out, format, args);
	va_end(args);
	fclose(out);
	return false;
}

bool reading_finish(struct reading *reading)
{
	bool fine = !reading->complaint;

	if (!fine)
		log_error("%s", reading->complaint);
	free(reading->complaint);
	free(reading->text);
	return fine;
}
