/* SPDX-License-Identifier: BSD-2-Clause */
#include "driad/records.h"
#include "driad/questions.h"
#include "driad/service.h"
#include "mcingest/amt_wire.h"

void driad_add_relay(struct driad_lookup *lookup, const struct driad_relay *relay)
{
	unsigned *count = &lookup->candidate_counts[relay->way];

	if (*count == DRIAD_RELAYS_MAX)
		driad_reject(lookup, FAULT_LIMIT);
	else
		lookup->candidates[relay->way][(*count)++] = *relay;
}

void driad_take_amtrelay(struct driad_lookup *lookup, enum driad_way way,
			 const struct amtrelay *record)
{
	struct driad_relay relay = {.address = record->relay,
				    .way = way,
				    .precedence = record->precedence,
				    .discovery_optional = record->discovery_optional};

	if (record->type == AMTRELAY_NONE)
		driad_explain(lookup, way,
			      way == DRIAD_SOURCE
				      ? "AMTRELAY says that the source has no relay"
				      : "the configuration says that the source has no relay",
			      NULL);
	else if (record->type == AMTRELAY_NAME)
		driad_ask_name(lookup, record->name, &relay);
	else
		driad_add_relay(lookup, &relay);
}

static void take_amtrelay_rdata(struct driad_lookup *lookup, const struct driad_question *question,
				const struct dns_record *rdata)
{
	struct amtrelay record;

	if (driad_reject(lookup, amtrelay_decode(rdata->rdata, rdata->length, &record)))
		driad_explain(lookup, question->like.way, "AMTRELAY record is not usable", NULL);
	else
		driad_take_amtrelay(lookup, question->like.way, &record);
}

static void take_pointer(struct driad_lookup *lookup, const struct driad_question *question,
			 const struct dns_record *rdata)
{
	struct driad_relay like = {.way = question->like.way};
	char instance[DNS_NAME_TEXT];

	if (driad_reject(lookup, service_pointer_decode(rdata->rdata, rdata->length, instance)))
		return;
	if (lookup->instance_count == DRIAD_NAMES_MAX) {
		driad_reject(lookup, FAULT_LIMIT);
		return;
	}
	lookup->instance_count++;
	driad_ask(lookup, instance, DNS_TYPE_SRV, &like);
}

/* AMT has a fixed port (RFC 7450 section 5.1), so an SRV with another port is not usable. */
static void take_service(struct driad_lookup *lookup, const struct driad_question *question,
			 const struct dns_record *rdata)
{
	struct service service;
	struct driad_relay like = {.way = question->like.way};

	if (driad_reject(lookup, service_decode(rdata->rdata, rdata->length, &service)))
		return;
	if (service.port != AMT_PORT) {
		driad_reject(lookup, FAULT_ADDRESS);
		return;
	}
	like.precedence = service.priority;
	like.weight = service.weight;
	like.service = lookup->name_counts[like.way] + 1;
	driad_ask_name(lookup, service.target, &like);
}

static void take_address(struct driad_lookup *lookup, const struct driad_question *question,
			 const struct dns_record *rdata)
{
	int family = question->type == DNS_TYPE_A ? AF_INET : AF_INET6;
	struct driad_relay relay = question->like;

	if (rdata->length != addr_length(family)) {
		driad_reject(lookup, FAULT_LENGTH);
		return;
	}
	relay.address = addr_from_bytes(family, rdata->rdata);
	if (addr_is_martian(&relay.address))
		driad_reject(lookup, FAULT_ADDRESS);
	else
		driad_add_relay(lookup, &relay);
}

void driad_take_record(struct driad_lookup *lookup, const struct driad_question *question,
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
