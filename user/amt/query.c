/* SPDX-License-Identifier: BSD-2-Clause */
#include "amt/query.h"
#include "amt/updates.h"
#include "membership/packets.h"

#include <string.h>

/* A relay forgets what it is not told again for QRV * QQIC + QRI (RFC 3376 section 8.4). So it is
 * asked as often as it says, as long as the reports take at most some 60 datagrams a second. */
#define STATE_PER_SECOND 4096 /* subscriptions */

/* Whether the relay sees us by another address or port than before (section 5.2.3.7). */
static bool endpoint_changed(const struct amt_ticket *before, const struct amt_ticket *now)
{
	return before->has_gateway && now->has_gateway &&
	       (before->gateway_port != now->gateway_port ||
		memcmp(before->gateway_address, now->gateway_address,
		       sizeof(now->gateway_address)) != 0);
}

/* In seconds; `announced` is the QQIC of the Query. */
static unsigned query_interval(const struct amt_cycle *cycle, unsigned announced)
{
	unsigned min = 1 + HASH_COUNT(cycle->by_sg) / STATE_PER_SECOND;

	return announced > min ? announced : min;
}

static bool is_periodic(const struct amt_cycle *cycle)
{
	return cycle->state == AMT_ACTIVE && amt_cycle_is_needed(cycle) &&
	       cycle->gateway->timers->now > cycle->answered + AMT_LATE;
}

/* Learns whether the relay is periodic. A relay that answers a first Request at once is not. */
static void note_manner(struct amt_cycle *cycle)
{
	struct amt_gateway *gateway = cycle->gateway;

	if (gateway->timers->now > cycle->asked + AMT_LATE)
		gateway->periodic = true;
	else if (cycle->transmissions == 1)
		gateway->periodic = false;
	cycle->answered = gateway->timers->now;
}

/* Whether a Request with the present nonce may still be answered. */
static bool has_asked(const struct amt_gateway *gateway)
{
	return amt_cycle_is_awaiting(&gateway->igmp) || amt_cycle_is_awaiting(&gateway->mld) ||
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
	/* After a repetition it is not known which Request was answered. */
	if (cycle->transmissions == 1 && !gateway->periodic)
		amt_cycle_note_round_trip(gateway, gateway->timers->now - cycle->asked);
	if (!first && endpoint_changed(&cycle->ticket, &query->ticket))
		amt_cycle_teardown(cycle);
	cycle->ticket = query->ticket;
	cycle->has_ticket = true;
	cycle->probing = cycle->unreachable = gateway->patient = false;
	cycle->state = AMT_ACTIVE;
	cycle->robustness = membership->robustness;
	cycle->query_interval = query_interval(cycle, membership->query_interval);
	timer_start(gateway->timers, &cycle->request, cycle->query_interval * USEC_PER_SEC);
	if (first)
		gateway->actions->established(gateway, cycle->family);
	updates_answer(cycle);
}

/* A Query of a family that was not asked for. If the relay has misread the P flag, MLD is asked for
 * by the other form at once, unless that has been done. */
static enum fault not_awaited(struct amt_cycle *cycle)
{
	struct amt_gateway *gateway = cycle->gateway;

	if (cycle->family == AF_INET && amt_p_flag_misread(&gateway->p_flag)) {
		if (amt_cycle_is_awaiting(&gateway->mld) && !gateway->p_flag.sent)
			amt_cycle_transmit(&gateway->mld);
		return FAULT_NONE;
	}
	return cycle->state == AMT_IDLE ? FAULT_TYPE : FAULT_UNEXPECTED;
}

static enum fault decode(const struct amt_gateway *gateway, const struct amt_query *query,
			 struct membership_query *membership, enum protocol *protocol)
{
	struct ip_datagram ip;
	enum fault fault;

	*protocol = PROTOCOL_AMT;
	fault = check_nonce(gateway, query->ticket.nonce);
	if (fault)
		return fault;
	*protocol = PROTOCOL_MEMBERSHIP;
	fault = ip_decode(query->datagram, &ip);
	return fault ? fault : membership_decode_query(&ip, membership);
}

enum fault amt_gateway_receive(struct amt_gateway *gateway, const struct amt_query *query,
			       enum protocol *protocol)
{
	struct membership_query membership;
	enum fault fault = decode(gateway, query, &membership, protocol);
	struct amt_cycle *cycle;
	bool was_full;

	if (fault)
		return fault;
	cycle = amt_cycle_of(gateway, membership.family);
	if (!amt_cycle_is_awaiting(cycle) && !is_periodic(cycle))
		return not_awaited(cycle);
	was_full = gateway->full;
	gateway->full = query->limit;
	if (query->limit && cycle->state == AMT_REQUESTING) {
		amt_cycle_fail(cycle, "relay takes no more gateways (L flag)");
		return FAULT_NONE;
	}
	if (was_full || query->limit)
		gateway->actions->full(gateway, query->limit);
	accept_query(cycle, query, &membership);
	return FAULT_NONE;
}
