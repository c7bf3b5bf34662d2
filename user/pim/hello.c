/* SPDX-License-Identifier: BSD-2-Clause */
#include "pim/hello.h"
#include "base/log.h"
#include "base/random.h"

#include <string.h>

/* The Joins of a neighbor that has restarted end after this time, unless it sends them again. */
#define JOINS_OF_RESTARTED (PIM_HOLDTIME_JOIN_PRUNE * USEC_PER_SEC)

/* What we say */

/* Default_Hello_Holdtime (section 4.11) */
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

void pim_hello_due(struct timer *timer)
{
	struct pim_interface *pim = container_of(timer, struct pim_interface, hello);

	if (pim->observing)
		return;
	if (pim->draining) {
		pim_hello_goodbye(pim);
		return;
	}
	send_hello(pim, hello_holdtime(pim));
	timer_start(pim->timers, timer, pim->options->hello_period * USEC_PER_SEC);
}

void pim_hello_announce(struct pim_interface *pim)
{
	send_hello(pim, hello_holdtime(pim));
}

void pim_hello_goodbye(struct pim_interface *pim)
{
	send_hello(pim, 0);
}

/* A neighbor discards what comes from a router whose Hello it has not heard (section 4.3.1). */
void pim_hello_then_send(struct pim_interface *pim, const uint8_t *message, size_t length)
{
	if (pim->hello_owed)
		pim_hello_announce(pim);
	pim->actions->send(pim->context, message, length);
}

/* A router that heard an earlier goodbye of ours may hold its Joins back until its next periodic
 * one, up to a minute (FRR does). It sends them at once to a neighbor whose Generation ID changes
 * (section 4.3.1), so we announce two. */
void pim_hello_introduce(struct pim_interface *pim)
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
	pim_hello_announce(pim);
	pim->generation_id++;
	pim_hello_due(&pim->hello);
}

/* Neighbors */

/* A new or restarted neighbor is sent a Hello soon, but not by all at once (section 4.3.1). */
static void trigger_hello(struct pim_interface *pim)
{
	usec_t delay = random_between(0, PIM_TRIGGERED_HELLO_DELAY_S * USEC_PER_SEC);

	if (pim->hello_owed || pim->observing || pim->draining)
		return;
	pim->hello_owed = true;
	if (timer_left(pim->timers, &pim->hello) > delay)
		timer_start(pim->timers, &pim->hello, delay);
}

/* The Joins of a neighbor that is gone end, once others have had time to say that they want the
 * same channels. */
static void neighbor_gone(struct pim_interface *pim, const struct addr *address, unsigned left)
{
	pim_asserts_neighbor_gone(&pim->asserts, address);
	pim_downstream_bound(&pim->downstream, address,
			     pim_interface_is_alone(pim, left + 1) ? 0 : PIM_SUPPRESSION, true);
}

void pim_hello_expired(struct pim_neighbors *neighbors, const struct pim_neighbor *neighbor)
{
	struct pim_interface *pim = container_of(neighbors, struct pim_interface, neighbors);
	char text[ADDR_TEXT];

	neighbor_gone(pim, &neighbor->address, pim_neighbors_count(neighbors) - 1);
	log_event(LOG_LEVEL_NOTICE,
		  log_about(.message = LOG_NEIGHBOR_GONE, .neighbor = &neighbor->address,
			    .interface = pim->name),
		  "pim: neighbor %s on %s expired (no Hello for %u s)",
		  addr_format(&neighbor->address, text), pim->name, neighbor->hello.holdtime);
}

static void note_foreign(const struct pim_interface *pim, const struct pim_neighbor *neighbor)
{
	char text[ADDR_TEXT], ours[ADDR_TEXT];

	if (pim_interface_is_foreign(pim, neighbor))
		log_event(LOG_LEVEL_WARNING,
			  log_about(.message = LOG_NEIGHBOR, .neighbor = &neighbor->address,
				    .interface = pim->name),
			  "pim: neighbor %s on %s has no address in our subnet (%s): it sends "
			  "no Joins unless its routes to the sources lead to an address of ours",
			  addr_format(&neighbor->address, text), pim->name,
			  addr_format(&pim->address, ours));
}

static void neighbor_appeared(struct pim_interface *pim, const struct addr *from)
{
	char text[ADDR_TEXT];

	log_event(LOG_LEVEL_NOTICE,
		  log_about(.message = LOG_NEIGHBOR, .neighbor = from, .interface = pim->name),
		  "pim: neighbor %s on %s", addr_format(from, text), pim->name);
	note_foreign(pim, pim_neighbors_find(&pim->neighbors, from));
	trigger_hello(pim);
}

static void neighbor_restarted(struct pim_interface *pim, const struct addr *from)
{
	char text[ADDR_TEXT];

	log_event(LOG_LEVEL_NOTICE,
		  log_about(.message = LOG_NEIGHBOR, .neighbor = from, .interface = pim->name),
		  "pim: neighbor %s on %s restarted", addr_format(from, text), pim->name);
	pim_asserts_neighbor_gone(&pim->asserts, from);
	pim_downstream_bound(&pim->downstream, from, JOINS_OF_RESTARTED, false);
	trigger_hello(pim);
}

static void neighbor_left(struct pim_interface *pim, const struct addr *from)
{
	char text[ADDR_TEXT];

	log_event(LOG_LEVEL_NOTICE,
		  log_about(.message = LOG_NEIGHBOR_GONE, .neighbor = from, .interface = pim->name),
		  "pim: neighbor %s on %s said goodbye", addr_format(from, text), pim->name);
	neighbor_gone(pim, from, pim_neighbors_count(&pim->neighbors));
}

static void note_rejected(const struct pim_interface *pim, const struct addr *from)
{
	char text[ADDR_TEXT];

	log_warning("pim: neighbor %s on %s rejected: there are %u neighbors already (limit "
		    "'neighbors'; 'allow' in [pim] keeps strangers out)",
		    addr_format(from, text), pim->name, pim->options->neighbors_max);
}

enum fault pim_hello_receive(struct pim_interface *pim, const struct addr *from,
			     const struct pim_hello *hello)
{
	pim->counters.hellos_received++;
	pim->counters.parts_skipped += hello->has_stray_bytes;
	switch (pim_neighbors_hello(&pim->neighbors, from, hello)) {
	case PIM_NEIGHBOR_NEW:
		neighbor_appeared(pim, from);
		break;
	case PIM_NEIGHBOR_RESTARTED:
		neighbor_restarted(pim, from);
		break;
	case PIM_NEIGHBOR_GONE:
		neighbor_left(pim, from);
		break;
	case PIM_NEIGHBOR_REJECTED:
		note_rejected(pim, from);
		return FAULT_LIMIT;
	case PIM_NEIGHBOR_SAME:
	case PIM_NEIGHBOR_STRANGER:
		break;
	}
	return FAULT_NONE;
}
