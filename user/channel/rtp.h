/* SPDX-License-Identifier: BSD-2-Clause */
/* How many packets of an RTP stream (RFC 3550) were lost before they came to us, from what the
 * program notes of the last packet, and the number that passed meanwhile. Looked at now and then:
 * in between, sequence numbers may have gone round.
 *
 * Whether it is RTP at all is guessed: version 2, one source, and numbers that grow about as the
 * packets do. A loss of 32,768 packets or more between two looks is not told right. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct rtp {
	bool is_rtp; /* as far as two looks can tell */
	bool looked; /* the members below are of a look */
	uint32_t ssrc;
	uint16_t sequence;
	uint64_t packets;
	int64_t missing; /* less than none after packets that came twice */
};

/* What is seen of a packet: `packets` had passed in all, with it. */
struct rtp_packet {
	bool is_version_2;
	uint16_t sequence;
	uint32_t ssrc;
	uint64_t packets;
};

void rtp_look(struct rtp *rtp, const struct rtp_packet *last);
/* Since the stream began, as far as it was looked at. */
uint64_t rtp_lost(const struct rtp *rtp);
