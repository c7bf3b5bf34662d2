/* SPDX-License-Identifier: BSD-2-Clause */
#include "pim/joins.h"
#include "base/log.h"
#include "pim/hello.h"

/* PruneEchoes (section 4.5.2) */

static void send_echoes(struct pim_interface *pim)
{
	uint8_t message[PIM_MESSAGE_MAX];
	size_t length = pim_encode_prune_echo(pim->echoes, pim->echo_count, &pim->address, message,
					      sizeof(message));

	pim_hello_then_send(pim, message, length);
	pim->counters.prune_echoes_sent += pim->echo_count;
	pim->echo_count = 0;
}

void pim_joins_echo_due(struct timer *timer)
{
	send_echoes(container_of(timer, struct pim_interface, echo));
}

static bool is_alone(const struct pim_interface *pim)
{
	return pim_interface_is_alone(pim, pim_neighbors_count(&pim->neighbors));
}

/* The Prunes of one message take effect together, so their echoes go out in one message, too. */
static void add_echo(struct pim_interface *pim, const struct sg *sg)
{
	pim->echoes[pim->echo_count++] = *sg;
	if (pim->echo_count == PIM_PRUNES_MAX) {
		timer_stop(pim->timers, &pim->echo);
		send_echoes(pim);
	} else {
		timer_start(pim->timers, &pim->echo, 0);
	}
}

void pim_joins_echo(struct pim_downstream *downstream, const struct sg *sg)
{
	struct pim_interface *pim = container_of(downstream, struct pim_interface, downstream);

	if (!pim->observing && !is_alone(pim))
		add_echo(pim, sg);
}

usec_t pim_joins_ask(struct pim_downstream *downstream, const struct sg *sg)
{
	struct pim_interface *pim = container_of(downstream, struct pim_interface, downstream);

	add_echo(pim, sg);
	return pim_neighbors_override_interval(&pim->neighbors);
}

/* Messages of neighbors */

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
		log_warning("pim: neighbor %s on %s has joined %u channels already: more are "
			    "rejected (limit 'joins')",
			    addr_format(from, text), pim->name, pim->options->joins_max);
	return FAULT_LIMIT;
}

/* Nobody could override a Prune if its sender is the only neighbor. */
static usec_t prune_delay(const struct pim_interface *pim)
{
	usec_t unknown = timer_left(pim->timers, &pim->succession), known = 0;

	if (!is_alone(pim))
		known = pim_neighbors_override_interval(&pim->neighbors);
	return known > unknown ? known : unknown;
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

/* Routers send their Joins to the winner of the Assert. To be able to take over, the loser keeps
 * what it has lost for as long as they join it there. */
static void follow_winner(struct pim_interface *pim, const struct addr *from,
			  struct pim_join_prune *message)
{
	const struct pim_assert_entry *lost;
	struct pim_entry entry;

	while (pim_next_entry(message, &entry)) {
		lost = entry.is_channel ? pim_asserts_find(&pim->asserts, &entry.sg) : NULL;
		if (!lost || lost->state != PIM_ASSERT_LOSER ||
		    !addr_equal(&lost->winner, &message->upstream) ||
		    !pim_downstream_find(&pim->downstream, &entry.sg))
			continue;
		if (entry.prune)
			pim_downstream_prune(&pim->downstream, &entry.sg, prune_delay(pim));
		else
			pim_downstream_join(&pim->downstream, &entry.sg, from, message->holdtime);
	}
}

enum fault pim_joins_receive(struct pim_interface *pim, const struct addr *from,
			     struct pim_join_prune *message)
{
	enum fault fault = FAULT_NONE;
	struct pim_entry entry;

	pim->counters.join_prunes_received++;
	if (!pim_interface_has(pim, &message->upstream)) {
		pim->counters.for_other_router++;
		if (pim->options->follow_winners)
			follow_winner(pim, from, message);
		return FAULT_NONE;
	}
	if (pim->taken_over && !pim->confirmed)
		pim->confirmed = pim->timers->now;
	pim->counters.parts_skipped += message->is_cut;
	if (!pim_neighbors_find(&pim->neighbors, from) && message->holdtime > PIM_HOLDTIME_STRANGER)
		message->holdtime = PIM_HOLDTIME_STRANGER;
	while (pim_next_entry(message, &entry)) {
		enum fault rejected = apply_entry(pim, from, &entry, message->holdtime);

		fault = rejected ? rejected : fault;
	}
	return fault;
}
