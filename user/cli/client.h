/* SPDX-License-Identifier: BSD-2-Clause */
/* Asks the daemon over its control socket. */
#pragma once

#include "cli/cli.h"

#include <jansson.h>

/* Takes over the reference to `request`. Returns the daemon's reply, which the caller frees.
 * Returns NULL after one line on stderr if there is no daemon, no permission, no reply within
 * `patience` seconds, or if the reply is an error. */
json_t *client_ask(const struct cli *cli, json_t *request, unsigned patience);
/* The same without a line on stderr: the sentence goes to *why, which the caller frees. */
json_t *client_try(const struct cli *cli, json_t *request, unsigned patience, char **why);
/* A line of the daemon's, as an object. Returns false if that is enough. */
typedef bool client_line_fn(void *owner, const json_t *line);

/* Sends the command and hands over each line that comes, for as long as they come. Returns false
 * after one line on stderr if the daemon ends the stream, or does not begin it. */
bool client_stream(const struct cli *cli, client_line_fn *fn, void *owner);
/* Whether a daemon takes our connection. */
bool client_has_daemon(const struct cli *cli);
/* Prints the object on stdout, as --json has it. */
void client_print_json(const json_t *reply);
