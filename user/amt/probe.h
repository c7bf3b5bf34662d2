/* SPDX-License-Identifier: BSD-2-Clause */
/* Doubts about a relay: probes when its data stops, and ICMP errors (RFC 7450 section 5.2.3.9). */
#pragma once

#include "amt/cycle.h"

/* Data of the relay has stopped: asks at once whether it is alive, by Requests that are repeated as
 * fast as the round trip allows; failed() if it does not answer. Nothing is sent soon after another
 * probe, or to a periodic relay, which would not answer. */
void amt_gateway_probe(struct amt_gateway *gateway);
/* ICMP says that the relay is unreachable. Whoever guesses our port can forge that, so it only
 * makes us ask, at a growing interval. failed() if the relay answers Requests, but ICMP has
 * answered the Updates AMT_TRANSMISSIONS times in a row and no data comes either. A relay that is
 * being probed is given up at once. */
void amt_gateway_unreachable(struct amt_gateway *gateway);
/* The relay sends data. */
void amt_gateway_flows(struct amt_gateway *gateway);
