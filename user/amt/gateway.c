/* SPDX-License-Identifier: BSD-2-Clause */
#include "amt/gateway.h"
#include "amt/updates.h"
#include "base/hash.h"
#include "base/memory.h"
#include "base/random.h"

void amt_gateway_init(struct amt_gateway *gateway)
{
	amt_cycle_init(gateway, &gateway->igmp, AF_INET);
	amt_cycle_init(gateway, &gateway->mld, AF_INET6);
}

/* What is wanted */

static struct amt_subscription *find(const struct amt_cycle *cycle, const struct sg *sg)
{
	struct amt_subscription *subscription;

	HASH_FIND(hh, cycle->by_sg, sg, sizeof(*sg), subscription);
	return subscription;
}

static struct amt_subscription *add(struct amt_cycle *cycle, const struct sg *sg)
{
	struct amt_subscription *subscription = memory_new(sizeof(*subscription));

	subscription->sg = *sg;
	HASH_ADD(hh, cycle->by_sg, sg, sizeof(subscription->sg), subscription);
	/* uthash's own chains of ten are a walk through memory. */
	HASH_RESERVE(cycle->by_sg, HASH_COUNT(cycle->by_sg));
	return subscription;
}

void amt_gateway_want(struct amt_gateway *gateway, const struct sg *sg, void *owner)
{
	struct amt_cycle *cycle = amt_cycle_of(gateway, sg->source.family);
	struct amt_subscription *subscription = find(cycle, sg);

	if (!subscription)
		subscription = add(cycle, sg);
	if (!subscription->owner)
		cycle->wanted++;
	subscription->owner = owner;
	subscription->owner_told = false;
	updates_change(cycle, subscription);
	if (cycle->state == AMT_IDLE)
		amt_cycle_request(cycle);
}

void amt_gateway_unwant(struct amt_gateway *gateway, const struct sg *sg)
{
	struct amt_cycle *cycle = amt_cycle_of(gateway, sg->source.family);
	struct amt_subscription *subscription = find(cycle, sg);

	if (!subscription || !subscription->owner)
		return;
	cycle->wanted--;
	subscription->owner = NULL;
	if (subscription->relay_knows)
		updates_change(cycle, subscription);
	else
		updates_forget(cycle, subscription);
}

void amt_gateway_remind(struct amt_gateway *gateway, const struct sg *sg)
{
	struct amt_cycle *cycle = amt_cycle_of(gateway, sg->source.family);
	struct amt_subscription *subscription = find(cycle, sg);

	if (subscription && subscription->owner)
		updates_remind(cycle, subscription);
}

void amt_gateway_connect(struct amt_gateway *gateway, int family)
{
	struct amt_cycle *cycle = amt_cycle_of(gateway, family);

	cycle->connections++;
	if (cycle->state == AMT_IDLE)
		amt_cycle_request(cycle);
}

void amt_gateway_disconnect(struct amt_gateway *gateway, int family)
{
	struct amt_cycle *cycle = amt_cycle_of(gateway, family);

	cycle->connections--;
	if (!amt_cycle_is_needed(cycle) && cycle->state == AMT_REQUESTING)
		amt_cycle_go_idle(cycle);
}

bool amt_gateway_is_established(const struct amt_gateway *gateway, int family)
{
	return (family == AF_INET ? &gateway->igmp : &gateway->mld)->has_ticket;
}

void amt_gateway_moved(struct amt_gateway *gateway)
{
	struct amt_cycle *cycles[] = {&gateway->igmp, &gateway->mld};

	for (size_t i = 0; i < 2; i++)
		if (cycles[i]->state != AMT_IDLE && amt_cycle_is_needed(cycles[i]))
			amt_cycle_request(cycles[i]);
}

static void ask_soon(struct amt_cycle *cycle)
{
	usec_t delay = random_between(0, AMT_RETURN_SPREAD);

	cycle->transmissions = 0;
	if (delay < timer_left(cycle->gateway->timers, &cycle->request))
		timer_start(cycle->gateway->timers, &cycle->request, delay);
}

void amt_gateway_return(struct amt_gateway *gateway)
{
	if (gateway->igmp.state != AMT_IDLE)
		ask_soon(&gateway->igmp);
	if (gateway->mld.state != AMT_IDLE)
		ask_soon(&gateway->mld);
}

/* The end of a tunnel */

void amt_gateway_leave(struct amt_gateway *gateway)
{
	struct amt_cycle *cycles[] = {&gateway->igmp, &gateway->mld};

	for (size_t i = 0; i < 2; i++) {
		if (!cycles[i]->has_ticket)
			continue;
		if (cycles[i]->ticket.has_gateway)
			amt_cycle_teardown(cycles[i]);
		else
			updates_block(cycles[i]);
	}
}

unsigned amt_gateway_leaves(const struct amt_gateway *gateway)
{
	unsigned igmp = gateway->igmp.has_ticket ? gateway->igmp.robustness : 0;
	unsigned mld = gateway->mld.has_ticket ? gateway->mld.robustness : 0;

	return igmp > mld ? igmp : mld;
}

void amt_gateway_free(struct amt_gateway *gateway)
{
	struct amt_cycle *cycles[] = {&gateway->igmp, &gateway->mld};

	for (size_t i = 0; i < 2; i++) {
		struct amt_subscription *subscription, *next;

		amt_cycle_go_idle(cycles[i]);
		HASH_ITER (hh, cycles[i]->by_sg, subscription, next)
			updates_forget(cycles[i], subscription);
	}
}
