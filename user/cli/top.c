/* SPDX-License-Identifier: BSD-2-Clause */
/* `mcingest top`: the box on a terminal, by ncurses. */
#include "base/time.h"
#include "cli/client.h"
#include "cli/show.h"
#include "cli/top_view.h"

#include <curses.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PATIENCE  5   /* seconds for a reply */
#define INTERVAL  2.0 /* seconds between two looks, at least; TOP_SAMPLES make a minute */
#define IDLE      20  /* times as long as a look takes, so that a box with many channels can rest */
#define ESCAPE    27
#define ESCAPE_MS 50 /* after which Escape is no part of another key */

static double now(void)
{
	return (double)time_read(CLOCK_MONOTONIC) / USEC_PER_SEC;
}

/* Looking */

static json_t *ask(const struct cli *cli, const char *command)
{
	return client_ask(cli, json_pack("{s:s}", "command", command), PATIENCE);
}

/* What was shown stays if the daemon does not answer. */
static bool look(const struct cli *cli, struct top_state *state)
{
	json_t *status, *tunnels = NULL, *neighbors = NULL, *channels = NULL;

	text_keep_errors(state->error, sizeof(state->error));
	status = ask(cli, "status");
	if (status)
		tunnels = ask(cli, "tunnels");
	if (tunnels)
		neighbors = ask(cli, "neighbors");
	if (neighbors)
		channels = ask(cli, "channels");
	text_keep_errors(NULL, 0);
	if (channels) {
		top_take(state, now(), status, tunnels, neighbors, channels);
		return true;
	}
	json_decref(status);
	json_decref(tunnels);
	json_decref(neighbors);
	return false;
}

/* For programs: what the screen is made of, once. */
static enum cli_status print_json(const struct cli *cli)
{
	static const char *const lists[] = {"tunnels", "neighbors", "channels"};
	json_t *status = ask(cli, "status"), *all;

	if (!status)
		return CLI_FAILED;
	all = json_pack("{s:o}", "status", status);
	for (size_t i = 0; i < COUNT_OF(lists); i++) {
		json_t *reply = ask(cli, lists[i]);

		if (!reply) {
			json_decref(all);
			return CLI_FAILED;
		}
		json_object_set(all, lists[i], json_object_get(reply, lists[i]));
		json_decref(reply);
	}
	client_print_json(all);
	json_decref(all);
	return CLI_OK;
}

/* The terminal */

/* False if there is none that curses knows. */
static bool begin_terminal(void)
{
	if (!isatty(STDOUT_FILENO) || !newterm(NULL, stdout, stdin))
		return false;
	cbreak();
	noecho();
	keypad(stdscr, TRUE);
	set_escdelay(ESCAPE_MS);
	curs_set(0);
	if (!has_colors() || getenv("NO_COLOR"))
		return true;
	start_color();
	use_default_colors();
	init_pair(RED, COLOR_RED, -1);
	init_pair(GREEN, COLOR_GREEN, -1);
	init_pair(YELLOW, COLOR_YELLOW, -1);
	return true;
}

static attr_t look_of(const struct canvas_cell *cell)
{
	attr_t attributes = cell->reverse ? A_REVERSE : A_NORMAL;

	return cell->colour == BOLD ? attributes | A_BOLD : attributes;
}

static void copy_cell(const struct canvas_cell *cell, unsigned row, unsigned column)
{
	wchar_t text[] = {cell->character, L'\0'};
	bool coloured = cell->colour > BOLD && has_colors();
	cchar_t character;

	setcchar(&character, text, look_of(cell), coloured ? (short)cell->colour : 0, NULL);
	mvadd_wch((int)row, (int)column, &character);
}

static void draw(struct canvas *canvas, struct top_state *state)
{
	canvas_begin(canvas, (unsigned)LINES, (unsigned)COLS);
	if (state->detail)
		top_view_channel(canvas, state);
	else
		top_view(canvas, state);
	for (unsigned row = 0; row < canvas->rows; row++)
		for (unsigned column = 0; column < canvas->columns; column++)
			copy_cell(canvas_at(canvas, row, column), row, column);
	refresh();
}

/* Keys */

static void take_filter_key(struct top_state *state, int key)
{
	size_t length = strlen(state->filter);

	if (key == ESCAPE)
		state->filter[0] = '\0';
	if (key == ESCAPE || key == '\n' || key == KEY_ENTER)
		state->filtering = false;
	else if ((key == KEY_BACKSPACE || key == 127 || key == '\b') && length)
		state->filter[length - 1] = '\0';
	else if (key >= ' ' && key < 127 && length + 1 < sizeof(state->filter))
		memcpy(state->filter + length, (char[]){(char)key, '\0'}, 2);
	top_arrange(state);
}

static void take_move_key(struct top_state *state, int key)
{
	int page = state->page > 1 ? (int)state->page - 1 : 1;

	if (key == KEY_UP || key == 'k')
		top_move(state, -1);
	else if (key == KEY_DOWN || key == 'j')
		top_move(state, 1);
	else if (key == KEY_PPAGE)
		top_move(state, -page);
	else if (key == KEY_NPAGE)
		top_move(state, page);
	else if (key == KEY_HOME)
		top_move(state, -(int)state->shown_count);
	else if (key == KEY_END)
		top_move(state, (int)state->shown_count);
}

/* Returns false if the program is to end. */
static bool take_key(struct top_state *state, int key)
{
	if (state->filtering)
		take_filter_key(state, key);
	else if (key == 'q')
		return false;
	else if (state->detail) {
		state->detail = key != ESCAPE && key != '\n' && key != KEY_ENTER;
		top_arrange(state);
	} else if (key == '\n' || key == KEY_ENTER)
		state->detail = state->shown_count;
	else if (key == '/')
		state->filtering = true;
	else if (key == 's') {
		state->sort = (state->sort + 1) % TOP_SORTS;
		top_arrange(state);
	} else
		take_move_key(state, key);
	return true;
}

static void wait_at_most(double seconds)
{
	timeout(seconds > 0 ? (int)(seconds * 1000) + 1 : 0);
}

static void run(const struct cli *cli, struct top_state *state)
{
	struct canvas canvas = {.ascii = MB_CUR_MAX == 1};
	double next = now() + INTERVAL;
	bool goes_on = true;

	while (goes_on) {
		int key;

		draw(&canvas, state);
		wait_at_most(next - now());
		key = getch();
		if (key != ERR)
			goes_on = take_key(state, key); /* KEY_RESIZE is drawn anew, too */
		if (now() >= next) {
			double begun = now(), took;

			look(cli, state);
			took = now() - begun;
			next = now() + (took * IDLE > INTERVAL ? took * IDLE : INTERVAL);
		}
	}
	canvas_free(&canvas);
}

enum cli_status command_top(const struct cli *cli)
{
	enum cli_status status = CLI_FAILED;
	struct top_state state = {0};

	if (cli->json)
		return print_json(cli);
	if (!look(cli, &state)) {
		text_error("%s", state.error);
		return CLI_FAILED;
	}
	setlocale(LC_CTYPE, "");
	if (begin_terminal()) {
		run(cli, &state);
		endwin();
		status = CLI_OK;
	} else {
		text_error("top needs a terminal, whose kind is in TERM");
	}
	top_free(&state);
	return status;
}
