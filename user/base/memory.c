/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/memory.h"
#include "base/log_output.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *check(void *memory, size_t size)
{
	if (!memory && size) {
		char line[64];

		snprintf(line, sizeof(line), "out of memory (%zu bytes wanted)", size);
		log_output_line(LOG_LEVEL_ERROR, NULL, line);
		log_output_flush();
		abort();
	}
	return memory;
}

void *memory_new(size_t size)
{
	return check(calloc(1, size), size);
}

void *memory_resize(void *memory, size_t size)
{
	return check(realloc(memory, size), size);
}

char *memory_copy_text(const char *text)
{
	return check(strdup(text), strlen(text) + 1);
}

bool memory_is_same_text(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}
