/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli/canvas.h"
#include "base/memory.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

void canvas_begin(struct canvas *canvas, unsigned rows, unsigned columns)
{
	size_t count = (size_t)rows * columns;

	canvas->rows = rows;
	canvas->columns = columns;
	canvas->row = canvas->column = 0;
	canvas->reverse = false;
	canvas->cells = memory_resize(canvas->cells, (count + 1) * sizeof(*canvas->cells));
	for (size_t i = 0; i < count; i++)
		canvas->cells[i] = (struct canvas_cell){.character = L' '};
}

void canvas_free(struct canvas *canvas)
{
	free(canvas->cells);
	canvas->cells = NULL;
}

static struct canvas_cell *cell_at(const struct canvas *canvas, unsigned row, unsigned column)
{
	return &canvas->cells[(size_t)row * canvas->columns + column];
}

const struct canvas_cell *canvas_at(const struct canvas *canvas, unsigned row, unsigned column)
{
	return cell_at(canvas, row, column);
}

static void put(struct canvas *canvas, enum colour colour, wchar_t character)
{
	if (canvas->row < canvas->rows && canvas->column < canvas->columns)
		*cell_at(canvas, canvas->row, canvas->column) =
			(struct canvas_cell){character, colour, canvas->reverse};
	canvas->column++;
}

static void put_text(struct canvas *canvas, enum colour colour, const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++)
		put(canvas, colour, text[i] >= ' ' && text[i] < 0x7f ? (wchar_t)text[i] : L'?');
}

static void put_blanks(struct canvas *canvas, size_t count)
{
	while (count--)
		put(canvas, PLAIN, L' ');
}

void canvas_print(struct canvas *canvas, enum colour colour, const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	text = text_format(format, args);
	va_end(args);
	put_text(canvas, colour, text, strlen(text));
	free(text);
}

void canvas_cell(struct canvas *canvas, enum colour colour, int width, const char *format, ...)
{
	size_t room = (size_t)abs(width) - 1, length;
	va_list args;
	char *text;

	va_start(args, format);
	text = text_format(format, args);
	va_end(args);
	length = strnlen(text, room);
	if (width < 0)
		put_blanks(canvas, room - length);
	put_text(canvas, colour, text, length);
	put_blanks(canvas, width < 0 ? 1 : room - length + 1);
	free(text);
}

void canvas_bar(struct canvas *canvas, enum colour colour, unsigned height)
{
	static const wchar_t blocks[] = L" \u2581\u2582\u2583\u2584\u2585\u2586\u2587\u2588";
	static const wchar_t letters[] = L" ..::++##";

	put(canvas, colour, (canvas->ascii ? letters : blocks)[height < 8 ? height : 8]);
}

void canvas_end_row(struct canvas *canvas)
{
	while (canvas->column < canvas->columns)
		put(canvas, PLAIN, L' ');
	canvas->row++;
	canvas->column = 0;
	canvas->reverse = false;
}
