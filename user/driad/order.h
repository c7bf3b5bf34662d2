/* SPDX-License-Identifier: BSD-2-Clause */
/* In which order the relays of one way are tried. */
#pragma once

#include "driad/lookup.h"

/* Lower precedence first (RFC 8777 section 4.2.1); at random among equals, which spreads the load
 * (section 3.1), those of SRV records by their weights (RFC 2782); but the families of those by
 * turns (RFC 8305 section 4). */
void driad_order(struct driad_relay relays[], unsigned count);
