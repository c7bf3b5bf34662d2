/* SPDX-License-Identifier: BSD-2-Clause */
/* The Queries of a relay: which are accepted, and what they change (RFC 7450 sections 5.2.3.5 and
 * 5.2.3.7). */
#pragma once

#include "amt/cycle.h"
#include "base/fault.h"

/* A Query that comes later than this after the last Request does not answer it. Some relays
 * (freeRtr's) send a Query in each period of their own, with the nonce of the last Request, and
 * answer no Request. */
#define AMT_LATE (3 * USEC_PER_SEC)

/* Takes a Query that came from the relay's address and port: the answer to a Request, or a periodic
 * one, which renews the subscriptions. Returns why it was rejected; `*protocol` is the protocol
 * that the fault is counted for, AMT or the membership protocol inside. */
enum fault amt_gateway_receive(struct amt_gateway *gateway, const struct amt_query *query,
			       enum protocol *protocol);
