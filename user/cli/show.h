/* SPDX-License-Identifier: BSD-2-Clause */
/* What the commands that ask the daemon have in common. */
#pragma once

#include "cli/cells.h"
#include "cli/cli.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

typedef void show_fn(const struct cli *cli, const json_t *reply);

/* Sends the command without arguments and prints the reply: as JSON, or by `print` for people. */
enum cli_status show_reply(const struct cli *cli, show_fn *print);
/* Sends the command with its argument, which must be the address of a `wants`, as member `key`.
 * Returns the reply, which the caller frees; or NULL after one line on stderr, and *status then has
 * the exit status. */
json_t *show_ask_about(const struct cli *cli, const char *key, const char *wants, unsigned patience,
		       enum cli_status *status);
/* Prints the sentence and returns true if the list is empty. */
bool show_is_empty(const json_t *list, const char *sentence);
/* Adds a line beneath the row: "what: " and the strings of the array. */
void show_note_list(struct table *table, const char *what, const json_t *object, const char *key);
/* The colour for the state of a channel, or of a protocol in a tunnel. */
enum colour show_state_colour(const char *state);
