/* SPDX-License-Identifier: BSD-2-Clause */
/* Writes to stderr without ever waiting. Lines that nobody reads in time are lost and counted; the
 * log says how many. */
#pragma once

#include "base/log.h"

#include <stdint.h>

#define LOG_LINE_MAX 1024 /* bytes with the NUL; longer lines are cut */

/* Buffers a line, to be written by log_output_flush(). `fields` may be NULL. It begins with its
 * priority (sd-daemon(3)) if the journal reads stderr, else with date, time and the daemon's name.
 * A line with fields goes to the journal's own socket at once, if that is there. */
void log_output_line(enum log_level level, const struct log_fields *fields, const char *line);
/* Writes as much as stderr takes now. Returns false if something is left. */
bool log_output_flush(void);
/* Lines lost since the start. */
uint64_t log_output_lost(void);
