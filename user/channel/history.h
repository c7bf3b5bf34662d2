/* SPDX-License-Identifier: BSD-2-Clause */
/* The latest changes of a channel, for who asks later how it came to its state. */
#pragma once

#include "base/addr.h"
#include "base/time.h"

#define HISTORY_MAX 16

/* Each channel has several: 32 bytes suffice for one. */
struct history_change {
	usec_t at : 56;
	unsigned state : 4; /* enum channel_state */
	unsigned move : 4;  /* enum channel_move */
	const char *reason; /* as of the channel */
	uint8_t relay[16];  /* an IPv4 address is IPv4-mapped; zeros: none */
};

/* Zeroed memory has none. Memory grows with the changes. */
struct history {
	struct history_change *changes;
	uint8_t room, count;
	uint8_t oldest; /* its place, once HISTORY_MAX have been noted */
};

/* `relay` is of what the change is about; NULL: no relay is. change->relay is not read. */
void history_note(struct history *history, const struct history_change *change,
		  const struct addr *relay);
/* The change number `i`, from 0 for the oldest to count - 1. */
const struct history_change *history_at(const struct history *history, unsigned i);
/* AF_UNSPEC if the change is about no relay. */
struct addr history_relay(const struct history_change *change);
void history_free(struct history *history);
