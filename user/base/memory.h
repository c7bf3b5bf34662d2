/* SPDX-License-Identifier: BSD-2-Clause */
/* Allocation that cannot fail: without memory the process aborts after a line in the log. Every
 * table has a limit that is reached long before that. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* All results are freed with free(). Zeroed: */
void *memory_new(size_t size);
void *memory_resize(void *memory, size_t size);
char *memory_copy_text(const char *text);
/* NULL is no text, and the same as no text only. */
bool memory_is_same_text(const char *a, const char *b);
