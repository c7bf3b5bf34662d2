/* SPDX-License-Identifier: BSD-2-Clause */
/* A token bucket: at most `rate` tokens a second over time, and a tenth of that at once. */
#pragma once

#include "base/timers.h"

#include <stdbool.h>

struct bucket {
	unsigned rate;
	double tokens;
	usec_t filled;
};

/* A full one. */
struct bucket bucket_new(unsigned rate, usec_t now);
/* Takes so many tokens, or none and is false where they are not there. */
bool bucket_take(struct bucket *bucket, unsigned tokens, usec_t now);
