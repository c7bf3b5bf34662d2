/* SPDX-License-Identifier: BSD-2-Clause */
/* The Queries that we send as the querier of an interface: General Queries, and Queries for the
 * sources that a host has left (RFC 3376 section 6.6.3, RFC 3810 section 7.6.3). */
#pragma once

#include "membership/state.h"

/* The timer `general` of the querier: sends a General Query and starts the timer again. */
timer_fn membership_general_due;
/* Sends the first of farewell_left General Queries; no others follow. */
void membership_say_farewell(struct membership_querier *querier);
/* The timer `retransmission` of a group. */
timer_fn membership_retransmission_due;

/* A host has left sources of the group, which have queries_left now: sends Queries for them at once
 * if the rate allows, else after the Last Member Query Interval. */
void membership_ask(struct membership_group *group);
/* Sends no more Queries: another router is querier. */
void membership_stop_asking(struct membership_querier *querier);
