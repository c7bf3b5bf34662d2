/* SPDX-License-Identifier: BSD-2-Clause */
#include "pim/interface.h"
#include "base/log.h"
#include "pim/hello.h"
#include "pim/joins.h"

#include <stdlib.h>

/* Routers answer a new Generation ID within their override interval, 2.5 s by default. */
#define HEEDED_WITHIN (10 * USEC_PER_SEC)

/* What the state machines ask for */

static bool downstream_joined(struct pim_downstream *downstream, const struct sg *sg,
			      const struct addr *from)
{
	struct pim_interface *pim = container_of(downstream, struct pim_interface, downstream);

	return pim->actions->joined(pim->context, sg, from);
}

static void downstream_left(struct pim_downstream *downstream, const struct sg *sg)
{
	struct pim_interface *pim = container_of(downstream, struct pim_interface, downstream);

	pim->actions->left(pim->context, sg);
}

static enum pim_interest assert_interest(struct pim_asserts *asserts, const struct sg *sg)
{
	struct pim_interface *pim = container_of(asserts, struct pim_interface, asserts);

	return pim->actions->interest(pim->context, sg);
}

static void assert_send(struct pim_asserts *asserts, const struct sg *sg,
			const struct pim_metric *metric)
{
	struct pim_interface *pim = container_of(asserts, struct pim_interface, asserts);
	uint8_t message[PIM_MESSAGE_MAX];

	if (pim->observing)
		return;
	pim_hello_then_send(pim, message,
			    pim_encode_assert(sg, metric, &pim->address, message, sizeof(message)));
	pim->counters.asserts_sent++;
}

static void assert_lost(struct pim_asserts *asserts, const struct sg *sg, bool lost)
{
	struct pim_interface *pim = container_of(asserts, struct pim_interface, asserts);

	pim->actions->lost(pim->context, sg, lost);
}

/* The life of an interface */

static void start_asserts(struct pim_interface *pim)
{
	pim->asserts = (struct pim_asserts){.timers = pim->timers,
					    .us = pim->address,
					    .metric = pim->options->metric,
					    .interest = assert_interest,
					    .send = assert_send,
					    .lost = assert_lost};
}

/* Who has not said Hello by now is a stranger. */
static void succession_over(struct timer *timer)
{
	struct pim_interface *pim = container_of(timer, struct pim_interface, succession);
	struct pim_early_message *early;

	while ((early = pim_early_take(&pim->early, NULL))) {
		pim->actions->rejected(pim->context, FAULT_SENDER, &early->ip.source);
		free(early);
	}
}

void pim_interface_start(struct pim_interface *pim)
{
	pim->succession.fn = succession_over;
	pim->hello.fn = pim_hello_due;
	pim->echo.fn = pim_joins_echo_due;
	pim->neighbors = (struct pim_neighbors){.timers = pim->timers,
						.limit = pim->options->neighbors_max,
						.expired = pim_hello_expired};
	pim->downstream = (struct pim_downstream){.timers = pim->timers,
						  .joiner_limit = pim->options->joins_max,
						  .joined = downstream_joined,
						  .left = downstream_left,
						  .echo = pim_joins_echo,
						  .ask = pim_joins_ask};
	start_asserts(pim);
	pim_hello_introduce(pim);
}

void pim_interface_withdraw(struct pim_interface *pim)
{
	pim_hello_goodbye(pim);
}

void pim_interface_readdress(struct pim_interface *pim, const struct addr *address,
			     const struct addr *secondaries, unsigned secondary_count)
{
	bool is_new = !addr_equal(&pim->address, address);

	pim->address = *address;
	pim->secondary_count = secondary_count;
	for (unsigned i = 0; i < secondary_count; i++)
		pim->secondaries[i] = secondaries[i];
	if (!is_new) {
		pim_hello_announce(pim);
		return;
	}
	pim_asserts_readdress(&pim->asserts, address);
	pim_hello_introduce(pim);
}

void pim_interface_return(struct pim_interface *pim)
{
	if (!pim->observing)
		pim_downstream_ask_later(&pim->downstream, PIM_SUCCESSION);
	pim_hello_introduce(pim);
}

/* Worse than any metric of a router that forwards; an infinite one is no metric (section 4.6.3). */
static const struct pim_metric worst = {.preference = PIM_PREFERENCE_INFINITE - 1,
					.metric = PIM_METRIC_INFINITE - 1};

void pim_interface_drain(struct pim_interface *pim, bool drain)
{
	if (drain == pim->draining || pim->observing)
		return;
	pim->draining = drain;
	pim_asserts_change_metric(&pim->asserts, drain ? &worst : &pim->options->metric);
	if (drain)
		timer_start(pim->timers, &pim->hello, PIM_DRAIN);
	else
		pim_hello_introduce(pim);
}

void pim_interface_stop(struct pim_interface *pim)
{
	pim_hello_goodbye(pim);
	timer_stop(pim->timers, &pim->hello);
	timer_stop(pim->timers, &pim->echo);
	timer_stop(pim->timers, &pim->succession);
	while (pim->early.messages)
		free(pim_early_take(&pim->early, NULL));
	pim_neighbors_free(&pim->neighbors);
	pim_downstream_free(&pim->downstream);
	pim_asserts_free(&pim->asserts);
}

