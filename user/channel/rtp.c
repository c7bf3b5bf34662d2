/* SPDX-License-Identifier: BSD-2-Clause */
#include "channel/rtp.h"

#define VERSION 2

static void begin(struct rtp *rtp, uint64_t packets, uint16_t sequence, uint32_t ssrc)
{
	*rtp = (struct rtp){
		.looked = true, .ssrc = ssrc, .sequence = sequence, .packets = packets};
}

void rtp_look(struct rtp *rtp, uint64_t packets, uint32_t header, uint32_t ssrc)
{
	uint16_t sequence = (uint16_t)header;
	uint64_t passed = packets - rtp->packets;
	int16_t missing = (int16_t)(sequence - rtp->sequence - (uint16_t)passed);

	if (!packets || header >> 30 != VERSION) {
		*rtp = (struct rtp){.is_rtp = false};
		return;
	}
	if (!rtp->looked || rtp->ssrc != ssrc || packets < rtp->packets) {
		begin(rtp, packets, sequence, ssrc);
		return;
	}
	if (!passed)
		return;
	if ((uint64_t)(missing < 0 ? -missing : missing) > passed) {
		begin(rtp, packets, sequence, ssrc);
		return;
	}
	rtp->is_rtp = true;
	rtp->missing += missing;
	rtp->sequence = sequence;
	rtp->packets = packets;
}

uint64_t rtp_lost(const struct rtp *rtp)
{
	return rtp->missing > 0 ? (uint64_t)rtp->missing : 0;
}
