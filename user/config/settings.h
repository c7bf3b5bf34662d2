/* SPDX-License-Identifier: BSD-2-Clause */
/* The table of all settings of the configuration file. */
#pragma once

#include "config/reading.h"

extern const struct setting settings[];
extern const size_t settings_count;

/* Returns NULL if there is no such setting. */
const struct setting *settings_find(const char *section, const char *key);
bool settings_has_section(const char *section);

/* Takes a value for a setting. A list starts anew with each source that gives it; any other setting
 * may stand only once in the file. Returns false after reading_reject(). */
bool settings_assign(struct reading *reading, const struct setting *setting, const char *value);

/* Where the setting was given first by the last source that gave it: a line of the file,
 * READING_DEFAULT or READING_OPTIONS. */
unsigned *settings_origin(struct reading *reading, const struct setting *setting);

/* The value number `i` of the setting, counted from 0, as the file has it: a text that is to be
 * freed; NULL if there are not so many. */
char *settings_value(const struct config *config, const struct setting *setting, unsigned i);

/* Frees all lists. */
void settings_clear(struct config *config);
