/* SPDX-License-Identifier: BSD-2-Clause */
/* Draws what `mcingest top` shows: the box, or one channel. */
#pragma once

#include "cli/canvas.h"
#include "cli/top_state.h"

/* The box, its LANs and relays, and as many channels as fit. Moves `first` so that the selected one
 * is among them. */
void top_view(struct canvas *canvas, struct top_state *state);
/* The selected channel alone (top_detail.c). */
void top_view_channel(struct canvas *canvas, const struct top_state *state);
/* The last row: an error, the filter being typed, or the keys. */
void top_view_foot(struct canvas *canvas, const struct top_state *state, const char *keys);
