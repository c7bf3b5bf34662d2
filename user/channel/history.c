/* SPDX-License-Identifier: BSD-2-Clause */
#include "channel/history.h"
#include "base/memory.h"

#include <stdlib.h>

#define ROOM_FIRST 4 /* discovering, connecting, joined, receiving */

void history_note(struct history *history, const struct history_change *change)
{
	if (history->count == HISTORY_MAX) {
		history->changes[history->oldest] = *change;
		history->oldest = (history->oldest + 1) % HISTORY_MAX;
		return;
	}
	if (history->count == history->room) {
		history->room = history->room ? history->room * 2 : ROOM_FIRST;
		history->changes =
			memory_resize(history->changes, history->room * sizeof(*history->changes));
	}
	history->changes[history->count++] = *change;
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
