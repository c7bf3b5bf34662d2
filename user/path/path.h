/* SPDX-License-Identifier: BSD-2-Clause */
/* Which relay serves a channel (RFC 8777 sections 3.2 and 3.3).
 *
 * A path belongs to one channel. It finds the relays of the channel's source (driad/sources.h),
 * chooses one of them by a race (amt/race.h), takes a place in the tunnel to that relay
 * (amt/tunnels.h), and tells the channel what happened. The channel decides what is to be done next
 * (channel/channel.h), and says so through its table of actions; the functions below that take a
 * channel alone are such actions:
 *
 *   channel: discover --> the source's relays --> channel_relays_found()
 *   channel: connect  --> search.h: the race among them
 *                     --> place.h: the place behind the relay that has won
 *                     --> channel_tunnel_up(), channel_reported(), or channel_tunnel_failed()
 *
 * While one relay serves the channel, a second place can be taken at another relay beside it. It
 * takes the first one's part when the channel says that it moves over. What a relay sends after the
 * channel has left it still counts for a moment, so the flow of the relay that was left is kept.
 * Relays that have sent a channel nothing are passed over in its searches for a while (vain.h);
 * they may well serve other channels.
 *
 * A channel that the configuration protects has two places all the time (channel/move.h). The
 * second relay is one that shares as little as possible with the serving one: first one to which we
 * send from another of our addresses, so over another WAN; then one that was found by another way
 * of RFC 8777; and always one with another address.
 *
 * Tunnels to the relays that the configuration lists stand ready all the time (warm.h).
 *
 * A path knows neither sockets nor the dataplane, and runs in virtual time. */
#pragma once

#include "path/state.h"

/* Where a channel's packets come from. Each of the two flows keeps its number as long as it is
 * there, whichever relay serves. */
struct path_flows {
	bool moving; /* packets come from both */
	struct amt_flow from, to;
	unsigned number; /* of `from`: 0 or 1; `to` has the other one */
};

/* Before that set timers, the channels' actions, context, element_size, limit and linger, all that
 * the sources and tunnels need but `found`, and the tunnels' hold_down. */
void paths_init(struct paths *paths);
/* Closes all channels, then all tunnels. */
void paths_free(struct paths *paths);

/* The daemon has been away (io/clocks.h), and our timers have not counted `asleep` of that time:
 * relays, and DNS where its answers are too old, are asked anew. */
void paths_return(struct paths *paths, usec_t asleep);

/* Actions of the channels */
bool path_protects(const struct channel *channel);
void path_discover(struct channel *channel);
void path_connect(struct channel *channel);
void path_abandon(struct channel *channel, bool in_vain);
void path_remind(struct channel *channel);
void path_switch_over(struct channel *channel);
void path_disconnect(struct channel *channel);

/* Them, in a table of channel_actions. */
#define PATH_CHANNEL_ACTIONS                                                                       \
	.protects = path_protects, .discover = path_discover, .connect = path_connect,             \
	.abandon = path_abandon, .remind = path_remind, .switch_over = path_switch_over,           \
	.disconnect = path_disconnect

/* An earlier daemon's channel goes on with the relay that it had. */
void path_adopt(struct channel *channel, const struct addr *relay);
/* The same for one that was protected; this number had the flow of the first relay. If it is not to
 * be protected any more, it goes on with that one alone. */
void path_adopt_protected(struct channel *channel, const struct addr *relay,
			  const struct addr *other, unsigned number);
/* The channel's data has stopped: asks its relay whether it is alive. */
void path_probe(struct channel *channel);
/* The channel's data comes. */
void path_data_flows(struct channel *channel);
/* The same, for the relays of a protected channel. */
void path_probe_relay(struct channel *channel, bool other);
void path_relay_flows(struct channel *channel, bool other);
/* Only while a relay serves the channel. */
struct path_flows path_flows(const struct channel *channel);
/* The relay whose tunnel serves the channel or is being opened for it; NULL if there is none. */
const struct addr *path_relay(const struct channel *channel);
/* The relay that is tried beside it; NULL if there is none. */
const struct addr *path_other_relay(const struct channel *channel);
/* What the channel waits its turn for, as a sentence; NULL if it does not wait. */
const char *path_wait(const struct channel *channel);
