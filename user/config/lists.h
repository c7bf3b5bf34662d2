/* SPDX-License-Identifier: BSD-2-Clause */
/* Lists: words with blanks between them, in one line of the file or several. */
#pragma once

#include "config/reading.h"

extern const struct kind kind_list, kind_prefixes, kind_prefixes_or_all, kind_addresses,
	kind_sources;

/* Hands each word of the value to `add`. Returns false after reading_reject(). */
bool lists_each_word(struct reading *reading, const struct setting *setting, const char *value,
		     take_fn *add);

/* Writes the prefix as prefix_parse() reads it: without its length if that is the full one. */
void prefix_give(FILE *out, const struct prefix *prefix);

/* Frees the words of a kind_list. */
void lists_clear(struct config *config, const struct setting *setting);
