/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/random.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#define POOL_BYTES 256 /* once the kernel's generator is seeded, so many come completely */

void random_fill(void *bytes, size_t length)
{
	static uint8_t pool[POOL_BYTES];
	static size_t left; /* at the end of the pool */
	uint8_t *at;

	if (left < length) {
		if (getrandom(pool, sizeof(pool), 0) != sizeof(pool))
			abort();
		left = sizeof(pool);
	}
	at = pool + sizeof(pool) - left;
	memcpy(bytes, at, length);
	memset(at, 0, length); /* what has been used is not left behind */
	left -= length;
}

uint32_t random_u32(void)
{
	uint32_t value;

	random_fill(&value, sizeof(value));
	return value;
}

uint32_t random_nonzero_u32(void)
{
	uint32_t value;

	do
		value = random_u32();
	while (!value);
	return value;
}

usec_t random_between(usec_t min, usec_t max)
{
	uint64_t value;

	if (max <= min)
		return min;
	random_fill(&value, sizeof(value));
	/* Ranges are far below 2^64, so that the bias of the remainder does not matter. */
	return min + value % (max - min + 1);
}

usec_t random_backoff(usec_t initial, usec_t max, unsigned retry)
{
	usec_t end = retry < 32 ? initial << retry : max;

	return random_between(initial, end < max ? end : max);
}
