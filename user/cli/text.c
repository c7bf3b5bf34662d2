/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static bool is_control(const unsigned char *at)
{
	/* U+0080 to U+009F are control characters, too: two bytes in UTF-8. */
	return *at < 0x20 || *at == 0x7f || (at[0] == 0xc2 && at[1] >= 0x80 && at[1] < 0xa0);
}

char *text_format(const char *format, va_list args)
{
	char *text;

	if (vasprintf(&text, format, args) < 0)
		abort();
	for (char *at = text; *at; at++)
		if (is_control((unsigned char *)at))
			*at = '?';
	return text;
}

static char *kept;
static size_t kept_size;

void text_keep_errors(char *buffer, size_t size)
{
	kept = buffer;
	kept_size = size;
}

void text_error(const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	text = text_format(format, args);
	va_end(args);
	if (kept)
		snprintf(kept, kept_size, "%s", text);
	else
		fprintf(stderr, "mcingest: %s\n", text);
	free(text);
}

static void print(enum colour colour, const char *format, va_list args)
{
	char *text = text_format(format, args);

	printf("%s%s%s", text_colour(colour), text, text_plain(colour));
	free(text);
}

void text_print(enum colour colour, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	print(colour, format, args);
	va_end(args);
}

void text_line(enum colour colour, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	print(colour, format, args);
	va_end(args);
	putchar('\n');
}

static bool stdout_has_colours(void)
{
	const char *term = getenv("TERM");

	return isatty(STDOUT_FILENO) && !getenv("NO_COLOR") && term && strcmp(term, "dumb") != 0;
}

static bool colours_are_shown(void)
{
	static int shown = -1;

	if (shown < 0)
		shown = stdout_has_colours();
	return shown;
}

const char *text_colour(enum colour colour)
{
	static const char *const codes[] = {
		[PLAIN] = "",         [BOLD] = "\033[1m",    [RED] = "\033[31m",
		[GREEN] = "\033[32m", [YELLOW] = "\033[33m",
	};

	return colours_are_shown() ? codes[colour] : "";
}

const char *text_plain(enum colour colour)
{
	return colour != PLAIN && colours_are_shown() ? "\033[0m" : "";
}

/* Numbers of a reply may be of any size; buffers and integers are not. */
static double at_most(double value, double limit)
{
	return value < limit ? value : limit;
}

static const char *format_duration(double seconds, char buf[TEXT_SHORT])
{
	unsigned long s = seconds > 0 ? (unsigned long)at_most(seconds, 1e9) : 0;

	if (s < 60)
		snprintf(buf, TEXT_SHORT, "%lus", s);
	else if (s < 3600)
		snprintf(buf, TEXT_SHORT, "%lum%02lus", s / 60, s % 60);
	else if (s < 86400)
		snprintf(buf, TEXT_SHORT, "%luh%02lum", s / 3600, s / 60 % 60);
	else
		snprintf(buf, TEXT_SHORT, "%lud%02luh", s / 86400, s / 3600 % 24);
	return buf;
}

/* The number, `gap`, the SI prefix, `unit`. */
static const char *format_scaled(double value, const char *gap, const char *unit,
				 char buf[TEXT_SHORT])
{
	static const char *const prefixes[] = {"", "k", "M", "G", "T", "P", "E"};
	size_t scale = 0;

	while (value >= 999.95 && scale + 1 < sizeof(prefixes) / sizeof(prefixes[0])) {
		value /= 1000;
		scale++;
	}
	snprintf(buf, TEXT_SHORT, "%.*f%s%s%s", scale ? 1 : 0, at_most(value, 1e9), gap,
		 prefixes[scale], unit);
	return buf;
}

const char *text_string(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "-";
}

const char *text_number(const json_t *object, const char *key, char buf[TEXT_SHORT])
{
	const json_t *number = json_object_get(object, key);

	if (json_is_integer(number))
		snprintf(buf, TEXT_SHORT, "%" JSON_INTEGER_FORMAT, json_integer_value(number));
	else if (json_is_real(number))
		snprintf(buf, TEXT_SHORT, "%.1f", at_most(json_real_value(number), 1e15));
	else
		snprintf(buf, TEXT_SHORT, "-");
	return buf;
}

const char *text_bytes(const json_t *object, const char *key, char buf[TEXT_SHORT])
{
	const json_t *number = json_object_get(object, key);

	if (json_is_number(number))
		return format_scaled(json_number_value(number), "", "", buf);
	return strcpy(buf, "-");
}

const char *text_bit_rate(const json_t *object, const char *key, char buf[TEXT_SHORT])
{
	const json_t *number = json_object_get(object, key);

	if (json_is_number(number))
		return format_scaled(json_number_value(number), " ", "b/s", buf);
	return strcpy(buf, "-");
}

const char *text_seconds(const json_t *object, const char *key, char buf[TEXT_SHORT])
{
	const json_t *number = json_object_get(object, key);

	if (json_is_number(number))
		return format_duration(json_number_value(number), buf);
	return strcpy(buf, "-");
}

const char *text_age(const json_t *object, const char *key, char buf[TEXT_SHORT])
{
	const char *text = json_string_value(json_object_get(object, key)), *end;
	struct tm utc = {0};

	end = text ? strptime(text, "%Y-%m-%dT%H:%M:%SZ", &utc) : NULL;
	if (!end || *end)
		return strcpy(buf, "-");
	return format_duration(difftime(time(NULL), timegm(&utc)), buf);
}

char *text_list(const json_t *object, const char *key, const char *separator)
{
	const json_t *list = json_object_get(object, key), *item;
	size_t size, i;
	char *text;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		abort();
	json_array_foreach (list, i, item)
		fprintf(out, "%s%s", i ? separator : "",
			json_is_string(item) ? json_string_value(item) : "-");
	if (!json_array_size(list))
		fputs("-", out);
	fclose(out);
	return text;
}

char *text_counts(const json_t *object, const char *key)
{
	json_t *counts = json_object_get(object, key), *count;
	const char *name, *comma = "";
	size_t size;
	char *text;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		abort();
	json_object_foreach (counts, name, count) {
		fprintf(out, "%s%s %lld", comma, name, (long long)json_integer_value(count));
		comma = ", ";
	}
	fclose(out);
	return text;
}
