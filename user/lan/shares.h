/* SPDX-License-Identifier: BSD-2-Clause */
/* Whose the channels are when the table is full. Each PIM neighbor, and all hosts of a LAN
 * together, are one party. A party's share is the number of all channels divided by the number of
 * parties that have some. While channels are free, a party may have as many as its own limit
 * allows. When none is free, a party below its share takes one from the party that has the most,
 * namely the channel that this one joined last. So nobody keeps others out by coming early, and
 * what has run longest runs on. */
#pragma once

#include "lan/state.h"

#define SHARES_TRIES 16 /* places that yield before a Join is refused */

/* Takes a channel from the party that has the most, for a party that has joined `joined` channels.
 * False if that party has its share already, or nobody has more. The place is free only if nobody
 * else wanted the channel. */
bool shares_make_room(struct lans *lans, unsigned joined);
