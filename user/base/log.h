/* SPDX-License-Identifier: BSD-2-Clause */
/* Log lines. The level says whose fault it is. Each place in the code that logs has a rate limit of
 * its own, which depends on its level, so that neither a peer, nor a client, nor the kernel can
 * fill the log. */
#pragma once

#include "base/log_messages.h"
#include "base/time.h"

enum log_level {
	LOG_LEVEL_ERROR,   /* ours or the box's: something does not work, the operator must act */
	LOG_LEVEL_WARNING, /* a peer's: a bad packet, a dead relay */
	LOG_LEVEL_NOTICE,  /* nobody's: a state has changed */
	LOG_LEVEL_DEBUG
};

/* The rate limit of one place in the code; zeroed except for `level`. */
struct log_limit {
	enum log_level level;
	usec_t since;           /* when the present second began */
	unsigned taken;         /* lines in this second */
	char *kept_back;        /* the first line beyond the limit, written after the second */
	struct log_limit *next; /* in the list of limits with such a line */
};

/* Lines above this level are not written. */
void log_set_level(enum log_level level);
/* Whether a line must be formatted now. Lines beyond the limit are counted; the first of them is
 * written for all of them when the second is over. */
bool log_takes(struct log_limit *limit);
/* Writes a line, after log_takes(). Lines that belong together need only one log_takes(). */
void log_write(struct log_limit *limit, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Who watches the log is told of each line before the limits count. It must not write to the log.
 */
typedef void log_watch_fn(void *owner, enum log_level level, const struct log_fields *fields,
			  const char *line);
/* There is one watcher at most; NULL ends the watch. */
void log_watch(log_watch_fn *fn, void *owner);
/* Whether a line about `fields` is wanted, by whom; 0 if it is not. */
unsigned log_wants(struct log_limit *limit);
/* Hands a line to those who want it. */
void log_tell(unsigned wants, struct log_limit *limit, const struct log_fields *fields,
	      const char *format, ...) __attribute__((format(printf, 4, 5)));
/* While lines are held, only log_catch_up() writes them: the lines of several events cost one
 * write, and no packet waits for it. */
void log_hold(bool hold);
/* Writes the lines that are held, and the lines kept back whose second is over by `now`; USEC_NEVER
 * means all. Returns when it must be called again; USEC_NEVER if nothing is left. */
usec_t log_catch_up(usec_t now);

/* The arguments are evaluated only if the line is formatted. */
#define log_at(level_, ...)                                                                        \
	do {                                                                                       \
		static struct log_limit limit_ = {.level = (level_)};                              \
		if (log_takes(&limit_))                                                            \
			log_write(&limit_, __VA_ARGS__);                                           \
	} while (0)

/* The same for a line with fields, which are a struct log_fields in parentheses. */
#define log_event(level_, fields_, ...)                                                            \
	do {                                                                                       \
		static struct log_limit limit_ = {.level = (level_)};                              \
		unsigned wants_ = log_wants(&limit_);                                              \
		if (wants_) {                                                                      \
			struct log_fields about_ = fields_;                                        \
			log_tell(wants_, &limit_, &about_, __VA_ARGS__);                           \
		}                                                                                  \
	} while (0)
#define log_about(...) ((struct log_fields){__VA_ARGS__})

#define log_error(...)   log_at(LOG_LEVEL_ERROR, __VA_ARGS__)
#define log_warning(...) log_at(LOG_LEVEL_WARNING, __VA_ARGS__)
#define log_notice(...)  log_at(LOG_LEVEL_NOTICE, __VA_ARGS__)
#define log_debug(...)   log_at(LOG_LEVEL_DEBUG, __VA_ARGS__)
