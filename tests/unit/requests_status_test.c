/* SPDX-License-Identifier: BSD-2-Clause */
/* `status`, but for the interfaces (requests_lans_test.c). */
#include "base/version.h"
#include "log_file.h"
#include "requests_forward_lab.h"

TestSuite(requests_status, .init = req_begin_on_forward, .fini = req_end_on_forward);

static json_t *status(void)
{
	return req_reply("{'command':'status'}");
}

Test(requests_status, the_daemon)
{
	json_t *reply = status();

	expect_keys(reply,
		    "host version instance pid since uptime_s interfaces channels packets_per_s "
		    "bits_per_s slow_path tunnels waiting longest_stall_ms log_lines_lost "
		    "timers draining limits rates ");
	cr_expect_str_eq(json_string_value(req_at(reply, "version")), mcingest_version);
	expect_count_at(reply, "pid", getpid());
	expect_at(reply, "since", "'TIME'");
	expect_count_at(reply, "uptime_s", 90);
	expect_at(reply, "interfaces", "[]");
	expect_at(reply, "longest_stall_ms", "0.0");
	expect_count_at(reply, "log_lines_lost", 0);
	json_decref(reply);
}

Test(requests_status, the_longest_stall_is_shown_in_milliseconds)
{
	json_t *reply;

	req.stall = 12345;
	reply = status();
	expect_at(reply, "longest_stall_ms", "12.345");
	json_decref(reply);
}

Test(requests_status, each_limit_is_that_of_the_configuration)
{
	json_t *reply;

	req.config = (struct config){.max_channels = 1,
				     .max_tunnels = 2,
				     .discoveries = 3,
				     .network_discoveries = 4,
				     .new_relays = 5,
				     .unanswered = 6,
				     .max_neighbors = 7,
				     .max_joins = 8};
	reply = status();
	expect_at(reply, "limits",
		  "{'channels':1,'tunnels':2,'discoveries':3,'network_discoveries':4,"
		  "'new_relays':5,'unanswered_relays':6,'neighbors':7,'joins':8}");
	json_decref(reply);
}

/* Channels and tunnels */

Test(requests_status, channels_by_their_states)
{
	struct channel *receiving = fwd_join(SOURCE, GROUP);
	json_t *reply;

	channel_first_packet(receiving, lab.timers.now);
	fwd_join(SOURCE, "232.1.1.2");
	fwd_join(SOURCE6, GROUP6);
	reply = status();
	expect_at(reply, "channels",
		  "{'discovering':0,'connecting':0,'joined':2,'receiving':1,'failed':0}");
	expect_count_at(reply, "tunnels", 1);
	json_decref(reply);
}

Test(requests_status, rates_are_those_of_all_channels)
{
	struct channel *one = fwd_join(SOURCE, GROUP), *two = fwd_join(SOURCE6, GROUP6);
	json_t *reply;

	one->meter.rate = (struct meter_rate){10.26, 8000};
	two->meter.rate = (struct meter_rate){1.5, 24.04};
	reply = status();
	expect_at(reply, "packets_per_s", "11.8");
	expect_at(reply, "bits_per_s", "8024.0");
	json_decref(reply);
}

/* What waits for its turn */

static const char *const sources[] = {"192.0.2.1", "192.0.2.2", "192.0.2.3"};

Test(requests_status, discoveries_that_wait)
{
	json_t *reply;

	lab_ask_dns();
	lab.paths.sources.pace.rate = 10; /* one turn at once */
	EACH(i, sources)
	{
		lab_want(sources[i], GROUP);
	}
	lab_run(0);
	cr_assert_eq(lab.questions, 1);
	reply = status();
	expect_at(reply, "waiting", "{'discoveries':2,'new_relays':0}");
	json_decref(reply);
}

/* Relays that DNS has named, and that have not answered. */
Test(requests_status, new_relays_that_wait)
{
	static const char *const relays[] = {"198.51.100.11", "198.51.100.12", "198.51.100.13"};
	json_t *reply;

	lab_ask_dns();
	lab.paths.tunnels.pace.unanswered = 1;
	EACH(i, sources)
	{
		lab_want(sources[i], GROUP);
		lab_run(0);
		lab_answer_dns(DNS_OK, 300, (const char *[]){relays[i], NULL});
		lab_run(0);
	}
	reply = status();
	expect_at(reply, "waiting", "{'discoveries':0,'new_relays':2}");
	expect_count_at(reply, "channels.connecting", 3);
	json_decref(reply);
}

/* The slow path */

Test(requests_status, the_slow_path)
{
	json_t *reply;

	fwd.forward.slow.received = 20;
	fwd.forward.slow.forwarded.packets = 9;
	fwd.forward.slow.meter.rate.packets_per_s = 2.51;
	req.left.slow[MCI_SLOW_OPTIONS] = 4;
	req.left.slow[MCI_SLOW_EXCEEDS_MTU] = 5;
	reply = status();
	cr_expect_eq(json_object_size(req_at(reply, "slow_path")), 3 + MCI_SLOW_COUNT);
	expect_count_at(reply, "slow_path.packets", 9);
	expect_at(reply, "slow_path.packets_per_s", "2.5");
	expect_count_at(reply, "slow_path.unseen", 11);
	expect_count_at(reply, "slow_path.options", 4);
	expect_count_at(reply, "slow_path.exceeds_mtu", 5);
	expect_count_at(reply, "slow_path.fragments", 0);
	json_decref(reply);
}

Test(requests_status, counters_of_the_slow_path_that_cannot_be_read_are_logged)
{
	struct log_file file = log_file_begin();
	json_t *reply;
	char *log;

	req.left_error = "map 'slow': Operation not permitted";
	fwd.forward.slow.forwarded.packets = 9;
	reply = status();
	log = log_file_end(&file);
	cr_expect(strstr(log, req.left_error), "%s", log);
	expect_count_at(reply, "slow_path.packets", 9);
	expect_count_at(reply, "slow_path.options", 0);
	free(log);
	json_decref(reply);
}
