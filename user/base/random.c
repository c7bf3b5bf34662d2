/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/random.h"

#include <stdlib.h>
#include <sys/random.h>

void random_fill(void *bytes, size_t length)
{
	/* Up to 256 bytes are never cut short once the generator is seeded. */
	if (getrandom(bytes, length, 0) != (ssize_t)length)
		abort();
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

usec_t random_between(usec_t least, usec_t most)
{
	uint64_t value;

	if (most <= least)
		return least;
	random_fill(&value, sizeof(value));
	/* Ranges here are far below 2^64: the bias of the remainder does not matter. */
	return least + value % (most - least + 1);
}

usec_t random_backoff(usec_t initial, usec_t maximum, unsigned retry)
{
	usec_t most = retry < 32 ? initial << retry : maximum;

	return random_between(initial, most < maximum ? most : maximum);
}
