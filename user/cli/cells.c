/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli/cells.h"

#include <stdlib.h>

void cell_list(struct table *table, const json_t *object, const char *key)
{
	char *list = text_list(object, key, " ");

	table_cell(table, PLAIN, "%s", list);
	free(list);
}

void cell_string(struct table *table, const json_t *object, const char *key)
{
	table_cell(table, PLAIN, "%s", text_string(object, key));
}

/* A function of text.h that writes a member into a buffer. */
typedef const char *text_fn(const json_t *object, const char *key, char buf[TEXT_SHORT]);

static void cell_of(struct table *table, const json_t *object, const char *key, text_fn *text)
{
	char buf[TEXT_SHORT];

	table_cell(table, PLAIN, "%s", text(object, key, buf));
}

void cell_number(struct table *table, const json_t *object, const char *key)
{
	cell_of(table, object, key, text_number);
}

void cell_bytes(struct table *table, const json_t *object, const char *key)
{
	cell_of(table, object, key, text_bytes);
}

void cell_bit_rate(struct table *table, const json_t *object, const char *key)
{
	cell_of(table, object, key, text_bit_rate);
}

void cell_age(struct table *table, const json_t *object, const char *key)
{
	cell_of(table, object, key, text_age);
}

void cell_seconds(struct table *table, const json_t *object, const char *key)
{
	cell_of(table, object, key, text_seconds);
}

void cell_count(struct table *table, const json_t *object, const char *key)
{
	char count[TEXT_SHORT];

	table_cell(table, json_integer_value(json_object_get(object, key)) ? YELLOW : PLAIN, "%s",
		   text_number(object, key, count));
}
