/* SPDX-License-Identifier: BSD-2-Clause */
/* Asks the daemon over its control socket. */
#pragma once

#include "cli/cli.h"

#include <jansson.h>

/* Takes over the reference to `request`. Returns the daemon's object; or NULL after one line on
 * stderr: no daemon, no permission, no reply within `patience` seconds, or an error as the reply.
 */
json_t *client_ask(const struct cli *cli, json_t *request, unsigned patience);
/* The object as --json shows it. */
void client_print_json(const json_t *reply);
