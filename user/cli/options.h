/* SPDX-License-Identifier: BSD-2-Clause */
/* The options of the command line. */
#pragma once

#include "cli/cli.h"

enum options_result { OPTIONS_RUN, OPTIONS_HELP, OPTIONS_VERSION, OPTIONS_WRONG };

/* Reads all options; what is left begins at optind. OPTIONS_WRONG after one line on stderr. */
enum options_result options_read(struct cli *cli, int argc, char **argv);
/* Whether the command takes all options that were given; else there is one line on stderr. */
bool options_fit(const struct cli *cli);
/* Prints all options, for --help. */
void options_print(void);
/* The number that the option has, from `min` to `max`, or `otherwise` if it is not given. Returns
 * false after one line on stderr. */
bool options_number(const struct cli *cli, enum cli_option option, unsigned long min,
		    unsigned long max, unsigned long otherwise, unsigned long *number);
