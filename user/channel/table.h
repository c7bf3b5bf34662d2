/* SPDX-License-Identifier: BSD-2-Clause */
/* All channels, and the downstream interfaces that want them. A channel is opened for the first
 * interface that wants its (S,G). After the last interface has left, it lingers for `linger`, then
 * it is closed. */
#pragma once

#include "base/histogram.h"
#include "base/tally.h"
#include "channel/channel.h"
#include "channel/joins.h"

#define CHANNEL_INTERFACES_MAX 32

struct channel_table {
	struct timers *timers;
	const struct channel_actions *actions;
	void *context;       /* the owner's */
	size_t element_size; /* size of the owner's struct, which begins with a struct channel */
	unsigned limit;      /* channels, lingering ones included */
	usec_t linger;       /* how long a channel that nobody wants is kept */
	struct channel *by_sg;
	unsigned states[CHANNEL_STATES];       /* number of channels in each state */
	struct histogram steps[CHANNEL_STEPS]; /* of all joins, since the Join */
	struct tally failures;                 /* failed attempts, by reason */
	struct tally moves;        /* channels that left a relay for another, by cause */
	struct joins joins;        /* the latest */
	struct channel *lingering; /* oldest first */
	struct channel **by_slot;  /* array of `limit`; NULL for a free slot */
	uint32_t *free_slots;      /* stack of free slots */
	uint32_t *free_places;     /* index in that stack, by slot */
	unsigned free_count;
	uint32_t slots; /* all slots in use are below this one */
};

/* The caller has filled in timers, actions, context, element_size, limit and linger. */
void channel_table_init(struct channel_table *table);
/* Closes all channels. */
void channel_table_free(struct channel_table *table);

/* Downstream interface number `interface` wants (S,G); its Join or report came at `seen`. If the
 * table is full, the channel that has lingered longest is closed to make room; returns false if
 * none lingers. */
bool channel_table_want(struct channel_table *table, const struct sg *sg, unsigned interface,
			usec_t seen);
/* The interface no longer wants (S,G). */
void channel_table_unwant(struct channel_table *table, const struct sg *sg, unsigned interface);

/* `lost`: another router won the Assert for (S,G) on the interface, so that none of our packets
 * goes there. Otherwise our packets go there again. */
void channel_table_lose(struct channel_table *table, const struct sg *sg, unsigned interface,
			bool lost);

/* A property of the interface has changed, its MTU for example: rewrites the dataplane's entries of
 * all channels that leave by it. */
void channel_table_interface_changed(struct channel_table *table, unsigned interface);

/* The daemon has been away: channels that have failed are tried again within a second. */
void channel_table_return(struct channel_table *table);

/* Whether a channel of an earlier daemon has its place here: neither its slot nor the (S,G) is in
 * use, and the slot is within the limit. */
bool channel_table_can_adopt(const struct channel_table *table, const struct sg *sg, uint32_t slot);
/* Takes over a channel that the dataplane still carries from an earlier daemon, with its slot
 * there. The owner then connects it. Returns false if it has no place. */
bool channel_table_adopt(struct channel_table *table, const struct sg *sg, uint32_t interfaces,
			 uint32_t slot, bool receiving);

/* Both return NULL if there is no such channel. */
struct channel *channel_table_find(const struct channel_table *table, const struct sg *sg);
struct channel *channel_table_at(const struct channel_table *table, uint32_t slot);
