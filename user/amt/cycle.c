/* SPDX-License-Identifier: BSD-2-Clause */
#include "amt/cycle.h"
#include "amt/discovery.h"
#include "amt/updates.h"
#include "base/random.h"

/* Within this time a relay that sends Queries by a period of its own sends the next one. */
#define PERIOD (130 * USEC_PER_SEC)

/* Data younger than this proves that a relay serves us, whatever ICMP says. */
#define DATA_PROVES (120 * USEC_PER_SEC)
/* While data younger than this comes, a relay that does not answer Requests is not given up. */
#define DATA_IS_NEW (10 * USEC_PER_SEC)

#define PROBE_RETRY_MIN (200 * USEC_PER_MS)

const char *amt_cycle_state_name(enum amt_cycle_state state)
{
	static const char *const names[] = {"idle", "requesting", "active", "refreshing"};

	return names[state];
}

struct amt_cycle *amt_cycle_of(struct amt_gateway *gateway, int family)
{
	return family == AF_INET ? &gateway->igmp : &gateway->mld;
}

bool amt_cycle_is_awaiting(const struct amt_cycle *cycle)
{
	return cycle->state == AMT_REQUESTING || cycle->state == AMT_REFRESHING;
}

bool amt_cycle_is_needed(const struct amt_cycle *cycle)
{
	return cycle->wanted || cycle->connections;
}

/* Requests */

/* The retransmission timeout of RFC 6298 section 2, within bounds of our own. */
static usec_t probe_retry_time(const struct amt_gateway *gateway)
{
	usec_t timeout = gateway->round_trip + 4 * gateway->round_trip_variation;

	if (timeout < PROBE_RETRY_MIN)
		return PROBE_RETRY_MIN;
	return timeout < AMT_RETRY_INITIAL ? timeout : AMT_RETRY_INITIAL;
}

void amt_cycle_note_round_trip(struct amt_gateway *gateway, usec_t sample)
{
	usec_t before = gateway->round_trip;
	usec_t off = sample > before ? sample - before : before - sample;

	if (!before) {
		gateway->round_trip = sample;
		gateway->round_trip_variation = sample / 2;
		return;
	}
	gateway->round_trip_variation = (3 * gateway->round_trip_variation + off) / 4;
	gateway->round_trip = (7 * before + sample) / 8;
}

static void send_request(struct amt_gateway *gateway, uint8_t flags)
{
	uint8_t bytes[AMT_REQUEST_LENGTH];

	amt_encode_request(gateway->nonce, flags, bytes);
	gateway->actions->send(gateway, bytes, sizeof(bytes));
}

static void send_requests(struct amt_cycle *cycle)
{
	uint8_t forms[AMT_P_FORMS] = {0};
	unsigned count = 1;

	if (cycle->family == AF_INET6)
		count = amt_p_flag_next(&cycle->gateway->p_flag, forms);
	for (unsigned i = 0; i < count; i++)
		send_request(cycle->gateway, forms[i]);
}

static bool is_patient(const struct amt_cycle *cycle)
{
	return cycle->gateway->patient && !cycle->has_ticket;
}

void amt_cycle_transmit(struct amt_cycle *cycle)
{
	struct amt_gateway *gateway = cycle->gateway;

	timer_start(gateway->timers, &cycle->request,
		    cycle->probing ? probe_retry_time(gateway)
				   : amt_retry_time(cycle->transmissions, is_patient(cycle)));
	cycle->transmissions++;
	cycle->asked = gateway->timers->now;
	send_requests(cycle);
}

static void begin_request(struct amt_cycle *cycle)
{
	cycle->state = cycle->has_ticket ? AMT_REFRESHING : AMT_REQUESTING;
	cycle->transmissions = 0;
	cycle->begun = cycle->gateway->timers->now;
	amt_cycle_transmit(cycle);
}

/* Some relays (Linux's) know a tunnel by one nonce only, that of the last Request. So a new nonce
 * refreshes both families, and a family that is wanted later uses the other's nonce. */
