/* SPDX-License-Identifier: BSD-2-Clause */
/* The commands of control clients, but those with a file of tests of their own. */
#include "requests_forward_lab.h"

TestSuite(requests, .init = req_begin_on_forward, .fini = req_end_on_forward);

Test(requests, a_command_that_there_is_not)
{
	expect_error("{'command':'stop'}", "unknown command 'stop'");
	expect_error("{'command':'statu'}", "unknown command 'statu'");
	expect_error("{'command':'Status'}", "unknown command 'Status'");
	expect_error("{'command':''}", "unknown command ''");
	expect_error("{'command':7}", "unknown command ''");
	expect_error("{'source':'192.0.2.10'}", "unknown command ''");
	expect_error("{}", "unknown command ''");
}

/* configuration */

Test(requests, the_configuration_that_is_in_force)
{
	json_t *reply;

	req.config = (struct config){.file = "/etc/x.conf",
				     .downstream = {"lan0", "lan1"},
				     .downstream_count = 2,
				     .dns_timeout = 5 * USEC_PER_SEC,
				     .tunnels.mark = 7};
	reply = req_reply("{'command':'configuration'}");
	expect_keys(reply, "file configuration ");
	expect_at(reply, "file", "'/etc/x.conf'");
	expect_at(reply, "configuration.interfaces",
		  "{'downstream':['lan0','lan1'],'upstream':[],'igmp':[],'observe':[]}");
	expect_at(reply, "configuration.dns.timeout", "['5']");
	expect_at(reply, "configuration.tunnels.mark", "['0x7']");
	expect_at(reply, "configuration.tunnels.vrf", "[]");
	cr_expect_eq(json_object_size(req_at(reply, "configuration")), 15);
	json_decref(reply);
}

Test(requests, a_stranger_may_look_and_change_nothing)
{
	static const char *const looks[] = {"status",  "interfaces", "neighbors",    "channels",
					    "tunnels", "counters",   "configuration"};
	static const char *const changes[] = {"lift", "restart", "reload"};
	char request[64], refusal[64];

	req.is_stranger = true;
	for (size_t i = 0; i < sizeof(looks) / sizeof(looks[0]); i++) {
		struct control_client client;

		snprintf(request, sizeof(request), "{'command':'%s'}", looks[i]);
		req_ask(&client, request);
		cr_expect(client.list || !json_object_get(client.reply, "error"), "%s", request);
		json_decref(client.reply);
	}
	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		snprintf(request, sizeof(request), "{'command':'%s'}", changes[i]);
		snprintf(refusal, sizeof(refusal), "a stranger may not '%s'", changes[i]);
		expect_error(request, refusal);
	}
}

/* tunnels */

Test(requests, tunnels_of_both_families)
{
	json_t *reply = req_reply("{'command':'tunnels'}");

	expect_json(reply, "{'tunnels':[],'discoveries':[],'held_down':[]}");
	fwd_join(SOURCE, GROUP);
	fwd_join(SOURCE6, GROUP6);
	reply = req_reply("{'command':'tunnels'}");
	expect_keys(reply, "tunnels discoveries held_down ");
	cr_assert_eq(json_array_size(req_at(reply, "tunnels")), 1);
	expect_at(reply, "tunnels.0.relay", "'203.0.113.1'");
	expect_at(reply, "tunnels.0.local", "'198.51.100.1'");
	expect_count_at(reply, "tunnels.0.channels", 2);
	expect_count_at(reply, "tunnels.0.igmp.wanted", 1);
	expect_count_at(reply, "tunnels.0.mld.wanted", 1);
	json_decref(reply);
}

/* lift */

static void hold(const char *relay)
{
	struct addr held = address(relay);

	amt_holds_put(&lab.paths.tunnels.holds, &held, lab.timers.now, 180 * USEC_PER_SEC,
		      AMT_HOLD_BEHIND, "no answer");
}

