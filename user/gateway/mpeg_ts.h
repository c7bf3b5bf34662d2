/* SPDX-License-Identifier: BSD-2-Clause */
/* The continuity of an MPEG transport stream (ISO/IEC 13818-1 section 2.4.3.3): each packet of a
 * PID with a payload counts on by one, modulo 16. A packet may be sent twice. */
#pragma once

#include "base/cursor.h"

#define MPEG_TS_PACKET 188
#define MPEG_TS_PIDS   8192

struct mpeg_ts_pid {
	bool began;
	bool is_twice; /* the last packet was the second copy of the one before */
	uint8_t counter;
};

/* Zeroed memory is a stream without a packet. */
struct mpeg_ts {
	uint64_t packets;
	uint64_t faults;    /* gaps in the continuity */
	uint64_t transport; /* packets that the sender has marked as damaged */
	unsigned pids;
	struct mpeg_ts_pid list[MPEG_TS_PIDS];
};

/* Takes the payload of a datagram. Returns false if the payload is no whole number of transport
 * packets. */
bool mpeg_ts_take(struct mpeg_ts *ts, struct cursor payload);
