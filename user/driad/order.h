/* SPDX-License-Identifier: BSD-2-Clause */
/* The order in which the relays of one way are tried. */
#pragma once

#include "driad/relay.h"

/* Sorts by precedence, lower first (RFC 8777 section 4.2.1). Relays of the same precedence come at
 * random, to spread the load (section 3.1), those of SRV records by weight (RFC 2782), and the
 * address families by turns (RFC 8305 section 4). */
void driad_order(struct driad_relay relays[], unsigned count);
