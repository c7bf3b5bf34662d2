/* SPDX-License-Identifier: BSD-2-Clause */
/* Reports: each Query is answered with the full current state (IS_IN); a change between Queries is
 * told at once (ALLOW, BLOCK) and repeated, QRV transmissions in all, each subscription with a
 * count of its own (RFC 3376 section 5.1, RFC 3810 section 6.1). An (S,G) that first went out as
 * current state is repeated as ALLOW: a lost first Update would otherwise cost a query interval. */
#include "amt/gateway.h"
#include "amt/discovery.h"
#include "base/memory.h"
#include "base/random.h"
#include "membership/packets.h"

#include <string.h>
#include <utlist.h>

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

/* Those with repeats left are in `changed`, and no others. */
static void set_repeats(struct amt_cycle *cycle, struct amt_subscription *subscription,
			unsigned repeats)
{
	if (repeats && !subscription->repeats)
		DL_APPEND(cycle->changed, subscription);
	else if (!repeats && subscription->repeats)
		DL_DELETE(cycle->changed, subscription);
	subscription->repeats = repeats;
}

static void forget(struct amt_cycle *cycle, struct amt_subscription *subscription)
{
	set_repeats(cycle, subscription, 0);
	HASH_DEL(cycle->by_sg, subscription);
	free(subscription);
}

/* Updates */

/* Which record, if any, a report carries for a subscription; 0 for none. */
typedef int choose_fn(const struct amt_subscription *subscription);

static int choose_current_state(const struct amt_subscription *subscription)
{
	return subscription->owner ? MEMBERSHIP_IS_IN : 0;
}

static int choose_change(const struct amt_subscription *subscription)
{
	if (!subscription->repeats)
		return 0;
	return subscription->owner ? MEMBERSHIP_ALLOW : MEMBERSHIP_BLOCK;
}

static int choose_blocking(const struct amt_subscription *subscription)
{
	return subscription->relay_knows ? MEMBERSHIP_BLOCK : 0;
}

/* A report of changes need not look at all the others. */
static struct amt_subscription *first_of(const struct amt_cycle *cycle, choose_fn *choose)
{
	return choose == choose_change ? cycle->changed : cycle->by_sg;
}

static struct amt_subscription *next_of(const struct amt_subscription *subscription,
					choose_fn *choose)
{
	return choose == choose_change ? subscription->next : subscription->hh.next;
}

static void begin_update(struct amt_cycle *cycle, struct membership_report *report, uint8_t *bytes)
{
	amt_encode_update_header(&cycle->ticket, bytes);
	membership_report_begin(report, cycle->family, bytes + AMT_UPDATE_HEADER,
				AMT_DATAGRAM_MAX - AMT_UPDATE_HEADER);
}

static void end_update(struct amt_cycle *cycle, struct membership_report *report, uint8_t *bytes)
{
	size_t length = membership_report_end(report);

	if (length)
		cycle->gateway->actions->send(cycle->gateway, bytes, AMT_UPDATE_HEADER + length);
}

/* As many Updates as the chosen records need. */
static void send_updates(struct amt_cycle *cycle, choose_fn *choose)
{
	struct amt_subscription *subscription = first_of(cycle, choose);
	struct membership_report report;
	uint8_t bytes[AMT_DATAGRAM_MAX];

	begin_update(cycle, &report, bytes);
	for (; subscription; subscription = next_of(subscription, choose)) {
		int type = choose(subscription);

		if (!type)
			continue;
		if (!membership_report_add(&report, type, &subscription->sg)) {
			end_update(cycle, &report, bytes);
			begin_update(cycle, &report, bytes);
			membership_report_add(&report, type, &subscription->sg);
		}
	}
	end_update(cycle, &report, bytes);
}

/* After a report: takes one off the repeats of what it carried, tells of what it named first. */
static void account(struct amt_cycle *cycle, choose_fn *choose)
{
	struct amt_subscription *subscription = first_of(cycle, choose), *next;

	for (; subscription; subscription = next) {
		bool carried = choose(subscription);
		bool first = carried && subscription->owner && !subscription->owner_told;

		next = next_of(subscription, choose);
		if (carried && subscription->repeats)
			set_repeats(cycle, subscription, subscription->repeats - 1);
		subscription->relay_knows |= carried;
		subscription->owner_told |= first;
		if (first)
			cycle->gateway->actions->reported(cycle->gateway, subscription->owner);
		else if (!subscription->owner && !subscription->repeats)
			forget(cycle, subscription);
	}
	timer_start(cycle->gateway->timers, &cycle->change,
		    cycle->changed ? random_between(1, AMT_CHANGE_REPEAT) : USEC_NEVER);
}

static void report(struct amt_cycle *cycle, choose_fn *choose)
{
	send_updates(cycle, choose);
	account(cycle, choose);
}

static void change_due(struct timer *timer)
{
	report(container_of(timer, struct amt_cycle, change), choose_change);
}

/* Changes of one moment go into one report: it is sent when the events at hand are done. */
static void change(struct amt_cycle *cycle, struct amt_subscription *subscription)
{
	set_repeats(cycle, subscription, cycle->robustness);
	if (cycle->has_ticket)
		timer_start(cycle->gateway->timers, &cycle->change, 0);
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
	HASH_ITER (hh, cycle->by_sg, subscription, next) {
		subscription->relay_knows = subscription->owner_told = false;
		if (!subscription->owner)
			forget(cycle, subscription);
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
	bool first = !cycle->has_ticket;

	if (!first && gateway_moved(&cycle->ticket, &query->ticket))
		send_teardown(cycle);
	cycle->ticket = query->ticket;
	cycle->has_ticket = true;
	cycle->state = AMT_ACTIVE;
	cycle->robustness = membership->robustness;
	cycle->query_interval = membership->query_interval < QUERY_INTERVAL_LEAST
					? QUERY_INTERVAL_LEAST
					: membership->query_interval;
	timer_start(cycle->gateway->timers, &cycle->request, cycle->query_interval * USEC_PER_SEC);
	if (first)
		cycle->gateway->actions->established(cycle->gateway, cycle->family);
	report(cycle, choose_current_state);
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
	change(cycle, subscription);
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
		change(cycle, subscription);
	else
		forget(cycle, subscription);
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
			send_updates(cycles[i], choose_blocking);
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
				    .change.fn = change_due,
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
			forget(cycles[i], subscription);
	}
}
