/* SPDX-License-Identifier: BSD-2-Clause */
#include "config/names.h"

#include "config/settings.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define NAME_LENGTH_MAX 63
#define DISTANCE_MAX    2
#define FAR             (DISTANCE_MAX + 1)

/* The names that may stand at a place are those of the table's rows: the keys of a section, or the
 * sections, each once, if `section` is NULL. */
static bool may_stand(size_t row, const char *section)
{
	if (section)
		return strcmp(settings[row].section, section) == 0;
	return !row || strcmp(settings[row].section, settings[row - 1].section) != 0;
}

static const char *name_of(size_t row, const char *section)
{
	return section ? settings[row].key : settings[row].section;
}

static unsigned least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

/* The number of letters to insert, remove or replace, capitals or not (Levenshtein). */
static unsigned distance(const char *a, const char *b)
{
	unsigned row[NAME_LENGTH_MAX + 1]; /* of all beginnings of b to the beginning of a */
	size_t length = strlen(b);

	if (strlen(a) > NAME_LENGTH_MAX || length > NAME_LENGTH_MAX)
		return FAR;
	for (size_t j = 0; j <= length; j++)
		row[j] = j;
	for (size_t i = 0; a[i]; i++) {
		unsigned diagonal = row[0]++;

		for (size_t j = 0; j < length; j++) {
			bool same = tolower((unsigned char)a[i]) == tolower((unsigned char)b[j]);
			unsigned replaced = diagonal + !same;

			diagonal = row[j + 1];
			row[j + 1] = least(least(row[j], diagonal) + 1, replaced);
		}
	}
	return row[length];
}

/* Half of a short name's letters must be right. */
static const char *nearest(const char *name, const char *section)
{
	const char *found = NULL;
	unsigned found_distance = FAR;

	for (size_t i = 0; i < settings_count; i++) {
		const char *other = name_of(i, section);
		unsigned away = may_stand(i, section) ? distance(name, other) : FAR;

		if (away < found_distance && 2 * away <= strlen(other)) {
			found = other;
			found_distance = away;
		}
	}
	return found;
}

static const char *section_of(const char *key)
{
	for (size_t i = 0; i < settings_count; i++)
		if (strcmp(settings[i].key, key) == 0)
			return settings[i].section;
	return NULL;
}

static void write_name(FILE *out, const char *name, const char *section)
{
	fprintf(out, section ? "%s" : "[%s]", name);
}

static void write_all(FILE *out, const char *section)
{
	const char *last = NULL;
	unsigned count = 0;

	fputs("expected ", out);
	for (size_t i = 0; i < settings_count; i++) {
		if (!may_stand(i, section))
			continue;
		if (last) {
			fputs(count++ ? ", " : "", out);
			write_name(out, last, section);
		}
		last = name_of(i, section);
	}
	fputs(count ? " or " : "", out);
	write_name(out, last, section);
}

/* Returns a text that is to be freed. */
static char *advise(const char *name, const char *section)
{
	const char *right = section ? section_of(name) : NULL;
	const char *near = nearest(name, section);
	size_t size;
	char *text;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		abort();
	if (right) {
		fprintf(out, "it belongs to [%s]", right);
	} else if (near) {
		fputs("did you mean ", out);
		write_name(out, near, section);
		fputs("?", out);
	} else {
		write_all(out, section);
	}
	fclose(out);
	return text;
}

void names_reject(struct reading *reading, const char *name, const char *section)
{
	char *advice = advise(name, section);

	if (section)
		reading_reject(reading, "unknown key '%s' in [%s]: %s", name, section, advice);
	else
		reading_reject(reading, "unknown section [%s]: %s", name, advice);
	free(advice);
}
