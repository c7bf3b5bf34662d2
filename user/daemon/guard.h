/* SPDX-License-Identifier: BSD-2-Clause */
/* When to attach again what is not attached: at once, unless it happens again and again. What another
 * tool takes away each time is not fought over. */
#pragma once

#include "base/timers.h"

#define GUARD_LONGEST (60 * USEC_PER_SEC)  /* from one attempt to the next */
#define GUARD_PEACE   (600 * USEC_PER_SEC) /* after which it is the first time again */

struct guard {
	unsigned times; /* in a row */
	usec_t last;
	usec_t next; /* attempt, not before */
};

/* It was lost, or an attempt has failed. */
void guard_count(struct guard *guard, usec_t now);
bool guard_may_try(const struct guard *guard, usec_t now);
/* Whether this time deserves a line: ever fewer do. */
bool guard_is_news(const struct guard *guard);
