/* SPDX-License-Identifier: BSD-2-Clause */
#include "pim/interface.h"
#include "base/log.h"
#include "base/random.h"

#include <string.h>

/* What a neighbour that begins anew has joined lasts until it has joined it again. */
#define JOINS_OF_RESTARTED (PIM_HOLDTIME_JOIN_PRUNE * USEC_PER_SEC)

/* Default_Hello_Holdtime, section 4.11. */
static uint16_t hello_holdtime(const struct pim_interface *pim)
{
	return pim->options->hello_period * 7 / 2;
}

static void send_hello(struct pim_interface *pim, uint16_t holdtime)
{
	struct pim_hello hello = {
		.holdtime = holdtime,
		.has_lan_prune_delay = true,
		.propagation_delay_ms = PIM_PROPAGATION_DELAY_MS,
		.override_interval_ms = PIM_OVERRIDE_INTERVAL_MS,
		.has_dr_priority = true,
		.dr_priority = PIM_DR_PRIORITY,
		.has_generation_id = true,
		.generation_id = pim->generation_id,
		.address_count = pim->secondary_count,
	};
	uint8_t message[PIM_MESSAGE_MAX];
	size_t length;

	if (pim->observing)
		return;
	memcpy(hello.addresses, pim->secondaries, sizeof(hello.addresses));
	length = pim_encode_hello(&hello, &pim->address, message, sizeof(message));
	pim->actions->send(pim->context, message, length);
	pim->counters.hellos_sent++;
	pim->hello_owed = false;
}

static void hello_due(struct timer *timer)
{
	struct pim_interface *pim = container_of(timer, struct pim_interface, hello);

	if (pim->observing)
		return;
	send_hello(pim, hello_holdtime(pim));
	timer_start(pim->timers, timer, pim->options->hello_period * USEC_PER_SEC);
}

/* Section 4.3.1: a new or restarted neighbour hears of us soon, but not from all at once. */
static void trigger_hello(struct pim_interface *pim)
{
	usec_t delay = random_between(0, PIM_TRIGGERED_HELLO_DELAY_S * USEC_PER_SEC);

	if (pim->hello_owed || pim->observing)
		return;
	pim->hello_owed = true;
	if (timer_left(pim->timers, &pim->hello) > delay)
		timer_start(pim->timers, &pim->hello, delay);
}

/* Anything but a Hello, which a neighbour discards from whom it has no Hello (section 4.3.1). */
static void send_message(struct pim_interface *pim, const uint8_t *message, size_t length)
{
	if (pim->hello_owed)
		send_hello(pim, hello_holdtime(pim));
	pim->actions->send(pim->context, message, length);
}

static void send_echoes(struct pim_interface *pim)
{
	uint8_t message[PIM_MESSAGE_MAX];
	size_t length = pim_encode_prune_echo(pim->echoes, pim->echo_count, &pim->address, message,
					      sizeof(message));

	send_message(pim, message, length);
	pim->counters.prune_echoes_sent += pim->echo_count;
	pim->echo_count = 0;
}

static void echo_due(struct timer *timer)
{
	send_echoes(container_of(timer, struct pim_interface, echo));
}

/* Prunes of one message take effect together: so do their echoes go. */
static void downstream_echo(struct pim_downstream *downstream, const struct sg *sg)
{
	struct pim_interface *pim = container_of(downstream, struct pim_interface, downstream);

	if (pim->observing)
		return;
	pim->echoes[pim->echo_count++] = *sg;
	if (pim->echo_count == PIM_PRUNES_MAX) {
		timer_stop(pim->timers, &pim->echo);
		send_echoes(pim);
	} else {
		timer_start(pim->timers, &pim->echo, 0);
	}
}

/* Whom we do not have to know, we cannot count, either: somebody else may always be there. */
static bool is_alone(const struct pim_interface *pim, unsigned neighbors)
{
	return pim->options->require_hello && neighbors <= 1;
}

/* What it has joined goes with it, once others have had time to say that they want it, too. */
static void neighbor_gone(struct pim_interface *pim, const struct addr *address, unsigned left)
{
	pim_asserts_neighbor_gone(&pim->asserts, address);
	pim_downstream_bound(&pim->downstream, address,
			     is_alone(pim, left + 1) ? 0 : PIM_SUPPRESSION, true);
}

static void neighbor_expired(struct pim_neighbors *neighbors, const struct pim_neighbor *neighbor)
{
	struct pim_interface *pim = container_of(neighbors, struct pim_interface, neighbors);
	char text[ADDR_TEXT];

	neighbor_gone(pim, &neighbor->address, pim_neighbors_count(neighbors) - 1);
	log_notice("pim: neighbor %s on %s expired (no Hello for %u s)",
		   addr_format(&neighbor->address, text), pim->name, neighbor->hello.holdtime);
}

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
	send_message(pim, message,
		     pim_encode_assert(sg, metric, &pim->address, message, sizeof(message)));
	pim->counters.asserts_sent++;
}

