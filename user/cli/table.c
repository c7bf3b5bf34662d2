/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli/table.h"
#include "base/memory.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define GAP 2

/* The first row is the heading. */
struct row {
	char *cells[TABLE_COLUMNS_MAX];
	enum colour colours[TABLE_COLUMNS_MAX];
	unsigned filled;
	char *notes; /* complete lines; NULL if there are none */
};

struct table {
	unsigned columns;
	bool right[TABLE_COLUMNS_MAX];
	int widths[TABLE_COLUMNS_MAX];
	struct row *rows;
	size_t count, size;
};

static struct row *row_to_fill(struct table *table)
{
	if (table->count && table->rows[table->count - 1].filled < table->columns)
		return &table->rows[table->count - 1];
	if (table->count == table->size) {
		table->size = table->size ? table->size * 2 : 16;
		table->rows = memory_resize(table->rows, table->size * sizeof(*table->rows));
	}
	table->rows[table->count] = (struct row){0};
	return &table->rows[table->count++];
}

/* In characters: bytes that continue a UTF-8 character do not count. */
static int width_of(const char *text)
{
	int width = 0;

	for (; *text; text++)
		width += (*text & 0xc0) != 0x80;
	return width;
}

void table_cell(struct table *table, enum colour colour, const char *format, ...)
{
	struct row *row = row_to_fill(table);
	unsigned column = row->filled++;
	va_list args;
	int width;

	va_start(args, format);
	row->cells[column] = text_format(format, args);
	va_end(args);
	row->colours[column] = colour;
	width = width_of(row->cells[column]);
	if (width > table->widths[column])
		table->widths[column] = width;
}

void table_note(struct table *table, const char *format, ...)
{
	struct row *row = &table->rows[table->count - 1];
	char *note, *all;
	va_list args;

	va_start(args, format);
	note = text_format(format, args);
	va_end(args);
	if (asprintf(&all, "%s%*s%s\n", row->notes ? row->notes : "", GAP, "", note) < 0)
		abort();
	free(note);
	free(row->notes);
	row->notes = all;
}

struct table *table_new(const char *const *headings, unsigned columns)
{
	struct table *table = memory_new(sizeof(*table));

	table->columns = columns < TABLE_COLUMNS_MAX ? columns : TABLE_COLUMNS_MAX;
	for (unsigned i = 0; i < table->columns; i++) {
		table->right[i] = headings[i][0] == '>';
		table_cell(table, BOLD, "%s", headings[i] + table->right[i]);
	}
	return table;
}

static void print_row(const struct table *table, const struct row *row)
{
	for (unsigned i = 0; i < row->filled; i++) {
		int blank = table->widths[i] - width_of(row->cells[i]);
		bool last = i + 1 == row->filled;

		printf("%*s%s%s%s%*s", table->right[i] ? blank : 0, "",
		       text_colour(row->colours[i]), row->cells[i], text_plain(row->colours[i]),
		       last ? 0 : GAP + (table->right[i] ? 0 : blank), "");
	}
	putchar('\n');
	if (row->notes)
		fputs(row->notes, stdout);
}

void table_print(struct table *table)
{
	for (size_t i = 0; i < table->count; i++) {
		struct row *row = &table->rows[i];

		print_row(table, row);
		for (unsigned column = 0; column < row->filled; column++)
			free(row->cells[column]);
		free(row->notes);
	}
	free(table->rows);
	free(table);
}
