/* SPDX-License-Identifier: BSD-2-Clause */
/* The sequence numbers of an RTP stream (RFC 3550 appendix A.1), from each of its packets. Unlike
 * channel/rtp.h, which sees a packet now and then, this tells losses from packets that come late or
 * twice. */
#pragma once

#include "base/cursor.h"

#define SEQUENCE_WINDOW 1024 /* packets for which a late one is told from a second copy */

/* Zeroed memory is a stream without a packet. */
struct sequence {
	bool began;
	uint32_t ssrc;
	unsigned sources;        /* SSRCs so far, one after the other */
	uint64_t packets;        /* of all sources */
	uint64_t expected;       /* of earlier sources */
	uint64_t received;       /* of earlier sources, without second copies */
	uint64_t first, highest; /* extended numbers of the present source */
	uint64_t unique;         /* received of the present source, without second copies */
	uint64_t late, twice;
	uint8_t seen[SEQUENCE_WINDOW / 8]; /* a bit for each of the latest numbers */
};

/* An RTP header (RFC 3550 section 5.1) and what follows it. */
struct rtp_header {
	uint8_t payload_type;
	uint16_t number;
	uint32_t ssrc;
	struct cursor payload;
};

/* Returns false if the bytes cannot be RTP. */
bool rtp_header_read(struct cursor bytes, struct rtp_header *header);

void sequence_take(struct sequence *sequence, const struct rtp_header *header);
/* Numbers that have not come, so far. */
uint64_t sequence_lost(const struct sequence *sequence);
