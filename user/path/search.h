/* SPDX-License-Identifier: BSD-2-Clause */
/* The search for a relay among those that were found for the channel's source. */
#pragma once

#include "path/state.h"

/* Begins a race, in the place of one that is on. The channel hears of its outcome, which may come
 * within the call. While a relay serves the channel, neither that relay nor those that were tried
 * in vain take part. */
void path_search_start(struct path *path);
/* The number of the relay, among those found, to which the address has led; -1 if there is none. */
int path_search_number(const struct path *path, const struct addr *candidate);
/* The relay has sent the channel nothing. */
void path_search_in_vain(struct path *path, const struct addr *candidate);
/* Does nothing if no race is on. */
void path_search_end(struct path *path);
/* Whether the next candidate waits for its turn. */
bool path_search_waits(const struct path *path);
