/* SPDX-License-Identifier: BSD-2-Clause */
/* The latest changes of a channel, for who asks later how it came to its state. */
#pragma once

#include "base/time.h"

#include <stdint.h>

#define HISTORY_MAX 16

struct history_change {
	usec_t at;
	const char *reason; /* as of the channel */
	uint8_t state;      /* enum channel_state */
	uint8_t move;       /* enum channel_move */
};

/* Zeroed memory has none. Memory grows with the changes. */
struct history {
	struct history_change *changes;
	uint8_t room, count;
	uint8_t oldest; /* its place, once HISTORY_MAX have been noted */
};

void history_note(struct history *history, const struct history_change *change);
/* The change number `i`, from 0 for the oldest to count - 1. */
const struct history_change *history_at(const struct history *history, unsigned i);
void history_free(struct history *history);
