/* SPDX-License-Identifier: BSD-2-Clause */
/* What came of a channel: as much as can be told from its packets. */
#pragma once

#include "base/time.h"
#include "gateway/mpeg_ts.h"
#include "gateway/payload.h"
#include "gateway/sequence.h"

/* Zeroed memory is a channel without a packet. */
struct stream {
	usec_t first, last; /* when packets came; 0 if none did */
	uint64_t packets;
	uint64_t bytes; /* of IP packets */
	size_t longest; /* IP packet */
	uint8_t ttl_min, ttl_max;
	struct sequence rtp;
	struct mpeg_ts ts;
};

void stream_take(struct stream *stream, const struct payload *payload, usec_t now);
/* Whether the packets are those of an RTP stream. */
bool stream_is_rtp(const struct stream *stream);
/* From the first packet to the last one. */
double stream_seconds(const struct stream *stream);
