/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *there(void *memory, size_t size)
{
	if (!memory && size) {
		fprintf(stderr, "out of memory (%zu bytes wanted)\n", size);
		abort();
	}
	return memory;
}

void *memory_new(size_t size)
{
	return there(calloc(1, size), size);
}

void *memory_resize(void *memory, size_t size)
{
	return there(realloc(memory, size), size);
}

char *memory_copy_text(const char *text)
{
	return there(strdup(text), strlen(text) + 1);
}
