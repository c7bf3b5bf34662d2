/* SPDX-License-Identifier: BSD-2-Clause */
/* mcingest: the command line as its commands see it. */
#pragma once

#include <stdbool.h>

enum cli_status { CLI_OK, CLI_FAILED, CLI_USAGE };

struct cli {
	const char *command;
	char **arguments; /* as many as the command takes */
	int argument_count;
	const char *socket;
	bool json, verbose;
};

/* Each prints what it is asked for, or one line on stderr. */
typedef enum cli_status cli_fn(const struct cli *cli);

/* Each in the file of its name. */
cli_fn show_status, show_interfaces, show_neighbors, show_channels, show_tunnels, show_counters,
	show_lookup, lift_hold, print_rr;
