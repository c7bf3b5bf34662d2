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

/* Lines of one kind, some a second; zeroed but for `most`. */
struct log_limit {
	unsigned most;   /* lines of a second that are written as they come */
	usec_t since;    /* of the second */
	unsigned taken;  /* in it */
	char *kept_back; /* the first line beyond `most`, written when the second is over */
	enum log_level level;
	struct log_limit *next; /* among those with a line kept back */
};

void log_set_level(enum log_level most);
void log_write(enum log_level level, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Whether a line of this kind is to be made now. One beyond `most` is counted, and the first of
 * those stands for all of them when the second is over. */
bool log_takes(struct log_limit *limit, enum log_level level);
/* After log_takes(). */
void log_write_limited(struct log_limit *limit, enum log_level level, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* While lines are held, they are written by log_catch_up(): the lines of several events cost one
 * write, and no packet waits for it. */
void log_hold(bool hold);
/* Writes lines that are held, and those kept back whose second is over; with USEC_NEVER all of
 * them. Returns when the next is due, USEC_NEVER where none is kept back. */
usec_t log_catch_up(usec_t now);

#define log_error(...)  log_write(LOG_LEVEL_ERROR, __VA_ARGS__)
#define log_notice(...) log_write(LOG_LEVEL_NOTICE, __VA_ARGS__)
#define log_debug(...)  log_write(LOG_LEVEL_DEBUG, __VA_ARGS__)

/* Each place in the code has a limit of its own. What is to be written is made only where it is. */
#define log_most(most_, level, ...)                                                                \
	do {                                                                                       \
		static struct log_limit limit_ = {.most = (most_)};                                \
		if (log_takes(&limit_, level))                                                     \
			log_write_limited(&limit_, level, __VA_ARGS__);                            \
	} while (0)

/* What a peer can bring about as often as it likes. */
#define log_limited(level, ...) log_most(1, level, __VA_ARGS__)
/* What a peer did wrong. */
#define log_peer(...) log_limited(LOG_LEVEL_WARNING, __VA_ARGS__)
/* A state that changed, of one among very many. */
#define log_one_of_many(...) log_most(20, LOG_LEVEL_NOTICE, __VA_ARGS__)
