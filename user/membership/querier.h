/* SPDX-License-Identifier: BSD-2-Clause */
/* The router side of IGMPv3 (RFC 3376 section 6) or MLDv2 (RFC 3810 section 7) on one interface, as
 * RFC 4604 restricts them for SSM: it learns which (S,G)s the hosts of a LAN want. Either we are
 * the querier and ask the hosts, or a router with a lower address is:
 *
 *              General Query from a lower address
 *      Querier ----------------------------------> Non-Querier, takes over the other's values
 *         ^                                          |  ^  |
 *         '---- Other Querier Present Interval ------'  '--'  its next General Query
 *
 * A non-querier keeps the same state from the same reports, so that either may take over at any
 * time. The values that another querier announces hold within bounds only: one forged Query shall
 * neither silence us for days, nor end memberships before the hosts were asked again.
 *
 * IGMP and MLD have no message by which a querier resigns. One that is to be relieved (drain) sends
 * last General Queries that announce a Query Interval of a second, which the others adopt (RFC 3376
 * section 4.1.7): a few seconds later their Other Querier Present Interval ends, and one of them
 * asks. Their memberships outlast that, since the hosts have answered the last Queries. A router
 * that does not adopt it takes over after its own interval. If none does, we ask again before a
 * membership ends. Meanwhile a Query of any address wins, and ours is kept silent.
 *
 * For each (S,G) there is a source timer and nothing else, since the filter mode is INCLUDE for all
 * groups. A host that names no source gets nothing; it is counted and logged.
 *
 *   packets.h, encode.h   messages, read and written; also used inside AMT
 *   state.h               the state of an interface, and the intervals of RFC 3376 section 8
 *   sources.h             the (S,G)s and their timers
 *   reports.h             what hosts report
 *   queries.h             what we ask
 *   querier.h             the election, and the interface as a whole
 *
 * Left out: EXCLUDE mode, and with it group timers and Group-Specific Queries; Queries and reports
 * of older versions, except that they are counted. */
#pragma once

#include "membership/sources.h"
#include "membership/state.h"

/* Begins as querier and sends a General Query at once. The caller has filled in name, timers,
 * actions, context, address, subnets and settings. */
void membership_querier_start(struct membership_querier *querier);
/* The interface has another address: begins again as querier with that address. The memberships of
 * the hosts stay. */
void membership_querier_readdress(struct membership_querier *querier, const struct addr *address);
/* We have been away for a while, and heard nothing: a querier asks the hosts anew, as at its start.
 */
void membership_querier_return(struct membership_querier *querier);
/* `drain`: another router shall be querier. Else we take part in the election again. */
void membership_querier_drain(struct membership_querier *querier, bool drain);
/* Stops all timers and forgets all memberships, without a call of `left`. */
void membership_querier_stop(struct membership_querier *querier);
/* Takes an IGMP or MLD packet that was seen on the interface. Returns why it was rejected: then
 * nothing has changed. FAULT_SENDER if its source is in no subnet of the interface; FAULT_LIMIT if
 * a part of it did not fit the limits, which is in the log already. */
enum fault membership_querier_receive(struct membership_querier *querier,
				      const struct ip_datagram *ip);
