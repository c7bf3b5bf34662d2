/* SPDX-License-Identifier: BSD-2-Clause */
/* Log lines on stderr, by whose fault it is. With a journal behind stderr each line carries its
 * priority (sd-daemon(3)); on a terminal or in a file it carries the time. */
#pragma once

#include "base/timers.h"

#include <stdbool.h>

enum log_level {
	LOG_LEVEL_ERROR,   /* ours, or the box's: something does not work and someone must act */
	LOG_LEVEL_WARNING, /* a peer's: a bad packet, a dead relay; limited in rate */
	LOG_LEVEL_NOTICE,  /* a state that changed */
	LOG_LEVEL_DEBUG
};

struct log_limit {
	usec_t since;
	unsigned kept_back;
};

void log_set_level(enum log_level most);
void log_write(enum log_level level, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* At most one line a second per `limit`; the next one says how many were kept back. */
void log_write_limited(struct log_limit *limit, enum log_level level, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#define log_error(...)  log_write(LOG_LEVEL_ERROR, __VA_ARGS__)
#define log_notice(...) log_write(LOG_LEVEL_NOTICE, __VA_ARGS__)
#define log_debug(...)  log_write(LOG_LEVEL_DEBUG, __VA_ARGS__)

/* What a peer can bring about as often as it likes; each place in the code has a limit of its own.
 */
#define log_limited(level, ...)                                                                    \
	do {                                                                                       \
		static struct log_limit limit_;                                                    \
		log_write_limited(&limit_, level, __VA_ARGS__);                                    \
	} while (0)

/* What a peer did wrong. */
#define log_peer(...) log_limited(LOG_LEVEL_WARNING, __VA_ARGS__)
