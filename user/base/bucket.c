/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/bucket.h"

#define BURST_FRACTION 10

struct bucket bucket_new(unsigned rate, usec_t now)
{
	return (struct bucket){
		.rate = rate, .tokens = (double)rate / BURST_FRACTION, .filled = now};
}

static void fill(struct bucket *bucket, usec_t now)
{
	double max = (double)bucket->rate / BURST_FRACTION;

	bucket->tokens += (double)bucket->rate * (double)(now - bucket->filled) / USEC_PER_SEC;
	if (bucket->tokens > max)
		bucket->tokens = max;
	bucket->filled = now;
}

bool bucket_take(struct bucket *bucket, unsigned tokens, usec_t now)
{
	fill(bucket, now);
	if (tokens > bucket->tokens)
		return false;
	bucket->tokens -= tokens;
	return true;
}
