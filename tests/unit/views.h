/* SPDX-License-Identifier: BSD-2-Clause */
/* Views as text, for their tests. Times of day are replaced by TIME. */
#pragma once

#include "addresses.h"
#include "base/timers.h"

#include <criterion/criterion.h>
#include <jansson.h>
#include <regex.h>
#include <stdlib.h>
#include <string.h>

#define NOW (1000 * USEC_PER_SEC)

static inline void hide_times(char *text)
{
	static const char time[] = "\"TIME\"";
	regmatch_t found;
	regex_t regex;

	cr_assert_eq(regcomp(&regex, "\"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}Z\"", REG_EXTENDED), 0);
	while (!regexec(&regex, text, 1, &found, 0)) {
		memmove(text + found.rm_so + strlen(time), text + found.rm_eo,
			strlen(text + found.rm_eo) + 1);
		memcpy(text + found.rm_so, time, strlen(time));
	}
	regfree(&regex);
}

/* Compares, and frees `view`. In `expected`, ' stands for ". */
static inline void expect_json(json_t *view, const char *expected)
{
	char *text = json_dumps(view, JSON_COMPACT | JSON_REAL_PRECISION(15) | JSON_ENCODE_ANY);
	char *wanted = strdup(expected);

	cr_assert(text);
	hide_times(text);
	for (char *at = wanted; *at; at++)
		if (*at == '\'')
			*at = '"';
	cr_expect_str_eq(text, wanted, "\n  is:     %s\n  wanted: %s", text, wanted);
	free(wanted);
	free(text);
	json_decref(view);
}
