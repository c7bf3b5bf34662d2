/* SPDX-License-Identifier: BSD-2-Clause */
#include "pim/downstream.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/memory.h"

#include <utlist.h>

static const char *state_name(enum pim_downstream_state state)
{
	static const char *const names[] = {"NoInfo", "Join", "Prune-Pending"};

	return names[state];
}

/* Claims and joiners. A joiner exists as long as it has a claim. */

static struct pim_joiner *find_joiner(const struct pim_downstream *downstream,
				      const struct addr *address)
{
	struct pim_joiner *joiner;

	HASH_FIND(hh, downstream->joiners, address, sizeof(*address), joiner);
	return joiner;
}

static struct pim_joiner *add_joiner(struct pim_downstream *downstream, const struct addr *address)
{
	struct pim_joiner *joiner = memory_new(sizeof(*joiner));

	joiner->address = *address;
	HASH_ADD(hh, downstream->joiners, address, sizeof(joiner->address), joiner);
	return joiner;
}

static void release(struct pim_claim *claim)
{
	struct pim_downstream_entry *entry = claim->entry;
	struct pim_joiner *joiner = claim->joiner;

	LL_DELETE2(entry->claims, claim, sibling);
	DL_DELETE(joiner->claims, claim);
	free(claim);
	if (--joiner->entries)
		return;
	HASH_DEL(entry->table->joiners, joiner);
	free(joiner);
}

static struct pim_claim *find_claim(const struct pim_downstream_entry *entry,
				    const struct addr *address)
{
	struct pim_claim *claim = entry->claims;

	while (claim && !addr_equal(&claim->joiner->address, address))
		claim = claim->sibling;
	return claim;
}

/* Makes room for one more claim: the one that ends first loses its name. */
static void limit_claims(struct pim_downstream_entry *entry)
{
	struct pim_claim *claim, *first = entry->claims;
	unsigned count = 0;

	LL_FOREACH2(entry->claims, claim, sibling)
	{
		count++;
		if (claim->due < first->due)
			first = claim;
	}
	if (count < PIM_CLAIMS_MAX)
		return;
	if (first->due != USEC_NEVER && entry->kept_until < first->due)
		entry->kept_until = first->due;
	release(first);
}

static struct pim_claim *add_claim(struct pim_downstream_entry *entry, const struct addr *address)
{
	struct pim_claim *claim = memory_new(sizeof(*claim));
	struct pim_joiner *joiner;

	limit_claims(entry);
	joiner = find_joiner(entry->table, address);
	if (!joiner)
		joiner = add_joiner(entry->table, address);
	claim->joiner = joiner;
	claim->entry = entry;
	joiner->entries++;
	DL_APPEND(joiner->claims, claim);
	LL_PREPEND2(entry->claims, claim, sibling);
	return claim;
}

static bool may_join_more(const struct pim_downstream *downstream, const struct addr *address)
{
	return pim_downstream_joined_by(downstream, address) < downstream->joiner_limit;
}

/* Entries */

static void discard(struct pim_downstream_entry *entry)
{
	struct pim_downstream *downstream = entry->table;

	timer_stop(downstream->timers, &entry->expiry);
	timer_stop(downstream->timers, &entry->prune_pending);
	while (entry->claims)
		release(entry->claims);
	HASH_DEL(downstream->by_sg, entry);
	free(entry);
}

/* The only place where the state changes. The entry is gone after a change to NoInfo. */
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

/* Routers that do not heed our Generation ID have confirmed nothing, and are not asked. */
static void ask(struct pim_downstream_entry *entry)
{
	struct pim_downstream *downstream = entry->table;

	if (!downstream->confirmed)
		return;
	timer_start(downstream->timers, &entry->prune_pending,
		    downstream->ask(downstream, &entry->sg));
	change_state(entry, PIM_PRUNE_PENDING, "no Join when Joins should come");
}