void amt_cycle_request(struct amt_cycle *cycle)
{
	struct amt_gateway *gateway = cycle->gateway;
	struct amt_cycle *other = cycle == &gateway->igmp ? &gateway->mld : &gateway->igmp;
	bool take_other =
		cycle->has_ticket && other->state == AMT_ACTIVE && amt_cycle_is_needed(other);

	if (!amt_cycle_is_awaiting(other) && (cycle->has_ticket || !other->has_ticket)) {
		gateway->nonce = random_u32();
		amt_p_flag_begin(&gateway->p_flag);
	}
	begin_request(cycle);
	if (take_other)
		begin_request(other);
}

void amt_cycle_go_idle(struct amt_cycle *cycle)
{
	struct amt_subscription *subscription, *next;

	cycle->state = AMT_IDLE;
	cycle->has_ticket = cycle->probing = cycle->unreachable = false;
	timer_stop(cycle->gateway->timers, &cycle->request);
	timer_stop(cycle->gateway->timers, &cycle->fresh);
	timer_stop(cycle->gateway->timers, &cycle->change);
	timer_stop(cycle->gateway->timers, &cycle->state_part);
	cycle->rest = NULL;
	HASH_ITER (hh, cycle->by_sg, subscription, next) {
		subscription->relay_knows = subscription->owner_told = false;
		if (!subscription->owner)
			updates_forget(cycle, subscription);
	}
}

void amt_cycle_fail(struct amt_cycle *cycle, const char *reason)
{
	amt_cycle_go_idle(cycle);
	cycle->gateway->actions->failed(cycle->gateway, cycle->family, reason);
}

static const char *why_given_up(const struct amt_cycle *cycle)
{
	if (cycle->probing)
		return "relay sends no data and does not answer";
	return cycle->has_ticket ? "relay does not answer Requests any more"
				 : "relay does not answer Requests";
}

bool amt_cycle_is_unreachable(const struct amt_gateway *gateway)
{
	return gateway->unreachables >= AMT_TRANSMISSIONS &&
	       (!gateway->data || gateway->data + DATA_PROVES < gateway->timers->now);
}

static void give_up_refusing(struct amt_cycle *cycle)
{
	cycle->gateway->refusing = true;
	amt_cycle_fail(cycle, "relay answers Requests, but takes no Updates (ICMP unreachable)");
}

/* The query interval has ended. If ICMP did not answer the Updates, the row of errors ends. */
static void query_over(struct amt_cycle *cycle)
{
	if (!cycle->unreachable)
		cycle->gateway->unreachables = 0;
	if (!amt_cycle_is_needed(cycle))
		amt_cycle_go_idle(cycle);
	else if (cycle->unreachable && amt_cycle_is_unreachable(cycle->gateway))
		give_up_refusing(cycle);
	else
		amt_cycle_request(cycle);
}

static bool has_new_data(const struct amt_gateway *gateway)
{
	return gateway->data && gateway->data + DATA_IS_NEW > gateway->timers->now;
}

static bool may_repeat(const struct amt_cycle *cycle)
{
	const struct amt_gateway *gateway = cycle->gateway;

	if (cycle->transmissions < AMT_TRANSMISSIONS || is_patient(cycle))
		return true;
	if (cycle->probing)
		return false;
	return (gateway->periodic && cycle->begun + PERIOD > gateway->timers->now) ||
	       has_new_data(gateway);
}

static void request_due(struct timer *timer)
{
	struct amt_cycle *cycle = container_of(timer, struct amt_cycle, request);

	if (cycle->state == AMT_ACTIVE) {
		query_over(cycle);
	} else if (may_repeat(cycle)) {
		amt_cycle_transmit(cycle);
	} else {
		amt_cycle_fail(cycle, why_given_up(cycle));
	}
}

void amt_cycle_teardown(struct amt_cycle *cycle)
{
	uint8_t bytes[AMT_TEARDOWN_LENGTH];

	amt_encode_teardown(&cycle->ticket, bytes);
	cycle->gateway->actions->send(cycle->gateway, bytes, sizeof(bytes));
}

void amt_cycle_init(struct amt_gateway *gateway, struct amt_cycle *cycle, int family)
{
	*cycle = (struct amt_cycle){.gateway = gateway,
				    .family = family,
				    .request.fn = request_due,
				    .fresh.fn = updates_fresh_due,
				    .change.fn = updates_due,
				    .state_part.fn = updates_state_due,
				    .robustness = 2};
}
