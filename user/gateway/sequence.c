/* SPDX-License-Identifier: BSD-2-Clause */
#include "gateway/sequence.h"

#include <string.h>

#define RTP_VERSION   2
#define HAS_PADDING   0x20
#define HAS_EXTENSION 0x10
#define CSRC_COUNT    0x0f
#define RTCP_FIRST    72 /* payload types that RTCP's packet types would look like */
#define RTCP_LAST     76
#define LEAP_MAX      3000 /* MAX_DROPOUT of RFC 3550: a larger leap is another stream */

bool rtp_header_read(struct cursor bytes, struct rtp_header *header)
{
	unsigned first = cursor_u8(&bytes), words;

	header->payload_type = cursor_u8(&bytes) & 0x7f;
	header->number = cursor_u16(&bytes);
	cursor_u32(&bytes); /* the timestamp */
	header->ssrc = cursor_u32(&bytes);
	cursor_bytes(&bytes, (first & CSRC_COUNT) * 4u);
	if (first & HAS_EXTENSION) {
		cursor_u16(&bytes);
		words = cursor_u16(&bytes);
		cursor_bytes(&bytes, words * 4u);
	}
	if (bytes.failed || first >> 6 != RTP_VERSION ||
	    (header->payload_type >= RTCP_FIRST && header->payload_type <= RTCP_LAST))
		return false;
	if (first & HAS_PADDING) {
		unsigned padding = cursor_left(&bytes) ? bytes.end[-1] : 0;

		if (padding > cursor_left(&bytes))
			return false;
		bytes.end -= padding;
	}
	header->payload = bytes;
	return true;
}

static uint64_t expected_now(const struct sequence *sequence)
{
	return sequence->began ? sequence->highest - sequence->first + 1 : 0;
}

static void begin(struct sequence *sequence, const struct rtp_header *header)
{
	sequence->expected += expected_now(sequence);
	sequence->received += sequence->unique;
	sequence->began = true;
	sequence->sources++;
	sequence->ssrc = header->ssrc;
	sequence->unique = 0;
	/* Numbers before the first one may come late. */
	sequence->first = sequence->highest = UINT16_MAX + 1 + (uint64_t)header->number;
	memset(sequence->seen, 0, sizeof(sequence->seen));
}

static bool is_seen(const struct sequence *sequence, uint64_t number)
{
	unsigned place = number % SEQUENCE_WINDOW;

	return sequence->seen[place / 8] & 1u << place % 8;
}

static void set_seen(struct sequence *sequence, uint64_t number, bool seen)
{
	unsigned place = number % SEQUENCE_WINDOW;

	if (seen)
		sequence->seen[place / 8] |= 1u << place % 8;
	else
		sequence->seen[place / 8] &= ~(1u << place % 8);
}

/* Clears the places of the numbers that have been leapt over. */
static void advance(struct sequence *sequence, unsigned leap)
{
	unsigned clear = leap < SEQUENCE_WINDOW ? leap : SEQUENCE_WINDOW;

	for (unsigned i = 1; i <= clear; i++)
		set_seen(sequence, sequence->highest + i, false);
	sequence->highest += leap;
}

/* A number that is behind the highest one. */
static void take_late(struct sequence *sequence, unsigned behind)
{
	uint64_t number = sequence->highest - behind;

	if (behind >= SEQUENCE_WINDOW || number < sequence->first || is_seen(sequence, number)) {
		sequence->twice++;
		return;
	}
	sequence->late++;
	sequence->unique++;
	set_seen(sequence, number, true);
}

void sequence_take(struct sequence *sequence, const struct rtp_header *header)
{
	int16_t leap = (int16_t)(header->number - (uint16_t)sequence->highest);

	sequence->packets++;
	if (!sequence->began || header->ssrc != sequence->ssrc || leap > LEAP_MAX ||
	    leap < -LEAP_MAX) {
		begin(sequence, header);
		leap = 1;
		sequence->highest--;
	}
	if (leap <= 0) {
		take_late(sequence, -leap);
		return;
	}
	advance(sequence, leap);
	sequence->unique++;
	set_seen(sequence, sequence->highest, true);
}

uint64_t sequence_lost(const struct sequence *sequence)
{
	uint64_t expected = sequence->expected + expected_now(sequence);
	uint64_t received = sequence->received + sequence->unique;

	return expected > received ? expected - received : 0;
}
