/* SPDX-License-Identifier: BSD-2-Clause */
#include "tally.h"

#include "../options.h"

static void tally_grow(struct tally *t, size_t byte)
{
	size_t bytes = t->seen_bytes ? t->seen_bytes : 4096;

	while (bytes <= byte)
		bytes *= 2;
	t->seen = realloc(t->seen, bytes);
	if (!t->seen)
		fail(1, "no memory for %zu bytes", bytes);
	memset(t->seen + t->seen_bytes, 0, bytes - t->seen_bytes);
	t->seen_bytes = bytes;
}

bool tally_add(struct tally *t, uint64_t sequence)
{
	uint8_t bit = (uint8_t)(1 << sequence % 8);
	size_t byte = sequence / 8;

	if (sequence >= TALLY_SEQUENCE_MAX)
		return false;
	if (byte >= t->seen_bytes)
		tally_grow(t, byte);
	if (t->seen[byte] & bit) {
		t->received++;
		t->duplicates++;
		return true;
	}
	t->seen[byte] |= bit;
	if (!t->received || sequence < t->first)
		t->first = sequence;
	if (t->received && sequence < t->last)
		t->reordered++;
	else
		t->last = sequence;
	t->received++;
	t->distinct++;
	return true;
}

uint64_t tally_missing(const struct tally *t, uint64_t until)
{
	if (!t->received)
		return 0;
	if (until < t->last)
		until = t->last;
	return until - t->first + 1 - t->distinct;
}
