/* SPDX-License-Identifier: BSD-2-Clause */
#include "driad/lookup.h"
#include "base/memory.h"
#include "driad/order.h"
#include "driad/questions.h"
#include "driad/records.h"
#include "driad/service.h"
#include "mcingest/amt_wire.h"

#include <stdlib.h>

/* RFC 7450 section 7.1 */
static const char *const anycast[] = {AMT_ANYCAST4, AMT_ANYCAST6};

void driad_explain(struct driad_lookup *lookup, enum driad_way way, const char *reason,
		   const char *detail)
{
	if (lookup->reason && way < lookup->reason_of)
		return;
	lookup->reason = reason;
	lookup->reason_of = way;
	free(lookup->detail);
	lookup->detail = detail ? memory_copy_text(detail) : NULL;
}

bool driad_reject(struct driad_lookup *lookup, enum fault fault)
{
	if (fault)
		lookup->actions->refused(lookup, fault);
	return fault;
}

/* The outcome */

static void forget_reason(struct driad_lookup *lookup)
{
	free(lookup->detail);
	lookup->detail = NULL;
	lookup->reason = NULL;
}

static void finish(struct driad_lookup *lookup)
{
	timer_stop(lookup->timers, &lookup->grace);
	for (unsigned i = 0; i < lookup->options->way_count; i++) {
		enum driad_way way = lookup->options->ways[i];
		unsigned count = lookup->candidate_counts[way];

		driad_order(lookup->candidates[way], count);
		for (unsigned j = 0; j < count && lookup->relay_count < DRIAD_RELAYS_MAX; j++)
			lookup->relays[lookup->relay_count++] = lookup->candidates[way][j];
	}
	if (lookup->relay_count)
		forget_reason(lookup);
	else if (!lookup->reason)
		lookup->reason = "no relay is configured for the source";
	lookup->actions->done(lookup);
}

static bool has_candidates(const struct driad_lookup *lookup)
{
	for (enum driad_way way = 0; way < DRIAD_WAYS; way++)
		if (lookup->candidate_counts[way])
			return true;
	return false;
}

static void end_step(struct driad_lookup *lookup)
{
	if (!--lookup->pending)
		finish(lookup);
	else if (!lookup->patient && !lookup->grace.slot && has_candidates(lookup))
		timer_start(lookup->timers, &lookup->grace, DRIAD_GRACE);
}

/* Answers */

static const char *nothing_found(unsigned type)
{
	switch (type) {
	case DNS_TYPE_AMTRELAY:
		return "no AMTRELAY record for the source";
	case DNS_TYPE_PTR:
		return "no relay in the local domain's DNS-SD";
	default:
		return "relay's name has no address";
	}
}

/* Whether the answer may be used. */
static bool is_trusted(const struct driad_lookup *lookup, const struct dns_answer *answer)
{
	return answer->secure || !lookup->options->require_dnssec;
}

const char *driad_answer_fault(const struct driad_question *question,
			       const struct dns_answer *answer)
{
	switch (answer->status) {
	case DNS_TIMEOUT:
		return "DNS server does not answer";
	case DNS_UNREACHABLE:
		return "DNS server cannot be reached";
	case DNS_SERVER_FAILURE:
		return "DNS server fails";
	case DNS_BOGUS:
		return "DNS answer fails DNSSEC validation";
	case DNS_OK:
		return is_trusted(question->lookup, answer)
			       ? NULL
			       : "DNS answer is not validated by DNSSEC, as required";
	default:
		return nothing_found(question->type);
	}
}

void driad_answer(struct driad_question *question, const struct dns_answer *answer)
{
	const char *fault = driad_answer_fault(question, answer);
	struct driad_lookup *lookup = question->lookup;

	question->query = NULL;
	if (lookup->actions->answered)
		lookup->actions->answered(question, answer);
	driad_explain(lookup, question->like.way,
		      fault ? fault : "relay's name has no usable address", answer->detail);
	for (unsigned i = 0; !fault && i < answer->count; i++)
		driad_take_record(lookup, question, &answer->records[i]);
	end_step(lookup);
}

