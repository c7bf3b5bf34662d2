/* SPDX-License-Identifier: BSD-2-Clause */
#include "amt/gateway.h"
#include "amt/discovery.h"
#include "amt/updates.h"
#include "base/memory.h"
#include "base/random.h"
#include "membership/packets.h"

#include <string.h>

/* A relay forgets what is not told again for QRV * QQIC + QRI (RFC 3376 section 8.4), so that it is
 * asked as often as it says, as long as the current state takes no more than some 60 datagrams a
 * second. */
#define STATE_PER_SECOND 4096 /* subscriptions */

/* Data that is younger proves that a relay serves us, whatever ICMP says. */
#define DATA_PROVES (120 * USEC_PER_SEC)
/* While such comes, a relay that answers no Requests is one to stay with. */
#define DATA_IS_NEW (10 * USEC_PER_SEC)

#define PROBE_INTERVAL  (2 * USEC_PER_SEC)
#define PROBE_RETRY_MIN (200 * USEC_PER_MS)

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

static bool is_awaiting(const struct amt_cycle *cycle)
{
	return cycle->state == AMT_REQUESTING || cycle->state == AMT_REFRESHING;
}

static bool is_needed(const struct amt_cycle *cycle)
{
	return cycle->wanted || cycle->connections;
}

/* RFC 6298 section 2. */
static usec_t retry_time(const struct amt_gateway *gateway)
{
	usec_t most = gateway->round_trip + 4 * gateway->round_trip_variation;

	if (most < PROBE_RETRY_MIN)
		return PROBE_RETRY_MIN;
	return most < AMT_RETRY_INITIAL ? most : AMT_RETRY_INITIAL;
}

static void note_round_trip(struct amt_gateway *gateway, usec_t sample)
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

