/* SPDX-License-Identifier: BSD-2-Clause */
#include "channel/rtp.h"

static void begin(struct rtp *rtp, const struct rtp_packet *first)
{
	*rtp = (struct rtp){.looked = true,
			    .ssrc = first->ssrc,
			    .sequence = first->sequence,
			    .packets = first->packets};
}

void rtp_look(struct rtp *rtp, const struct rtp_packet *last)
{
	uint64_t passed = last->packets - rtp->packets;
	int16_t missing = (int16_t)(last->sequence - rtp->sequence - (uint16_t)passed);

	if (!last->is_version_2) {
		*rtp = (struct rtp){.is_rtp = false};
		return;
	}
	if (!rtp->looked || rtp->ssrc != last->ssrc || last->packets < rtp->packets) {
		begin(rtp, last);
		return;
	}
	if (!passed)
		return;
	if ((uint64_t)(missing < 0 ? -missing : missing) > passed) {
		begin(rtp, last);
		return;
	}
	rtp->is_rtp = true;
	rtp->missing += missing;
	rtp->sequence = last->sequence;
	rtp->packets = last->packets;
}

uint64_t rtp_lost(const struct rtp *rtp)
{
	return rtp->missing > 0 ? (uint64_t)rtp->missing : 0;
}
