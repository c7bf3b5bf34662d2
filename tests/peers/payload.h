/* SPDX-License-Identifier: BSD-2-Clause */
/* What the source puts into its packets and the receiver checks. All integers are big-endian.
 *
 *   0  magic 'mcst'     8  sequence number, from 0       24  filler, derived from the sequence
 *   4  payload size    16  monotonic time in ns             number, up to the payload size
 */
#pragma once

#include "ip.h"

#include <endian.h>

#define PAYLOAD_MAGIC  0x6d637374u
#define PAYLOAD_HEADER 24
#define PAYLOAD_MAX    65507

struct payload {
	uint64_t sequence;
	uint64_t sent_ns;
};

/* splitmix64: neighbouring numbers give unlike words, so that swapped pieces show. */
static inline uint64_t payload_word(uint64_t sequence, uint64_t index)
{
	uint64_t x = (sequence << 16 | index) + 0x9e3779b97f4a7c15ull;

	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9ull;
	x = (x ^ x >> 27) * 0x94d049bb133111ebull;
	return htobe64(x ^ x >> 31);
}

static inline void payload_write(uint8_t *b, size_t size, const struct payload *p)
{
	uint64_t sequence = htobe64(p->sequence), sent = htobe64(p->sent_ns);

	put32(b, PAYLOAD_MAGIC);
	put32(b + 4, (uint32_t)size);
	memcpy(b + 8, &sequence, 8);
	memcpy(b + 16, &sent, 8);
	for (size_t at = PAYLOAD_HEADER, i = 0; at < size; at += 8, i++) {
		uint64_t word = payload_word(p->sequence, i);

		memcpy(b + at, &word, size - at < 8 ? size - at : 8);
	}
}

/* False: not from our source, or changed on the way. */
static inline bool payload_read(const uint8_t *b, size_t size, struct payload *p)
{
	uint64_t sequence, sent;

	if (size < PAYLOAD_HEADER || get32(b) != PAYLOAD_MAGIC || get32(b + 4) != size)
		return false;
	memcpy(&sequence, b + 8, 8);
	memcpy(&sent, b + 16, 8);
	*p = (struct payload){.sequence = be64toh(sequence), .sent_ns = be64toh(sent)};
	for (size_t at = PAYLOAD_HEADER, i = 0; at < size; at += 8, i++) {
		uint64_t word = payload_word(p->sequence, i);

		if (memcmp(b + at, &word, size - at < 8 ? size - at : 8))
			return false;
	}
	return true;
}
