/* SPDX-License-Identifier: BSD-2-Clause */
/* The file of static channels. A line is "S,G" or "S,G INTERFACE"; without an interface the channel
 * goes to all LANs. '#' begins a comment. */
#pragma once

#include "base/addr.h"

#include <net/if.h>
#include <stddef.h>

#define JOINFILE_BYTES_MAX (32u << 20)

struct joinfile_line {
	struct sg sg;
	char interface[IF_NAMESIZE]; /* "" for all LANs */
};

enum joinfile_kind { JOINFILE_CHANNEL, JOINFILE_NOTHING, JOINFILE_BAD };

/* Reads the line from `*at` to the next '\n', or to `end`, and moves `*at` behind it. */
enum joinfile_kind joinfile_read(const char **at, const char *end, struct joinfile_line *line);
/* Returns the text with the line at its end, to be freed. */
char *joinfile_with(const char *text, const struct joinfile_line *line);
/* Returns the text without the lines that say the same, to be freed. */
char *joinfile_without(const char *text, const struct joinfile_line *line);

/* Reads a whole file; one that is not there is empty. Returns NULL with errno set. */
char *joinfile_load(const char *path);
/* Writes beside the file first, so that nobody reads half of it. 0 or an errno. */
int joinfile_save(const char *path, const char *text);
