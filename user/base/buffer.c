/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/buffer.h"
#include "base/memory.h"

#include <string.h>

void buffer_add(struct buffer *buffer, const char *bytes, size_t length)
{
	if (buffer->length + length + 1 > buffer->size) {
		buffer->size = 2 * (buffer->length + length + 1);
		buffer->bytes = memory_resize(buffer->bytes, buffer->size);
	}
	memcpy(buffer->bytes + buffer->length, bytes, length);
	buffer->length += length;
	buffer->bytes[buffer->length] = '\0';
}

void buffer_add_text(struct buffer *buffer, const char *text)
{
	buffer_add(buffer, text, strlen(text));
}
