/* SPDX-License-Identifier: BSD-2-Clause */
/* The names of the actions, A1 to A6, and of the terms are those of RFC 7761 section 4.6. */
#include "pim/assert.h"
#include "base/log.h"
#include "base/memory.h"

#include <string.h>

static const struct pim_metric infinite = {
	.rpt = true, .preference = PIM_PREFERENCE_INFINITE, .metric = PIM_METRIC_INFINITE};

static bool is_infinite(const struct pim_metric *metric)
{
	return metric->preference == PIM_PREFERENCE_INFINITE &&
	       metric->metric == PIM_METRIC_INFINITE;
}

/* Section 4.6.3 */
static bool is_better(const struct pim_metric *a, const struct addr *a_from,
		      const struct pim_metric *b, const struct addr *b_from)
{
	if (a->rpt != b->rpt)
		return b->rpt;
	if (a->preference != b->preference)
		return a->preference < b->preference;
	if (a->metric != b->metric)
		return a->metric < b->metric;
	return memcmp(a_from->bytes, b_from->bytes, sizeof(a_from->bytes)) > 0;
}

/* my_assert_metric(S,G,I) */
static const struct pim_metric *my_metric(struct pim_asserts *asserts, const struct sg *sg)
{
	return asserts->interest(asserts, sg) == PIM_FORWARDED ? &asserts->metric : &infinite;
}

static bool is_acceptable(struct pim_asserts *asserts, const struct addr *from,
			  const struct pim_assert *message)
{
	return !is_infinite(&message->metric) &&
	       is_better(&message->metric, from, my_metric(asserts, &message->sg), &asserts->us);
}

static bool is_inferior(struct pim_asserts *asserts, const struct addr *from,
			const struct pim_assert *message)
{
	const struct pim_metric *mine = my_metric(asserts, &message->sg);

	return !is_infinite(mine) && is_better(mine, &asserts->us, &message->metric, from);
}

static bool is_preferred(const struct pim_assert_entry *entry, const struct addr *from,
			 const struct pim_assert *message)
{
	return is_better(&message->metric, from, &entry->metric, &entry->winner);
}

/* States */

static struct pim_assert_entry *find(const struct pim_asserts *asserts, const struct sg *sg)
{
	struct pim_assert_entry *entry;

	HASH_FIND(hh, asserts->by_sg, sg, sizeof(*sg), entry);
	return entry;
}

static void remove_entry(struct pim_assert_entry *entry)
{
	timer_stop(entry->table->timers, &entry->timer);
	HASH_DEL(entry->table->by_sg, entry);
	free(entry);
}

/* A1, A3: asserts that we are the winner, and again before the timers of the losers end. */
static void assert_ours(struct pim_assert_entry *entry)
{
	struct pim_asserts *asserts = entry->table;

	entry->state = PIM_ASSERT_WINNER;
	entry->winner = asserts->us;
	entry->metric = asserts->metric;
	timer_start(asserts->timers, &entry->timer,
		    (PIM_ASSERT_TIME_S - PIM_ASSERT_OVERRIDE_INTERVAL_S) * USEC_PER_SEC);
	asserts->send(asserts, &entry->sg, &asserts->metric);
}

/* A2, A6 */
static void lose(struct pim_assert_entry *entry, const struct addr *to,
		 const struct pim_metric *metric)
{
	struct pim_asserts *asserts = entry->table;
	bool is_new = entry->state != PIM_ASSERT_LOSER;

	entry->state = PIM_ASSERT_LOSER;
	entry->winner = *to;
	entry->metric = *metric;
	timer_start(asserts->timers, &entry->timer, PIM_ASSERT_TIME_S * USEC_PER_SEC);
	if (is_new)
		asserts->lost(asserts, &entry->sg, true);
}

/* A5, as loser */
static void forget(struct pim_assert_entry *entry)
{
	struct pim_asserts *asserts = entry->table;
	struct sg sg = entry->sg;

	remove_entry(entry);
	asserts->lost(asserts, &sg, false);
}

/* A4, as winner */
static void cancel(struct pim_assert_entry *entry)
{
	struct pim_asserts *asserts = entry->table;
	struct sg sg = entry->sg;

	remove_entry(entry);
	asserts->send(asserts, &sg, &infinite);
}

static void timer_over(struct timer *timer)
{
	struct pim_assert_entry *entry = container_of(timer, struct pim_assert_entry, timer);

	if (entry->state == PIM_ASSERT_WINNER)
		assert_ours(entry);
	else
		forget(entry);
}

static struct pim_assert_entry *add(struct pim_asserts *asserts, const struct sg *sg)
{
	struct pim_assert_entry *entry = memory_new(sizeof(*entry));

