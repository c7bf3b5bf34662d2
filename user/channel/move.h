/* SPDX-License-Identifier: BSD-2-Clause */
/* Moves of a channel from the relay that serves it to another (RFC 8777 section 3.3.5). A channel
 * looks for another relay when the serving one sends no data, is no longer named by DNS, or wants
 * to get rid of channels. It moves once data comes from the other relay, so that nothing is lost:
 *
 *   staying --> seeking --tunnel up--> trying --data--> overlapping --> draining --> staying
 *      ^___________|___________________in vain|
 *
 * From trying to draining the dataplane takes the packets of both relays, each packet once. The old
 * relay is left at the end of overlapping. A channel with only one relay reminds it instead. */
#pragma once

#include "base/time.h"

#include <stdbool.h>

/* How long a relay may send no data before another one is tried; grows to CHANNEL_RETRY_MAX. */
#define CHANNEL_PATIENCE (4 * USEC_PER_SEC)
/* How often the only relay is told again while it sends no data, each time after CHANNEL_PATIENCE.
 * From then on its own Queries remind it, and the channel shows that no data has come. */
#define CHANNEL_REMINDERS 2
/* The most by which the delays through two relays may differ. */
#define CHANNEL_OVERLAP (1 * USEC_PER_SEC)

enum channel_move {
	CHANNEL_STAYING,
	CHANNEL_SEEKING,
	CHANNEL_TRYING,
	CHANNEL_OVERLAPPING,
	CHANNEL_DRAINING
};

/* A cause of moves; the others are those of channel/move.c. */
#define CHANNEL_RELAY_FAILED "relay_failed"

struct channel;

const char *channel_move_name(enum channel_move move);

/* Whether packets of the channel may come from two relays. */
bool channel_is_moving(const struct channel *channel);

/* The first packet has come from the other relay. */
void channel_moved(struct channel *channel);
/* The serving relay wants to get rid of channels (L flag), or no longer does. Calls no action. */
void channel_is_unwelcome(struct channel *channel, bool unwelcome);
/* DNS was asked again while a relay serves the channel: it names `count` relays now; `named` if the
 * serving relay is one of them. */
void channel_relays_renewed(struct channel *channel, unsigned count, bool named);

/* For channel/channel.c: */

/* The retry timer of a channel that is forwarded has ended. */
void channel_move_step(struct channel *channel);
/* Waits for the next step if the serving relay is not one to stay with; else stops the timer. */
void channel_stay(struct channel *channel);
/* Whether there is a reason to leave the serving relay. */
bool channel_is_restless(const struct channel *channel);
/* A report has been sent to the other relay: waits for its data. */
void channel_await_other(struct channel *channel);
/* Gives the other relay up and stays with the serving one. */
void channel_abandon_other(struct channel *channel, bool in_vain);
/* Goes on with the other relay at once, whether or not it has sent data. */
void channel_change_over(struct channel *channel, const char *cause);