static void transmit_request(struct amt_cycle *cycle)
{
	struct amt_gateway *gateway = cycle->gateway;

	timer_start(gateway->timers, &cycle->request,
		    cycle->probing ? retry_time(gateway)
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
	transmit_request(cycle);
}

/* Relays know a tunnel by one nonce, the last Request's (the Linux kernel's do): so both families
 * are refreshed at once under a new one, and a family that comes later is asked for under that of
 * the other's ticket. */
static void request(struct amt_cycle *cycle)
{
	struct amt_gateway *gateway = cycle->gateway;
	struct amt_cycle *other = cycle == &gateway->igmp ? &gateway->mld : &gateway->igmp;
	bool along = cycle->has_ticket && other->state == AMT_ACTIVE && is_needed(other);

	if (!is_awaiting(other) && (cycle->has_ticket || !other->has_ticket)) {
		gateway->nonce = random_u32();
		amt_p_flag_begin(&gateway->p_flag);
	}
	begin_request(cycle);
	if (along)
		begin_request(other);
}

/* Without a ticket the relay cannot be told of anything; it forgets us by itself. */
static void go_idle(struct amt_cycle *cycle)
{
	struct amt_subscription *subscription, *next;

	cycle->state = AMT_IDLE;
	cycle->has_ticket = cycle->probing = cycle->refused = false;
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

static const char *why_given_up(const struct amt_cycle *cycle)
{
	if (cycle->probing)
		return "relay sends no data and does not answer";
	return cycle->has_ticket ? "relay does not answer Requests any more"
				 : "relay does not answer Requests";
}

/* Whether ICMP's word against the relay is enough to end the tunnel. */
static bool is_refused(const struct amt_gateway *gateway)
{
	return gateway->refusals >= AMT_TRANSMISSIONS &&
	       (!gateway->data || gateway->data + DATA_PROVES < gateway->timers->now);
}

static void give_up_refusing(struct amt_cycle *cycle)
{
	cycle->gateway->refusing = true;
	fail(cycle, "relay answers Requests, but takes no Updates (ICMP unreachable)");
}

/* A Query whose Updates nobody has refused ends the row. */
static void query_over(struct amt_cycle *cycle)
{
	if (!cycle->refused)
		cycle->gateway->refusals = 0;
	if (!is_needed(cycle))
		go_idle(cycle);
	else if (cycle->refused && is_refused(cycle->gateway))
		give_up_refusing(cycle);
	else
		request(cycle);
}

static bool data_comes(const struct amt_gateway *gateway)
{
	return gateway->data && gateway->data + DATA_IS_NEW > gateway->timers->now;
}

static bool asks_on(const struct amt_cycle *cycle)
{
	const struct amt_gateway *gateway = cycle->gateway;

	if (cycle->transmissions < AMT_TRANSMISSIONS || is_patient(cycle))
		return true;
	if (cycle->probing)
		return false;
	return (gateway->periodic && cycle->begun + AMT_PERIOD > gateway->timers->now) ||
	       data_comes(gateway);
}

static void request_due(struct timer *timer)
{
	struct amt_cycle *cycle = container_of(timer, struct amt_cycle, request);

	if (cycle->state == AMT_ACTIVE) {
		query_over(cycle);
	} else if (asks_on(cycle)) {
		transmit_request(cycle);
	} else {
		fail(cycle, why_given_up(cycle));
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

/* In seconds. */
static unsigned query_interval(const struct amt_cycle *cycle, unsigned told)
{
	unsigned least = 1 + HASH_COUNT(cycle->by_sg) / STATE_PER_SECOND;

	return told > least ? told : least;
}

static bool is_periodic(const struct amt_cycle *cycle)
{
	return cycle->state == AMT_ACTIVE && is_needed(cycle) &&
	       cycle->gateway->timers->now > cycle->answered + AMT_LATE;
}

/* One that answers a first Request at once is no such relay, or no more. */
static void note_manner(struct amt_cycle *cycle)
{
	struct amt_gateway *gateway = cycle->gateway;

	if (gateway->timers->now > cycle->asked + AMT_LATE)
		gateway->periodic = true;
	else if (cycle->transmissions == 1)
		gateway->periodic = false;
	cycle->answered = gateway->timers->now;
}

/* Under the present nonce. */
static bool has_asked(const struct amt_gateway *gateway)
{
	return is_awaiting(&gateway->igmp) || is_awaiting(&gateway->mld) ||
	       gateway->p_flag.sent & AMT_P_LINUX;
}

static enum fault check_nonce(const struct amt_gateway *gateway, uint32_t nonce)
{
	bool may_be_periodic = is_periodic(&gateway->igmp) || is_periodic(&gateway->mld);

	if (nonce == gateway->nonce && (has_asked(gateway) || may_be_periodic))
		return FAULT_NONE;
	return has_asked(gateway) ? FAULT_NONCE : FAULT_UNEXPECTED;
}

static void accept_query(struct amt_cycle *cycle, const struct amt_query *query,
			 const struct membership_query *membership)
{
	struct amt_gateway *gateway = cycle->gateway;
	bool first = !cycle->has_ticket;

	if (cycle->family == AF_INET6)
		amt_p_flag_answered(&gateway->p_flag);
	note_manner(cycle);
	if (cycle->transmissions == 1 && !gateway->periodic) /* else it is not known to which */
		note_round_trip(gateway, gateway->timers->now - cycle->asked);
	if (!first && gateway_moved(&cycle->ticket, &query->ticket))
		send_teardown(cycle);
	cycle->ticket = query->ticket;
	cycle->has_ticket = true;
	cycle->probing = cycle->refused = gateway->patient = false;
	cycle->state = AMT_ACTIVE;
	cycle->robustness = membership->robustness;
	cycle->query_interval = query_interval(cycle, membership->query_interval);
	timer_start(gateway->timers, &cycle->request, cycle->query_interval * USEC_PER_SEC);
	if (first)
		gateway->actions->established(gateway, cycle->family);
	updates_answer(cycle);
}

/* A relay that misreads the P flag is asked by the other form at once, where it has not been. */
static enum fault not_awaited(struct amt_cycle *cycle)
{
	struct amt_gateway *gateway = cycle->gateway;

	if (cycle->family == AF_INET && amt_p_flag_misread(&gateway->p_flag)) {
		if (is_awaiting(&gateway->mld) && !gateway->p_flag.sent)
			transmit_request(&gateway->mld);
		return FAULT_NONE;
	}
	return cycle->state == AMT_IDLE ? FAULT_TYPE : FAULT_UNEXPECTED;
}

enum fault amt_gateway_receive(struct amt_gateway *gateway, const struct amt_query *query,
			       enum protocol *protocol)
{
	struct membership_query membership;
	struct ip_datagram ip;
	struct amt_cycle *cycle;
	bool was_full;
	enum fault fault;

	*protocol = PROTOCOL_AMT;
	fault = check_nonce(gateway, query->ticket.nonce);
	if (fault)
		return fault;
	*protocol = PROTOCOL_MEMBERSHIP;
	fault = ip_decode(query->datagram, &ip);
	if (!fault)
		fault = membership_decode_query(&ip, &membership);
	if (fault)
		return fault;
	cycle = cycle_of(gateway, membership.family);
	if (!is_awaiting(cycle) && !is_periodic(cycle))
		return not_awaited(cycle);
	was_full = gateway->full;
	gateway->full = query->limit;
	if (query->limit && cycle->state == AMT_REQUESTING) {
		fail(cycle, "relay takes no more gateways (L flag)");
		return FAULT_NONE;
	}
	if (was_full || query->limit)
		gateway->actions->full(gateway, query->limit);
	accept_query(cycle, query, &membership);
	return FAULT_NONE;
}

void amt_gateway_probe(struct amt_gateway *gateway)
{
	struct amt_cycle *cycles[] = {&gateway->igmp, &gateway->mld};
	usec_t now = gateway->timers->now;
	bool is_new[2];

	if (gateway->periodic || (gateway->probed && now < gateway->probed + PROBE_INTERVAL))
		return; /* a periodic one does not answer */
	gateway->probed = now;
	for (size_t i = 0; i < 2; i++) {
		is_new[i] = !(cycles[i]->probing && is_awaiting(cycles[i]));
		cycles[i]->probing = cycles[i]->has_ticket && is_needed(cycles[i]);
	}
	for (size_t i = 0; i < 2; i++)
		if (cycles[i]->probing && is_new[i] &&
		    (cycles[i]->state == AMT_ACTIVE || cycles[i]->asked < now))
			request(cycles[i]);
}

/* Until the next Request: none after the first refusal, and none where it is the end. */
static usec_t refusal_delay(const struct amt_gateway *gateway)
{
	if (gateway->refusals == 1 || is_refused(gateway))
		return 0;
	return random_backoff(AMT_RETRY_INITIAL, AMT_RETRY_MAX, gateway->refusals - 1);
}

static void note_refusal(struct amt_cycle *cycle)
{
	struct amt_gateway *gateway = cycle->gateway;
	usec_t delay;

	cycle->refused = true;
	gateway->refusals++;
	delay = refusal_delay(gateway);
	if (delay < timer_left(gateway->timers, &cycle->request))
		timer_start(gateway->timers, &cycle->request, delay);
}

static bool may_be_refused(const struct amt_cycle *cycle)
{
	return cycle->state == AMT_ACTIVE && is_needed(cycle);
}

/* Of a relay that is probed, since its data has stopped, the word is believed at once. While
 * another answer is awaited the retry timer decides. */
void amt_gateway_unreachable(struct amt_gateway *gateway)
{
	struct amt_cycle *cycles[] = {&gateway->igmp, &gateway->mld};

	for (size_t i = 0; i < 2; i++) {
		if (!cycles[i]->probing)
			continue;
		timer_start(gateway->timers, &cycles[i]->request, 0);
		cycles[i]->transmissions = AMT_TRANSMISSIONS;
	}
	/* The Request of one of them takes the other along. */
	if (gateway->igmp.refused || gateway->mld.refused)
		return;
	for (size_t i = 0; i < 2; i++) {
		if (!cycles[i]->probing && may_be_refused(cycles[i])) {
			note_refusal(cycles[i]);
			return;
		}
	}
}

void amt_gateway_flows(struct amt_gateway *gateway)
{
	gateway->data = gateway->timers->now;
}

void amt_gateway_moved(struct amt_gateway *gateway)
{
	struct amt_cycle *cycles[] = {&gateway->igmp, &gateway->mld};

	for (size_t i = 0; i < 2; i++)
		if (cycles[i]->state != AMT_IDLE && is_needed(cycles[i]))
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

void amt_gateway_remind(struct amt_gateway *gateway, const struct sg *sg)
{
	struct amt_cycle *cycle = cycle_of(gateway, sg->source.family);
	struct amt_subscription *subscription;

	HASH_FIND(hh, cycle->by_sg, sg, sizeof(*sg), subscription);
	if (subscription && subscription->owner)
		updates_remind(cycle, subscription);
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

unsigned amt_gateway_leaves(const struct amt_gateway *gateway)
{
	unsigned igmp = gateway->igmp.has_ticket ? gateway->igmp.robustness : 0;
	unsigned mld = gateway->mld.has_ticket ? gateway->mld.robustness : 0;

	return igmp > mld ? igmp : mld;
}

void amt_gateway_connect(struct amt_gateway *gateway, int family)
{
	struct amt_cycle *cycle = cycle_of(gateway, family);

	cycle->connections++;
	if (cycle->state == AMT_IDLE)
		request(cycle);
}

void amt_gateway_disconnect(struct amt_gateway *gateway, int family)
{
	struct amt_cycle *cycle = cycle_of(gateway, family);

	cycle->connections--;
	if (!is_needed(cycle) && cycle->state == AMT_REQUESTING)
		go_idle(cycle);
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