	entry->sg = *sg;
	entry->table = asserts;
	entry->timer.fn = timer_over;
	HASH_ADD(hh, asserts->by_sg, sg, sizeof(entry->sg), entry);
	return entry;
}

/* Events */

static void receive_in_no_info(struct pim_asserts *asserts, const struct addr *from,
			       const struct pim_assert *message)
{
	enum pim_interest interest = asserts->interest(asserts, &message->sg);

	if (interest == PIM_FORWARDED &&
	    (message->metric.rpt || is_inferior(asserts, from, message)))
		assert_ours(add(asserts, &message->sg));
	else if (interest != PIM_UNWANTED && !message->metric.rpt &&
		 is_acceptable(asserts, from, message))
		lose(add(asserts, &message->sg), from, &message->metric);
}

static void receive_as_winner(struct pim_assert_entry *entry, const struct addr *from,
			      const struct pim_assert *message)
{
	if (is_preferred(entry, from, message))
		lose(entry, from, &message->metric);
	else
		assert_ours(entry);
}

static void receive_as_loser(struct pim_assert_entry *entry, const struct addr *from,
			     const struct pim_assert *message)
{
	bool from_winner = addr_equal(from, &entry->winner);
	struct pim_asserts *asserts = entry->table;

	if (from_winner && (is_infinite(&message->metric) || is_inferior(asserts, from, message)))
		forget(entry);
	else if (is_preferred(entry, from, message) ||
		 (from_winner && !message->metric.rpt && is_acceptable(asserts, from, message)))
		lose(entry, from, &message->metric);
}

void pim_asserts_receive(struct pim_asserts *asserts, const struct addr *from,
			 const struct pim_assert *message)
{
	struct pim_assert_entry *entry = find(asserts, &message->sg);

	if (!entry)
		receive_in_no_info(asserts, from, message);
	else if (entry->state == PIM_ASSERT_WINNER)
		receive_as_winner(entry, from, message);
	else
		receive_as_loser(entry, from, message);
}

void pim_asserts_data(struct pim_asserts *asserts, const struct sg *sg)
{
	if (!find(asserts, sg) && asserts->interest(asserts, sg) == PIM_FORWARDED)
		assert_ours(add(asserts, sg));
}

static void lose_no_more(struct pim_asserts *asserts, const struct sg *sg)
{
	struct pim_assert_entry *entry = find(asserts, sg);

	if (entry && entry->state == PIM_ASSERT_LOSER)
		forget(entry);
}

void pim_asserts_join(struct pim_asserts *asserts, const struct sg *sg)
{
	lose_no_more(asserts, sg);
}

void pim_asserts_take_over(struct pim_asserts *asserts, const struct sg *sg)
{
	lose_no_more(asserts, sg);
}

void pim_asserts_interest_changed(struct pim_asserts *asserts, const struct sg *sg)
{
	struct pim_assert_entry *entry = find(asserts, sg);
	enum pim_interest interest;

	if (!entry)
		return;
	interest = asserts->interest(asserts, sg);
	if (entry->state == PIM_ASSERT_WINNER && interest != PIM_FORWARDED)
		cancel(entry);
	else if (entry->state == PIM_ASSERT_LOSER &&
		 (interest == PIM_UNWANTED ||
		  is_better(my_metric(asserts, sg), &asserts->us, &entry->metric, &entry->winner)))
		forget(entry);
}

void pim_asserts_neighbor_gone(struct pim_asserts *asserts, const struct addr *neighbor)
{
	struct pim_assert_entry *entry, *next;

	HASH_ITER (hh, asserts->by_sg, entry, next)
		if (entry->state == PIM_ASSERT_LOSER && addr_equal(&entry->winner, neighbor))
			forget(entry);
}

/* If we are the winner, the goodbye of the old address tells the others. */
void pim_asserts_readdress(struct pim_asserts *asserts, const struct addr *us)
{
	struct pim_assert_entry *entry, *next;

	asserts->us = *us;
	HASH_ITER (hh, asserts->by_sg, entry, next) {
		if (entry->state == PIM_ASSERT_LOSER)
			forget(entry);
		else
			remove_entry(entry);
	}
}

void pim_asserts_change_metric(struct pim_asserts *asserts, const struct pim_metric *metric)
{
	struct pim_assert_entry *entry, *next;

	asserts->metric = *metric;
	HASH_ITER (hh, asserts->by_sg, entry, next)
		if (entry->state == PIM_ASSERT_WINNER)
			cancel(entry);
}

const struct pim_assert_entry *pim_asserts_find(const struct pim_asserts *asserts,
						const struct sg *sg)
{
	return find(asserts, sg);
}

void pim_asserts_free(struct pim_asserts *asserts)
{
	struct pim_assert_entry *entry, *next;

	HASH_ITER (hh, asserts->by_sg, entry, next)
		remove_entry(entry);
}
