/* SPDX-License-Identifier: BSD-2-Clause */
/* Single values: texts into the fields of struct config, and back. */
#pragma once

#include "config/reading.h"

extern const struct kind kind_count, kind_seconds, kind_ms, kind_path, kind_interface, kind_group,
	kind_instance, kind_mark, kind_yes, kind_level, kind_mode, kind_dnssec;

/* Gives a text that may be NULL, which means none. */
give_fn give_text;

/* Words of lists. */
bool word_is_interface(const char *word);
bool word_is_server(const char *word);
bool word_is_host(const char *word);

/* Reads digits, nothing else; returns false if they are none, or not within the limits. */
bool values_number_parse(const char *text, unsigned min, unsigned max, unsigned *number);
/* The place of a word in a list of `count` words; `count` if it is not there. */
unsigned values_find_word(const char *const words[], unsigned count, const char *word);

/* The field of the setting, and the length of a list; they may be written if the configuration
 * may. */
void *values_field(const struct config *config, const struct setting *setting);
unsigned *values_count(const struct config *config, const struct setting *setting);
