/* SPDX-License-Identifier: BSD-2-Clause */
/* What came: sequence numbers seen, seen twice, out of order, and those that never came. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A bit for each number: more than three days at 1000 packets/s, in 32 MB. */
#define TALLY_SEQUENCE_MAX (1u << 28)

struct tally {
	uint64_t received, duplicates, reordered;
	uint64_t first, last; /* lowest and highest sequence number; good if received is not 0 */
	uint64_t distinct;
	uint8_t *seen; /* a bit for each sequence number */
	size_t seen_bytes;
};

/* False: a number that no source of ours can have reached. */
bool tally_add(struct tally *t, uint64_t sequence);

/* Numbers from the first to `until`, or to the last one if that is higher, that never came. */
uint64_t tally_missing(const struct tally *t, uint64_t until);
