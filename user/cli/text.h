/* SPDX-License-Identifier: BSD-2-Clause */
/* Text for people: what a daemon, and through it a DNS server, has sent is shown without control
 * characters; colour is there on a terminal only. */
#pragma once

#include <jansson.h>
#include <stdarg.h>
#include <stdbool.h>

enum colour { PLAIN, BOLD, RED, GREEN, YELLOW };

#define TEXT_SHORT 32

/* "mcingest: ...", on stderr. */
void text_error(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* On stdout; text_line() ends the line, which nothing else does. */
void text_print(enum colour colour, const char *format, ...) __attribute__((format(printf, 2, 3)));
void text_line(enum colour colour, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* New text, without control characters; freed by the caller. */
char *text_format(const char *format, va_list args);

/* Switch a colour on, and off again; "" where there is none to be shown. */
const char *text_colour(enum colour colour);
const char *text_plain(enum colour colour);

/* Fields of an object, "-" for what is null, missing, or of another kind. */
const char *text_string(const json_t *object, const char *key);
const char *text_number(const json_t *object, const char *key, char buf[TEXT_SHORT]);
/* 987, 1.2k, 1.2M */
const char *text_bytes(const json_t *object, const char *key, char buf[TEXT_SHORT]);
/* 987 b/s, 12.3 Mb/s */
const char *text_bit_rate(const json_t *object, const char *key, char buf[TEXT_SHORT]);
/* 12s, 3m12s, 2h05m, 3d04h */
const char *text_seconds(const json_t *object, const char *key, char buf[TEXT_SHORT]);
/* How long ago a time (RFC 3339, UTC) was. */
const char *text_age(const json_t *object, const char *key, char buf[TEXT_SHORT]);
/* The strings of an array; freed by the caller. */
char *text_list(const json_t *object, const char *key, const char *separator);
