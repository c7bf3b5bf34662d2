/* SPDX-License-Identifier: BSD-2-Clause */
/* The relays with most channels, as `mcingest tunnels --json` has them. */
#pragma once

#include "amt/ranked.h"
#include "control/state.h"
#include "page/job.h"

#define TUNNELS_MAX     50   /* that are shown */
#define TUNNELS_AT_ONCE 1024 /* that are looked at in one turn */

/* A look through all tunnels, in turns. */
struct tunnels_look {
	const struct amt_tunnels *tunnels;
	struct hash_walk walk;
	struct ranking first;
};

void tunnels_look_begin(struct tunnels_look *look, const struct amt_tunnels *tunnels);
/* One turn. Returns false after the last one. */
bool tunnels_look_on(struct tunnels_look *look);
/* {"tunnels": [...], "discoveries": [...], "held_down": [...], "of": tunnels in all}, once, at the
 * end. A new reference. */
json_t *tunnels_look_view(struct tunnels_look *look);
void tunnels_look_end(struct tunnels_look *look);

/* /api/tunnels */
void tunnels_asked(struct requests *rooms, struct job **jobs, struct http_request *request);
