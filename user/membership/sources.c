/* SPDX-License-Identifier: BSD-2-Clause */
#include "membership/sources.h"
#include "base/log.h"
#include "base/memory.h"
#include "membership/queries.h"

#include <utlist.h>

struct membership_group *membership_find_group(const struct membership_querier *querier,
					       const struct addr *address)
{
	struct membership_group *group;

	HASH_FIND(hh, querier->groups, address, sizeof(*address), group);
	return group;
}

struct membership_source *membership_querier_find(const struct membership_querier *querier,
						  const struct sg *sg)
{
	struct membership_source *source;

	HASH_FIND(hh, querier->sources, sg, sizeof(*sg), source);
	return source;
}

unsigned membership_querier_count(const struct membership_querier *querier)
{
	return HASH_COUNT(querier->sources);
}

static void discard_group(struct membership_group *group)
{
	timer_stop(group->querier->timers, &group->retransmission);
	HASH_DEL(group->querier->groups, group);
	free(group);
}

static void discard(struct membership_source *source)
{
	struct membership_group *group = source->group;

	timer_stop(group->querier->timers, &source->expiry);
	HASH_DEL(group->querier->sources, source);
	DL_DELETE(group->sources, source);
	free(source);
	if (!--group->source_count)
		discard_group(group);
}

static void source_expired(struct timer *timer)
{
	struct membership_source *source = container_of(timer, struct membership_source, expiry);
	struct membership_querier *querier = source->group->querier;
	struct sg sg = source->sg;

	discard(source);
	querier->actions->left(querier->context, &sg);
}

static struct membership_group *add_group(struct membership_querier *querier,
					  const struct addr *address)
{
	struct membership_group *group = memory_new(sizeof(*group));

	group->address = *address;
	group->querier = querier;
	group->retransmission.fn = membership_retransmission_due;
	HASH_ADD(hh, querier->groups, address, sizeof(group->address), group);
	return group;
}

static struct membership_source *add(struct membership_querier *querier, const struct sg *sg)
{
	struct membership_group *group = membership_find_group(querier, &sg->group);
	struct membership_source *source = memory_new(sizeof(*source));

	if (!group)
		group = add_group(querier, &sg->group);
	source->sg = *sg;
	source->group = group;
	source->expiry.fn = source_expired;
	group->source_count++;
	DL_APPEND(group->sources, source);
	HASH_ADD(hh, querier->sources, sg, sizeof(source->sg), source);
	return source;
}

/* Limits */

static bool is_full(const struct membership_querier *querier)
{
	return membership_querier_count(querier) >= querier->settings.limit;
}

static bool has_room(const struct membership_querier *querier, const struct sg *sg)
{
	const struct membership_group *group = membership_find_group(querier, &sg->group);

	return !is_full(querier) && (!group || group->source_count < MEMBERSHIP_SOURCES_MAX);
}

static void note_no_room(const struct membership_querier *querier, const struct addr *host,
			 const struct sg *sg)
{
	const char *protocol = membership_protocol(querier);
	char text[SG_TEXT], host_text[ADDR_TEXT];

	sg_format(sg, text);
	addr_format(host, host_text);
	if (is_full(querier))
		log_warning("%s: %s of host %s on %s rejected: hosts there have joined %u (S,G)s "
			    "already (limit 'memberships')",
			    protocol, text, host_text, querier->name, querier->settings.limit);
	else
		log_warning(
			"%s: %s of host %s on %s rejected: hosts there have joined %u sources of "
			"the group already (a fixed limit)",
			protocol, text, host_text, querier->name, MEMBERSHIP_SOURCES_MAX);
}

/* Changes */

enum fault membership_include(struct membership_querier *querier, const struct addr *host,
			      const struct sg *sg)
{
	struct membership_source *source = membership_querier_find(querier, sg);

	if (!source && !has_room(querier, sg)) {
		note_no_room(querier, host, sg);
		return FAULT_LIMIT;
	}
	if (!source && !querier->actions->joined(querier->context, sg))
		return FAULT_LIMIT;
	if (!source)
		source = add(querier, sg);
	source->record = querier->record;
	timer_start(querier->timers, &source->expiry, membership_interval(querier));
	return FAULT_NONE;
}

void membership_lower(struct membership_source *source)
{
	struct membership_querier *querier = source->group->querier;
	usec_t time = membership_last_member_query_time(querier);

	if (timer_left(querier->timers, &source->expiry) > time)
		timer_start(querier->timers, &source->expiry, time);
}

bool membership_doubt(struct membership_source *source)
{
	struct membership_querier *querier = source->group->querier;

	if (!membership_is_querier(querier) || timer_left(querier->timers, &source->expiry) <=
						       membership_last_member_query_time(querier))
		return false;
	source->queries_left = querier->robustness;
	membership_lower(source);
	return true;
}

bool membership_querier_adopt(struct membership_querier *querier, const struct sg *sg)
{
	if (membership_querier_find(querier, sg) || !has_room(querier, sg))
		return false;
	timer_start(querier->timers, &add(querier, sg)->expiry, membership_interval(querier));
	return true;
}

void membership_querier_yield(struct membership_querier *querier)
{
	/* A hash keeps the order in which its elements were added. */
	const struct UT_hash_table *table = querier->sources->hh.tbl;
	struct membership_source *latest = ELMT_FROM_HH(table, table->tail);

	source_expired(&latest->expiry);
}

void membership_forget_all(struct membership_querier *querier)
{
	struct membership_source *source, *next;

	HASH_ITER (hh, querier->sources, source, next)
		discard(source);
}