/* Questions without an answer count as timed out. */
static void grace_over(struct timer *timer)
{
	static const struct dns_answer none = {.status = DNS_TIMEOUT};
	struct driad_lookup *lookup = container_of(timer, struct driad_lookup, grace);

	lookup->pending++; /* the end of the last step may free the lookup: this one is ours */
	driad_end_waits(lookup);
	for (unsigned i = 0; i < lookup->question_count; i++) {
		if (!lookup->questions[i]->query)
			continue;
		lookup->actions->cancel(lookup->questions[i]->query);
		driad_answer(lookup->questions[i], &none);
	}
	end_step(lookup);
}

/* The ways */

static void start_configured(struct driad_lookup *lookup)
{
	const struct driad_rule *rule;
	unsigned at = 0;

	while ((rule = driad_next_rule(lookup->options, &lookup->source, &at)))
		driad_take_amtrelay(lookup, DRIAD_CONFIGURED, &rule->record);
}

static void start_dns_sd(struct driad_lookup *lookup)
{
	struct driad_relay like = {.way = DRIAD_DNS_SD};
	char name[DNS_NAME_TEXT];

	if (lookup->options->domain && service_name(lookup->options->domain, name))
		driad_ask(lookup, name, DNS_TYPE_PTR, &like);
}

static void start_anycast(struct driad_lookup *lookup)
{
	struct driad_relay relay = {.way = DRIAD_ANYCAST};

	for (size_t i = 0; i < sizeof(anycast) / sizeof(anycast[0]); i++)
		if (addr_parse(anycast[i], &relay.address))
			driad_add_relay(lookup, &relay);
}

static void start_source(struct driad_lookup *lookup)
{
	struct driad_relay like = {.way = DRIAD_SOURCE};
	char owner[DNS_NAME_TEXT];

	amtrelay_owner(&lookup->source, owner);
	driad_ask(lookup, owner, DNS_TYPE_AMTRELAY, &like);
}

/* If the operator says that the source has no relay, nothing else is asked. */
static bool is_denied(const struct driad_lookup *lookup)
{
	const struct driad_rule *rule;
	unsigned at = 0;

	while ((rule = driad_next_rule(lookup->options, &lookup->source, &at)))
		if (rule->record.type == AMTRELAY_NONE)
			return true;
	return false;
}

static bool uses(const struct driad_options *options, enum driad_way way)
{
	for (unsigned i = 0; i < options->way_count; i++)
		if (options->ways[i] == way)
			return true;
	return false;
}

void driad_start(struct driad_lookup *lookup)
{
	static void (*const starts[DRIAD_WAYS])(struct driad_lookup *) = {
		[DRIAD_CONFIGURED] = start_configured,
		[DRIAD_DNS_SD] = start_dns_sd,
		[DRIAD_ANYCAST] = start_anycast,
		[DRIAD_SOURCE] = start_source};
	bool denied = uses(lookup->options, DRIAD_CONFIGURED) && is_denied(lookup);

	lookup->grace.fn = grace_over;
	lookup->pending = 1; /* this step is ours, until all ways have started */
	for (enum driad_way way = 0; way < DRIAD_WAYS; way++)
		if (uses(lookup->options, way) && (way == DRIAD_CONFIGURED || !denied))
			starts[way](lookup);
	end_step(lookup);
}

void driad_stop(struct driad_lookup *lookup)
{
	for (unsigned i = 0; i < lookup->question_count; i++) {
		if (lookup->questions[i]->query)
			lookup->actions->cancel(lookup->questions[i]->query);
		free(lookup->questions[i]);
	}
	driad_end_waits(lookup);
	timer_stop(lookup->timers, &lookup->grace);
	free(lookup->detail);
	lookup->detail = NULL;
	lookup->question_count = 0;
	lookup->pending = 0;
}
