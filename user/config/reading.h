/* SPDX-License-Identifier: BSD-2-Clause */
/* Where a value is being read, and the complaints about values that cannot be. */
#pragma once

#include "config/config.h"

#include <limits.h>
#include <stddef.h>
#include <stdio.h>

#define READING_BLANK          " \t\r\n\v\f"
#define READING_SECTION_BYTES  64
#define READING_COMPLAINTS_MAX 50
#define SETTINGS_MAX           64

/* Instead of a line of the file: the setting is not in the file; nothing but options is being read.
 */
#define READING_DEFAULT 0
#define READING_OPTIONS UINT_MAX

struct complaint {
	unsigned line;
	char *text;
};

struct reading {
	struct config *config;
	const char *file;
	unsigned line;     /* or READING_OPTIONS */
	const char *start; /* of the line's text, until inih has it */
	char section[READING_SECTION_BYTES];
	bool skips; /* the section is rejected, and so its keys are not looked at */
	const char *key, *value;
	uint64_t seen;                  /* a bit for each setting that this source has given */
	unsigned origins[SETTINGS_MAX]; /* see settings_origin() */
	struct complaint complaints[READING_COMPLAINTS_MAX]; /* in the order of their lines */
	unsigned complaint_count, complaints_more;
};

struct setting;

/* Takes the value into the field of the setting. Returns false after reading_reject(). */
typedef bool take_fn(struct reading *reading, const struct setting *setting, const char *value);

/* Writes the value number `i` of the field, counted from 0, as take_fn takes it. Returns false if
 * there are not so many: a setting that is no list has one, or none if it is not set. */
typedef bool give_fn(FILE *out, const struct config *config, const struct setting *setting,
		     unsigned i);

/* What kind of value a setting has. */
struct kind {
	take_fn *take;
	give_fn *give;
	bool repeats; /* may stand in several lines of the file, which add up */
};

struct setting {
	const char *section, *key;
	const struct kind *kind;
	size_t offset;                  /* of the field in struct config */
	size_t count_offset;            /* of a list's length */
	bool (*word)(const char *word); /* whether this word may stand in the list */
	unsigned min, max;              /* of a number; of a list, `max` is its longest length */
	const char *expected;
};

/* Stores the complaint, preceded by the place. Complaints beyond the limit are counted only.
 * Returns false. */
bool reading_reject(struct reading *reading, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Frees the complaints, after each has got its line in `out`, or in the log if that is NULL.
 * Returns true if there are none. */
bool reading_finish(struct reading *reading, FILE *out);
