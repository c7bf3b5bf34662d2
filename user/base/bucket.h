/* SPDX-License-Identifier: BSD-2-Clause */
/* A token bucket: `rate` tokens a second, and at most a tenth of that at once. */
#pragma once

#include "base/time.h"

#include <stdbool.h>

struct bucket {
	unsigned rate;
	double tokens;
	usec_t filled;
};

/* Returns a full bucket. */
struct bucket bucket_new(unsigned rate, usec_t now);
/* Takes `tokens`; if there are fewer, takes none and returns false. */
bool bucket_take(struct bucket *bucket, unsigned tokens, usec_t now);
