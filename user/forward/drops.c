/* SPDX-License-Identifier: BSD-2-Clause */
#include "forward/drops.h"
#include "base/log.h"
#include "base/memory.h"

#include <stdlib.h>

static struct mci_channel_drops **slow_drops(const struct channel *channel)
{
	return &container_of(path_of(channel), struct forward_channel, path)->slow_drops;
}

static void note_size(struct mci_channel_drops *drops, int reason, uint32_t shortest,
		      uint32_t longest)
{
	if (!drops->longest[reason] || shortest < drops->shortest[reason])
		drops->shortest[reason] = shortest;
	if (longest > drops->longest[reason])
		drops->longest[reason] = longest;
}

void drops_count(struct forward *forward, struct channel *channel, enum mci_drop reason,
		 size_t length)
{
	struct mci_channel_drops **drops;

	forward->slow.drops[reason]++;
	if (!channel)
		return;
	drops = slow_drops(channel);
	if (!*drops)
		*drops = memory_new(sizeof(**drops));
	(*drops)->packets[reason]++;
	note_size(*drops, reason, (uint32_t)length, (uint32_t)length);
	(*drops)->last = reason;
	(*drops)->last_ns = forward->timers->now * 1000;
}

struct mci_channel_drops drops_of(struct channel *channel)
{
	const struct forward *forward = forward_of(channel);
	const struct mci_channel_drops *slow = *slow_drops(channel);
	struct mci_channel_drops all;

	if (forward->actions->channel_drops(forward->dataplane, channel->slot, &all))
		log_warning("%s", forward->actions->error(forward->dataplane));
	if (!slow)
		return all;
	for (int reason = 0; reason < MCI_DROP_COUNT; reason++) {
		all.packets[reason] += slow->packets[reason];
		if (slow->longest[reason])
			note_size(&all, reason, slow->shortest[reason], slow->longest[reason]);
	}
	if (slow->last_ns > all.last_ns) {
		all.last = slow->last;
		all.last_ns = slow->last_ns;
	}
	return all;
}

void drops_forget(const struct channel *channel)
{
	free(*slow_drops(channel));
}
