/* SPDX-License-Identifier: BSD-2-Clause */
/* The state that the files of this folder share. */
#pragma once

#include "amt/slowpath.h"
#include "base/bucket.h"
#include "base/rejected.h"
#include "dataplane/dataplane.h"
#include "forward/rounds.h"
#include "forward/totals.h"
#include "path/state.h"

/* As the functions of dataplane.h, which they are, or a test's. */
struct forward_actions {
	int (*put)(struct dataplane *dp, const struct sg *sg,
		   const struct dataplane_channel *entry);
	void (*remove)(struct dataplane *dp, const struct sg *sg);
	int (*stats)(struct dataplane *dp, uint32_t slot, struct dataplane_channel_stats *stats);
	int (*chunk_stats)(struct dataplane *dp, uint32_t first, uint32_t count,
			   struct dataplane_channel_stats stats[]);
	int (*channel_drops)(struct dataplane *dp, uint32_t slot, struct mci_channel_drops *drops);
	int (*clear_stats)(struct dataplane *dp, uint32_t slot);
	void (*over)(const struct dataplane *dp, uint32_t slot, struct dataplane_over *over);
	bool (*is_over)(struct dataplane *dp, uint32_t slot, uint32_t bytes, uint64_t now_ns);
	void (*kept)(struct dataplane *dp, struct mci_kept *kept);
	int (*keep)(struct dataplane *dp, const struct mci_kept *kept);
	void (*kept_slow)(struct dataplane *dp, uint32_t slot, struct mci_kept_slow *kept);
	int (*keep_slow)(struct dataplane *dp, uint32_t slot, const struct mci_kept_slow *kept);
	const char *(*error)(const struct dataplane *dp);
	/* Sends a packet of the slow path to a LAN. 0 or a negative errno, -EMSGSIZE if the packet
	 * is longer than the LAN takes. */
	int (*send)(void *context, const struct mci_lan *lan, const uint8_t destination[6],
		    const struct slowpath_packet *packet);
};

/* What of one channel went out by the slow path, beside what the dataplane counts. */
struct slow_stats {
	uint64_t packets;
	uint64_t bytes; /* of inner IP packets */
	usec_t last;    /* when the last packet went out; 0 if none did */
	uint64_t kept;  /* `packets` when they were kept for the next daemon */
};

struct slow_path {
	struct bucket bucket;
	uint64_t drops[MCI_DROP_COUNT]; /* beside the dataplane's */
	uint64_t received;              /* packets of Data, forwarded or dropped */
	uint64_t unsent;                /* of them, those that no LAN took */
	unsigned long long lost;        /* for which the sockets' queues had no room */
	struct meter_count forwarded;   /* of all channels, closed ones included */
	struct meter meter;
	struct timer look; /* at `forwarded`, for the rate */
};

/* Parts of MCI_STATS_CHUNK slots. */
struct watch {
	struct timer part; /* the next part */
	uint32_t next;
	unsigned rounds; /* through all parts */
	bool *awake;     /* the parts that may have a channel with data */
};

struct forward {
	struct timers *timers;
	struct paths *paths;
	struct rejected *rejected; /* messages, of which the counts are kept, too */
	const struct forward_actions *actions;
	struct dataplane *dataplane;
	void *context;      /* of send() */
	usec_t hold;        /* how long an entry outlives the daemon */
	unsigned slow_rate; /* frames a second that the slow path may send */
	struct mci_lan lans[CHANNEL_INTERFACES_MAX]; /* by the channels' interface numbers */
	struct slow_path slow;
	uint64_t closed_packets; /* of channels that are closed: what the programs had forwarded */
	struct totals totals;
	struct admission *rates; /* NULL without limits */
	struct round renewal;    /* of the entries' deadlines */
	struct watch watch;      /* of the channels' counters */
};

/* The table of channels has elements of this kind, and the struct forward as its context. */
struct forward_channel {
	struct path path;
	struct slow_stats slow;
	struct mci_channel_drops *slow_drops; /* of the slow path; NULL if there are none */
	struct totals_noted noted;
};

static inline struct forward *forward_of(const struct channel *channel)
{
	return channel->table->context;
}

static inline struct slow_stats *forward_slow_stats(struct channel *channel)
{
	return &container_of(path_of(channel), struct forward_channel, path)->slow;
}

static inline struct totals_noted *forward_noted(struct channel *channel)
{
	return &container_of(path_of(channel), struct forward_channel, path)->noted;
}
