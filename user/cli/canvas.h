/* SPDX-License-Identifier: BSD-2-Clause */
/* A screen in memory: rows and columns of characters with their looks. What does not fit is cut
 * off. Knows no terminal; top.c copies it to one. */
#pragma once

#include "cli/text.h"

#include <wchar.h>

struct canvas_cell {
	wchar_t character;
	enum colour colour;
	bool reverse;
};

struct canvas {
	unsigned rows, columns;
	unsigned row, column; /* where the next text goes */
	bool reverse;         /* of this row, from here on */
	bool ascii;           /* the terminal has no other characters */
	struct canvas_cell *cells;
};

/* Makes the canvas blank, of this size, to be freed by canvas_free(). */
void canvas_begin(struct canvas *canvas, unsigned rows, unsigned columns);
void canvas_free(struct canvas *canvas);
const struct canvas_cell *canvas_at(const struct canvas *canvas, unsigned row, unsigned column);

/* Writes text; control characters, and what is not ASCII, become '?'. */
void canvas_print(struct canvas *canvas, enum colour colour, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* The same, filled up with blanks to `width` columns, or cut off there with the last column left
 * blank; to the right side if `width` is negative. */
void canvas_cell(struct canvas *canvas, enum colour colour, int width, const char *format, ...)
	__attribute__((format(printf, 4, 5)));
/* A column of eight heights: 0 is blank, 8 is full. */
void canvas_bar(struct canvas *canvas, enum colour colour, unsigned height);
/* Goes on in the next row; the rest of the present one keeps the background. */
void canvas_end_row(struct canvas *canvas);
