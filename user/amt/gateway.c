/* SPDX-License-Identifier: BSD-2-Clause */
#include "amt/gateway.h"
#include "amt/discovery.h"
#include "amt/updates.h"
#include "base/memory.h"
#include "base/random.h"
#include "membership/packets.h"

#include <string.h>

#define QUERY_INTERVAL_LEAST 5 /* seconds: a relay may not make us ask faster */

const char *amt_cycle_state_name(enum amt_cycle_state state)
{
	static const char *const names[] = {"idle", "requesting", "active", "refreshing"};

	return names[state];
}

static struct amt_cycle *cycle_of(struct amt_gateway *gateway, int family)
{
	return family == AF_INET ? &gateway->igmp : &gateway->mld;
}

/* Requests */

static void transmit_request(struct amt_cycle *cycle)
{
	uint8_t bytes[AMT_REQUEST_LENGTH];

	amt_encode_request(cycle->nonce, cycle->family, bytes);
	timer_start(cycle->gateway->timers, &cycle->request,
		    random_backoff(AMT_RETRY_INITIAL, AMT_RETRY_MAXIMUM, cycle->transmissions));
	cycle->transmissions++;
	cycle->gateway->actions->send(cycle->gateway, bytes, sizeof(bytes));
}

static void request(struct amt_cycle *cycle)
{
	cycle->state = cycle->has_ticket ? AMT_REFRESHING : AMT_REQUESTING;
	cycle->nonce = random_u32();
	cycle->transmissions = 0;
	transmit_request(cycle);
}

/* Without a ticket the relay cannot be told of anything; it forgets us by itself. */
static void go_idle(struct amt_cycle *cycle)
{
	struct amt_subscription *subscription, *next;

	cycle->state = AMT_IDLE;
	cycle->has_ticket = false;
	timer_stop(cycle->gateway->timers, &cycle->request);
	timer_stop(cycle->gateway->timers, &cycle->change);
	timer_stop(cycle->gateway->timers, &cycle->state_part);
	cycle->rest = NULL;
	HASH_ITER (hh, cycle->by_sg, subscription, next) {
		subscription->relay_knows = subscription->owner_told = false;
		if (!subscription->owner)
			updates_forget(cycle, subscription);
	}
}

static void fail(struct amt_cycle *cycle, const char *reason)
{
	go_idle(cycle);
	cycle->gateway->actions->failed(cycle->gateway, cycle->family, reason);
}

static void request_due(struct timer *timer)
{
	struct amt_cycle *cycle = container_of(timer, struct amt_cycle, request);

	if (cycle->state == AMT_ACTIVE) {
		if (cycle->wanted)
			request(cycle);
		else
			go_idle(cycle);
	} else if (cycle->transmissions < AMT_TRANSMISSIONS) {
		transmit_request(cycle);
	} else {
		fail(cycle, cycle->has_ticket ? "relay does not answer Requests any more"
					      : "relay does not answer Requests");
	}
}

/* Our address or port as the relay sees it is another than before (section 5.2.3.7). */
static bool gateway_moved(const struct amt_ticket *before, const struct amt_ticket *now)
{
	return before->has_gateway && now->has_gateway &&
	       (before->gateway_port != now->gateway_port ||
		memcmp(before->gateway_address, now->gateway_address,
		       sizeof(now->gateway_address)) != 0);
}

static void send_teardown(struct amt_cycle *cycle)
{
	uint8_t bytes[AMT_TEARDOWN_LENGTH];

	amt_encode_teardown(&cycle->ticket, bytes);
	cycle->gateway->actions->send(cycle->gateway, bytes, sizeof(bytes));
}

static void accept_query(struct amt_cycle *cycle, const struct amt_query *query,
			 const struct membership_query *membership)
{
	if (cycle->has_ticket && gateway_moved(&cycle->ticket, &query->ticket))
		send_teardown(cycle);
	cycle->ticket = query->ticket;
	cycle->has_ticket = true;
	cycle->state = AMT_ACTIVE;
	cycle->robustness = membership->robustness;
	cycle->query_interval = membership->query_interval < QUERY_INTERVAL_LEAST
					? QUERY_INTERVAL_LEAST
					: membership->query_interval;
	timer_start(cycle->gateway->timers, &cycle->request, cycle->query_interval * USEC_PER_SEC);
	updates_answer(cycle);
}

static struct amt_cycle *cycle_awaiting(struct amt_gateway *gateway, uint32_t nonce,
					enum fault *fault)
{
	struct amt_cycle *cycles[] = {&gateway->igmp, &gateway->mld};

