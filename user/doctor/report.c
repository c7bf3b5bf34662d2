/* SPDX-License-Identifier: BSD-2-Clause */
#include "doctor/report.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static char *format_text(const char *format, va_list args)
{
	char *text;

	if (vasprintf(&text, format, args) < 0)
		abort();
	return text;
}

/* Texts of others may not be UTF-8, which jansson then refuses. */
static json_t *string_of(const char *text)
{
	json_t *string = text ? json_string(text) : json_null();

	return string ? string : json_string("(not UTF-8)");
}

static void report(struct doctor *doctor, const char *verdict, const char *cure, const char *format,
		   va_list args)
{
	char *what = format_text(format, args);
	json_t *check = json_object();

	json_object_set_new(check, "check", json_string(doctor->check));
	json_object_set_new(check, "hop", json_string(doctor->hop));
	json_object_set_new(check, "verdict", json_string(verdict));
	json_object_set_new(check, "what", string_of(what));
	json_object_set_new(check, "cure", string_of(cure));
	json_array_append_new(doctor->checks, check);
	free(what);
}

void report_ok(struct doctor *doctor, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	report(doctor, "ok", NULL, format, args);
	va_end(args);
}

void report_warn(struct doctor *doctor, const char *cure, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	report(doctor, "warn", cure, format, args);
	va_end(args);
}

void report_fail(struct doctor *doctor, const char *cure, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	report(doctor, "fail", cure, format, args);
	va_end(args);
	doctor->failed = true;
}

const char *report_text(struct doctor *doctor, const char *format, ...)
{
	json_t *kept;
	va_list args;
	char *text;

	va_start(args, format);
	text = format_text(format, args);
	va_end(args);
	kept = string_of(text);
	free(text);
	json_array_append_new(doctor->texts, kept);
	return json_string_value(kept);
}