static void assert_lost(struct pim_asserts *asserts, const struct sg *sg, bool lost)
{
	struct pim_interface *pim = container_of(asserts, struct pim_interface, asserts);

	pim->actions->lost(pim->context, sg, lost);
}

static void start_asserts(struct pim_interface *pim)
{
	pim->asserts = (struct pim_asserts){.timers = pim->timers,
					    .us = pim->address,
					    .metric = pim->options->metric,
					    .interest = assert_interest,
					    .send = assert_send,
					    .lost = assert_lost};
}

/* A router that heard an earlier goodbye of ours may still hold its Joins and wait for its next
 * periodic one, up to a minute (FRR does). It sends them at once to a neighbour whose Generation ID
 * changes (section 4.3.1): so it hears of two. */
static void introduce(struct pim_interface *pim)
{
	char text[ADDR_TEXT];

	addr_format(&pim->address, text);
	if (pim->observing) {
		log_notice("pim: observed on %s, where another daemon speaks for %s", pim->name,
			   text);
		return;
	}
	log_notice("pim: Hello on %s from %s", pim->name, text);
	pim->generation_id = random_u32();
	send_hello(pim, hello_holdtime(pim));
	pim->generation_id++;
	hello_due(&pim->hello);
}

void pim_interface_start(struct pim_interface *pim)
{
	pim->hello.fn = hello_due;
	pim->echo.fn = echo_due;
	pim->neighbors = (struct pim_neighbors){.timers = pim->timers,
						.limit = pim->options->neighbors_max,
						.expired = neighbor_expired};
	pim->downstream = (struct pim_downstream){.timers = pim->timers,
						  .joiner_limit = pim->options->joins_max,
						  .joined = downstream_joined,
						  .left = downstream_left,
						  .echo = downstream_echo};
	start_asserts(pim);
	introduce(pim);
}

void pim_interface_withdraw(struct pim_interface *pim)
{
	send_hello(pim, 0);
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
		send_hello(pim, hello_holdtime(pim));
		return;
	}
	pim_asserts_readdress(&pim->asserts, address);
	introduce(pim);
}

