/* SPDX-License-Identifier: BSD-2-Clause */
/* An AMT gateway (RFC 7450 section 5.2.3): our end of the tunnel to one relay. A Request brings a
 * Query, with the ticket (MAC and nonce) that all further messages to the relay must have, and the
 * Query is answered by a Membership Update, which says what we want. IGMP and MLD each have a cycle
 * of their own in the same tunnel (section 4.2.1.2), under one nonce:
 *
 *   Idle --first (S,G)--> Requesting --Query--> Active --query timer--> Refreshing --Query-->
 * Active ^                       |                                              |
 *     '------ no answer ------'------------------- no answer ----------------'
 *
 * Data flows, and Updates may be sent, in Active and in Refreshing. A cycle that nobody wants goes
 * back to Idle at its next query timer.
 *
 *   packets.h     messages, read and written (section 5.1)
 *   discovery.h   from a discovery address to the address of a relay (section 5.2.3.4)
 *   cycle.h       the state, and the Requests
 *   query.h       the Queries of the relay
 *   updates.h     the Updates, in parts (section 5.2.3.6)
 *   probe.h       whether the relay is still alive
 *   gateway.h     what is wanted, and the end of a tunnel
 *   p_flag.h      where a relay reads the P flag; known.h remembers it
 *   holds.h       relays that are held down
 *   race.h        relays that are asked by turns
 *   tunnels.h     all tunnels, one for each relay
 *   slowpath.h    data that the BPF program left to the kernel's stack
 *
 * Left out: the relay side; the E flag of Requests (RFC 9601, see packets.c); reports by hosts
 * behind the gateway, since PIM and IGMP of the LAN end here. */
#pragma once

#include "amt/cycle.h"
#include "amt/probe.h"
#include "amt/query.h"

/* Many gateways that return together send their Requests within this time. */
#define AMT_RETURN_SPREAD (1 * USEC_PER_SEC)

/* The caller has filled in timers, actions, patient and p_flag.first. */
void amt_gateway_init(struct amt_gateway *gateway);
/* Stops all timers and forgets all state; sends nothing. */
void amt_gateway_free(struct amt_gateway *gateway);

/* (S,G) is wanted from now on: asks for a Query if there has been none, else reports the (S,G). */
void amt_gateway_want(struct amt_gateway *gateway, const struct sg *sg, void *owner);
/* (S,G) is no longer wanted: reports it if the relay knows it. */
void amt_gateway_unwant(struct amt_gateway *gateway, const struct sg *sg);
/* Reports once more that (S,G) is wanted, unless the first report or a repetition is still due. */
void amt_gateway_remind(struct amt_gateway *gateway, const struct sg *sg);
/* From connect() until disconnect() the tunnel is kept ready for (S,G)s of the family: Queries are
 * asked for, and nothing is reported. */
void amt_gateway_connect(struct amt_gateway *gateway, int family);
void amt_gateway_disconnect(struct amt_gateway *gateway, int family);
/* Whether a Query of the family has been accepted and still holds. */
bool amt_gateway_is_established(const struct amt_gateway *gateway, int family);
/* We send from another address now, by which the relay does not know us: sends a Request at once,
 * in place of one under way. Its Query is answered by all that is wanted. */
void amt_gateway_moved(struct amt_gateway *gateway);

/* We have been away for a while: the relay may know neither us nor what we want. Asks for a Query
 * within AMT_RETURN_SPREAD. */
void amt_gateway_return(struct amt_gateway *gateway);

/* Leaves the tunnel: sends a Teardown if the relay's Queries allow it, else a report that blocks
 * all (S,G)s (section 5.2.3.8). Sends once; to be called amt_gateway_leaves() times. */
void amt_gateway_leave(struct amt_gateway *gateway);
/* The largest robustness of the protocols that the tunnel runs. */
unsigned amt_gateway_leaves(const struct amt_gateway *gateway);
