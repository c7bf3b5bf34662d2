/* SPDX-License-Identifier: BSD-2-Clause */
/* The command line. */
#pragma once

#include "config/reading.h"

struct command_line {
	int argc;
	char **argv;
	const char *file;     /* or NULL */
	const char *instance; /* as it was given; or NULL */
	enum { WANTS_START, WANTS_CHECK, WANTS_PRINT } want;
};

/* Reads everything but settings, which must be applied after the file. Returns 0; 1 if --help or
 * --version has been answered on stdout; or 2 after one line in the log. */
int command_line_scan(struct command_line *line);

/* Takes the settings. Mistakes are rejected. */
void command_line_apply(struct reading *reading, const struct command_line *line);
