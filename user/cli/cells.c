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

void cell_number(struct table *table, const json_t *object, const char *key)
{
	char number[TEXT_SHORT];

	table_cell(table, PLAIN, "%s", text_number(object, key, number));
}

void cell_bytes(struct table *table, const json_t *object, const char *key)
{
	char bytes[TEXT_SHORT];

	table_cell(table, PLAIN, "%s", text_bytes(object, key, bytes));
}

void cell_bit_rate(struct table *table, const json_t *object, const char *key)
{
	char rate[TEXT_SHORT];

	table_cell(table, PLAIN, "%s", text_bit_rate(object, key, rate));
}

void cell_age(struct table *table, const json_t *object, const char *key)
{
	char age[TEXT_SHORT];

	table_cell(table, PLAIN, "%s", text_age(object, key, age));
}

void cell_seconds(struct table *table, const json_t *object, const char *key)
{
	char time[TEXT_SHORT];

	table_cell(table, PLAIN, "%s", text_seconds(object, key, time));
}

void cell_count(struct table *table, const json_t *object, const char *key)
{
	char count[TEXT_SHORT];

	table_cell(table, json_integer_value(json_object_get(object, key)) ? YELLOW : PLAIN, "%s",
		   text_number(object, key, count));
}