bool pim_interface_is_foreign(const struct pim_interface *pim, const struct pim_neighbor *neighbor)
{
	if (addr_is_on_link(&neighbor->address, pim->subnets))
		return false;
	for (unsigned i = 0; i < neighbor->hello.address_count; i++)
		if (addr_is_on_link(&neighbor->hello.addresses[i], pim->subnets))
			return false;
	return true;
}

bool pim_interface_is_alone(const struct pim_interface *pim, unsigned neighbors)
{
	return pim->options->require_hello && neighbors <= 1;
}

bool pim_interface_has(const struct pim_interface *pim, const struct addr *address)
{
	if (addr_equal(address, &pim->address))
		return true;
	for (unsigned i = 0; i < pim->secondary_count; i++)
		if (addr_equal(address, &pim->secondaries[i]))
			return true;
	return false;
}

bool pim_interface_adopt(struct pim_interface *pim, const struct sg *sg)
{
	if (!pim_downstream_adopt(&pim->downstream, sg, PIM_HOLDTIME_JOIN_PRUNE,
				  pim->observing ? 0 : PIM_SUCCESSION))
		return false;
	timer_start(pim->timers, &pim->succession, PIM_SUCCESSION);
	if (!pim->taken_over && !pim->observing)
		pim->taken_over = pim->timers->now;
	return true;
}

/* Messages */

/* A router whose Hello was not heard is no neighbor yet (sections 4.5 and 4.6). */
static bool is_heeded(struct pim_interface *pim, const struct addr *from)
{
	struct pim_neighbor *neighbor = pim_neighbors_find(&pim->neighbors, from);

	if (neighbor)
		pim_neighbors_heard(&pim->neighbors, neighbor);
	return neighbor || !pim->options->require_hello;
}

static void receive_assert(struct pim_interface *pim, const struct addr *from,
			   const struct pim_assert *message)
{
	pim->counters.asserts_received++;
	if (message->is_channel)
		pim_asserts_receive(&pim->asserts, from, message);
	else
		pim->counters.entries_skipped++;
}

/* PIM over IPv6 uses link-local addresses (section 4.9). */
static bool is_router_address(const struct addr *addr)
{
	if (addr->family == AF_INET6)
		return addr_is_link_local(addr);
	return addr_is_link_local(addr) || !addr_is_martian(addr);
}

/* What a neighbor said before its Hello is heard now. */
static enum fault receive_hello(struct pim_interface *pim, const struct addr *from,
				const struct pim_hello *hello)
{
	enum fault fault = pim_hello_receive(pim, from, hello);
	struct pim_early_message *early;

	while (pim_neighbors_find(&pim->neighbors, from) &&
	       (early = pim_early_take(&pim->early, from))) {
		enum fault late = pim_interface_receive(pim, &early->ip);

		if (late)
			pim->actions->rejected(pim->context, late, from);
		free(early);
	}
	return fault;
}

static bool is_early(struct pim_interface *pim, const struct ip_datagram *ip)
{
	return timer_left(pim->timers, &pim->succession) && pim_early_keep(&pim->early, ip);
}

static enum fault dispatch(struct pim_interface *pim, const struct ip_datagram *ip,
			   struct pim_message *message)
{
	const struct addr *from = &ip->source;

	if (message->type == PIM_HELLO)
		return receive_hello(pim, from, &message->hello);
	if (message->type != PIM_JOIN_PRUNE && message->type != PIM_ASSERT)
		return FAULT_NONE;
	if (!is_heeded(pim, from))
		return is_early(pim, ip) ? FAULT_NONE : FAULT_SENDER;
	if (message->type == PIM_JOIN_PRUNE)
		return pim_joins_receive(pim, from, &message->join_prune);
	receive_assert(pim, from, &message->assert);
	return FAULT_NONE;
}

enum fault pim_interface_receive(struct pim_interface *pim, const struct ip_datagram *ip)
{
	struct pim_message message;
	enum fault fault;

	if (pim_interface_has(pim, &ip->source))
		return FAULT_NONE; /* our own, sent back by a switch */
	fault = pim_decode(ip, &message);
	if (fault)
		return fault;
	if (!is_router_address(&ip->source))
		return FAULT_ADDRESS;
	if (!prefixes_allow(pim->options->allow, &ip->source))
		return FAULT_SENDER;
	return dispatch(pim, ip, &message);
}

bool pim_interface_is_heeded(const struct pim_interface *pim, bool *known)
{
	usec_t until = pim->confirmed ? pim->confirmed : pim->timers->now;
	bool soon = until - pim->taken_over <= HEEDED_WITHIN;

	*known = pim->taken_over && (pim->confirmed || !soon);
	return soon;
}

void pim_interface_interest_changed(struct pim_interface *pim, const struct sg *sg)
{
	pim_asserts_interest_changed(&pim->asserts, sg);
}

const struct addr *pim_interface_dr(const struct pim_interface *pim)
{
	return pim_neighbors_dr(&pim->neighbors, &pim->address, PIM_DR_PRIORITY);
}
