/* SPDX-License-Identifier: BSD-2-Clause */
/* One discovery of relays by all ways, with any answers, in any order: it asks no more than its
 * limits, ends once, and has relays in order or a reason. Names wait for their turns.
 *
 * STEP_MESSAGE adds a record to the answer in the making, time passes with STEP_TIME; any other
 * step gives the answer. */
#include "driad/lookup.h"
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#define RECORDS_MAX  32
#define STATUS_COUNT (DNS_BOGUS + 1)

static struct driad_question *asked[DRIAD_QUESTIONS_MAX]; /* and not yet answered */
static unsigned asked_count, done_count;

static void *ask(struct driad_question *question)
{
	size_t length = strnlen(question->name, sizeof(question->name));

	must(length && length < sizeof(question->name) && question->name[length - 1] == '.');
	must(asked_count < DRIAD_QUESTIONS_MAX && !done_count);
	asked[asked_count++] = question;
	return question;
}

static void cancel(void *query)
{
	unsigned i = 0;

	while (i < asked_count && asked[i] != query)
		i++;
	must(i < asked_count);
	asked[i] = asked[--asked_count];
}

static void refused(struct driad_lookup *lookup, enum fault fault)
{
	must(!done_count && lookup->pending);
	must(fault > FAULT_NONE && fault < FAULT_COUNT);
}

static void done(struct driad_lookup *lookup)
{
	must(!done_count++ && !asked_count && !lookup->pending);
	must(lookup->relay_count <= DRIAD_RELAYS_MAX && !lookup->relay_count == !!lookup->reason);
	for (unsigned i = 0; i < lookup->relay_count; i++) {
		must(!addr_is_martian(&lookup->relays[i].address));
		must(!i || lookup->relays[i - 1].way != lookup->relays[i].way ||
		     lookup->relays[i - 1].precedence <= lookup->relays[i].precedence);
	}
}

static const struct driad_actions actions = {
	.ask = ask, .cancel = cancel, .refused = refused, .done = done};

static struct driad_rule rule = {.sources = {.addr = {.family = AF_INET}},
				 .record = {.type = AMTRELAY_NAME, .name = "relay.example."}};

static void give(struct dns_answer *answer, uint8_t argument)
{
	struct driad_question *question = asked[argument / STATUS_COUNT % asked_count];

	answer->status = argument % STATUS_COUNT;
	cancel(question);
	driad_answer(question, answer);
	answer->count = 0;
}

static void add_record(struct dns_answer *answer, struct dns_record *records, struct cursor rdata)
{
	if (answer->count < RECORDS_MAX)
		records[answer->count++] = (struct dns_record){rdata.at, cursor_left(&rdata)};
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct cursor input = cursor_over(bytes, size);
	struct dns_record records[RECORDS_MAX];
	struct dns_answer answer = {.records = records};
	const struct driad_options options = {
		.ways = {DRIAD_SOURCE, DRIAD_CONFIGURED, DRIAD_DNS_SD},
		.way_count = 3,
		.domain = "example.",
		.rules = &rule,
		.rule_count = 1};
	struct timers timers = {0};
	struct pace pace = {.timers = &timers, .rate = 10, .share = 2};
	struct driad_lookup lookup = {
		.actions = &actions, .options = &options, .timers = &timers, .pace = &pace};
	struct fuzz_step step;

	fuzz_restart_random();
	asked_count = done_count = 0;
	lookup.source = addr_from_bytes(AF_INET, (uint8_t[]){192, 0, 2, 10});
	driad_start(&lookup);
	while (lookup.pending && fuzz_next_step(&input, &step)) {
		if (step.op == STEP_MESSAGE)
			add_record(&answer, records, step.bytes);
		else if (step.op == STEP_TIME)
			fuzz_step_time(&timers, &step);
		else if (asked_count)
			give(&answer, step.argument);
	}
	must(!lookup.pending == (done_count == 1));
	driad_stop(&lookup);
	must(!asked_count && !pace.waiting);
	pace_free(&pace);
	must(!timers.count);
	timers_free(&timers);
	return 0;
}
