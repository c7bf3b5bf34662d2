/* SPDX-License-Identifier: BSD-2-Clause */
#include "pim/downstream.h"
#include "base/log.h"
#include "base/memory.h"

static const char *state_name(enum pim_downstream_state state)
{
	static const char *const names[] = {"NoInfo", "Join", "Prune-Pending"};

	return names[state];
}

static void discard(struct pim_downstream_entry *entry)
{
	struct pim_downstream *downstream = entry->table;

	timer_stop(downstream->timers, &entry->expiry);
	timer_stop(downstream->timers, &entry->prune_pending);
	HASH_DEL(downstream->by_sg, entry);
	free(entry);
}

/* The one place where a state changes. The entry is gone after a change to NoInfo. */
static void change_state(struct pim_downstream_entry *entry, enum pim_downstream_state state,
			 const char *why)
{
	struct pim_downstream *downstream = entry->table;
	enum pim_downstream_state before = entry->state;
	struct sg sg = entry->sg;
	char text[SG_TEXT];

	if (before == state)
		return;
	log_debug("pim: %s %s -> %s: %s", sg_format(&sg, text), state_name(before),
		  state_name(state), why);
	entry->state = state;
	if (state == PIM_NO_INFO)
		discard(entry);
	if (before == PIM_NO_INFO || state == PIM_NO_INFO)
		downstream->wanted(downstream, &sg, state != PIM_NO_INFO);
}

static void expire(struct timer *timer)
{
	change_state(container_of(timer, struct pim_downstream_entry, expiry), PIM_NO_INFO,
		     "Expiry Timer");
}

static void prune_pending_over(struct timer *timer)
{
	struct pim_downstream_entry *entry =
		container_of(timer, struct pim_downstream_entry, prune_pending);
	struct pim_downstream *downstream = entry->table;
	struct sg sg = entry->sg;

	change_state(entry, PIM_NO_INFO, "Prune-Pending Timer");
	downstream->echo(downstream, &sg);
}

static struct pim_downstream_entry *find(struct pim_downstream *downstream, const struct sg *sg)
{
	struct pim_downstream_entry *entry;

	HASH_FIND(hh, downstream->by_sg, sg, sizeof(*sg), entry);
	return entry;
}

static struct pim_downstream_entry *add(struct pim_downstream *downstream, const struct sg *sg)
{
	struct pim_downstream_entry *entry = memory_new(sizeof(*entry));

	entry->sg = *sg;
	entry->table = downstream;
	entry->expiry.fn = expire;
	entry->prune_pending.fn = prune_pending_over;
	HASH_ADD(hh, downstream->by_sg, sg, sizeof(entry->sg), entry);
	return entry;
}

static void extend_expiry(struct pim_downstream_entry *entry, uint16_t holdtime)
{
	struct timers *timers = entry->table->timers;
	usec_t due = timers->now + holdtime * USEC_PER_SEC;

	/* Forever is not shortened by a later Join of another router, either. */
	if (entry->state != PIM_NO_INFO && (!entry->expiry.slot || entry->expiry.due >= due))
		return;
	timer_set(timers, &entry->expiry, holdtime == PIM_HOLDTIME_FOREVER ? USEC_NEVER : due);
}

bool pim_downstream_join(struct pim_downstream *downstream, const struct sg *sg, uint16_t holdtime)
{
	struct pim_downstream_entry *entry = find(downstream, sg);

	if (!holdtime) {
		if (entry)
			change_state(entry, PIM_NO_INFO, "Join with Holdtime 0");
		return true;
	}
	if (!entry && pim_downstream_count(downstream) >= downstream->limit)
		return false;
	if (!entry)
		entry = add(downstream, sg);
	extend_expiry(entry, holdtime);
	timer_stop(downstream->timers, &entry->prune_pending);
	change_state(entry, PIM_JOIN, "Join");
	return true;
}

bool pim_downstream_adopt(struct pim_downstream *downstream, const struct sg *sg, uint16_t holdtime)
{
	struct pim_downstream_entry *entry;

	if (find(downstream, sg) || pim_downstream_count(downstream) >= downstream->limit)
		return false;
	entry = add(downstream, sg);
	extend_expiry(entry, holdtime);
	entry->state = PIM_JOIN;
	return true;
}

void pim_downstream_prune(struct pim_downstream *downstream, const struct sg *sg,
			  usec_t override_interval)
{
	struct pim_downstream_entry *entry = find(downstream, sg);

	if (!entry || entry->state != PIM_JOIN)
		return;
	if (!override_interval) {
		change_state(entry, PIM_NO_INFO, "Prune");
		return;
	}
	timer_start(downstream->timers, &entry->prune_pending, override_interval);
	change_state(entry, PIM_PRUNE_PENDING, "Prune");
}

unsigned pim_downstream_count(const struct pim_downstream *downstream)
{
	return HASH_COUNT(downstream->by_sg);
}

void pim_downstream_free(struct pim_downstream *downstream)
{
	struct pim_downstream_entry *entry, *next;

	HASH_ITER (hh, downstream->by_sg, entry, next)
		discard(entry);
}
