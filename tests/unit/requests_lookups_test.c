/* SPDX-License-Identifier: BSD-2-Clause */
/* `lookup SOURCE`: the test is DNS. */
#include "driad/service.h"
#include "requests_forward_lab.h"

static struct control_client client;
static unsigned cancelled; /* questions */

static void cancel(void *query)
{
	lab_cancel(query);
	cancelled++;
}

/* Relays are those of the sources' own records. */
static void begin(void)
{
	cancelled = 0;
	req_begin_on_forward();
	cr_assert_eq(req.requests.lookup_actions.cancel, lab_cancel, "as for the channels");
	req.requests.lookup_actions.cancel = cancel;
	lab_ask_dns();
}

TestSuite(requests_lookups, .init = begin, .fini = req_end_on_forward);

static void look_up(const char *source)
{
	char request[128];

	snprintf(request, sizeof(request), "{'command':'lookup','source':'%s'}", source);
	req_ask(&client, request);
}

/* Answers a question by one record, or by none if `length` is 0. */
static void answer(struct driad_question *question, const void *rdata, size_t length)
{
	struct dns_record record = {rdata, length};
	struct dns_answer answer = {.status = length ? DNS_OK : DNS_NO_DATA,
				    .ttl = 300,
				    .count = length ? 1 : 0,
				    .records = &record};

	driad_answer(question, &answer);
}

Test(requests_lookups, needs_the_unicast_address_of_a_source)
{
	static const char *const requests[] = {
		"{'command':'lookup'}",
		"{'command':'lookup','source':7}",
		"{'command':'lookup','source':''}",
		"{'command':'lookup','source':'source.example.'}",
		"{'command':'lookup','source':'232.1.1.1'}",
		"{'command':'lookup','source':'ff3e::1'}",
		"{'command':'lookup','source':'127.0.0.1'}",
		"{'command':'lookup','source':'fe80::1'}",
		"{'command':'lookup','source':'0.0.0.0'}",
		"{'command':'lookup','source':'::ffff:192.0.2.10'}",
	};

	EACH(i, requests)
	{
		expect_error(requests[i], "'source' must be the unicast address of a source");
	}
	cr_expect_eq(lab.questions, 0);
}

/* Answers */

Test(requests_lookups, is_answered_when_dns_has_answered)
{
	look_up(SOURCE);
	cr_expect_eq(lab.questions, 1);
	cr_expect_eq(lab.question->type, DNS_TYPE_AMTRELAY);
	lab_run(0.5);
	cr_expect_null(client.reply, "the client waits");
	lab_answer_dns(DNS_OK, 300, (const char *[]){ONE, "2001:db8::3", NULL});
	expect_json(client.reply,
		    "{'source':'192.0.2.10','owner':'10.2.0.192.in-addr.arpa.','ways':['source'],"
		    "'domain':null,'dnssec':'off','steps':[{'way':'source',"
		    "'name':'10.2.0.192.in-addr.arpa.','type':'AMTRELAY','status':'ok',"
		    "'reason':null,'canonical':null,'ttl_s':300,'secure':false,'ms':500.0,"
		    "'records':['10 1 1 203.0.113.1','11 1 2 2001:db8::3']}],"
		    "'relays':[{'address':'203.0.113.1','way':'source','precedence':10,"
		    "'discovery_optional':true},"
		    "{'address':'2001:db8::3','way':'source','precedence':11,"
		    "'discovery_optional':true}],'reason':null}");
}

Test(requests_lookups, of_an_ipv6_source_without_a_relay)
{
	look_up(SOURCE6);
	lab_answer_dns(DNS_NAME_ERROR, 60, NULL);
	expect_at(client.reply, "source", "'2001:db8:5::10'");
	expect_at(client.reply, "owner",
		  "'0.1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.5.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa.'");
	expect_at(client.reply, "steps.0.status", "'no such name'");
	expect_at(client.reply, "steps.0.records", "[]");
	expect_at(client.reply, "relays", "[]");
	expect_at(client.reply, "reason", "'no AMTRELAY record for the source'");
	json_decref(client.reply);
}

Test(requests_lookups, that_dns_does_not_answer)
{
	look_up(SOURCE);
	lab_run(5);
	lab_answer_dns(DNS_TIMEOUT, 0, NULL);
	expect_at(client.reply, "steps.0.status", "'no answer'");
	expect_at(client.reply, "steps.0.ms", "5000.0");
	expect_at(client.reply, "relays", "[]");
	expect_at(client.reply, "reason", "'DNS server does not answer'");
	json_decref(client.reply);
}

Test(requests_lookups, says_what_the_server_did)
{
	struct dns_answer refused = {.status = DNS_SERVER_FAILURE,
				     .detail = "192.0.2.53 says REFUSED"};

	look_up(SOURCE);
	driad_answer(lab.question, &refused);
	expect_at(client.reply, "steps.0.status", "'server failure'");
	expect_at(client.reply, "steps.0.reason", "'DNS server fails: 192.0.2.53 says REFUSED'");
	expect_at(client.reply, "reason", "'DNS server fails: 192.0.2.53 says REFUSED'");
	json_decref(client.reply);
}

