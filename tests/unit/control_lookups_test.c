/* SPDX-License-Identifier: BSD-2-Clause */
/* A lookup's steps and relays as JSON. */
#include "control/view_lookups.h"
#include "driad/rdata.h"
#include "driad/service.h"
#include "views.h"

#define RDATA(text)                                                                                \
	{                                                                                          \
		(const uint8_t *)(text), sizeof(text) - 1                                          \
	}

/* What is shown of one record. */
static const struct {
	unsigned type;
	const char *name;
	struct dns_record record;
	const char *shown;
} records[] = {
	{DNS_TYPE_AMTRELAY, "AMTRELAY", RDATA("\x0a\x81\xcb\x00\x71\x0f"), "10 1 1 203.0.113.15"},
	{DNS_TYPE_AMTRELAY, "AMTRELAY", RDATA("\x0a"), "not usable (truncated)"},
	{DNS_TYPE_A, "A", RDATA("\xcb\x00\x71\x0f"), "203.0.113.15"},
	{DNS_TYPE_A, "A", RDATA("\xcb\x00\x71"), "not usable (length)"},
	{DNS_TYPE_AAAA, "AAAA", RDATA("\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x15"),
	 "2001:db8::15"},
	{DNS_TYPE_PTR, "PTR", RDATA("\1r\4_amt\4_udp\2xy\0"), "r._amt._udp.xy."},
	{DNS_TYPE_PTR, "PTR", RDATA("\1"), "not usable (truncated)"},
	{DNS_TYPE_SRV, "SRV", RDATA("\0\1\0\2\x08\xdc\1r\2xy\0"), "1 2 2268 r.xy."},
	{DNS_TYPE_SRV, "SRV", RDATA("\0\1\0"), "not usable (truncated)"},
};

static struct timers timers = {.now = NOW};
static const struct driad_options lookup_options;
static struct driad_lookup lookup = {.timers = &timers, .options = &lookup_options};

static struct driad_question question_of(unsigned type)
{
	struct driad_question question = {.lookup = &lookup,
					  .type = type,
					  .asked = NOW - 20500,
					  .like.way = DRIAD_SOURCE,
					  .name = "10.2.0.192.in-addr.arpa."};

	return question;
}

static const char *member(const json_t *view, const char *key)
{
	return json_string_value(json_object_get(view, key));
}

Test(control_lookups, records)
{
	for (size_t i = 0; i < sizeof(records) / sizeof(records[0]); i++) {
		struct driad_question question = question_of(records[i].type);
		struct dns_answer answer = {.count = 1, .records = &records[i].record};
		json_t *view = view_lookup_step(&question, &answer);
		json_t *shown = json_array_get(json_object_get(view, "records"), 0);

		cr_expect_str_eq(member(view, "type"), records[i].name);
		cr_expect_str_eq(json_string_value(shown), records[i].shown, "%zu: %s", i,
				 json_string_value(shown));
		json_decref(view);
	}
}

Test(control_lookups, outcomes)
{
	static const char *const names[] = {[DNS_OK] = "ok",
					    [DNS_NO_DATA] = "no data",
					    [DNS_NAME_ERROR] = "no such name",
					    [DNS_SERVER_FAILURE] = "server failure",
					    [DNS_TIMEOUT] = "no answer",
					    [DNS_UNREACHABLE] = "unreachable",
					    [DNS_BOGUS] = "bogus"};
	struct driad_question question = question_of(DNS_TYPE_A);

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct dns_answer answer = {.status = i};
		json_t *view = view_lookup_step(&question, &answer);

		cr_expect_str_eq(member(view, "status"), names[i]);
		json_decref(view);
	}
}

Test(control_lookups, a_step)
{
	struct driad_question question = question_of(DNS_TYPE_AMTRELAY);
	struct dns_answer answer = {.canonical = "amt.example.net.", .ttl = 300, .secure = true};

	expect_json(view_lookup_step(&question, &answer),
		    "{'way':'source','name':'10.2.0.192.in-addr.arpa.','type':'AMTRELAY',"
		    "'status':'ok','reason':null,'canonical':'amt.example.net.','ttl_s':300,'"
		    "secure':true,"
		    "'ms':20.5,'records':[]}");
}

Test(control_lookups, ways_in_their_order)
{
	struct driad_options options = {.ways = {DRIAD_SOURCE, DRIAD_ANYCAST}, .way_count = 2};

	expect_json(view_ways(&options), "['source','anycast']");
}

Test(control_lookups, relays_in_their_order)
{
	struct driad_lookup found = {.relay_count = 2};

	found.relays[0] = (struct driad_relay){.address = address("203.0.113.15"),
					       .way = DRIAD_CONFIGURED,
					       .precedence = 10,
					       .discovery_optional = true};
	found.relays[1] =
		(struct driad_relay){.address = address("2001:db8::16"), .way = DRIAD_DNS_SD};
	expect_json(view_lookup_relays(&found),
		    "[{'address':'203.0.113.15','way':'configured','precedence':10,"
		    "'discovery_optional':true},"
		    "{'address':'2001:db8::16','way':'dns-sd','precedence':0,"
		    "'discovery_optional':false}]");
	expect_json(view_lookup_relays(&lookup), "[]");
}
