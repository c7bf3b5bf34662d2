/* SPDX-License-Identifier: BSD-2-Clause */
#include "driad/sources.h"
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>
#include <utlist.h>

/* A lookup under way. */
struct driad_pending {
	struct driad_lookup lookup;
	struct driad_source *source;
};

static void end_lookup(struct driad_source *source)
{
	if (!source->pending)
		return;
	driad_stop(&source->pending->lookup);
	free(source->pending);
	source->pending = NULL;
}

static void forget(struct driad_source *source)
{
	end_lookup(source);
	timer_stop(source->table->timers, &source->timer);
	HASH_DEL(source->table->by_address, source);
	free(source->relays);
	free(source);
}

static void tell_next(struct driad_source *source)
{
	struct driad_waiter *waiter = source->waiting;
	struct driad_sources *table = source->table;

	DL_DELETE(source->waiting, waiter);
	waiter->source = NULL;
	timer_start(table->timers, &source->timer, 0);
	table->found(waiter, source);
}

static void on_timer(struct timer *timer)
{
	struct driad_source *source = container_of(timer, struct driad_source, timer);

	if (source->waiting)
		tell_next(source);
	else if (source->end > source->table->timers->now)
		timer_set(source->table->timers, timer, source->end);
	else
		forget(source);
}

/* A server that failed may do better at once, whatever TTL a resolver gives to that. */
static bool is_failure(enum dns_status status)
{
	return status == DNS_TIMEOUT || status == DNS_SERVER_FAILURE || status == DNS_BOGUS;
}

static void note_ttl(const struct driad_question *question, const struct dns_answer *answer)
{
	struct driad_source *source =
		container_of(question->lookup, struct driad_pending, lookup)->source;

	if (is_failure(answer->status))
		source->ttl = 0;
	else if (answer->ttl < source->ttl)
		source->ttl = answer->ttl;
}

/* No answer, and an answer beyond the limit, serve those who wait for it now. */
static void lookup_done(struct driad_lookup *lookup)
{
	struct driad_source *source = container_of(lookup, struct driad_pending, lookup)->source;
	struct driad_sources *table = source->table;
	bool keep = HASH_COUNT(table->by_address) <= table->limit;

	source->reason = lookup->reason;
	source->relay_count = lookup->relay_count;
	source->relays = memory_new(lookup->relay_count * sizeof(*source->relays));
	memcpy(source->relays, lookup->relays, lookup->relay_count * sizeof(*source->relays));
	source->end = table->timers->now + (keep ? source->ttl : 0) * USEC_PER_SEC;
	end_lookup(source);
	timer_start(table->timers, &source->timer, 0);
}

static struct driad_source *add(struct driad_sources *table, const struct addr *address)
{
	struct driad_source *source = memory_new(sizeof(*source));

	source->address = *address;
	source->table = table;
	source->timer.fn = on_timer;
	source->ttl = DRIAD_KEEP_MOST;
	source->pending = memory_new(sizeof(*source->pending));
	source->pending->source = source;
	source->pending->lookup = (struct driad_lookup){.timers = table->timers,
							.actions = &table->actions,
							.context = table->context,
							.source = *address};
	HASH_ADD(hh, table->by_address, address, sizeof(source->address), source);
	driad_start(&source->pending->lookup);
	return source;
}

void driad_sources_init(struct driad_sources *sources)
{
	sources->actions.answered = note_ttl;
	sources->actions.done = lookup_done;
}

void driad_sources_want(struct driad_sources *sources, const struct addr *address,
			struct driad_waiter *waiter)
{
	struct driad_source *source;

	HASH_FIND(hh, sources->by_address, address, sizeof(*address), source);
	if (source && !source->pending && source->end > sources->timers->now) {
		sources->found(waiter, source);
		return;
	}
	if (!source)
		source = add(sources, address);
	waiter->source = source;
	DL_APPEND(source->waiting, waiter);
}

void driad_sources_leave(struct driad_waiter *waiter)
{
	struct driad_source *source = waiter->source;

	if (!source)
		return;
	DL_DELETE(source->waiting, waiter);
	waiter->source = NULL;
	if (!source->waiting && source->pending)
		forget(source);
}

void driad_sources_free(struct driad_sources *sources)
{
	struct driad_source *source, *next;

	HASH_ITER (hh, sources->by_address, source, next)
		forget(source);
}
