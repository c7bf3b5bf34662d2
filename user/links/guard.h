/* SPDX-License-Identifier: BSD-2-Clause */
/* When a program that is not attached is to be attached again: at once, unless that happens again
 * and again. We do not fight another tool that takes a program away each time. */
#pragma once

#include "base/timers.h"

#define GUARD_WAIT_MAX (60 * USEC_PER_SEC)  /* between two attempts */
#define GUARD_PEACE    (600 * USEC_PER_SEC) /* without a loss; then the count begins anew */

struct guard {
	unsigned times; /* losses and failures in a row */
	usec_t last;    /* the latest of them */
	usec_t next;    /* no attempt before this moment */
};

/* The program was lost, or an attempt to attach it has failed. */
void guard_count(struct guard *guard, usec_t now);
bool guard_may_try(const struct guard *guard, usec_t now);
/* Whether this time deserves a line in the log: fewer and fewer do. */
bool guard_is_news(const struct guard *guard);
