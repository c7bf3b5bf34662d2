/* SPDX-License-Identifier: BSD-2-Clause */
/* The questions of a lookup. `like` is what the relays in the answer inherit. */
#pragma once

#include "driad/lookup.h"

void driad_ask(struct driad_lookup *lookup, const char *name, unsigned type,
	       const struct driad_relay *like);
/* Asks for the addresses of a relay's name: at its turn if the source's own zone has named it, else
 * at once. */
void driad_ask_name(struct driad_lookup *lookup, const char *name, const struct driad_relay *like);
/* Drops the names that wait for their turns. */
void driad_end_waits(struct driad_lookup *lookup);
