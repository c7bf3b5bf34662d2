/* SPDX-License-Identifier: BSD-2-Clause */
#include "pim/downstream.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/memory.h"

static const char *state_name(enum pim_downstream_state state)
{
	static const char *const names[] = {"NoInfo", "Join", "Prune-Pending"};

	return names[state];
}

/* Joiners: there as long as they have an entry. */

static struct pim_joiner *find_joiner(struct pim_downstream *downstream, const struct addr *address)
{
	struct pim_joiner *joiner;

	HASH_FIND(hh, downstream->joiners, address, sizeof(*address), joiner);
	return joiner;
}

static void disown(struct pim_downstream_entry *entry)
{
	struct pim_joiner *joiner = entry->joiner;

	entry->joiner = NULL;
	if (!joiner || --joiner->entries)
		return;
	HASH_DEL(entry->table->joiners, joiner);
	free(joiner);
}

static void own(struct pim_downstream_entry *entry, const struct addr *address)
{
	struct pim_downstream *downstream = entry->table;
	struct pim_joiner *joiner = find_joiner(downstream, address);

	if (!joiner) {
		joiner = memory_new(sizeof(*joiner));
		joiner->address = *address;
		HASH_ADD(hh, downstream->joiners, address, sizeof(joiner->address), joiner);
	}
	joiner->entries++;
	disown(entry);
	entry->joiner = joiner;
}

static bool may_own_more(struct pim_downstream *downstream, const struct addr *address)
{
	const struct pim_joiner *joiner = find_joiner(downstream, address);

	return !joiner || joiner->entries < downstream->joiner_limit;
}

/* Entries */

static void discard(struct pim_downstream_entry *entry)
{
	struct pim_downstream *downstream = entry->table;

	timer_stop(downstream->timers, &entry->expiry);
	timer_stop(downstream->timers, &entry->prune_pending);
	disown(entry);
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
	if (state != PIM_NO_INFO)
		return;
	discard(entry);
	downstream->left(downstream, &sg);
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

struct pim_downstream_entry *pim_downstream_find(const struct pim_downstream *downstream,
						 const struct sg *sg)
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
	HASH_RESERVE(downstream->by_sg, downstream->joiner_limit);
	return entry;
}

static void extend_expiry(struct pim_downstream_entry *entry, uint16_t holdtime)
{
	struct timers *timers = entry->table->timers;
	usec_t due = timers->now + holdtime * USEC_PER_SEC;

	/* Forever is not shortened by a later Join of another router, either. */
	if (entry->state != PIM_NO_INFO && timer_due(timers, &entry->expiry) >= due)
		return;
	timer_set(timers, &entry->expiry, holdtime == PIM_HOLDTIME_FOREVER ? USEC_NEVER : due);
}

static enum pim_join_result open_entry(struct pim_downstream *downstream, const struct sg *sg,
				       const struct addr *from, struct pim_downstream_entry **entry)
{
	if (!may_own_more(downstream, from))
		return PIM_JOIN_TOO_MANY;
	if (!downstream->joined(downstream, sg))
		return PIM_JOIN_REFUSED;
	*entry = add(downstream, sg);
	return PIM_JOIN_TAKEN;
}

enum pim_join_result pim_downstream_join(struct pim_downstream *downstream, const struct sg *sg,
					 const struct addr *from, uint16_t holdtime)
{
	struct pim_downstream_entry *entry = pim_downstream_find(downstream, sg);
	enum pim_join_result result = PIM_JOIN_TAKEN;

	/* For no time: taken at its word, where section 4.5.2's larger of two timers would ignore
	 * it. Others who want it still say so with their next periodic Join. */
	if (!holdtime) {
		if (entry)
			change_state(entry, PIM_NO_INFO, "Join with Holdtime 0");
		return PIM_JOIN_TAKEN;
	}
	if (!entry)
		result = open_entry(downstream, sg, from, &entry);
	if (result)
		return result;
	/* Joins are suppressed (section 4.3.3): others may want it, but who joins keeps it up. */
	if (may_own_more(downstream, from))
		own(entry, from);
	extend_expiry(entry, holdtime);
	timer_stop(downstream->timers, &entry->prune_pending);
	change_state(entry, PIM_JOIN, "Join");
	return PIM_JOIN_TAKEN;
}

bool pim_downstream_adopt(struct pim_downstream *downstream, const struct sg *sg, uint16_t holdtime)
{
	struct pim_downstream_entry *entry;

	if (pim_downstream_find(downstream, sg))
		return false;
	entry = add(downstream, sg);
	extend_expiry(entry, holdtime);
	entry->state = PIM_JOIN;
	return true;
}

void pim_downstream_prune(struct pim_downstream *downstream, const struct sg *sg,
			  usec_t override_interval)
{
	struct pim_downstream_entry *entry = pim_downstream_find(downstream, sg);

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