	*fault = FAULT_UNEXPECTED;
	for (size_t i = 0; i < 2; i++) {
		if (cycles[i]->state != AMT_REQUESTING && cycles[i]->state != AMT_REFRESHING)
			continue;
		if (cycles[i]->nonce == nonce)
			return cycles[i];
		*fault = FAULT_NONCE;
	}
	return NULL;
}

enum fault amt_gateway_receive(struct amt_gateway *gateway, const struct amt_query *query,
			       enum protocol *protocol)
{
	struct membership_query membership;
	struct ip_datagram ip;
	struct amt_cycle *cycle;
	enum fault fault;

	*protocol = PROTOCOL_AMT;
	cycle = cycle_awaiting(gateway, query->ticket.nonce, &fault);
	if (!cycle)
		return fault;
	*protocol = PROTOCOL_MEMBERSHIP;
	fault = ip_decode(query->datagram, &ip);
	if (!fault)
		fault = membership_decode_query(&ip, &membership);
	if (fault)
		return fault;
	if (membership.family != cycle->family)
		return FAULT_TYPE;
	if (query->limit && cycle->state == AMT_REQUESTING)
		fail(cycle, "relay takes no more gateways (L flag)");
	else
		accept_query(cycle, query, &membership);
	return FAULT_NONE;
}

void amt_gateway_unreachable(struct amt_gateway *gateway)
{
	/* While an answer is awaited its retry timer decides. */
	if (gateway->igmp.state == AMT_ACTIVE && gateway->igmp.wanted)
		request(&gateway->igmp);
	if (gateway->mld.state == AMT_ACTIVE && gateway->mld.wanted)
		request(&gateway->mld);
}

void amt_gateway_moved(struct amt_gateway *gateway)
{
	struct amt_cycle *cycles[] = {&gateway->igmp, &gateway->mld};

	for (size_t i = 0; i < 2; i++)
		if (cycles[i]->state != AMT_IDLE && cycles[i]->wanted)
			request(cycles[i]);
}

/* What is wanted */

void amt_gateway_want(struct amt_gateway *gateway, const struct sg *sg, void *owner)
{
	struct amt_cycle *cycle = cycle_of(gateway, sg->source.family);
	struct amt_subscription *subscription;

	HASH_FIND(hh, cycle->by_sg, sg, sizeof(*sg), subscription);
	if (!subscription) {
		subscription = memory_new(sizeof(*subscription));
		subscription->sg = *sg;
		HASH_ADD(hh, cycle->by_sg, sg, sizeof(subscription->sg), subscription);
	}
	if (!subscription->owner)
		cycle->wanted++;
	subscription->owner = owner;
	subscription->owner_told = false;
	updates_change(cycle, subscription);
	if (cycle->state == AMT_IDLE)
		request(cycle);
}

void amt_gateway_unwant(struct amt_gateway *gateway, const struct sg *sg)
{
	struct amt_cycle *cycle = cycle_of(gateway, sg->source.family);
	struct amt_subscription *subscription;

	HASH_FIND(hh, cycle->by_sg, sg, sizeof(*sg), subscription);
	if (!subscription || !subscription->owner)
		return;
	cycle->wanted--;
	subscription->owner = NULL;
	if (subscription->relay_knows)
		updates_change(cycle, subscription);
	else
		updates_forget(cycle, subscription);
}

void amt_gateway_leave(struct amt_gateway *gateway)
{
	struct amt_cycle *cycles[] = {&gateway->igmp, &gateway->mld};

	for (size_t i = 0; i < 2; i++) {
		if (!cycles[i]->has_ticket)
			continue;
		if (cycles[i]->ticket.has_gateway)
			send_teardown(cycles[i]);
		else
			updates_block(cycles[i]);
	}
}

bool amt_gateway_is_established(const struct amt_gateway *gateway, int family)
{
	return (family == AF_INET ? &gateway->igmp : &gateway->mld)->has_ticket;
}

static void init_cycle(struct amt_gateway *gateway, struct amt_cycle *cycle, int family)
{
	*cycle = (struct amt_cycle){.gateway = gateway,
				    .family = family,
				    .request.fn = request_due,
				    .change.fn = updates_due,
				    .state_part.fn = updates_state_due,
				    .robustness = 2};
}

void amt_gateway_init(struct amt_gateway *gateway)
{
	init_cycle(gateway, &gateway->igmp, AF_INET);
	init_cycle(gateway, &gateway->mld, AF_INET6);
}

void amt_gateway_free(struct amt_gateway *gateway)
{
	struct amt_cycle *cycles[] = {&gateway->igmp, &gateway->mld};

	for (size_t i = 0; i < 2; i++) {
		struct amt_subscription *subscription, *next;

		go_idle(cycles[i]);
		HASH_ITER (hh, cycles[i]->by_sg, subscription, next)
			updates_forget(cycles[i], subscription);
	}
}
