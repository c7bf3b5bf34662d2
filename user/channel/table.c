/* SPDX-License-Identifier: BSD-2-Clause */
#include "channel/table.h"
#include "base/memory.h"

#include <stdlib.h>

void channel_table_init(struct channel_table *table)
{
	table->by_sg = NULL;
	table->by_slot = memory_new(table->limit * sizeof(struct channel *));
	table->free_slots = memory_new(table->limit * sizeof(uint32_t));
	for (table->free_count = 0; table->free_count < table->limit; table->free_count++)
		table->free_slots[table->free_count] = table->limit - 1 - table->free_count;
}

static void close_channel(struct channel_table *table, struct channel *channel)
{
	channel_close(channel);
	HASH_DEL(table->by_sg, channel);
	table->by_slot[channel->slot] = NULL;
	table->free_slots[table->free_count++] = channel->slot;
	free(channel);
}

void channel_table_free(struct channel_table *table)
{
	struct channel *channel, *next;

	HASH_ITER (hh, table->by_sg, channel, next)
		close_channel(table, channel);
	free(table->by_slot);
	free(table->free_slots);
}

static struct channel *find(struct channel_table *table, const struct sg *sg)
{
	struct channel *channel;

	HASH_FIND(hh, table->by_sg, sg, sizeof(*sg), channel);
	return channel;
}

static struct channel *open_channel(struct channel_table *table, const struct sg *sg)
{
	struct channel *channel;

	if (!table->free_count)
		return NULL;
	channel = memory_new(table->element_size);
	channel->sg = *sg;
	channel->table = table;
	channel->slot = table->free_slots[--table->free_count];
	table->by_slot[channel->slot] = channel;
	HASH_ADD(hh, table->by_sg, sg, sizeof(channel->sg), channel);
	return channel;
}

bool channel_table_want(struct channel_table *table, const struct sg *sg, unsigned interface,
			usec_t seen)
{
	struct channel *channel = find(table, sg);
	bool known = channel;

	if (!known)
		channel = open_channel(table, sg);
	if (!channel)
		return false;
	channel->interfaces |= 1u << interface;
	if (known)
		channel_interfaces_changed(channel);
	else
		channel_open(channel, seen);
	return true;
}

void channel_table_unwant(struct channel_table *table, const struct sg *sg, unsigned interface)
{
	struct channel *channel = find(table, sg);

	if (!channel)
		return;
	channel->interfaces &= ~(1u << interface);
	if (channel->interfaces)
		channel_interfaces_changed(channel);
	else
		close_channel(table, channel);
}

struct channel *channel_table_at(const struct channel_table *table, uint32_t slot)
{
	return slot < table->limit ? table->by_slot[slot] : NULL;
}
