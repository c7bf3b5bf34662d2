/* SPDX-License-Identifier: BSD-2-Clause */
/* Sequence numbers that came, came twice, came out of order, or never came. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One bit for each number: 32 MB last for more than three days at 1,000 packets a second. */
#define TALLY_SEQUENCE_MAX (1u << 28)

struct tally {
	uint64_t received, duplicates, reordered;
	uint64_t first, last; /* lowest and highest sequence number; valid if received is not 0 */
	uint64_t distinct;
	uint8_t *seen; /* a bit for each sequence number */
	size_t seen_bytes;
};

/* Returns false if no source of ours can have reached the number. */
bool tally_add(struct tally *t, uint64_t sequence);

/* How many numbers never came, from the first to `until`, or to the last if that is higher. */
uint64_t tally_missing(const struct tally *t, uint64_t until);
