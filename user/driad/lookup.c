/* SPDX-License-Identifier: BSD-2-Clause */
#include "driad/lookup.h"
#include "base/memory.h"
#include "base/random.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void ask(struct driad_lookup *lookup, const char *name, unsigned type,
		const struct amtrelay *record)
{
	struct driad_question *question = memory_new(sizeof(*question));

	question->lookup = lookup;
	question->type = type;
	question->asked = lookup->timers->now;
	if (record) {
		question->precedence = record->precedence;
		question->discovery_optional = record->discovery_optional;
	}
	snprintf(question->name, sizeof(question->name), "%s", name);
	lookup->questions[lookup->question_count++] = question;
	lookup->pending++;
	question->query = lookup->actions->ask(question);
}

static void add_relay(struct driad_lookup *lookup, const struct addr *address, uint8_t precedence,
		      bool discovery_optional)
{
	if (lookup->relay_count == DRIAD_RELAYS_MAX) {
		lookup->actions->refused(lookup, FAULT_LIMIT);
		return;
	}
	lookup->relays[lookup->relay_count++] =
		(struct driad_relay){*address, precedence, discovery_optional};
}

static void ask_name(struct driad_lookup *lookup, const struct amtrelay *record)
{
	if (lookup->question_count + 2 > 1 + 2 * DRIAD_NAMES_MAX) {
		lookup->actions->refused(lookup, FAULT_LIMIT);
		return;
	}
	ask(lookup, record->name, DNS_TYPE_AAAA, record);
	ask(lookup, record->name, DNS_TYPE_A, record);
}

static void take_record(struct driad_lookup *lookup, const struct dns_record *rdata)
{
	struct amtrelay record;
	enum fault fault = amtrelay_decode(rdata->rdata, rdata->length, &record);

	if (fault) {
		lookup->actions->refused(lookup, fault);
		lookup->reason = "AMTRELAY record is not usable";
		return;
	}
	switch (record.type) {
	case AMTRELAY_NONE:
		lookup->reason = "AMTRELAY says that the source has no relay";
		break;
	case AMTRELAY_NAME:
		ask_name(lookup, &record);
		break;
	default:
		add_relay(lookup, &record.relay, record.precedence, record.discovery_optional);
	}
}

static void take_address(struct driad_lookup *lookup, const struct driad_question *question,
			 const struct dns_record *rdata)
{
	int family = question->type == DNS_TYPE_A ? AF_INET : AF_INET6;
	struct addr address;

	if (rdata->length != addr_length(family)) {
		lookup->actions->refused(lookup, FAULT_LENGTH);
		return;
	}
	address = addr_from_bytes(family, rdata->rdata);
	if (addr_is_martian(&address)) {
		lookup->actions->refused(lookup, FAULT_ADDRESS);
		return;
	}
	add_relay(lookup, &address, question->precedence, question->discovery_optional);
}

static const char *failure(const struct driad_question *question, enum dns_status status)
{
	bool source = question->type == DNS_TYPE_AMTRELAY;

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
		return source ? "no AMTRELAY record for the source" : "relay's name has no address";
	}
}

/* Lower precedence first (section 4.2.1); random among equals, which spreads the load (3.1). */
static void order_relays(struct driad_lookup *lookup)
{
	struct driad_relay *relays = lookup->relays;

	for (unsigned i = 1; i < lookup->relay_count; i++) {
		unsigned j = random_between(0, i);
		struct driad_relay relay = relays[i];

		relays[i] = relays[j];
		relays[j] = relay;
	}
	for (unsigned i = 1; i < lookup->relay_count; i++) {
		struct driad_relay relay = relays[i];
		unsigned j = i;

		for (; j && relays[j - 1].precedence > relay.precedence; j--)
			relays[j] = relays[j - 1];
		relays[j] = relay;
	}
}

static void finish(struct driad_lookup *lookup)
{
	if (lookup->relay_count)
		lookup->reason = NULL;
	order_relays(lookup);
	lookup->actions->done(lookup);
}

void driad_answer(struct driad_question *question, const struct dns_answer *answer)
{
	struct driad_lookup *lookup = question->lookup;

	question->query = NULL;
	if (lookup->actions->answered)
		lookup->actions->answered(question, answer);
	/* What a record says later (type 0, unusable) explains more than this. */
	lookup->reason = failure(question, answer->status);
	for (unsigned i = 0; answer->status == DNS_OK && i < answer->count; i++) {
		if (question->type == DNS_TYPE_AMTRELAY)
			take_record(lookup, &answer->records[i]);
		else
			take_address(lookup, question, &answer->records[i]);
	}
	if (!--lookup->pending)
		finish(lookup);
}

void driad_start(struct driad_lookup *lookup)
{
	char owner[DNS_NAME_TEXT];

	amtrelay_owner(&lookup->source, owner);
	lookup->relay_count = 0;
	lookup->reason = NULL;
	ask(lookup, owner, DNS_TYPE_AMTRELAY, NULL);
}

void driad_stop(struct driad_lookup *lookup)
{
	for (unsigned i = 0; i < lookup->question_count; i++) {
		if (lookup->questions[i]->query)
			lookup->actions->cancel(lookup->questions[i]->query);
		free(lookup->questions[i]);
	}
	lookup->question_count = 0;
	lookup->pending = 0;
}
