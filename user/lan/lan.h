/* SPDX-License-Identifier: BSD-2-Clause */
/* Who on the LANs wants which channel.
 *
 * Each LAN has PIM for its routers (routers.h: RFC 7761, one pim_interface for each family) and, if
 * the configuration says so, IGMPv3 and MLDv2 for its hosts (hosts.h: RFC 3376, RFC 3810). What
 * routers and hosts want is one: the channel is joined on the LAN by the first of them, and left by
 * the last (interest.h).
 *
 *   observed packet --> datagrams.h: a whole IP datagram
 *                   --> routers.h, hosts.h: the state machine of the protocol
 *                   --> interest.h: the table of channels
 *
 * When another router wins the Assert for a channel (RFC 7761 section 4.6), we do not forward it
 * there, and the channel stays joined. When the table of channels is full, a router or a LAN's
 * hosts that have few channels take the place of one of those who have the most (shares.h).
 *
 * A LAN follows its interface: it speaks from the addresses that the interface has, and joins that
 * nobody could renew end when the interface goes down.
 *
 * Sockets and the dataplane are the owner's: this room says through a table of actions what is to
 * be done with them, and runs in virtual time. */
#pragma once

#include "lan/state.h"

/* Before that set timers, channels, actions, context, pim and hosts. */
void lans_init(struct lans *lans);
/* Adds a LAN, whose link the caller sets; its number is its place. There is room for LANS_MAX. */
struct lan *lans_add(struct lans *lans);
/* Begins to speak on all LANs. False after a line in the log; then stop them. */
bool lans_start(struct lans *lans);
/* Says goodbye on all LANs, and forgets what they want. */
void lans_stop(struct lans *lans);
/* The same on one LAN, whose channels go on in the dataplane. */
void lan_stop(struct lan *lan);
/* NULL if it is no LAN. */
struct lan *lan_find(struct lans *lans, unsigned ifindex);

/* The LAN's interface is now as `link` says: goes on speaking from the addresses that it has, or
 * stops if it has none. */
void lan_follow(struct lan *lan, const struct lan_link *link);
/* Nothing was heard on the LAN for a while: introduces itself anew, so that routers and hosts say
 * at once what they want. */
void lan_return(struct lan *lan);
/* The same on all LANs, because the daemon has been away (io/clocks.h). */
void lans_return(struct lans *lans);
/* The routers of all LANs shall turn to another box, or may turn to us again. */
void lans_drain(struct lans *lans, bool drain);
/* An earlier daemon forwarded (S,G) onto the LAN: takes it for joined there until the holdtime.
 * False if that cannot be. */
bool lan_adopt(struct lan *lan, const struct sg *sg);

/* Packets that the dataplane has observed, from the IP header on, at `seen`; they may be fragments.
 */
void lans_observed_pim(struct lans *lans, unsigned ifindex, usec_t seen, struct cursor packet);
void lans_observed_hosts(struct lans *lans, unsigned ifindex, usec_t seen, struct cursor packet);
/* Another router forwards (S,G) onto the LAN, as we do. */
void lans_observed_rival(struct lans *lans, unsigned ifindex, const struct sg *sg);
/* The state of a channel has changed, or who wants it. */
void lans_interest_changed(struct lans *lans, const struct sg *sg);
