/* SPDX-License-Identifier: BSD-2-Clause */
/* Which channels `channels` shows, and in which order. */
#pragma once

#include "cli/cli.h"

#include <jansson.h>

/* Returns CLI_OK, or CLI_USAGE after one line on stderr if an argument or option names nothing to
 * choose by. */
enum cli_status channels_check(const struct cli *cli);
/* Removes the other channels from the array, and sorts it. After channels_check(). */
void channels_select(const struct cli *cli, json_t *channels);
