/* SPDX-License-Identifier: BSD-2-Clause */
/* Tunnels that stand ready for channels to come, to the relays that the configuration lists, for
 * both families. The first channel behind such a relay is subscribed by one Update. */
#pragma once

#include "path/state.h"

/* Opens the tunnels, each relay being an address in the list, after the call. */
void path_warm_start(struct paths *paths, const struct prefixes *relays);
/* The daemon has been away: tunnels that have failed are tried again at once. */
void path_warm_return(struct paths *paths);
void path_warm_stop(struct paths *paths);
