/* SPDX-License-Identifier: BSD-2-Clause */
#include "amt/updates.h"
#include "base/random.h"
#include "membership/encode.h"

#include <stdlib.h>
#include <utlist.h>

/* A part of a report is this many subscriptions, or so many datagrams; the next part follows after
 * PART_INTERVAL. */
#define PART_MAX       256
#define PART_DATAGRAMS 3
#define PART_INTERVAL  (2 * USEC_PER_MS)
#define CHANGE_REPEAT  (1 * USEC_PER_SEC) /* repetitions follow after a random time up to this */

/* A subscription is in one of the lists of changes if and only if it has repeats left. */
static void set_repeats(struct amt_cycle *cycle, struct amt_subscription *subscription,
			unsigned repeats, unsigned list)
{
	if (subscription->repeats)
		DL_DELETE(cycle->changed[subscription->list], subscription);
	if (repeats)
		DL_APPEND(cycle->changed[list], subscription);
	subscription->repeats = repeats;
	subscription->list = list;
}

void updates_forget(struct amt_cycle *cycle, struct amt_subscription *subscription)
{
	if (cycle->rest == subscription)
		cycle->rest = subscription->hh.next;
	set_repeats(cycle, subscription, 0, 0);
	HASH_DEL(cycle->by_sg, subscription);
	free(subscription);
}

/* One or more Updates, as many as the records need */

struct update {
	struct amt_cycle *cycle;
	struct membership_report report;
	unsigned sent; /* datagrams */
	unsigned told; /* subscriptions */
	uint8_t bytes[AMT_DATAGRAM_MAX];
};

/* A report never exceeds the path: if it were fragmented, it would be lost with any fragment. */
static size_t room(struct amt_gateway *gateway)
{
	size_t path = gateway->actions->payload_max(gateway);

	return (path < AMT_DATAGRAM_MAX ? path : AMT_DATAGRAM_MAX) - AMT_UPDATE_HEADER;
}

static void update_open(struct update *update)
{
	struct amt_cycle *cycle = update->cycle;

	amt_encode_update_header(&cycle->ticket, update->bytes);
	membership_report_begin(&update->report, cycle->family, update->bytes + AMT_UPDATE_HEADER,
				room(cycle->gateway));
}

static void update_begin(struct update *update, struct amt_cycle *cycle)
{
	update->cycle = cycle;
	update->sent = update->told = 0;
	update_open(update);
}

static void update_end(struct update *update)
{
	struct amt_gateway *gateway = update->cycle->gateway;
	size_t length = membership_report_end(&update->report);

	if (!length)
		return;
	gateway->actions->send(gateway, update->bytes, AMT_UPDATE_HEADER + length);
	update->sent++;
}

static bool is_part(const struct update *update)
{
	return update->told >= PART_MAX || update->sent >= PART_DATAGRAMS;
}

/* Returns when the next part may follow: after a full one it has to wait. */
static usec_t part_end(struct update *update)
{
	bool whole = is_part(update);

	update_end(update);
	return whole ? update->cycle->gateway->timers->now + PART_INTERVAL : 0;
}

static void start_part(struct amt_cycle *cycle, struct timer *timer, usec_t next)
{
	struct timers *timers = cycle->gateway->timers;

	timer_set(timers, timer, next > timers->now ? next : timers->now);
}

static void update_add(struct update *update, int type, const struct sg *sg)
{
	if (membership_report_add(&update->report, type, sg))
		return;
	update_end(update);
	update_open(update);
	membership_report_add(&update->report, type, sg);
}

/* Adds a subscription to the Update. If it has repeats left, the next report lists it. */
static void tell(struct update *update, struct amt_subscription *subscription, int type)
{
	struct amt_cycle *cycle = update->cycle;
	struct amt_gateway *gateway = cycle->gateway;
	bool first = subscription->owner && !subscription->owner_told;

	update->told++;
	if (first)
		gateway->actions->up(gateway, subscription->owner);
	update_add(update, type, &subscription->sg);
	if (subscription->repeats)
		set_repeats(cycle, subscription, subscription->repeats - 1, !cycle->list);
	subscription->relay_knows = true;
	subscription->owner_told |= first;
	if (first)
		gateway->actions->reported(gateway, subscription->owner);
	else if (!subscription->owner && !subscription->repeats)
		updates_forget(cycle, subscription);
}

