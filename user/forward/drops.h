/* SPDX-License-Identifier: BSD-2-Clause */
/* What was dropped: in all, and of each channel. */
#pragma once

#include "forward/state.h"

/* Counts a packet that the slow path has dropped; `channel` is NULL if it is of none. `length` is
 * in bytes of the inner IP packet. */
void drops_count(struct forward *forward, struct channel *channel, enum mci_drop reason,
		 size_t length);
/* What programs and slow path have dropped of the channel since it began. */
struct mci_channel_drops drops_of(struct channel *channel);
/* Before the channel is freed. */
void drops_forget(const struct channel *channel);
