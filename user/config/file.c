/* SPDX-License-Identifier: BSD-2-Clause */
#include "config/file.h"

#include "config/names.h"
#include "config/settings.h"

#include <errno.h>
#include <ini.h>
#include <stdlib.h>
#include <string.h>

#define BYTE_ORDER_MARK "\xEF\xBB\xBF" /* of editors that begin a file with it */

/* Gives inih the line, once. inih would cut a line that is too long. */
static char *give_line(char *line, int size, void *owner)
{
	struct reading *reading = owner;
	const char *start = reading->start;

	reading->start = NULL;
	if (!start)
		return NULL;
	if (strlen(start) < (size_t)size)
		return strcpy(line, start);
	reading_reject(reading, "the line is longer than %d characters", size - 2);
	return NULL;
}

/* Whether the value ends in what may be meant as a comment. */
static bool has_hash(const char *value)
{
	const char *hash = strchr(value, '#');

	return hash && hash > value && strchr(READING_BLANK, hash[-1]);
}

/* inih does not know the section: it gets each line alone. */
static int take_key(void *owner, const char *section, const char *key, const char *value)
{
	struct reading *reading = owner;
	const struct setting *setting = settings_find(reading->section, key);

	(void)section;
	if (reading->skips)
		return 1;
	reading->key = key;
	reading->value = value;
	if (has_hash(value))
		reading_reject(reading, "a comment behind a value begins with ' ;', not with '#'");
	else if (setting)
		settings_assign(reading, setting, value);
	else if (*reading->section)
		names_reject(reading, key, reading->section);
	else
		reading_reject(reading, "stands before the first [section]");
	reading->key = NULL;
	return 1;
}

static void enter_section(struct reading *reading, const char *name)
{
	snprintf(reading->section, sizeof(reading->section), "%.*s", (int)strcspn(name, "]"), name);
	reading->skips = !settings_has_section(reading->section);
	if (reading->skips)
		names_reject(reading, reading->section, NULL);
}

/* inih would join an indented line to the key above it, and tells only the first line that it
 * cannot read. None of this may change what an operator meant. */
static void read_line(struct reading *reading, const char *text)
{
	size_t mark = strlen(BYTE_ORDER_MARK);
	const char *start;

	if (!strncmp(text, BYTE_ORDER_MARK, mark))
		text += mark;
	start = text + strspn(text, READING_BLANK);
	reading->start = start;
	if (ini_parse_stream(give_line, reading, take_key, reading)) {
		reading_reject(reading, "expected [section], key = value, or a comment");
		reading->skips |= *start == '[';
	} else if (*start == '[') {
		enter_section(reading, start + 1);
	}
}

static bool read_stream(struct reading *reading, FILE *stream)
{
	char *text = NULL;
	size_t size = 0;
	ssize_t length;
	bool is_text = true;

	while (is_text && (length = getline(&text, &size, stream)) >= 0) {
		reading->line++;
		is_text = strlen(text) == (size_t)length;
		if (is_text)
			read_line(reading, text);
		else
			reading_reject(reading, "not a text file");
	}
	if (ferror(stream)) {
		reading->line = 0;
		reading_reject(reading, "cannot read: %s", strerror(errno));
	}
	free(text);
	return is_text && !ferror(stream);
}

bool file_read(struct reading *reading, const char *path, bool may_miss)
{
	FILE *stream;
	bool whole;

	reading->file = path;
	stream = fopen(path, "re");
	if (!stream) {
		if (may_miss && errno == ENOENT)
			return true;
		reading_reject(reading, "cannot open: %s", strerror(errno));
		return false;
	}
	whole = read_stream(reading, stream);
	fclose(stream);
	return whole;
}
