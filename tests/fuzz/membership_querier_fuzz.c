/* SPDX-License-Identifier: BSD-2-Clause */
/* The queriers of one interface, both families, with hosts and other queriers that say anything
 * while time passes: tables keep their limits, every timer that runs is one of theirs, joins and
 * leaves are told once each, what is sent can be read, and a message that is refused changes
 * nothing.
 *
 * STEP_MESSAGE: a datagram; with an argument, from the host of that number. STEP_REFUSE: the daemon
 * has no more room, or has it again. */
#include "base/log.h"
#include "fuzz.h"
#include "membership/encode.h"
#include "membership/querier.h"

#include <string.h>

#define FAMILIES 2
#define LIMIT    40

static const struct prefixes all,
	subnets = {.list = {{{AF_INET, {10}}, 24}, {{AF_INET6, {0xfe, 0x80}}, 64}}, .count = 2};
static const uint8_t addresses[FAMILIES][16] = {{10, 0, 0, 4}, {0xfe, 0x80, [15] = 4}};

struct family {
	struct membership_querier querier;
	struct sg wanted[LIMIT];
	unsigned wanted_count;
};

static struct timers timers;
static struct family families[FAMILIES];
static bool full;

/* Actions */

static void check_sent(void *context, const struct addr *destination, const uint8_t *datagram,
		       size_t length)
{
	const struct membership_querier *querier = &((struct family *)context)->querier;
	struct membership_message message;
	struct ip_datagram ip;

	must(!querier->other.family);
	must(length <= MEMBERSHIP_QUERY_MAX);
	must(!ip_decode(cursor_over(datagram, length), &ip));
	must(addr_equal(&ip.destination, destination) && addr_equal(&ip.source, &querier->address));
	must(!membership_decode(&ip, &message) && message.kind == MEMBERSHIP_QUERY);
}

/* Where it is among those that are wanted; the count where it is not. */
static unsigned place_of(const struct family *family, const struct sg *sg)
{
	unsigned i = 0;

	while (i < family->wanted_count && memcmp(&family->wanted[i], sg, sizeof(*sg)) != 0)
		i++;
	return i;
}

static bool note_joined(void *context, const struct sg *sg)
{
	struct family *family = context;

	must(sg_is_forwardable(sg) && sg->source.family == family->querier.address.family);
	must(place_of(family, sg) == family->wanted_count && family->wanted_count < LIMIT);
	if (full)
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

static const struct membership_querier_actions actions = {
	.send = check_sent, .joined = note_joined, .left = note_left};

/* Invariants: they count the timers that belong to what they check. */

static unsigned check_group(const struct membership_group *group)
{
	const struct membership_source *source;
	unsigned count = 0;
	bool asked = false;

	for (source = group->sources; source; source = source->next) {
		must(source->group == group && source->expiry.slot);
		asked |= source->queries_left;
		count++;
	}
	must(count && count == group->source_count && count <= MEMBERSHIP_SOURCES_MAX);
	must(!asked || group->retransmission.slot);
	return count + (group->retransmission.slot != 0);
}

static unsigned check_querier(const struct family *family)
{
	const struct membership_querier *querier = &family->querier;
	bool ours = !querier->other.family;
	const struct membership_group *group;
	unsigned running = 1;

	must(membership_querier_count(querier) == family->wanted_count);
	must(ours == (querier->general.slot != 0));
	must(!ours == (querier->other_present.slot != 0));
	must(querier->robustness && querier->query_interval);
	for (group = querier->groups; group; group = group->hh.next)
		running += check_group(group);
	return running;
}

static void check_all(void)
{
	unsigned running = 0;

	for (int i = 0; i < FAMILIES; i++)
		running += check_querier(&families[i]);
	must(timers.count == running);
}

/* Steps */

static void start(void)
{
	for (int i = 0; i < FAMILIES; i++) {
		families[i] =
			(struct family){.querier = {.name = "fuzz",
						    .timers = &timers,
						    .actions = &actions,
						    .context = &families[i],
						    .address = addr_from_bytes(
							    i ? AF_INET6 : AF_INET, addresses[i]),
						    .subnets = &subnets,
						    .settings = {.robustness = 2,
								 .query_interval = 125,
								 .limit = LIMIT,
								 .groups = &all}}};
		membership_querier_start(&families[i].querier);
	}
}

static void stop(void)
{
	for (int i = 0; i < FAMILIES; i++)
		membership_querier_stop(&families[i].querier);
	must(!timers.count);
}

static void receive(struct family *family, const struct ip_datagram *ip)
{
	struct addr other = family->querier.other;
	unsigned wanted = family->wanted_count;
	size_t running = timers.count;
	enum fault fault = membership_querier_receive(&family->querier, ip);

	if (fault && fault != FAULT_LIMIT)
		must(family->wanted_count == wanted && timers.count == running &&
		     !memcmp(&other, &family->querier.other, sizeof(other)));
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
	if (step->op == STEP_REFUSE)
		full = !full;
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
	full = false;
	start();
	while (fuzz_next_step(&input, &step) && take(&step))
		check_all();
	stop();
	timers_free(&timers);
	return 0;
}
