/* SPDX-License-Identifier: BSD-2-Clause */
#include "channel/joins.h"

void joins_note(struct joins *joins, const struct sg *sg, const struct channel *channel)
{
	joins->list[joins->next] = (struct join){.sg = *sg, .channel = channel};
	joins->next = (joins->next + 1) % JOINS_MAX;
	if (joins->count < JOINS_MAX)
		joins->count++;
}

void joins_close(struct joins *joins, const struct channel *channel,
		 const struct channel_trace *trace)
{
	for (unsigned i = 0; i < joins->count; i++) {
		struct join *join = &joins->list[i];

		if (join->channel != channel)
			continue;
		join->trace = *trace;
		join->channel = NULL;
	}
}

const struct join *joins_at(const struct joins *joins, unsigned i)
{
	return &joins->list[(joins->next + JOINS_MAX - 1 - i) % JOINS_MAX];
}
