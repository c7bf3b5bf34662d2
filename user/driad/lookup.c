/* SPDX-License-Identifier: BSD-2-Clause */
#include "driad/lookup.h"
#include "base/memory.h"
#include "driad/order.h"
#include "driad/service.h"
#include "mcingest/amt_wire.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utlist.h>

/* RFC 7450 section 7.1 */
static const char *const anycast[] = {"192.52.193.1", "2001:3::1"};

/* The source's own record explains most. */
static void explain(struct driad_lookup *lookup, enum driad_way way, const char *reason)
{
	if (lookup->reason && way < lookup->reason_of)
		return;
	lookup->reason = reason;
	lookup->reason_of = way;
}

static bool refuse(struct driad_lookup *lookup, enum fault fault)
{
	if (fault)
		lookup->actions->refused(lookup, fault);
	return fault;
}

/* Candidates */

static void add_relay(struct driad_lookup *lookup, const struct driad_relay *relay)
{
	unsigned *count = &lookup->candidate_counts[relay->way];

	if (*count == DRIAD_RELAYS_MAX)
		refuse(lookup, FAULT_LIMIT);
	else
		lookup->candidates[relay->way][(*count)++] = *relay;
}

/* Questions. `like` has what the relays are to have that come of it. */

static void ask(struct driad_lookup *lookup, const char *name, unsigned type,
		const struct driad_relay *like)
{
	struct driad_question *question = memory_new(sizeof(*question));

	question->lookup = lookup;
	question->type = type;
	question->asked = lookup->timers->now;
	question->like = *like;
	snprintf(question->name, sizeof(question->name), "%s", name);
	lookup->questions[lookup->question_count++] = question;
	lookup->pending++;
	question->query = lookup->actions->ask(question);
}

static void ask_addresses(struct driad_lookup *lookup, const char *name,
			  const struct driad_relay *like)
{
	ask(lookup, name, DNS_TYPE_AAAA, like);
	ask(lookup, name, DNS_TYPE_A, like);
}

static void end_wait(struct driad_name *name)
{
	name->lookup->pending--;
	pace_cancel(&name->turn);
	DL_DELETE(name->lookup->names, name);
	free(name);
}

static void end_all_waits(struct driad_lookup *lookup)
{
	while (lookup->names)
		end_wait(lookup->names);
}

static bool turn_comes(struct pace_entry *entry)
{
	struct driad_name *name = container_of(entry, struct driad_name, turn);

	ask_addresses(name->lookup, name->name, &name->like);
	end_wait(name);
	return true;
}

static void await_turn(struct driad_lookup *lookup, const char *text,
		       const struct driad_relay *like)
{
	struct driad_name *name = memory_new(sizeof(*name));

	name->lookup = lookup;
	name->turn.turn = turn_comes;
	name->like = *like;
	snprintf(name->name, sizeof(name->name), "%s", text);
	DL_APPEND(lookup->names, name);
	lookup->pending++;
	pace_wait(lookup->pace, &name->turn, &lookup->source, false);
}

/* Who owns the source's zone is a stranger, and may name whatever he likes. */
static void ask_name(struct driad_lookup *lookup, const char *name, const struct driad_relay *like)
{
	if (lookup->name_counts[like->way] == DRIAD_NAMES_MAX) {
		refuse(lookup, FAULT_LIMIT);
		return;
	}
	lookup->name_counts[like->way]++;
	if (lookup->pace && like->way == DRIAD_SOURCE)
		await_turn(lookup, name, like);
	else
		ask_addresses(lookup, name, like);
}

/* Records */

static void take_amtrelay(struct driad_lookup *lookup, enum driad_way way,
			  const struct amtrelay *record)
{
	struct driad_relay relay = {.address = record->relay,
				    .way = way,
				    .precedence = record->precedence,
				    .discovery_optional = record->discovery_optional};

	if (record->type == AMTRELAY_NONE)
		explain(lookup, way,
			way == DRIAD_SOURCE
				? "AMTRELAY says that the source has no relay"
				: "the configuration says that the source has no relay");
	else if (record->type == AMTRELAY_NAME)
		ask_name(lookup, record->name, &relay);
	else
		add_relay(lookup, &relay);
}

static void take_amtrelay_rdata(struct driad_lookup *lookup, const struct driad_question *question,
				const struct dns_record *rdata)
{
	struct amtrelay record;

	if (refuse(lookup, amtrelay_decode(rdata->rdata, rdata->length, &record)))
		explain(lookup, question->like.way, "AMTRELAY record is not usable");
	else
		take_amtrelay(lookup, question->like.way, &record);
}

static void take_pointer(struct driad_lookup *lookup, const struct driad_question *question,
			 const struct dns_record *rdata)
{
	struct driad_relay like = {.way = question->like.way};
	char instance[DNS_NAME_TEXT];

	if (refuse(lookup, service_pointer_decode(rdata->rdata, rdata->length, instance)))
		return;
	if (lookup->instance_count == DRIAD_NAMES_MAX) {
		refuse(lookup, FAULT_LIMIT);
		return;
	}
	lookup->instance_count++;
	ask(lookup, instance, DNS_TYPE_SRV, &like);
}

