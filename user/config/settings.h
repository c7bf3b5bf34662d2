/* SPDX-License-Identifier: BSD-2-Clause */
/* How the configuration is read, for the files of this folder:
 *
 *   config.c     defaults, the command line, what must fit together
 *   file.c       the file, line by line
 *   settings.c   every setting: where it stands, what it may be
 *   values.c     text into fields of struct config */
#pragma once

#include "config/config.h"

#define CONFIG_BLANK " \t\r\n\v\f"

/* Where a value is being taken from. */
struct reading {
	struct config *config;
	const char *file; /* NULL: the command line */
	FILE *stream;
	unsigned line;
	char *text; /* getline's, of the line */
	size_t size;
	const char *key, *value;
	uint64_t seen;   /* a bit for each setting that this source has given */
	char *complaint; /* NULL: all is well */
};

struct setting;
typedef bool take_fn(struct reading *reading, const struct setting *setting, const char *value);

struct setting {
	const char *section, *key;
	take_fn *take;
	size_t offset;                  /* of the field in struct config */
	size_t count_offset;            /* of a list: its length */
	bool (*word)(const char *word); /* of a list: whether this may stand in it */
	unsigned least, most;           /* of a number; of a list: the most words */
	const char *expected;
};

extern const struct setting settings[];
extern const size_t settings_count;

/* file.c */
/* Takes a value, or notes why not. */
bool reading_assign(struct reading *reading, const struct setting *setting, const char *value);
/* Notes what is wrong, and is false; the first mistake ends the reading. */
bool reading_refuse(struct reading *reading, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* The end of a reading: whether all was well; else the mistake is in the log. */
bool reading_finish(struct reading *reading);
/* `asked` by --config; else the default file, where it exists. */
bool file_read(struct config *config, const char *asked);

/* values.c */
take_fn take_list, take_prefixes, take_seconds, take_count, take_path, take_level, take_mode,
	take_yes, take_sources, take_mark, take_interface, take_dnssec, take_ways, take_rule,
	take_domain, take_addresses;
/* Words that may stand in lists. */
bool word_is_interface(const char *word);
bool word_is_server(const char *word);
/* Whether it may be given in several lines of its key. */
bool setting_is_list(const struct setting *setting);
/* Of take_list alone: frees what stands there. */
void setting_clear(struct config *config, const struct setting *setting);
