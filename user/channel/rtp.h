/* SPDX-License-Identifier: BSD-2-Clause */
/* How many packets of an RTP stream (RFC 3550) were lost before they reached us. The BPF program
 * notes the RTP header of a channel's last packet; from two looks at it, and the number of packets
 * that passed in between, the missing ones are counted. Sequence numbers may wrap between looks.
 *
 * A stream counts as RTP if its version is 2, its SSRC stays the same, and its sequence numbers
 * grow about as fast as its packets. A loss of 32,768 packets or more between two looks is not
 * counted correctly. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct rtp {
	bool is_rtp; /* two looks agree that the stream is RTP */
	bool looked; /* the members below hold the latest look */
	uint32_t ssrc;
	uint16_t sequence;
	uint64_t packets;
	int64_t missing; /* negative if packets came twice */
};

/* The last packet of a channel. `packets` counts all packets of the channel so far, this one
 * included. */
struct rtp_packet {
	bool is_version_2;
	uint16_t sequence;
	uint32_t ssrc;
	uint64_t packets;
};

void rtp_look(struct rtp *rtp, const struct rtp_packet *last);
/* Packets lost since the stream began. */
uint64_t rtp_lost(const struct rtp *rtp);
