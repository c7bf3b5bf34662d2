/* SPDX-License-Identifier: BSD-2-Clause */
/* Takes texts into the fields of struct config. */
#pragma once

#include "config/reading.h"

take_fn take_list, take_prefixes, take_seconds, take_count, take_path, take_level, take_mode,
	take_yes, take_sources, take_mark, take_interface, take_dnssec, take_addresses;

/* Words of lists. */
bool word_is_interface(const char *word);
bool word_is_server(const char *word);

/* Hands each word of the value to `add`. Returns false after reading_reject(). */
bool values_each_word(struct reading *reading, const struct setting *setting, const char *value,
		      take_fn *add);

/* The place of a word in a list of `count` words; `count` if it is not there. */
unsigned values_find_word(const char *const words[], unsigned count, const char *word);

/* The field of the setting. */
void *values_field(struct config *config, const struct setting *setting);

/* Frees the words of a list that take_list has taken. */
void values_clear(struct config *config, const struct setting *setting);