void pim_interface_stop(struct pim_interface *pim)
{
	send_hello(pim, 0);
	timer_stop(pim->timers, &pim->hello);
	timer_stop(pim->timers, &pim->echo);
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

static void note_foreign(const struct pim_interface *pim, const struct pim_neighbor *neighbor)
{
	char text[ADDR_TEXT], ours[ADDR_TEXT];

	if (pim_interface_is_foreign(pim, neighbor))
		log_warning("pim: neighbor %s on %s has no address of a subnet of ours (%s): it "
			    "sends no "
			    "Joins unless its routes to the sources lead to an address of ours",
			    addr_format(&neighbor->address, text), pim->name,
			    addr_format(&pim->address, ours));
}

static enum fault receive_hello(struct pim_interface *pim, const struct addr *from,
				const struct pim_hello *hello)
{
	char text[ADDR_TEXT];

	pim->counters.hellos_received++;
	pim->counters.parts_skipped += hello->has_stray_bytes;
	addr_format(from, text);
	switch (pim_neighbors_hello(&pim->neighbors, from, hello)) {
	case PIM_NEIGHBOR_NEW:
		log_notice("pim: neighbor %s on %s", text, pim->name);
		note_foreign(pim, pim_neighbors_find(&pim->neighbors, from));
		trigger_hello(pim);
		break;
	case PIM_NEIGHBOR_RESTARTED:
		log_notice("pim: neighbor %s on %s restarted", text, pim->name);
		pim_asserts_neighbor_gone(&pim->asserts, from);
		pim_downstream_bound(&pim->downstream, from, JOINS_OF_RESTARTED, false);
		trigger_hello(pim);
		break;
	case PIM_NEIGHBOR_GONE:
		log_notice("pim: neighbor %s on %s said goodbye", text, pim->name);
		neighbor_gone(pim, from, pim_neighbors_count(&pim->neighbors));
		break;
	case PIM_NEIGHBOR_REFUSED:
		log_warning(
			"pim: neighbor %s on %s refused: %u are known already (limit 'neighbors'; "
			"'allow' in [pim] keeps strangers out)",
			text, pim->name, pim->options->neighbors_max);
		return FAULT_LIMIT;
	case PIM_NEIGHBOR_SAME:
	case PIM_NEIGHBOR_STRANGER:
		break;
	}
	return FAULT_NONE;
}

static bool is_our_address(const struct pim_interface *pim, const struct addr *address)
{
	if (addr_equal(address, &pim->address))
		return true;
	for (unsigned i = 0; i < pim->secondary_count; i++)
		if (addr_equal(address, &pim->secondaries[i]))
			return true;
	return false;
}

static enum fault apply_join(struct pim_interface *pim, const struct addr *from,
			     const struct sg *sg, uint16_t holdtime)
{
	enum pim_join_result result = pim_downstream_join(&pim->downstream, sg, from, holdtime);
	char text[ADDR_TEXT];

	if (result == PIM_JOIN_TAKEN) {
		pim_asserts_join(&pim->asserts, sg);
		return FAULT_NONE;
	}
	pim->counters.joins_refused++;
	if (result == PIM_JOIN_TOO_MANY)
		log_warning(
			"pim: neighbor %s on %s has joined %u channels already: more are refused "
			"(limit 'joins')",
			addr_format(from, text), pim->name, pim->options->joins_max);
	return FAULT_LIMIT;
}

static usec_t prune_delay(const struct pim_interface *pim)
{
	if (is_alone(pim, pim_neighbors_count(&pim->neighbors)))
		return 0; /* nobody could override a Prune */
	return pim_neighbors_override_interval(&pim->neighbors);
}

static enum fault apply_entry(struct pim_interface *pim, const struct addr *from,
			      const struct pim_entry *entry, uint16_t holdtime)
{
	pim->counters.parts_skipped += entry->has_attributes;
	if (!entry->is_channel) {
		pim->counters.entries_skipped++;
		return FAULT_NONE;
	}
	if (!sg_is_forwardable(&entry->sg) ||
	    !prefixes_allow(pim->options->groups, &entry->sg.group)) {
		pim->counters.entries_refused++;
		return FAULT_NONE;
	}
	if (!entry->prune)
		return apply_join(pim, from, &entry->sg, holdtime);
	pim_downstream_prune(&pim->downstream, &entry->sg, prune_delay(pim));
	return FAULT_NONE;
}

/* Sections 4.5 and 4.6: whose Hello was not heard is no neighbour yet. */
static bool is_heeded(struct pim_interface *pim, const struct addr *from)
{
	struct pim_neighbor *neighbor = pim_neighbors_find(&pim->neighbors, from);

	if (neighbor)
		pim_neighbors_heard(&pim->neighbors, neighbor);
	return neighbor || !pim->options->require_hello;
}

static enum fault receive_join_prune(struct pim_interface *pim, const struct addr *from,
				     struct pim_join_prune *message)
{
	enum fault fault = FAULT_NONE;
	struct pim_entry entry;

	if (!is_heeded(pim, from))
		return FAULT_SENDER;
	pim->counters.join_prunes_received++;
	if (!is_our_address(pim, &message->upstream)) {
		pim->counters.for_other_router++;
		return FAULT_NONE;
	}
	pim->counters.parts_skipped += message->is_cut;
	if (!pim_neighbors_find(&pim->neighbors, from) && message->holdtime > PIM_HOLDTIME_STRANGER)
		message->holdtime = PIM_HOLDTIME_STRANGER;
	while (pim_next_entry(message, &entry)) {
		enum fault refused = apply_entry(pim, from, &entry, message->holdtime);

		fault = refused ? refused : fault;
	}
	return fault;
}

static enum fault receive_assert(struct pim_interface *pim, const struct addr *from,
				 const struct pim_assert *message)
{
	if (!is_heeded(pim, from))
		return FAULT_SENDER;
	pim->counters.asserts_received++;
	if (message->is_channel)
		pim_asserts_receive(&pim->asserts, from, message);
	else
		pim->counters.entries_skipped++;
	return FAULT_NONE;
}

/* Section 4.9: PIM over IPv6 speaks from link-local addresses. */
static bool is_router_address(const struct addr *addr)
{
	if (addr->family == AF_INET6)
		return addr_is_link_local(addr);
	return addr_is_link_local(addr) || !addr_is_martian(addr);
}

enum fault pim_interface_receive(struct pim_interface *pim, const struct ip_datagram *ip)
{
	struct pim_message message;
	enum fault fault;

	if (is_our_address(pim, &ip->source))
		return FAULT_NONE; /* our own, sent back by a switch */
	fault = pim_decode(ip, &message);
	if (fault)
		return fault;
	if (!is_router_address(&ip->source))
		return FAULT_ADDRESS;
	if (!prefixes_allow(pim->options->allow, &ip->source))
		return FAULT_SENDER;
	switch (message.type) {
	case PIM_HELLO:
		return receive_hello(pim, &ip->source, &message.hello);
	case PIM_JOIN_PRUNE:
		return receive_join_prune(pim, &ip->source, &message.join_prune);
	case PIM_ASSERT:
		return receive_assert(pim, &ip->source, &message.assert);
	default:
		return FAULT_NONE;
	}
}

void pim_interface_interest_changed(struct pim_interface *pim, const struct sg *sg)
{
	pim_asserts_interest_changed(&pim->asserts, sg);
}

const struct addr *pim_interface_dr(const struct pim_interface *pim)
{
	return pim_neighbors_dr(&pim->neighbors, &pim->address, PIM_DR_PRIORITY);
}
