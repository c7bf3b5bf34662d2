/* SPDX-License-Identifier: BSD-2-Clause */
/* Relays that read the P flag where Linux does. They are remembered longer than their tunnels last.
 * In a full table the oldest relay makes room. */
#pragma once

#include "amt/p_flag.h"
#include "base/addr.h"

#define AMT_KNOWN_MAX 1024

struct amt_known {
	struct amt_known_relay *by_relay;
};

/* The P flag to ask the relay with first: AMT_P, or AMT_P_LINUX if it is known to read that. */
uint8_t amt_known_p_flag(const struct amt_known *known, const struct addr *relay);
/* The relay has answered to `p_flag`. */
void amt_known_note(struct amt_known *known, const struct addr *relay, uint8_t p_flag);
void amt_known_free(struct amt_known *known);
