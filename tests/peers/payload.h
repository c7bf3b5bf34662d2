/* SPDX-License-Identifier: BSD-2-Clause */
/* What the source puts into its packets and the receiver checks. All integers are big-endian.
 *
 *   0  an RTP header's first half      12  magic 'mcst'              32  filler, derived from
 *   4  payload size                    16  sequence number, from 0       the sequence number,
 *   8  the source's process id: SSRC   24  monotonic time in ns          up to the payload size
 */
#pragma once

#include "ip.h"

#include <endian.h>
#include <unistd.h>

#define PAYLOAD_MAGIC  0x6d637374u
#define PAYLOAD_RTP    0x80210000u /* version 2, MPEG-TS; the low half is the number's */
#define PAYLOAD_HEADER 32
#define PAYLOAD_MAX    65507

struct payload {
	uint64_t sequence;
	uint64_t sent_ns;
};

/* splitmix64: successive numbers give unlike words, so that swapped pieces are noticed. */
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

	put32(b, PAYLOAD_RTP | (p->sequence & 0xffff));
	put32(b + 4, (uint32_t)size);
	put32(b + 8, (uint32_t)getpid());
	put32(b + 12, PAYLOAD_MAGIC);
	memcpy(b + 16, &sequence, 8);
	memcpy(b + 24, &sent, 8);
	for (size_t at = PAYLOAD_HEADER, i = 0; at < size; at += 8, i++) {
		uint64_t word = payload_word(p->sequence, i);

		memcpy(b + at, &word, size - at < 8 ? size - at : 8);
	}
}

/* Returns false if the payload is not from our source, or was changed on the way. */
static inline bool payload_read(const uint8_t *b, size_t size, struct payload *p)
{
	uint64_t sequence, sent;

	if (size < PAYLOAD_HEADER || get32(b + 12) != PAYLOAD_MAGIC || get32(b + 4) != size)
		return false;
	memcpy(&sequence, b + 16, 8);
	memcpy(&sent, b + 24, 8);
	if (get32(b) != (PAYLOAD_RTP | (be64toh(sequence) & 0xffff)))
		return false;
	*p = (struct payload){.sequence = be64toh(sequence), .sent_ns = be64toh(sent)};
	for (size_t at = PAYLOAD_HEADER, i = 0; at < size; at += 8, i++) {
		uint64_t word = payload_word(p->sequence, i);

		if (memcmp(b + at, &word, size - at < 8 ? size - at : 8))
			return false;
	}
	return true;
}
