/* SPDX-License-Identifier: BSD-2-Clause */
/* Bytes that grow at their end. Zeroed memory is empty. */
#pragma once

#include <stddef.h>

struct buffer {
	char *bytes; /* to be freed, with a NUL at the end; NULL while nothing was added */
	size_t length, size;
};

void buffer_add(struct buffer *buffer, const char *bytes, size_t length);
void buffer_add_text(struct buffer *buffer, const char *text);
