/* SPDX-License-Identifier: BSD-2-Clause */
#include "channels.h"

#include "../options.h"
#include "upstream.h"

#define BUCKETS 4096

static LIST_HEAD(bucket, channel) buckets[BUCKETS];

static struct bucket *channel_bucket(const struct address *source, const struct address *group)
{
	uint32_t hash = 2166136261u;

	for (size_t i = 0; i < sizeof(source->bytes); i++) {
		hash = (hash ^ source->bytes[i]) * 16777619u;
		hash = (hash ^ group->bytes[i]) * 16777619u;
	}
	return &buckets[hash % BUCKETS];
}

struct channel *channel_find(const struct address *source, const struct address *group)
{
	struct channel *c;

	LIST_FOREACH(c, channel_bucket(source, group), in_bucket)
	if (address_equal(&c->source, source) && address_equal(&c->group, group))
		return c;
	return NULL;
}

struct channel *channel_get(const struct address *source, const struct address *group)
{
	struct channel *c = channel_find(source, group);
	int fd;

	if (c)
		return c;
	if (!upstream_join(source, group, &fd))
		return NULL;
	c = calloc(1, sizeof(*c));
	if (!c)
		fail(1, "no memory for a channel");
	*c = (struct channel){.source = *source, .group = *group, .join_fd = fd};
	LIST_INSERT_HEAD(channel_bucket(source, group), c, in_bucket);
	return c;
}

void channel_release(struct channel *c)
{
	if (!LIST_EMPTY(&c->subscriptions))
		return;
	LIST_REMOVE(c, in_bucket);
	upstream_leave(c->join_fd, &c->source, &c->group);
	free(c);
}

void channels_each(void (*visit)(struct channel *channel, int64_t now), int64_t now)
{
	struct channel *c;

	for (unsigned i = 0; i < BUCKETS; i++)
		LIST_FOREACH(c, &buckets[i], in_bucket)
	visit(c, now);
}
