/* SPDX-License-Identifier: BSD-2-Clause */
/* Moves of a channel from the relay that serves it to another (RFC 8777 section 3.3.5). A channel
 * looks for another relay when the serving one sends no data, is no longer named by DNS, or wants
 * to get rid of channels. It moves once data comes from the other relay, so that nothing is lost:
 *
 *   staying --> seeking --tunnel up--> trying --data--> overlapping --> draining --> staying
 *      ^___________|___________________in vain|
 *
 * From trying to draining the dataplane takes the packets of both relays, each packet once. The old
 * relay is left at the end of overlapping. A channel with only one relay reminds it instead.
 *
 * Protection: two relays serve the channel all the time (in the spirit of SMPTE ST 2022-7), so that
 * nothing is lost when one of them, or the way to it, dies. Each packet goes to the LANs once, by
 * the relay that delivers it first.
 *
 *   staying --delay--> seeking --tunnel up--> trying --data--> protected
 *      ^_________________|_________in vain______|                  |
 *      |_____one of both fails, sends nothing, is not wanted_______|
 *
 * The steps from staying to trying are those of a move; but the serving relay
 * stays. A channel whose relay is to be left anyway (DNS does not name it) moves first. A relay
 * that fails is left at once; one that sends nothing while the other one sends, after
 * CHANNEL_PATIENCE. If it was the serving one, the other one serves. In either case a third one is
 * sought, while the other one carries. If both are silent, it may be the source that is silent: the
 * channel stays protected, and third relays, if there are any, are tried by turns. */
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
	CHANNEL_DRAINING,
	CHANNEL_PROTECTED /* stays with both relays */
};

/* Between the end of one second relay and the search for the next: by then the copies that the
 * first one has delivered are forgotten, so that none of them is taken for the next one's. */
#define CHANNEL_PROTECT_DELAY (1500 * USEC_PER_MS)

/* The relay that sends nothing while the other one sends. */
enum channel_mute { CHANNEL_MUTE_NONE, CHANNEL_MUTE_SERVING, CHANNEL_MUTE_OTHER };

/* A cause of moves; the others are those of channel/move.c. */
#define CHANNEL_RELAY_FAILED "relay_failed"

struct channel;

const char *channel_move_name(enum channel_move move);

/* Whether packets of the channel may come from two relays: it moves, or is protected. */
bool channel_has_other(const struct channel *channel);

/* The first packet has come from the other relay. */
void channel_moved(struct channel *channel);
/* The serving relay wants to get rid of channels (L flag), or no longer does. Calls no action. */
void channel_is_unwelcome(struct channel *channel, bool unwelcome);
/* DNS was asked again while a relay serves the channel: it names `count` relays now; `named` if the
 * serving relay is one of them. */
void channel_relays_renewed(struct channel *channel, unsigned count, bool named);

/* Which relays of a protected channel have data. May be called again and again. */
void channel_relays_flow(struct channel *channel, bool serving, bool other);
/* The other relay wants to get rid of channels (L flag), or DNS does not name it; or no longer so.
 * Calls no action. */
void channel_other_is_unwelcome(struct channel *channel, bool unwelcome);
/* The channel cannot be protected, and is not from now on. Calls no action. */
void channel_cannot_be_protected(struct channel *channel);
/* After channel_adopt(): the earlier daemon's channel had both relays. */
void channel_adopt_protected(struct channel *channel);

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
/* Waits for the search for a second relay, if one is wanted and is not waited for already. */
void channel_want_second(struct channel *channel);
/* What is to be done about the two relays may have changed. */
void channel_protect_look(struct channel *channel);