/* Each step is shown in the order of the answers. */
Test(requests_lookups, follows_the_name_of_a_relay)
{
	static const uint8_t by_name[] = "\x0a\x03\1r\2xy", ipv4_of_name[] = "\xcb\x00\x71\x09";
	struct driad_question *aaaa;

	look_up(SOURCE);
	answer(lab.question, by_name, sizeof(by_name));
	cr_expect_eq(lab.questions, 3, "AAAA and A of the name, at once");
	cr_assert_eq(lab.question->type, DNS_TYPE_A);
	aaaa = lab.question->lookup->questions[1];
	answer(lab.question, ipv4_of_name, 4);
	lab_run(30);
	cr_expect_null(client.reply, "the client is shown all answers, however late");
	answer(aaaa, NULL, 0);
	cr_assert_eq(json_array_size(req_at(client.reply, "steps")), 3);
	expect_at(client.reply, "steps.0.records", "['10 0 3 r.xy.']");
	expect_at(client.reply, "steps.1.name", "'r.xy.'");
	expect_at(client.reply, "steps.1.type", "'A'");
	expect_at(client.reply, "steps.1.records", "['203.0.113.9']");
	expect_at(client.reply, "steps.2.type", "'AAAA'");
	expect_at(client.reply, "steps.2.status", "'no data'");
	expect_at(client.reply, "relays",
		  "[{'address':'203.0.113.9','way':'source','precedence':10,"
		  "'discovery_optional':false}]");
	json_decref(client.reply);
}

Test(requests_lookups, needs_no_question_for_relays_that_are_configured)
{
	lab.options.ways[0] = DRIAD_CONFIGURED;
	look_up(SOURCE6);
	cr_expect_eq(lab.questions, 0);
	cr_assert_not_null(client.reply);
	expect_keys(client.reply, "source owner ways domain dnssec steps relays reason ");
	expect_at(client.reply, "ways", "['configured']");
	expect_at(client.reply, "steps", "[]");
	expect_at(client.reply, "relays",
		  "[{'address':'203.0.113.1','way':'configured','precedence':10,"
		  "'discovery_optional':true},"
		  "{'address':'203.0.113.2','way':'configured','precedence':11,"
		  "'discovery_optional':true}]");
	json_decref(client.reply);
	lab.options.rule_count = 0;
	look_up(SOURCE6);
	expect_at(client.reply, "relays", "[]");
	expect_at(client.reply, "reason", "'no relay is configured for the source'");
	json_decref(client.reply);
}

Test(requests_lookups, shows_what_is_configured_for_dns)
{
	lab.options.ways[0] = DRIAD_DNS_SD;
	lab.options.ways[1] = DRIAD_SOURCE;
	lab.options.way_count = 2;
	lab.options.domain = "example.net.";
	req.config.dnssec = CONFIG_DNSSEC_REQUIRE;
	req.config.trust_anchor = "/etc/root.key";
	look_up(SOURCE);
	cr_assert_eq(lab.questions, 2);
	answer(lab.question->lookup->questions[0], NULL, 0);
	answer(lab.question, NULL, 0);
	expect_at(client.reply, "ways", "['dns-sd','source']");
	expect_at(client.reply, "domain", "'example.net.'");
	expect_at(client.reply, "dnssec", "'require'");
	expect_at(client.reply, "steps.0.name", "'_amt._udp.example.net.'");
	expect_at(client.reply, "steps.0.type", "'PTR'");
	expect_at(client.reply, "steps.1.type", "'AMTRELAY'");
	json_decref(client.reply);
}

/* A client sees what DNS says now, not what a channel was told before. */
Test(requests_lookups, shares_no_answer_with_the_channels)
{
	struct driad_question *of_client;

	look_up(SOURCE);
	of_client = lab.question;
	lab_want(SOURCE, GROUP);
	lab_run(0);
	cr_expect_eq(lab.questions, 2);
	cr_expect_neq(lab.question->lookup, of_client->lookup);
	answer(of_client, NULL, 0);
	expect_at(client.reply, "relays", "[]");
	json_decref(client.reply);
}

/* Lookups that are not answered */

Test(requests_lookups, ends_when_its_client_is_gone)
{
	struct control_client other;
	struct driad_question *question;

	look_up(SOURCE);
	req_ask(&other, "{'command':'lookup','source':'192.0.2.11'}");
	question = lab.question;
	requests_gone(&req.requests, &client);
	cr_expect_eq(cancelled, 1);
	cr_expect_null(client.reply);
	answer(question, NULL, 0);
	cr_assert(other.reply, "the lookup of another client goes on");
	expect_at(other.reply, "source", "'192.0.2.11'");
	json_decref(other.reply);
	cr_expect_null(req.requests.lookups);
}

Test(requests_lookups, a_client_without_a_lookup_is_gone)
{
	struct control_client other = {0};

	look_up(SOURCE);
	requests_gone(&req.requests, &other);
	cr_expect_eq(cancelled, 0);
	answer(lab.question, NULL, 0);
	cr_assert_not_null(client.reply);
	json_decref(client.reply);
	requests_gone(&req.requests, &client);
	cr_expect_eq(cancelled, 0);
}

Test(requests_lookups, all_end_when_the_daemon_stops)
{
	struct control_client others[2];

	look_up(SOURCE);
	req_ask(&others[0], "{'command':'lookup','source':'192.0.2.11'}");
	req_ask(&others[1], "{'command':'lookup','source':'2001:db8:5::11'}");
	requests_stop(&req.requests);
	cr_expect_eq(cancelled, 3);
	cr_expect_null(req.requests.lookups);
	cr_expect(!client.reply && !others[0].reply && !others[1].reply);
}
