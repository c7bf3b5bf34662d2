/* SPDX-License-Identifier: BSD-2-Clause */
#include "gateway/stream.h"

#define RTP_RUN 8 /* packets of one SSRC, on the average: others are no RTP */

static void take_format(struct stream *stream, struct cursor bytes)
{
	struct rtp_header header;

	if (mpeg_ts_take(&stream->ts, bytes) || !rtp_header_read(bytes, &header))
		return;
	sequence_take(&stream->rtp, &header);
	mpeg_ts_take(&stream->ts, header.payload);
}

void stream_take(struct stream *stream, const struct payload *payload, usec_t now)
{
	if (!stream->packets)
		stream->first = now;
	if (!stream->packets || payload->ttl < stream->ttl_min)
		stream->ttl_min = payload->ttl;
	if (payload->ttl > stream->ttl_max)
		stream->ttl_max = payload->ttl;
	if (payload->length > stream->longest)
		stream->longest = payload->length;
	stream->last = now;
	stream->packets++;
	stream->bytes += payload->length;
	take_format(stream, payload->bytes);
}

bool stream_is_rtp(const struct stream *stream)
{
	const struct sequence *rtp = &stream->rtp;

	return rtp->packets > 1 && rtp->sources * RTP_RUN <= rtp->packets + RTP_RUN - 1;
}

double stream_seconds(const struct stream *stream)
{
	return (double)(stream->last - stream->first) / USEC_PER_SEC;
}
