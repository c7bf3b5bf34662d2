/* SPDX-License-Identifier: BSD-2-Clause */
/* PIM on one interface, both families, with neighbors that say anything while time passes: tables
 * keep their limits, every timer that runs is one of theirs, joins and leaves are told once each,
 * and a message that is refused changes nothing.
 *
 * STEP_MESSAGE: a datagram; with an argument, from the neighbor of that number. */
#include "base/log.h"
#include "fuzz.h"
#include "pim/interface.h"

#include <string.h>

#define FAMILIES      2
#define NEIGHBORS_MAX 4
#define JOINED_MAX    12 /* that the daemon has room for */

static const struct prefixes all;
static const struct pim_options options = {.neighbors_max = NEIGHBORS_MAX,
					   .joins_max = 6,
					   .hello_period = 30,
					   .require_hello = true,
					   .allow = &all,
					   .groups = &all,
					   .metric = {.preference = 200, .metric = 100}};
static const uint8_t addresses[FAMILIES][16] = {{10, 0, 0, 1}, {0xfe, 0x80, [15] = 1}};

struct family {
	struct pim_interface pim;
	struct sg wanted[JOINED_MAX];
	unsigned wanted_count;
};

static struct timers timers;
static struct family families[FAMILIES];

/* Actions */

static void check_sent(void *context, const uint8_t *message, size_t length)
{
	const struct pim_interface *pim = &((struct family *)context)->pim;
	struct ip_datagram ip = {.source = pim->address,
				 .destination = pim_all_routers(pim->address.family),
				 .protocol = PIM_IP_PROTOCOL,
				 .payload = cursor_over(message, length)};
	struct pim_message decoded;

	must(pim_decode(&ip, &decoded) == FAULT_NONE);
	if (decoded.type == PIM_HELLO)
		must(decoded.hello.generation_id == pim->generation_id);
	else
		must(decoded.type == PIM_JOIN_PRUNE || decoded.type == PIM_ASSERT);
}

/* Where it is among those that are wanted; the count where it is not. */
static unsigned place_of(const struct family *family, const struct sg *sg)
{
	unsigned i = 0;

	while (i < family->wanted_count && memcmp(&family->wanted[i], sg, sizeof(*sg)) != 0)
		i++;
	return i;
}

static bool note_joined(void *context, const struct sg *sg, const struct addr *from)
{
	(void)from;
	struct family *family = context;

	must(sg_is_forwardable(sg) && sg->source.family == family->pim.address.family);
	must(place_of(family, sg) == family->wanted_count);
	if (family->wanted_count == JOINED_MAX)
		return false;
	family->wanted[family->wanted_count++] = *sg;
	return true;
}

static void note_left(void *context, const struct sg *sg)
{
	struct family *family = context;
	unsigned place = place_of(family, sg);

	must(place < family->wanted_count);
	family->wanted[place] = family->wanted[--family->wanted_count];
}

/* Of what is joined, every other channel has packets. */
static enum pim_interest interest(void *context, const struct sg *sg)
{
	const struct family *family = context;

	if (place_of(family, sg) == family->wanted_count)
		return PIM_UNWANTED;
	return sg->source.bytes[3] & 1 ? PIM_FORWARDED : PIM_WANTED;
}

static void note_lost(void *context, const struct sg *sg, bool lost)
{
	(void)context;
	(void)lost;
	must(sg_is_forwardable(sg));
}

static const struct prefixes subnets;
static const struct pim_actions actions = {.send = check_sent,
					   .joined = note_joined,
					   .left = note_left,
					   .interest = interest,
					   .lost = note_lost};

/* Invariants: both count the timers that belong to what they check. */

static unsigned check_neighbors(const struct pim_neighbors *neighbors)
{
	const struct pim_neighbor *neighbor;
	unsigned running = 0;

	must(pim_neighbors_count(neighbors) <= NEIGHBORS_MAX);
	for (neighbor = neighbors->by_address; neighbor; neighbor = neighbor->hh.next) {
		bool forever = neighbor->hello.holdtime == PIM_HOLDTIME_FOREVER;

		must(neighbor->hello.holdtime && !neighbor->expiry.slot == forever);
		running += neighbor->expiry.slot != 0;
	}
	return running;
}

