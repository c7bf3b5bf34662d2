/* SPDX-License-Identifier: BSD-2-Clause */
/* All channels: who wants which (S,G), on which downstream interfaces. */
#pragma once

#include "channel/channel.h"

#define CHANNEL_INTERFACES_MAX 32

struct channel_table {
	struct timers *timers;
	const struct channel_actions *actions;
	void *context;       /* the owner's */
	size_t element_size; /* of what the owner keeps for a channel; a struct channel comes first
			      */
	unsigned limit;
	usec_t linger; /* how long a channel is kept that nobody wants any more */
	struct channel *by_sg;
	unsigned states[CHANNEL_STATES]; /* channels in each */
	struct channel *lingering;       /* the eldest first */
	struct channel **by_slot;        /* `limit` of them */
	uint32_t *free_slots;            /* a stack */
	uint32_t *free_places;           /* a free slot's place in it */
	unsigned free_count;
	uint32_t slots; /* those in use are below */
};

/* Fill timers, actions, context, element_size, limit and linger in before. */
void channel_table_init(struct channel_table *table);
/* Closes all channels. */
void channel_table_free(struct channel_table *table);

/* Downstream interface number `interface` wants (S,G), since `seen`, or wants it no longer. The
 * first to want it opens the channel; when the last has left it lingers, and closes. False where
 * the table is full; channels that linger make room. */
bool channel_table_want(struct channel_table *table, const struct sg *sg, unsigned interface,
			usec_t seen);
void channel_table_unwant(struct channel_table *table, const struct sg *sg, unsigned interface);

/* Another router forwards (S,G) onto interface number `interface`: no packet of ours goes there; or
 * no other does any more. */
void channel_table_lose(struct channel_table *table, const struct sg *sg, unsigned interface,
			bool lost);

/* Interface number `interface` is not what it was (another MTU, say): every channel that goes out
 * of it is put into the dataplane anew. */
void channel_table_interface_changed(struct channel_table *table, unsigned interface);

/* Takes over a channel that the dataplane still carries, with the slot that it has there; the
 * owner connects it. False where the slot or the (S,G) is taken, or beyond the limit. */
bool channel_table_adopt(struct channel_table *table, const struct sg *sg, uint32_t interfaces,
			 uint32_t slot, bool receiving);

/* NULL where there is none. */
struct channel *channel_table_find(const struct channel_table *table, const struct sg *sg);
struct channel *channel_table_at(const struct channel_table *table, uint32_t slot);
