/* SPDX-License-Identifier: BSD-2-Clause */
/* Where a value is being read, and the complaint about it if it cannot be. */
#pragma once

#include "config/config.h"

#include <stddef.h>
#include <stdio.h>

#define READING_BLANK " \t\r\n\v\f"

struct reading {
	struct config *config;
	const char *file; /* NULL for the command line */
	FILE *stream;
	unsigned line;
	char *text; /* of the line, by getline() */
	size_t size;
	const char *key, *value;
	uint64_t seen;   /* a bit for each setting that this source has given */
	char *complaint; /* NULL as long as all is well */
};

struct setting;

/* Takes the value into the field of the setting. Returns false after reading_reject(). */
typedef bool take_fn(struct reading *reading, const struct setting *setting, const char *value);

struct setting {
	const char *section, *key;
	take_fn *take;
	size_t offset;                  /* of the field in struct config */
	size_t count_offset;            /* of a list's length */
	bool (*word)(const char *word); /* whether this word may stand in the list */
	unsigned min, max;              /* of a number; of a list, `max` is its longest length */
	const char *expected;
};

/* Stores the complaint, preceded by the place. The first complaint ends the reading. Returns false.
 */
bool reading_reject(struct reading *reading, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Ends the reading. Returns false, after a line in the log, if there is a complaint. */
bool reading_finish(struct reading *reading);
