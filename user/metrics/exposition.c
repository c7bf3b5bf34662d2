/* SPDX-License-Identifier: BSD-2-Clause */
#include "metrics/exposition.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define NUMBER_TEXT 32

static void add(struct exposition *out, const char *text, size_t length)
{
	buffer_add(&out->text, text, length);
}

static void add_text(struct exposition *out, const char *text)
{
	buffer_add_text(&out->text, text);
}

void exposition_family(struct exposition *out, const char *name, enum exposition_kind kind,
		       const char *help)
{
	static const char *const kinds[] = {[EXPOSITION_COUNTER] = "counter",
					    [EXPOSITION_GAUGE] = "gauge",
					    [EXPOSITION_HISTOGRAM] = "histogram"};

	out->family = name;
	add_text(out, "# HELP ");
	add_text(out, name);
	add_text(out, " ");
	add_text(out, help);
	add_text(out, "\n# TYPE ");
	add_text(out, name);
	add_text(out, " ");
	add_text(out, kinds[kind]);
	add_text(out, "\n");
}

static void add_escaped(struct exposition *out, const char *text)
{
	for (; *text; text++) {
		size_t plain = strcspn(text, "\\\"\n");

		add(out, text, plain);
		text += plain;
		if (!*text)
			return;
		add_text(out, *text == '\n' ? "\\n" : *text == '"' ? "\\\"" : "\\\\");
	}
}

static void add_label(struct exposition *out, bool first, const char *name, const char *text)
{
	add_text(out, first ? "{" : ",");
	add_text(out, name);
	add_text(out, "=\"");
	add_escaped(out, text);
	add_text(out, "\"");
}

static void add_sample(struct exposition *out, const char *number, va_list labels)
{
	bool first = true;
	const char *name;

	add_text(out, out->family);
	while ((name = va_arg(labels, const char *))) {
		add_label(out, first, name, va_arg(labels, const char *));
		first = false;
	}
	add_text(out, first ? " " : "} ");
	add_text(out, number);
	add_text(out, "\n");
}

static const char *count_text(uint64_t value, char text[NUMBER_TEXT])
{
	snprintf(text, NUMBER_TEXT, "%" PRIu64, value);
	return text;
}

static const char *seconds_text(usec_t time, char text[NUMBER_TEXT])
{
	int length = snprintf(text, NUMBER_TEXT, "%llu.%06llu", time / USEC_PER_SEC,
			      time % USEC_PER_SEC);

	while (text[length - 1] == '0')
		text[--length] = '\0';
	if (text[length - 1] == '.')
		text[--length] = '\0';
	return text;
}

void exposition_count(struct exposition *out, uint64_t value, ...)
{
	char text[NUMBER_TEXT];
	va_list labels;

	va_start(labels, value);
	add_sample(out, count_text(value, text), labels);
	va_end(labels);
}

void exposition_value(struct exposition *out, double value, ...)
{
	char text[NUMBER_TEXT];
	va_list labels;

	snprintf(text, sizeof(text), "%.15g", value);
	va_start(labels, value);
	add_sample(out, text, labels);
	va_end(labels);
}

void exposition_time(struct exposition *out, usec_t time, ...)
{
	char text[NUMBER_TEXT];
	va_list labels;

	va_start(labels, time);
	add_sample(out, seconds_text(time, text), labels);
	va_end(labels);
}

/* One sample of a histogram; `le` may be NULL. */
static void add_part(struct exposition *out, const char *suffix, const char *label,
		     const char *text, const char *le, const char *number)
{
	add_text(out, out->family);
	add_text(out, suffix);
	if (label)
		add_label(out, true, label, text);
	if (le)
		add_label(out, !label, "le", le);
	add_text(out, label || le ? "} " : " ");
	add_text(out, number);
	add_text(out, "\n");
}

void exposition_histogram(struct exposition *out, const struct histogram *histogram,
			  const char *label, const char *text)
{
	char le[NUMBER_TEXT], number[NUMBER_TEXT];
	uint64_t count = 0;

	for (unsigned i = 0; i < HISTOGRAM_BOUNDS; i++) {
		count += histogram->counts[i];
		add_part(out, "_bucket", label, text, seconds_text(histogram_bounds[i], le),
			 count_text(count, number));
	}
	count += histogram->counts[HISTOGRAM_BOUNDS];
	add_part(out, "_bucket", label, text, "+Inf", count_text(count, number));
	add_part(out, "_sum", label, text, NULL, seconds_text(histogram->sum, number));
	add_part(out, "_count", label, text, NULL, count_text(count, number));
}