/* It ends with the last of what keeps it. */
static unsigned check_claims(const struct pim_downstream_entry *entry)
{
	usec_t due = entry->kept_until;
	const struct pim_claim *claim;
	unsigned count = 0;

	for (claim = entry->claims; claim; claim = claim->sibling) {
		must(claim->entry == entry && claim->joiner);
		due = claim->due > due ? claim->due : due;
		count++;
	}
	must(count <= PIM_CLAIMS_MAX && timer_due(&timers, &entry->expiry) == due);
	return count;
}

static unsigned check_downstream(const struct family *family)
{
	const struct pim_downstream_entry *entry = family->pim.downstream.by_sg;
	const struct pim_joiner *joiner;
	unsigned running = 0, claims = 0;

	must(pim_downstream_count(&family->pim.downstream) == family->wanted_count);
	for (; entry; entry = entry->hh.next) {
		bool pending = entry->state == PIM_PRUNE_PENDING;

		must(pending || entry->state == PIM_JOIN);
		must(pending == (entry->prune_pending.slot != 0));
		running += pending + (entry->expiry.slot != 0);
		claims += check_claims(entry);
	}
	for (joiner = family->pim.downstream.joiners; joiner; joiner = joiner->hh.next) {
		must(joiner->entries && joiner->entries <= options.joins_max);
		claims -= joiner->entries;
	}
	must(!claims);
	return running;
}

static unsigned check_asserts(const struct family *family)
{
	const struct pim_assert_entry *entry = family->pim.asserts.by_sg;
	unsigned running = 0;

	for (; entry; entry = entry->hh.next) {
		must(entry->state != PIM_ASSERT_NO_INFO && entry->timer.slot);
		must(place_of(family, &entry->sg) < family->wanted_count);
		running++;
	}
	return running;
}

static void check_all(void)
{
	unsigned running = 0;

	for (int i = 0; i < FAMILIES; i++) {
		must(families[i].pim.hello.slot != 0);
		running += 1 + check_neighbors(&families[i].pim.neighbors) +
			   check_downstream(&families[i]) + check_asserts(&families[i]) +
			   (families[i].pim.echo.slot != 0);
	}
	must(timers.count == running);
	must(timers_next(&timers) >= timers.now || !timers.count);
}

/* Steps */

static void start(void)
{
	for (int i = 0; i < FAMILIES; i++) {
		families[i] = (struct family){
			.pim = {.name = "fuzz",
				.timers = &timers,
				.options = &options,
				.actions = &actions,
				.context = &families[i],
				.subnets = &subnets,
				.address = addr_from_bytes(i ? AF_INET6 : AF_INET, addresses[i])}};
		pim_interface_start(&families[i].pim);
	}
}

static void stop(void)
{
	for (int i = 0; i < FAMILIES; i++)
		pim_interface_stop(&families[i].pim);
	must(!timers.count);
}

static void receive(struct family *family, const struct ip_datagram *ip)
{
	unsigned neighbors = pim_neighbors_count(&family->pim.neighbors);
	unsigned entries = family->wanted_count;
	size_t running = timers.count;
	enum fault fault = pim_interface_receive(&family->pim, ip);

	if (fault && fault != FAULT_LIMIT)
		must(pim_neighbors_count(&family->pim.neighbors) == neighbors &&
		     family->wanted_count == entries && timers.count == running);
}

static void take_datagram(const struct ip_datagram *ip)
{
	receive(&families[ip->source.family == AF_INET6], ip);
}

static bool take(const struct fuzz_step *step)
{
	if (step->op == STEP_TIME)
		return fuzz_step_time(&timers, step);
	if (step->op == STEP_MESSAGE)
		fuzz_with_datagram(step, take_datagram);
	if (step->op == STEP_RESTART) {
		stop();
		start();
	}
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct cursor input = cursor_over(bytes, size);
	struct fuzz_step step;

	log_set_level(LOG_LEVEL_ERROR);
	fuzz_restart_random();
	timers = (struct timers){0};
	start();
	while (fuzz_next_step(&input, &step) && take(&step))
		check_all();
	stop();
	timers_free(&timers);
	return 0;
}
