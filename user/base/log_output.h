/* SPDX-License-Identifier: BSD-2-Clause */
/* stderr, which never holds up who writes: what nobody reads in time is lost, counted, and said. */
#pragma once

#include "base/log.h"

#include <stdint.h>

#define LOG_LINE_MAX 1024 /* bytes, with the final NUL; what is longer is cut */

/* Takes the line, to be written by log_output_flush(). Where the journal reads stderr, the line
 * begins with its priority (sd-daemon(3)), and with date, time and the daemon's name otherwise. */
void log_output_line(enum log_level level, const char *line);
/* Writes as much as stderr takes now. False if something is left. */
bool log_output_flush(void);
/* Lines that are lost, since the start. */
uint64_t log_output_lost(void);
