/* SPDX-License-Identifier: BSD-2-Clause */
/* Text for people. Control characters are replaced, because DNS servers and others decide part of
 * what the daemon replies. Colours are used on a terminal only. */
#pragma once

#include <jansson.h>
#include <stdarg.h>
#include <stdbool.h>

enum colour { PLAIN, BOLD, RED, GREEN, YELLOW };

#define TEXT_SHORT 32

/* Prints "mcingest: ..." on stderr. */
void text_error(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* From now on the last error is kept in `buffer` and not printed; with NULL errors are printed
 * again. */
void text_keep_errors(char *buffer, size_t size);
/* Print on stdout; only text_line() ends the line. */
void text_print(enum colour colour, const char *format, ...) __attribute__((format(printf, 2, 3)));
void text_line(enum colour colour, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Returns the text with control characters replaced; the caller frees it. */
char *text_format(const char *format, va_list args);

/* The sequences that switch a colour on and off again; "" if colours are not used. */
const char *text_colour(enum colour colour);
const char *text_plain(enum colour colour);

/* Members of an object; "-" for one that is null, missing, or of another type. */
const char *text_string(const json_t *object, const char *key);
const char *text_number(const json_t *object, const char *key, char buf[TEXT_SHORT]);
/* 987, 1.2k, 1.2M */
const char *text_bytes(const json_t *object, const char *key, char buf[TEXT_SHORT]);
/* 987 b/s, 12.3 Mb/s */
const char *text_bit_rate(const json_t *object, const char *key, char buf[TEXT_SHORT]);
/* 12s, 3m12s, 2h05m, 3d04h */
const char *text_seconds(const json_t *object, const char *key, char buf[TEXT_SHORT]);
/* The time since a moment (RFC 3339, UTC). */
const char *text_age(const json_t *object, const char *key, char buf[TEXT_SHORT]);
/* Names and numbers of an object of counters: "ttl 100, duplicate 2"; the caller frees the text. */
char *text_counts(const json_t *object, const char *key);
/* The strings of an array, joined; the caller frees the text. */
char *text_list(const json_t *object, const char *key, const char *separator);
