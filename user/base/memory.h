/* SPDX-License-Identifier: BSD-2-Clause */
/* Memory that is there or ends the process: every table has a limit of its own that refuses long
 * before memory runs out, so that running out is no condition to carry on in. */
#pragma once

#include <stddef.h>

/* Zeroed; freed with free(). */
void *memory_new(size_t size);
void *memory_resize(void *memory, size_t size);
char *memory_copy_text(const char *text);
