/* SPDX-License-Identifier: BSD-2-Clause */
/* The latest channels that were joined, for who looks at how long a join takes: those that are
 * there still, and those that have been closed since. */
#pragma once

#include "base/addr.h"
#include "channel/trace.h"

#include <stdbool.h>

#define JOINS_MAX 20

struct channel;

struct join {
	struct sg sg;
	const struct channel *channel; /* NULL once it has been closed; `trace` is of the end */
	struct channel_trace trace;
};

/* Zeroed memory has none. */
struct joins {
	struct join list[JOINS_MAX];
	unsigned count, next; /* `next`: the place of the next one */
};

void joins_note(struct joins *joins, const struct sg *sg, const struct channel *channel);
/* The channel is about to be closed. */
void joins_close(struct joins *joins, const struct channel *channel,
		 const struct channel_trace *trace);
/* Join number `i`, from 0 for the latest to count - 1. */
const struct join *joins_at(const struct joins *joins, unsigned i);
