/* SPDX-License-Identifier: BSD-2-Clause */
/* cli: the command `mcingest`, a client of the daemon's control socket.
 *
 * main.c reads the command line and runs one command, which is a row of its table. Each command has
 * a file of its name. Most ask the daemon for one object (client.c) and print it: with --json as it
 * is, otherwise as text for people. `rr` and `receive` work without a daemon, and so does `lookup`
 * if there is none.
 *
 *   options.c  the options, and which command takes which
 *   show.c   what the commands that ask the daemon have in common
 *   table.c  rows and columns; cells.c fills them with members of an object
 *   text.c   times, rates, colours
 *
 * `top` has the terminal: top.c reads keys and draws what is on a canvas (canvas.c); top_state.c
 * knows the replies and what the keys have chosen, top_view.c and top_detail.c draw it.
 *
 * `doctor` asks and looks around by itself: see doctor/doctor.h.
 *
 * The daemon decides what is shown and why; nothing here knows a protocol. A reply is treated as
 * foreign text, because DNS names and interface names in it come from others: a member that is
 * missing, or of another type than expected, is shown as "-", and control characters as "?".
 *
 * The exit status is 0 if the command did what it was asked for, 1 if not, and 2 if the command
 * line was wrong. An error is one line on stderr. */
#pragma once

#include <stdbool.h>

enum cli_status { CLI_OK, CLI_FAILED, CLI_USAGE };

/* Options that not all commands take; see options.c. */
enum cli_option {
	CLI_RELAY,
	CLI_PORT,
	CLI_COUNT,
	CLI_SECONDS,
	CLI_WRITE,
	CLI_OUTPUT,
	CLI_STATE,
	CLI_INTERFACE,
	CLI_SORT,
	CLI_WATCH,
	CLI_END,
	CLI_MASK,
	CLI_OPTIONS /* the number of them */
};

struct cli {
	const char *command;
	char **arguments; /* at least as many as the command's row of the table says */
	int argument_count;
	const char *instance; /* of the daemon; NULL: it has no name */
	const char *socket;
	const char *config; /* or NULL */
	bool json, verbose;
	const char *values[CLI_OPTIONS]; /* of the command's own options; NULL if not given */
};

/* Prints what the command is asked for on stdout, or one line on stderr. */
typedef enum cli_status cli_fn(const struct cli *cli);

cli_fn command_status, command_interfaces, command_neighbors, command_channels, command_tunnels,
	command_counters, command_top, command_lookup, command_lift, command_rr, command_restart,
	command_reload, command_doctor, command_receive, command_monitor, command_health,
	command_join, command_leave, command_drain, command_support;
