/* SPDX-License-Identifier: BSD-2-Clause */
/* The state that the files of this folder share. */
#pragma once

#include "amt/tunnels.h"
#include "channel/table.h"
#include "driad/sources.h"
#include "path/vain.h"

struct path_place;
struct path_search;
struct path_warm;

/* All channels with their paths, and what the paths share. */
struct paths {
	struct timers *timers;
	struct channel_table channels; /* whose elements begin with a struct path */
	struct driad_sources sources;
	struct amt_tunnels tunnels;
	struct prefixes protect; /* of sources and groups: their channels are protected */
	struct path_warm *warm;
	unsigned warm_count;
};

struct path {
	struct channel channel;
	struct driad_user source;
	struct path_search *search; /* NULL unless a race is on */
	struct path_place *serving; /* NULL if no relay serves the channel */
	struct path_place *other;   /* while the channel moves, or tries to */
	unsigned number;            /* 0 or 1: which of the two flows is the serving relay's */
	struct path_vain vain;
	struct amt_flow left; /* of the relay that was left, while the channel drains */
};

static inline struct path *path_of(const struct channel *channel)
{
	return container_of(channel, struct path, channel);
}

static inline struct paths *paths_of(const struct channel *channel)
{
	return container_of(channel->table, struct paths, channels);
}
