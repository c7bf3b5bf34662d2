/* SPDX-License-Identifier: BSD-2-Clause */
#include "config/print.h"

#include "config/settings.h"

#include <stdlib.h>
#include <string.h>

#define LINE_LENGTH_MAX   198 /* of inih, without the line feed */
#define ORIGIN_LENGTH_MAX 160 /* of the file's name, so that the comment is not too long either */

static void print_origin(FILE *out, const char *file, unsigned line)
{
	size_t length = strcspn(file, "\n");

	if (line == READING_DEFAULT)
		fputs("# default\n", out);
	else if (line == READING_OPTIONS)
		fputs("# command line\n", out);
	else
		fprintf(out, "# %.*s:%u\n",
			(int)(length < ORIGIN_LENGTH_MAX ? length : ORIGIN_LENGTH_MAX), file, line);
}

static bool is_blank(char c)
{
	return c && strchr(READING_BLANK, c);
}

/* Blanks at the ends are not part of a value, " ;" begins a comment, and " #" is taken for one. */
static bool can_stand(const char *value)
{
	size_t length = strlen(value);

	for (size_t i = 0; i < length; i++)
		if (value[i] == '\n' ||
		    (is_blank(value[i]) && (value[i + 1] == ';' || value[i + 1] == '#')))
			return false;
	return length && !is_blank(value[0]) && !is_blank(value[length - 1]);
}

static void print_value(FILE *out, const char *key, const char *value)
{
	size_t length = strlen(key) + strlen("=") + strlen(value);

	if (!can_stand(value) || length > LINE_LENGTH_MAX)
		fprintf(out, ";%s = a value that cannot stand in a file\n", key);
	else if (*value == ';' || length + strlen("  ") > LINE_LENGTH_MAX)
		fprintf(out, "%s=%s\n", key, value);
	else
		fprintf(out, "%s = %s\n", key, value);
}

static void print_setting(FILE *out, struct reading *reading, const struct setting *setting)
{
	unsigned i = 0;
	char *value;

	print_origin(out, reading->file, *settings_origin(reading, setting));
	while ((value = settings_value(reading->config, setting, i))) {
		print_value(out, setting->key, value);
		free(value);
		i++;
	}
	if (!i)
		fprintf(out, ";%s =\n", setting->key);
}

void print_config(FILE *out, struct reading *reading)
{
	for (size_t i = 0; i < settings_count; i++) {
		if (!i || strcmp(settings[i].section, settings[i - 1].section) != 0)
			fprintf(out, "%s[%s]\n", i ? "\n" : "", settings[i].section);
		print_setting(out, reading, &settings[i]);
	}
}
