/* SPDX-License-Identifier: BSD-2-Clause */
/* Reports: each Query is answered with the full current state (IS_IN); a change between Queries is
 * told at once (ALLOW, BLOCK) and repeated, QRV transmissions in all, each subscription with a
 * count of its own (RFC 3376 section 5.1, RFC 3810 section 6.1). An (S,G) that first went out as
 * current state is repeated as ALLOW: a lost first Update would otherwise cost a query interval.
 *
 * However much there is to be told, it goes out a part at a time, with other events between. */
#include "amt/gateway.h"
#include "amt/discovery.h"
#include "base/memory.h"
#include "base/random.h"
#include "membership/packets.h"

#include <string.h>
#include <utlist.h>

#define QUERY_INTERVAL_LEAST 5   /* seconds: a relay may not make us ask faster */
#define PART_MOST            512 /* subscriptions that are told at once, in some milliseconds */

const char *amt_cycle_state_name(enum amt_cycle_state state)
{
	static const char *const names[] = {"idle", "requesting", "active", "refreshing"};

	return names[state];
}

static struct amt_cycle *cycle_of(struct amt_gateway *gateway, int family)
{
	return family == AF_INET ? &gateway->igmp : &gateway->mld;
}

/* Those with repeats left are in one of the lists of changes, and no others. */
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

static void forget(struct amt_cycle *cycle, struct amt_subscription *subscription)
{
	if (cycle->rest == subscription)
		cycle->rest = subscription->hh.next;
	set_repeats(cycle, subscription, 0, 0);
	HASH_DEL(cycle->by_sg, subscription);
	free(subscription);
}

/* Updates: as many as the records need */

struct update {
	struct amt_cycle *cycle;
	struct membership_report report;
	uint8_t bytes[AMT_DATAGRAM_MAX];
};

static void update_begin(struct update *update, struct amt_cycle *cycle)
{
	update->cycle = cycle;
	amt_encode_update_header(&cycle->ticket, update->bytes);
	membership_report_begin(&update->report, cycle->family, update->bytes + AMT_UPDATE_HEADER,
				AMT_DATAGRAM_MAX - AMT_UPDATE_HEADER);
}

static void update_end(struct update *update)
{
	struct amt_gateway *gateway = update->cycle->gateway;
	size_t length = membership_report_end(&update->report);

	if (length)
		gateway->actions->send(gateway, update->bytes, AMT_UPDATE_HEADER + length);
}

static void update_add(struct update *update, int type, const struct sg *sg)
{
	if (membership_report_add(&update->report, type, sg))
		return;
	update_end(update);
	update_begin(update, update->cycle);
	membership_report_add(&update->report, type, sg);
}

/* One transmission: what has repeats left is in the list of the next report. */
static void tell(struct update *update, struct amt_subscription *subscription, int type)
{
	struct amt_cycle *cycle = update->cycle;
	struct amt_gateway *gateway = cycle->gateway;
	bool first = subscription->owner && !subscription->owner_told;

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
		forget(cycle, subscription);
}

/* What the present report has left goes out when the events at hand are done; a repetition later.
 */
static void schedule_changes(struct amt_cycle *cycle)
{
	usec_t delay = USEC_NEVER;

	if (cycle->changed[cycle->list])
		delay = 0;
	else if (cycle->changed[!cycle->list])
		delay = random_between(1, AMT_CHANGE_REPEAT);
	timer_start(cycle->gateway->timers, &cycle->change, delay);
}

static void change_due(struct timer *timer)
{
	struct amt_cycle *cycle = container_of(timer, struct amt_cycle, change);
	struct amt_subscription *subscription;
	struct update update;

	if (!cycle->changed[cycle->list])
		cycle->list = !cycle->list;
	update_begin(&update, cycle);
	for (unsigned i = 0; i < PART_MOST && cycle->changed[cycle->list]; i++) {
		subscription = cycle->changed[cycle->list];
		tell(&update, subscription,
		     subscription->owner ? MEMBERSHIP_ALLOW : MEMBERSHIP_BLOCK);
	}
	update_end(&update);
	schedule_changes(cycle);
}

/* Changes of one moment go into one report, and those of a moment in which the current state goes
 * out come after it. */
static void change(struct amt_cycle *cycle, struct amt_subscription *subscription)
{
	set_repeats(cycle, subscription, cycle->robustness, cycle->list);
	if (cycle->has_ticket && !cycle->rest)
		schedule_changes(cycle);
}

static void tell_current_state(struct timer *timer)
{
	struct amt_cycle *cycle = container_of(timer, struct amt_cycle, state_part);
	struct update update;

	update_begin(&update, cycle);
	for (unsigned i = 0; i < PART_MOST && cycle->rest; i++) {
		struct amt_subscription *subscription = cycle->rest;

		cycle->rest = subscription->hh.next;
		if (subscription->owner)
			tell(&update, subscription, MEMBERSHIP_IS_IN);
	}
	update_end(&update);
	if (cycle->rest)
		timer_start(cycle->gateway->timers, timer, 0);
	else
		schedule_changes(cycle);
}

static void report_current_state(struct amt_cycle *cycle)
{
	timer_stop(cycle->gateway->timers, &cycle->change);
	cycle->rest = cycle->by_sg;
	tell_current_state(&cycle->state_part);
}

static void block_all(struct amt_cycle *cycle)
{
	const struct amt_subscription *subscription;
	struct update update;

	update_begin(&update, cycle);
	for (subscription = cycle->by_sg; subscription; subscription = subscription->hh.next)
		if (subscription->relay_knows)
			update_add(&update, MEMBERSHIP_BLOCK, &subscription->sg);
	update_end(&update);
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
	report_current_state(cycle);
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
			block_all(cycles[i]);
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
				    .state_part.fn = tell_current_state,
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
