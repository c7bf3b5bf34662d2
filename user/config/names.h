/* SPDX-License-Identifier: BSD-2-Clause */
/* Names of sections and keys that do not exist. */
#pragma once

#include "config/reading.h"

/* Rejects a key of the section, or a section if `section` is NULL, and says what was meant: the
 * nearest name, the section that has such a key, or all names that may stand there. */
void names_reject(struct reading *reading, const char *name, const char *section);
