/* SPDX-License-Identifier: BSD-2-Clause */
#include "gateway/mpeg_ts.h"

#define SYNC          0x47
#define ERROR         0x8000 /* in the two bytes behind the sync byte */
#define PID           0x1fff
#define PID_NULL      0x1fff
#define HAS_FIELD     0x20 /* in the byte behind them: an adaptation field */
#define HAS_PAYLOAD   0x10
#define COUNTER       0x0f
#define DISCONTINUITY 0x80 /* in the adaptation field */

/* The sender says that the counter begins anew. */
static bool is_discontinued(struct cursor packet, uint8_t control)
{
	return control & HAS_FIELD && cursor_u8(&packet) && cursor_u8(&packet) & DISCONTINUITY;
}

/* Whether the counter follows the one before. */
static bool follows(struct mpeg_ts_pid *pid, uint8_t control)
{
	uint8_t counter = control & COUNTER;
	bool is_next = counter == ((pid->counter + 1) & COUNTER);
	bool is_same = counter == pid->counter;

	if (!(control & HAS_PAYLOAD))
		return is_same;
	if (is_same && !pid->is_twice) {
		pid->is_twice = true;
		return true;
	}
	pid->is_twice = false;
	return is_next;
}

static void take_packet(struct mpeg_ts *ts, struct cursor packet)
{
	unsigned sync = cursor_u8(&packet), flags = cursor_u16(&packet);
	uint8_t control = cursor_u8(&packet);
	struct mpeg_ts_pid *pid = &ts->list[flags & PID];

	(void)sync;
	ts->packets++;
	ts->transport += (flags & ERROR) != 0;
	if ((flags & PID) == PID_NULL)
		return;
	if (pid->began && !is_discontinued(packet, control))
		ts->faults += !follows(pid, control);
	ts->pids += !pid->began;
	pid->began = true;
	pid->counter = control & COUNTER;
}

static bool is_transport_stream(struct cursor payload)
{
	size_t length = cursor_left(&payload);

	if (!length || length % MPEG_TS_PACKET)
		return false;
	for (size_t at = 0; at < length; at += MPEG_TS_PACKET)
		if (payload.at[at] != SYNC)
			return false;
	return true;
}

bool mpeg_ts_take(struct mpeg_ts *ts, struct cursor payload)
{
	if (!is_transport_stream(payload))
		return false;
	while (cursor_left(&payload))
		take_packet(ts, cursor_sub(&payload, MPEG_TS_PACKET));
	return true;
}
