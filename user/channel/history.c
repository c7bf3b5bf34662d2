/* SPDX-License-Identifier: BSD-2-Clause */
#include "channel/history.h"
#include "base/memory.h"

#include <stdlib.h>

#define ROOM_FIRST 4 /* discovering, connecting, joined, receiving */

_Static_assert(sizeof(struct history_change) == 32, "no padding");

static struct history_change *next_place(struct history *history)
{
	unsigned oldest = history->oldest;

	if (history->count == HISTORY_MAX) {
		history->oldest = (oldest + 1) % HISTORY_MAX;
		return &history->changes[oldest];
	}
	if (history->count == history->room) {
		history->room = history->room ? history->room * 2 : ROOM_FIRST;
		history->changes =
			memory_resize(history->changes, history->room * sizeof(*history->changes));
	}
	return &history->changes[history->count++];
}

void history_note(struct history *history, const struct history_change *change,
		  const struct addr *relay)
{
	struct history_change *place = next_place(history);

	*place = *change;
	addr_to_mapped(relay ? relay : &(struct addr){0}, place->relay);
}

struct addr history_relay(const struct history_change *change)
{
	return addr_from_mapped(change->relay);
}

const struct history_change *history_at(const struct history *history, unsigned i)
{
	return &history->changes[(history->oldest + i) % HISTORY_MAX];
}

void history_free(struct history *history)
{
	free(history->changes);
	*history = (struct history){0};
}