static size_t held_down(void)
{
	json_t *reply = req_reply("{'command':'tunnels'}");
	size_t count = json_array_size(req_at(reply, "held_down"));

	json_decref(reply);
	return count;
}

Test(requests, a_hold_is_lifted)
{
	hold(ONE);
	hold("2001:db8::3");
	cr_assert_eq(held_down(), 2);
	expect_json(req_reply("{'command':'lift','relay':'2001:DB8:0::3'}"),
		    "{'lifted':'2001:db8::3'}");
	cr_expect_eq(held_down(), 1);
	expect_json(req_reply("{'command':'lift','relay':'203.0.113.1'}"),
		    "{'lifted':'203.0.113.1'}");
	cr_expect_eq(held_down(), 0);
	expect_error("{'command':'lift','relay':'203.0.113.1'}",
		     "203.0.113.1 is not held down; `mcingest tunnels` shows what is");
}

Test(requests, a_relay_that_is_not_held_is_not_lifted)
{
	expect_error("{'command':'lift','relay':'203.0.113.2'}",
		     "203.0.113.2 is not held down; `mcingest tunnels` shows what is");
	hold(ONE);
	expect_error("{'command':'lift','relay':'203.0.113.2'}",
		     "203.0.113.2 is not held down; `mcingest tunnels` shows what is");
	cr_expect_eq(held_down(), 1);
}

/* Holds that have ended are kept for a while, or until the relay serves again. */
Test(requests, a_hold_that_has_ended_is_not_lifted)
{
	struct addr awaited = address(TWO);

	hold(ONE);
	amt_holds_put(&lab.paths.tunnels.holds, &awaited, lab.timers.now, 180 * USEC_PER_SEC,
		      AMT_HOLD_AWAITED, "no answer");
	lab_run(180);
	cr_assert_eq(held_down(), 0);
	expect_error("{'command':'lift','relay':'203.0.113.1'}",
		     "203.0.113.1 is not held down; `mcingest tunnels` shows what is");
	expect_error("{'command':'lift','relay':'203.0.113.2'}",
		     "203.0.113.2 is not held down; `mcingest tunnels` shows what is");
	cr_expect(amt_holds_awaits(&lab.paths.tunnels.holds, &awaited), "nothing is forgotten");
}

Test(requests, lift_needs_an_address)
{
	static const char *const requests[] = {"{'command':'lift'}", "{'command':'lift','relay':7}",
					       "{'command':'lift','relay':''}",
					       "{'command':'lift','relay':'relay.example.'}",
					       "{'command':'lift','relay':'203.0.113.1/32'}"};

	hold(ONE);
	EACH(i, requests)
	{
		expect_error(requests[i], "'relay' must be the address of a relay");
	}
	cr_expect_eq(held_down(), 1);
}

/* counters */

Test(requests, drops_of_the_programs_and_of_the_slow_path_together)
{
	json_t *reply;

	req.drops[MCI_DROP_TTL] = 3;
	req.drops[MCI_DROP_SLOW_RATE] = 1;
	fwd.forward.slow.drops[MCI_DROP_TTL] = 4;
	fwd.forward.slow.drops[MCI_DROP_NO_EGRESS] = 5;
	fwd.forward.slow.drops[MCI_DROP_OVER_RATE] = 8; /* the last one */
	req.rejected[PROTOCOL_AMT][FAULT_NONCE] = 6;
	req.rejected[PROTOCOL_DNS][FAULT_TYPE] = 7;
	reply = req_reply("{'command':'counters'}");
	expect_keys(reply, "account drops refused pim ");
	cr_expect_eq(json_object_size(req_at(reply, "drops")), MCI_DROP_COUNT);
	expect_count_at(reply, "drops.ttl", 7);
	expect_count_at(reply, "drops.slow_rate", 1);
	expect_count_at(reply, "drops.no_egress", 5);
	expect_count_at(reply, "drops.over_rate", 8);
	expect_count_at(reply, "drops.wrong_relay", 0);
	expect_keys(req_at(reply, "refused"), "pim amt membership dns ");
	expect_count_at(reply, "refused.amt.nonce", 6);
	expect_count_at(reply, "refused.dns.type", 7);
	expect_count_at(reply, "refused.pim.nonce", 0);
	expect_at(reply, "pim", "[]");
	json_decref(reply);
}

