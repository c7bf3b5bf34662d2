/* SPDX-License-Identifier: BSD-2-Clause */
#include "channel/table.h"
#include "base/hash.h"
#include "base/memory.h"

#include <stdlib.h>
#include <utlist.h>

static void give_slot(struct channel_table *table, uint32_t slot)
{
	table->by_slot[slot] = NULL;
	table->free_places[slot] = table->free_count;
	table->free_slots[table->free_count++] = slot;
	while (table->slots && !table->by_slot[table->slots - 1])
		table->slots--;
}

/* `slot` is free, and may be anywhere in the stack of free slots. */
static void take_slot(struct channel_table *table, uint32_t slot, struct channel *channel)
{
	uint32_t last = table->free_slots[--table->free_count];

	table->free_slots[table->free_places[slot]] = last;
	table->free_places[last] = table->free_places[slot];
	table->by_slot[slot] = channel;
	if (slot >= table->slots)
		table->slots = slot + 1;
	channel->slot = slot;
}

void channel_table_init(struct channel_table *table)
{
	table->by_sg = NULL;
	table->by_slot = memory_new(table->limit * sizeof(struct channel *));
	table->free_slots = memory_new(table->limit * sizeof(uint32_t));
	table->free_places = memory_new(table->limit * sizeof(uint32_t));
	table->free_count = table->slots = 0;
	for (uint32_t slot = table->limit; slot--;)
		give_slot(table, slot);
}

static void stop_lingering(struct channel *channel)
{
	if (!channel->linger.slot)
		return;
	timer_stop(channel->table->timers, &channel->linger);
	DL_DELETE(channel->table->lingering, channel);
}

static void close_channel(struct channel_table *table, struct channel *channel)
{
	stop_lingering(channel);
	joins_close(&table->joins, channel, &channel->trace);
	channel_close(channel);
	table->states[channel->state]--;
	HASH_DEL(table->by_sg, channel);
	give_slot(table, channel->slot);
	free(channel);
}

static void linger_over(struct timer *timer)
{
	struct channel *channel = container_of(timer, struct channel, linger);

	/* The timer has stopped, so stop_lingering() would leave the channel in the list. */
	DL_DELETE(channel->table->lingering, channel);
	close_channel(channel->table, channel);
}

static void begin_to_linger(struct channel *channel)
{
	struct channel_table *table = channel->table;

	timer_start(table->timers, &channel->linger, table->linger);
	DL_APPEND(table->lingering, channel);
}

void channel_table_free(struct channel_table *table)
{
	struct channel *channel, *next;

	HASH_ITER (hh, table->by_sg, channel, next)
		close_channel(table, channel);
	free(table->by_slot);
	free(table->free_slots);
	free(table->free_places);
}

struct channel *channel_table_find(const struct channel_table *table, const struct sg *sg)
{
	struct channel *channel;

	HASH_FIND(hh, table->by_sg, sg, sizeof(*sg), channel);
	return channel;
}

static struct channel *open_channel(struct channel_table *table, const struct sg *sg, uint32_t slot)
{
	struct channel *channel = memory_new(table->element_size);

	channel->sg = *sg;
	channel->table = table;
	channel->linger.fn = linger_over;
	take_slot(table, slot, channel);
	HASH_ADD(hh, table->by_sg, sg, sizeof(channel->sg), channel);
	HASH_RESERVE(table->by_sg, table->limit);
	table->states[channel->state]++;
	return channel;
}

static void open_first(struct channel *channel, usec_t seen)
{
	joins_note(&channel->table->joins, &channel->sg, channel);
	channel_open(channel, seen);
}

bool channel_table_want(struct channel_table *table, const struct sg *sg, unsigned interface,
			usec_t seen)
{
	struct channel *channel = channel_table_find(table, sg);
	bool known = channel;

	if (!known && !table->free_count && table->lingering)
		close_channel(table, table->lingering);
	if (!known && !table->free_count)
		return false;
	if (known)
		stop_lingering(channel);
	else
		channel = open_channel(table, sg, table->free_slots[table->free_count - 1]);
	channel->interfaces |= 1u << interface;
	if (table->actions->admit)
		table->actions->admit(channel, interface);
	if (known)
		channel_interfaces_changed(channel);
	else
		open_first(channel, seen);
	return true;
}

bool channel_table_can_adopt(const struct channel_table *table, const struct sg *sg, uint32_t slot)
{
	return slot < table->limit && !table->by_slot[slot] && !channel_table_find(table, sg);
}

bool channel_table_adopt(struct channel_table *table, const struct sg *sg, uint32_t interfaces,
			 uint32_t slot, bool receiving)
{
	struct channel *channel;

	if (!channel_table_can_adopt(table, sg, slot))
		return false;
	channel = open_channel(table, sg, slot);
	channel->interfaces = interfaces;
	channel_adopt(channel, receiving);
	return true;
}

void channel_table_unwant(struct channel_table *table, const struct sg *sg, unsigned interface)
{
	struct channel *channel = channel_table_find(table, sg);

	if (!channel)
		return;
	channel->interfaces &= ~(1u << interface);
	if (!channel->interfaces && (!table->linger || !channel_is_reported(channel))) {
		close_channel(table, channel);
		return;
	}
	channel_interfaces_changed(channel);
	if (!channel->interfaces)
		begin_to_linger(channel);
}

void channel_table_lose(struct channel_table *table, const struct sg *sg, unsigned interface,
			bool lost)
{
	struct channel *channel = channel_table_find(table, sg);

	if (!channel)
		return;
	if (lost)
		channel->lost |= 1u << interface;
	else
		channel->lost &= ~(1u << interface);
	channel_interfaces_changed(channel);
}

void channel_table_interface_changed(struct channel_table *table, unsigned interface)
{
	struct channel *channel, *next;

	HASH_ITER (hh, table->by_sg, channel, next)
		if (channel_egress(channel) & 1u << interface)
			channel_interfaces_changed(channel);
}

void channel_table_return(struct channel_table *table)
{
	struct channel *channel;

	for (channel = table->by_sg; channel; channel = channel->hh.next)
		channel_return(channel);
}

struct channel *channel_table_at(const struct channel_table *table, uint32_t slot)
{
	return slot < table->limit ? table->by_slot[slot] : NULL;
}