/* Of tunnels the port is fixed (RFC 7450 section 5.1). */
static void take_service(struct driad_lookup *lookup, const struct driad_question *question,
			 const struct dns_record *rdata)
{
	struct service service;
	struct driad_relay like = {.way = question->like.way};

	if (refuse(lookup, service_decode(rdata->rdata, rdata->length, &service)))
		return;
	if (service.port != AMT_PORT) {
		refuse(lookup, FAULT_ADDRESS);
		return;
	}
	like.precedence = service.priority;
	like.weight = service.weight;
	like.service = lookup->name_counts[like.way] + 1;
	ask_name(lookup, service.target, &like);
}

static void take_address(struct driad_lookup *lookup, const struct driad_question *question,
			 const struct dns_record *rdata)
{
	int family = question->type == DNS_TYPE_A ? AF_INET : AF_INET6;
	struct driad_relay relay = question->like;

	if (rdata->length != addr_length(family)) {
		refuse(lookup, FAULT_LENGTH);
		return;
	}
	relay.address = addr_from_bytes(family, rdata->rdata);
	if (addr_is_martian(&relay.address))
		refuse(lookup, FAULT_ADDRESS);
	else
		add_relay(lookup, &relay);
}

static void take_record(struct driad_lookup *lookup, const struct driad_question *question,
			const struct dns_record *rdata)
{
	switch (question->type) {
	case DNS_TYPE_AMTRELAY:
		take_amtrelay_rdata(lookup, question, rdata);
		break;
	case DNS_TYPE_PTR:
		take_pointer(lookup, question, rdata);
		break;
	case DNS_TYPE_SRV:
		take_service(lookup, question, rdata);
		break;
	default:
		take_address(lookup, question, rdata);
	}
}

static const char *failure(const struct driad_question *question, enum dns_status status)
{
	switch (status) {
	case DNS_TIMEOUT:
		return "DNS server does not answer";
	case DNS_SERVER_FAILURE:
		return "DNS server fails";
	case DNS_BOGUS:
		return "DNS answer fails DNSSEC validation";
	case DNS_OK:
		return "relay's name has no usable address";
	default:
		break;
	}
	switch (question->type) {
	case DNS_TYPE_AMTRELAY:
		return "no AMTRELAY record for the source";
	case DNS_TYPE_PTR:
		return "no relay in the local domain's DNS-SD";
	default:
		return "relay's name has no address";
	}
}

/* The outcome */

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
		lookup->reason = NULL;
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

/* Whether it counts. */
static bool is_trusted(const struct driad_lookup *lookup, const struct dns_answer *answer)
{
	return answer->secure || !lookup->options->require_dnssec;
}

void driad_answer(struct driad_question *question, const struct dns_answer *answer)
{
	struct driad_lookup *lookup = question->lookup;

	question->query = NULL;
	if (lookup->actions->answered)
		lookup->actions->answered(question, answer);
	/* What a record says later (type 0, unusable) explains more than this. */
	if (answer->status == DNS_OK && !is_trusted(lookup, answer)) {
		explain(lookup, question->like.way,
			"DNS answer is not validated by DNSSEC, as required");
	} else {
		explain(lookup, question->like.way, failure(question, answer->status));
		for (unsigned i = 0; answer->status == DNS_OK && i < answer->count; i++)
			take_record(lookup, question, &answer->records[i]);
	}
	end_step(lookup);
}

/* What has no answer yet goes without one; the next look-up may have it. */
static void grace_over(struct timer *timer)
{
	static const struct dns_answer none = {.status = DNS_TIMEOUT};
	struct driad_lookup *lookup = container_of(timer, struct driad_lookup, grace);

	lookup->pending++; /* of our own: the last step's end may free it */
	end_all_waits(lookup);
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
		take_amtrelay(lookup, DRIAD_CONFIGURED, &rule->record);
}

static void start_dns_sd(struct driad_lookup *lookup)
{
	struct driad_relay like = {.way = DRIAD_DNS_SD};
	char name[DNS_NAME_TEXT];

	if (lookup->options->domain && service_name(lookup->options->domain, name))
		ask(lookup, name, DNS_TYPE_PTR, &like);
}

static void start_anycast(struct driad_lookup *lookup)
{
	struct driad_relay relay = {.way = DRIAD_ANYCAST};

	for (size_t i = 0; i < sizeof(anycast) / sizeof(anycast[0]); i++)
		if (addr_parse(anycast[i], &relay.address))
			add_relay(lookup, &relay);
}

static void start_source(struct driad_lookup *lookup)
{
	struct driad_relay like = {.way = DRIAD_SOURCE};
	char owner[DNS_NAME_TEXT];

	amtrelay_owner(&lookup->source, owner);
	ask(lookup, owner, DNS_TYPE_AMTRELAY, &like);
}

/* Where the operator says that a source has no relay, nothing else is asked. */
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
	lookup->pending = 1; /* of our own, until all have started */
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
	end_all_waits(lookup);
	timer_stop(lookup->timers, &lookup->grace);
	lookup->question_count = 0;
	lookup->pending = 0;
}