static void prune_pending_over(struct timer *timer)
{
	struct pim_downstream_entry *entry =
		container_of(timer, struct pim_downstream_entry, prune_pending);
	struct pim_downstream *downstream = entry->table;
	struct sg sg = entry->sg;

	if (entry->state == PIM_JOIN) {
		ask(entry);
		return;
	}
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

/* The entry expires with the last Join that keeps it. */
static void set_expiry(struct pim_downstream_entry *entry)
{
	usec_t due = entry->kept_until;
	const struct pim_claim *claim;

	LL_FOREACH2(entry->claims, claim, sibling)
	if (claim->due > due)
		due = claim->due;
	timer_set(entry->table->timers, &entry->expiry, due);
}

static usec_t end_of(const struct timers *timers, uint16_t holdtime)
{
	return holdtime == PIM_HOLDTIME_FOREVER ? USEC_NEVER
						: timers->now + holdtime * USEC_PER_SEC;
}

/* A Join keeps an existing entry even if its neighbor has reached the limit, since the other
 * neighbors that want it may suppress theirs (section 4.3.3); but then without a claim, and for no
 * longer than the default Holdtime. */
static void keep(struct pim_downstream_entry *entry, const struct addr *from, uint16_t holdtime)
{
	const struct timers *timers = entry->table->timers;
	struct pim_claim *claim = find_claim(entry, from);
	usec_t due = end_of(timers, holdtime);
	usec_t unnamed_max = end_of(timers, PIM_HOLDTIME_JOIN_PRUNE);

	if (!claim && may_join_more(entry->table, from))
		claim = add_claim(entry, from);
	if (!claim && due > unnamed_max)
		due = unnamed_max;
	if (claim && claim->due < due)
		claim->due = due;
	else if (!claim && entry->kept_until < due)
		entry->kept_until = due;
	set_expiry(entry);
}

static enum pim_join_result open_entry(struct pim_downstream *downstream, const struct sg *sg,
				       const struct addr *from, struct pim_downstream_entry **entry)
{
	if (!may_join_more(downstream, from))
		return PIM_JOIN_TOO_MANY;
	if (!downstream->joined(downstream, sg, from))
		return PIM_JOIN_REJECTED;
	*entry = add(downstream, sg);
	return PIM_JOIN_TAKEN;
}

enum pim_join_result pim_downstream_join(struct pim_downstream *downstream, const struct sg *sg,
					 const struct addr *from, uint16_t holdtime)
{
	struct pim_downstream_entry *entry = pim_downstream_find(downstream, sg);
	enum pim_join_result result = PIM_JOIN_TAKEN;

	/* Section 4.5.2 would ignore a Join with Holdtime 0, since the Expiry Timer keeps the
	 * larger value. It ends the state here; other routers that want the channel say so by their
	 * next periodic Join. */
	if (!holdtime) {
		if (entry)
			change_state(entry, PIM_NO_INFO, "Join with Holdtime 0");
		return PIM_JOIN_TAKEN;
	}
	if (!entry)
		result = open_entry(downstream, sg, from, &entry);
	if (result)
		return result;
	keep(entry, from, holdtime);
	if (entry->state == PIM_JOIN &&
	    timer_due(downstream->timers, &entry->prune_pending) != USEC_NEVER)
		downstream->confirmed = true;
	timer_stop(downstream->timers, &entry->prune_pending);
	change_state(entry, PIM_JOIN, "Join");
	return PIM_JOIN_TAKEN;
}

bool pim_downstream_adopt(struct pim_downstream *downstream, const struct sg *sg, uint16_t holdtime,
			  usec_t ask_after)
{
	struct pim_downstream_entry *entry;

	if (pim_downstream_find(downstream, sg))
		return false;
	entry = add(downstream, sg);
	entry->kept_until = end_of(downstream->timers, holdtime);
	set_expiry(entry);
	if (ask_after)
		timer_start(downstream->timers, &entry->prune_pending, ask_after);
	entry->state = PIM_JOIN;
	return true;
}

void pim_downstream_ask_later(struct pim_downstream *downstream, usec_t ask_after)
{
	struct pim_downstream_entry *entry;

	downstream->confirmed = false;
	for (entry = downstream->by_sg; entry; entry = entry->hh.next)
		if (entry->state == PIM_JOIN)
			timer_start(downstream->timers, &entry->prune_pending, ask_after);
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

/* Entries that end by this end by their timers, so that many of them do not hold up the loop. */
void pim_downstream_bound(struct pim_downstream *downstream, const struct addr *neighbor,
			  usec_t max, bool gone)
{
	struct pim_joiner *joiner = find_joiner(downstream, neighbor);
	struct pim_claim *claim = joiner ? joiner->claims : NULL, *next;
	usec_t end = downstream->timers->now + max;

	for (; claim; claim = next) {
		struct pim_downstream_entry *entry = claim->entry;

		next = claim->next;
		if (claim->due > end)
			claim->due = end;
		if (gone && entry->kept_until < claim->due)
			entry->kept_until = claim->due;
		if (gone)
			release(claim);
		set_expiry(entry);
	}
}

unsigned pim_downstream_joined_by(const struct pim_downstream *downstream,
				  const struct addr *neighbor)
{
	const struct pim_joiner *joiner = find_joiner(downstream, neighbor);

	return joiner ? joiner->entries : 0;
}

struct pim_joiner *pim_downstream_largest(const struct pim_downstream *downstream)
{
	struct pim_joiner *joiner, *largest = downstream->joiners;

	for (joiner = largest; joiner; joiner = joiner->hh.next)
		if (joiner->entries > largest->entries)
			largest = joiner;
	return largest;
}

void pim_downstream_yield(struct pim_downstream *downstream, struct pim_joiner *joiner)
{
	struct pim_claim *latest = joiner->claims->prev; /* the last of the list */
	struct pim_downstream_entry *entry = latest->entry;

	release(latest);
	if (entry->claims || entry->kept_until > downstream->timers->now)
		set_expiry(entry);
	else
		change_state(entry, PIM_NO_INFO, "room for another neighbor");
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
