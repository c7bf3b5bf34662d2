/* SPDX-License-Identifier: BSD-2-Clause */
/* Log lines, by whose fault it is. Each place in the code that logs has a limit of its own, by
 * level: what a peer, a client or the kernel can bring about without end cannot fill the log. */
#pragma once

#include "base/timers.h"

#include <stdbool.h>

enum log_level {
	LOG_LEVEL_ERROR,   /* ours, or the box's: something does not work and someone must act */
	LOG_LEVEL_WARNING, /* a peer's: a bad packet, a dead relay */
	LOG_LEVEL_NOTICE,  /* a state that changed */
	LOG_LEVEL_DEBUG
};

/* Of one place in the code; zeroed but for `level`. */
struct log_limit {
	enum log_level level;
	usec_t since;    /* of the second */
	unsigned taken;  /* in it */
	char *kept_back; /* the first line beyond the limit, written when the second is over */
	struct log_limit *next; /* among those with a line kept back */
};

void log_set_level(enum log_level most);
/* Whether a line of this place is to be made now. One beyond the limit is counted, and the first of
 * those stands for all of them when the second is over. */
bool log_takes(struct log_limit *limit);
/* After log_takes(). A text of several lines may take one turn for all of them. */
void log_write(struct log_limit *limit, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* While lines are held, they are written by log_catch_up(): the lines of several events cost one
 * write, and no packet waits for it. */
void log_hold(bool hold);
/* Writes lines that are held, and those kept back whose second is over; with USEC_NEVER all of
 * them. Returns when the next is due, USEC_NEVER where none is kept back. */
usec_t log_catch_up(usec_t now);

/* What is to be written is made only where it is. */
#define log_at(level_, ...)                                                                        \
	do {                                                                                       \
		static struct log_limit limit_ = {.level = (level_)};                              \
		if (log_takes(&limit_))                                                            \
			log_write(&limit_, __VA_ARGS__);                                           \
	} while (0)

#define log_error(...)   log_at(LOG_LEVEL_ERROR, __VA_ARGS__)
#define log_warning(...) log_at(LOG_LEVEL_WARNING, __VA_ARGS__)
#define log_notice(...)  log_at(LOG_LEVEL_NOTICE, __VA_ARGS__)
#define log_debug(...)   log_at(LOG_LEVEL_DEBUG, __VA_ARGS__)