/* Each packet stands in one place, whatever dropped it, and however many LANs did not take it. */
Test(requests, an_account_of_all_packets)
{
	struct slow_path *slow = &fwd.forward.slow;
	json_t *reply;

	fwd_join(SOURCE, GROUP);
	fwd.stats[0].packets = 100;
	fwd.forward.closed_packets = 50;
	slow->received = 20;
	slow->forwarded.packets = 11;
	slow->unsent = 2;
	slow->lost = 3;
	slow->drops[MCI_DROP_TTL] = 7;
	slow->drops[MCI_DROP_SLOW_RATE] = 40;
	req.left.slow[MCI_SLOW_FRAGMENTS] = 19;
	req.left.slow[MCI_SLOW_OPTIONS] = 8;
	req.left.account[MCI_ACCOUNT_PASSED] = 5;
	req.left.account[MCI_ACCOUNT_UNSENT] = 1;
	req.drops[MCI_DROP_NOT_JOINED] = 13;
	req.drops[MCI_DROP_EXCEEDS_MTU] = 40;
	req.drops[MCI_DROP_REWRITE] = 40;
	req.drops[MCI_DROP_LAN_REFUSED] = 40;
	req.drops[MCI_DROP_OBSERVE_FULL] = 40;
	req.drops[MCI_DROP_OBSERVE_RATE] = 40;
	reply = req_reply("{'command':'counters'}");
	expect_at(reply, "account",
		  "{'passed':5,'forwarded':161,'dropped':20,'unsent':3,'lost':3,'unread':4}");
	json_decref(reply);
}

Test(requests, counters_that_cannot_be_read)
{
	req.drops_error = "map 'drops': Operation not permitted";
	expect_error("{'command':'counters'}", "map 'drops': Operation not permitted");
	req.drops_error = "100%s";
	expect_error("{'command':'counters'}", "100%s");
	req.drops_error = NULL;
	req.left_error = "map 'slow': Operation not permitted";
	expect_error("{'command':'counters'}", "map 'slow': Operation not permitted");
}

/* restart and reload */

Test(requests, a_restart_is_answered_when_it_is_known_what_becomes_of_it)
{
	struct control_client client;

	req_ask(&client, "{'command':'restart'}");
	cr_expect_null(client.reply);
	requests_restart_over(&req.requests, NULL);
	expect_json(client.reply, "{'restarting':true}");
	req_ask(&client, "{'command':'reload'}");
	cr_expect_null(client.reply);
	requests_restart_over(&req.requests, NULL);
	expect_json(client.reply, "{'reloading':true}");
	req_ask(&client, "{'command':'reload'}");
	requests_restart_over(&req.requests, "100%s");
	expect_json(client.reply, "{'error':'100%s'}");
	requests_restart_over(&req.requests, NULL); /* of a signal, which nobody waits for */
}

Test(requests, a_restart_that_cannot_be_says_why)
{
	struct control_client first, second;

	req_ask(&first, "{'command':'restart'}");
	req.no_restart = "a restart, or a reload, is under way";
	req_ask(&second, "{'command':'reload'}");
	expect_json(second.reply, "{'error':'a restart, or a reload, is under way'}");
	cr_expect_null(first.reply, "the first one still waits");
	requests_restart_over(&req.requests, NULL);
	expect_json(first.reply, "{'restarting':true}");
}

Test(requests, a_client_that_does_not_wait_for_its_restart)
{
	struct control_client client;

	req_ask(&client, "{'command':'restart'}");
	requests_gone(&req.requests, &client);
	requests_restart_over(&req.requests, NULL);
	cr_expect_null(client.reply);
}
