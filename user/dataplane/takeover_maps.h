/* SPDX-License-Identifier: BSD-2-Clause */
/* The maps of an earlier daemon, for the two parts of a takeover: entries and counts. */
#pragma once

#include "dataplane/layout.h"
#include "dataplane/state.h"

#include <linux/bpf.h>

#define TAKEOVER_CHUNK "channel_stats_" /* and a number; see stats_chunks.c */

/* The layout of what is in dp->pins_old, or of what is about to go there. */
struct takeover_layouts {
	const struct dataplane *dp;
	struct layout old, ours;
	bool is_described; /* versions before 0.2.0 did not describe theirs */
};

/* Opens a map by its name. Returns a descriptor or a negative errno. */
int takeover_map(const char *folder, const char *name, struct bpf_map_info *info);
void takeover_layouts(const struct dataplane *dp, const char *folder,
		      struct takeover_layouts *layouts);