/* Tells of the list's changes, as many as one part takes. */
static usec_t tell_part(struct amt_cycle *cycle, unsigned list)
{
	struct amt_subscription *subscription;
	struct update update;

	update_begin(&update, cycle);
	while (cycle->changed[list] && !is_part(&update)) {
		subscription = cycle->changed[list];
		tell(&update, subscription,
		     subscription->owner ? MEMBERSHIP_ALLOW : MEMBERSHIP_BLOCK);
	}
	return part_end(&update);
}

/* The rest of the present repetition follows as its parts may; the next one after a random time,
 * which new changes do not put off. */
static void schedule_repetition(struct amt_cycle *cycle)
{
	struct timers *timers = cycle->gateway->timers;

	if (cycle->changed[cycle->list])
		start_part(cycle, &cycle->change, cycle->next_part);
	else if (!cycle->changed[!cycle->list])
		timer_stop(timers, &cycle->change);
	else if (!cycle->change.slot)
		timer_start(timers, &cycle->change, random_between(1, CHANGE_REPEAT));
}

void updates_due(struct timer *timer)
{
	struct amt_cycle *cycle = container_of(timer, struct amt_cycle, change);

	if (!cycle->changed[cycle->list])
		cycle->list = !cycle->list;
	cycle->next_part = tell_part(cycle, cycle->list);
	schedule_repetition(cycle);
}

void updates_fresh_due(struct timer *timer)
{
	struct amt_cycle *cycle = container_of(timer, struct amt_cycle, fresh);

	cycle->next_fresh = tell_part(cycle, AMT_FRESH);
	if (cycle->changed[AMT_FRESH])
		start_part(cycle, timer, cycle->next_fresh);
	if (!cycle->rest)
		schedule_repetition(cycle);
}

/* Changes of one moment share a report, which waits for no repetition: somebody waits for it. */
void updates_change(struct amt_cycle *cycle, struct amt_subscription *subscription)
{
	set_repeats(cycle, subscription, cycle->robustness, AMT_FRESH);
	if (cycle->has_ticket)
		start_part(cycle, &cycle->fresh, cycle->next_fresh);
}

/* A reminder is not urgent, so that it is sent with the next repetitions. */
void updates_remind(struct amt_cycle *cycle, struct amt_subscription *subscription)
{
	if (!subscription->relay_knows || subscription->repeats)
		return;
	set_repeats(cycle, subscription, 1, !cycle->list);
	if (!cycle->rest)
		schedule_repetition(cycle);
}

void updates_state_due(struct timer *timer)
{
	struct amt_cycle *cycle = container_of(timer, struct amt_cycle, state_part);
	struct update update;

	update_begin(&update, cycle);
	while (cycle->rest && !is_part(&update)) {
		struct amt_subscription *subscription = cycle->rest;

		cycle->rest = subscription->hh.next;
		if (subscription->owner)
			tell(&update, subscription, MEMBERSHIP_IS_IN);
	}
	cycle->next_part = part_end(&update);
	if (cycle->rest)
		start_part(cycle, timer, cycle->next_part);
	else
		schedule_repetition(cycle);
}

/* The report of the current state tells of the changes so far. */
static void put_off_changes(struct amt_cycle *cycle)
{
	struct amt_subscription *subscription;

	DL_FOREACH (cycle->changed[AMT_FRESH], subscription)
		subscription->list = cycle->list;
	DL_CONCAT(cycle->changed[cycle->list], cycle->changed[AMT_FRESH]);
	cycle->changed[AMT_FRESH] = NULL;
	timer_stop(cycle->gateway->timers, &cycle->fresh);
	timer_stop(cycle->gateway->timers, &cycle->change);
}

void updates_answer(struct amt_cycle *cycle)
{
	put_off_changes(cycle);
	cycle->rest = cycle->by_sg;
	if (cycle->rest && cycle->next_part > cycle->gateway->timers->now)
		start_part(cycle, &cycle->state_part, cycle->next_part);
	else
		updates_state_due(&cycle->state_part);
}

void updates_block(struct amt_cycle *cycle)
{
	const struct amt_subscription *subscription;
	struct update update;

	update_begin(&update, cycle);
	for (subscription = cycle->by_sg; subscription; subscription = subscription->hh.next)
		if (subscription->relay_knows)
			update_add(&update, MEMBERSHIP_BLOCK, &subscription->sg);
	update_end(&update);
}
