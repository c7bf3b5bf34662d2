/* SPDX-License-Identifier: BSD-2-Clause */
/* What the commands that show one state of the daemon have in common. */
#pragma once

#include "cli/cells.h"
#include "cli/cli.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

typedef void show_fn(const struct cli *cli, const json_t *reply);

/* Asks the daemon for what the command is named after, and prints the reply: for people by `print`.
 */
enum cli_status show_reply(const struct cli *cli, show_fn *print);
/* Sends the command with its argument, an address, as `key`; NULL, and the status of that, after a
 * line on stderr: where it is none, which `wants` it to be. */
json_t *show_ask_about(const struct cli *cli, const char *key, const char *wants, unsigned patience,
		       enum cli_status *status);
/* For a table with nothing in it: says so, and returns true. */
bool show_is_empty(const json_t *list, const char *sentence);
/* A line beneath the row: the strings of an array. */
void show_note_list(struct table *table, const char *what, const json_t *object, const char *key);
/* Of a channel, a tunnel, or one of its protocols. */
enum colour show_state_colour(const char *state);
