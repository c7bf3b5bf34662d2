/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/view_lookups.h"
#include "control/values.h"
#include "driad/service.h"

#include <stdio.h>

static const char *status_name(enum dns_status status)
{
	static const char *const names[] = {
		[DNS_OK] = "ok",
		[DNS_NO_DATA] = "no data",
		[DNS_NAME_ERROR] = "no such name",
		[DNS_SERVER_FAILURE] = "server failure",
		[DNS_TIMEOUT] = "no answer",
		[DNS_UNREACHABLE] = "unreachable",
		[DNS_BOGUS] = "bogus",
	};

	return names[status];
}

static const char *type_name(unsigned type)
{
	switch (type) {
	case DNS_TYPE_A:
		return "A";
	case DNS_TYPE_AAAA:
		return "AAAA";
	case DNS_TYPE_PTR:
		return "PTR";
	case DNS_TYPE_SRV:
		return "SRV";
	default:
		return "AMTRELAY";
	}
}

static json_t *not_usable(enum fault fault)
{
	char text[64];

	snprintf(text, sizeof(text), "not usable (%s)", fault_name(fault));
	return json_string(text);
}

static json_t *view_amtrelay(const struct dns_record *rdata)
{
	char text[AMTRELAY_TEXT];
	struct amtrelay record;
	enum fault fault = amtrelay_decode(rdata->rdata, rdata->length, &record);

	if (fault)
		return not_usable(fault);
	amtrelay_format(&record, text);
	return json_string(text);
}

static json_t *view_pointer(const struct dns_record *rdata)
{
	char name[DNS_NAME_TEXT];
	enum fault fault = service_pointer_decode(rdata->rdata, rdata->length, name);

	return fault ? not_usable(fault) : json_string(name);
}

static json_t *view_service(const struct dns_record *rdata)
{
	char text[DNS_NAME_TEXT + 32];
	struct service service;
	enum fault fault = service_decode(rdata->rdata, rdata->length, &service);

	if (fault)
		return not_usable(fault);
	snprintf(text, sizeof(text), "%u %u %u %s", service.priority, service.weight, service.port,
		 service.target);
	return json_string(text);
}

static json_t *view_record(unsigned type, const struct dns_record *rdata)
{
	int family = type == DNS_TYPE_A ? AF_INET : AF_INET6;
	struct addr addr;

	if (type == DNS_TYPE_AMTRELAY)
		return view_amtrelay(rdata);
	if (type == DNS_TYPE_PTR)
		return view_pointer(rdata);
	if (type == DNS_TYPE_SRV)
		return view_service(rdata);
	if (rdata->length != addr_length(family))
		return not_usable(FAULT_LENGTH);
	addr = addr_from_bytes(family, rdata->rdata);
	return view_addr(&addr);
}

json_t *view_lookup_step(const struct driad_question *question, const struct dns_answer *answer)
{
	usec_t took = question->lookup->timers->now - question->asked;
	json_t *view = json_object(), *records = json_array();

	for (unsigned i = 0; i < answer->count; i++)
		json_array_append_new(records, view_record(question->type, &answer->records[i]));
	put_text(view, "way", driad_way_name(question->like.way));
	put_text(view, "name", question->name);
	put_text(view, "type", type_name(question->type));
	put_text(view, "status", status_name(answer->status));
	put(view, "reason", view_reason(driad_answer_fault(question, answer), answer->detail));
	put_text(view, "canonical", answer->canonical);
	put_count(view, "ttl_s", answer->ttl);
	put_bool(view, "secure", answer->secure);
	put_real(view, "ms", (double)took / USEC_PER_MS);
	put(view, "records", records);
	return view;
}

json_t *view_ways(const struct driad_options *options)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < options->way_count; i++)
		json_array_append_new(list, json_string(driad_way_name(options->ways[i])));
	return list;
}

static json_t *view_relay(const struct driad_relay *relay)
{
	json_t *view = json_object();

	put(view, "address", view_addr(&relay->address));
	put_text(view, "way", driad_way_name(relay->way));
	put_count(view, "precedence", relay->precedence);
	put_bool(view, "discovery_optional", relay->discovery_optional);
	return view;
}

json_t *view_lookup_relays(const struct driad_lookup *lookup)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < lookup->relay_count; i++)
		json_array_append_new(list, view_relay(&lookup->relays[i]));
	return list;
}

json_t *view_lookup(const struct driad_lookup *lookup, const char *dnssec, json_t *steps)
{
	char owner[DNS_NAME_TEXT];
	json_t *view = json_object();

	amtrelay_owner(&lookup->source, owner);
	put(view, "source", view_addr(&lookup->source));
	put_text(view, "owner", owner);
	put(view, "ways", view_ways(lookup->options));
	put_text(view, "domain", lookup->options->domain);
	put_text(view, "dnssec", dnssec);
	put(view, "steps", json_incref(steps));
	put(view, "relays", view_lookup_relays(lookup));
	put(view, "reason", view_reason(lookup->reason, lookup->detail));
	return view;
}
