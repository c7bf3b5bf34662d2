/* SPDX-License-Identifier: BSD-2-Clause */
/* Metrics of the daemon, channels, traffic and relays. Those of the LANs: metrics_lans_test.c. */
#include "base/version.h"
#include "forward/traffic.h"
#include "log_file.h"
#include "metrics_text.h"
#include "requests_forward_lab.h"

static void end(void)
{
	free(metrics);
	req_end_on_forward();
}

TestSuite(metrics, .init = req_begin_on_forward, .fini = end);

/* The daemon */

Test(metrics, of_the_daemon)
{
	char line[256];

	req.stall = 12345;
	metrics_write(series_daemon, &req.requests);
	snprintf(line, sizeof(line), "mcingest_build_info{version=\"%s\",kernel=\"6.1.0-test\"} 1",
		 mcingest_version);
	expect_metric(line);
	expect_metric("mcingest_start_time_seconds 1795737509.5");
	expect_metric("mcingest_config_last_reload_successful 1");
	expect_metric("mcingest_config_last_reload_timestamp_seconds 1795737509.5");
	expect_metric("mcingest_loop_stall_seconds 0.012345");
}

Test(metrics, of_a_reload_that_was_not_possible)
{
	req.requests.reload_failed = true;
	metrics_write(series_daemon, &req.requests);
	expect_metric("mcingest_config_last_reload_successful 0");
}

Test(metrics, of_the_process)
{
	struct series_source from = metrics_source(&req.requests);
	struct exposition out = {0};

	from.usage = (struct process_usage){1500000, 4096, 8192, 12, 1024};
	from.process_started = CLOCK_NOW - USEC_PER_SEC;
	series_daemon(&out, &from);
	metrics = out.text.bytes;
	expect_metric("process_cpu_seconds_total 1.5");
	expect_metric("process_resident_memory_bytes 4096");
	expect_metric("process_virtual_memory_bytes 8192");
	expect_metric("process_open_fds 12");
	expect_metric("process_max_fds 1024");
	expect_metric("process_start_time_seconds 1795737599");
}

/* Channels */

Test(metrics, of_channels_by_state)
{
	struct channel *receiving = fwd_join(SOURCE, GROUP);

	channel_first_packet(receiving, lab.timers.now);
	fwd_join(SOURCE6, GROUP6);
	metrics_write(series_channels, &req.requests);
	expect_metric("mcingest_channels{state=\"joined\"} 1");
	expect_metric("mcingest_channels{state=\"receiving\"} 1");
	expect_metric("mcingest_channels{state=\"failed\"} 0");
	expect_metric("mcingest_channels_limit 2048");
}

/* A join with its steps 20, 60 and 80 ms after the Join; the tunnel and the Update are one. */
Test(metrics, of_the_time_that_a_join_takes)
{
	struct channel *channel;

	lab_ask_dns();
	channel = lab_want(SOURCE, GROUP);
	lab_run(0.02);
	lab_answer_dns(DNS_OK, 300, (const char *[]){ONE, NULL});
	lab_run(0);
	cr_assert_eq(channel->state, CHANNEL_JOINED);
	channel_first_packet(channel, lab.timers.now + 60 * USEC_PER_MS);
	metrics_write(series_channels, &req.requests);
	expect_metric("mcingest_join_duration_seconds_bucket{step=\"dns\",le=\"0.01\"} 0");
	expect_metric("mcingest_join_duration_seconds_bucket{step=\"dns\",le=\"0.025\"} 1");
	expect_metric("mcingest_join_duration_seconds_sum{step=\"update\"} 0.02");
	expect_metric("mcingest_join_duration_seconds_bucket{step=\"first_packet\",le=\"0.1\"} 1");
	expect_metric("mcingest_join_duration_seconds_sum{step=\"first_packet\"} 0.08");
	expect_metric("mcingest_join_duration_seconds_count{step=\"tunnel\"} 1");
}

/* A relay that dies after an hour leads to new attempts, but they are no joins. */
Test(metrics, of_joins_count_each_channel_once)
{
	struct channel *channel = fwd_join(SOURCE, GROUP);

	channel_first_packet(channel, lab.timers.now);
	lab_run(3600);
	channel_tunnel_failed(channel, false, "relay does not answer");
	lab_run(10);
	channel_first_packet(channel, lab.timers.now);
	metrics_write(series_channels, &req.requests);
	expect_metric("mcingest_join_duration_seconds_count{step=\"update\"} 1");
	expect_metric("mcingest_join_duration_seconds_sum{step=\"update\"} 0");
	expect_metric("mcingest_join_duration_seconds_count{step=\"first_packet\"} 1");
}

Test(metrics, of_joins_leave_out_what_an_earlier_daemon_has_joined)
{
	struct sg sg = channel(SOURCE, GROUP);

	cr_assert(channel_table_adopt(&lab.paths.channels, &sg, 1, 9, true));
	path_adopt(channel_table_at(&lab.paths.channels, 9),
		   &(struct addr){.family = AF_INET, .bytes = {203, 0, 113, 1}});
	lab_run(10);
	metrics_write(series_channels, &req.requests);
	expect_metric("mcingest_join_duration_seconds_count{step=\"dns\"} 0");
	expect_metric("mcingest_join_duration_seconds_count{step=\"update\"} 0");
}

Test(metrics, of_failures_by_reason)
{
	lab_ask_dns();
	lab_want(SOURCE, GROUP);
	lab_run(0);
	lab_answer_dns(DNS_NAME_ERROR, 300, NULL);
	lab_run(0);
	metrics_write(series_channels, &req.requests);
	expect_metric("mcingest_channel_failures_total{reason=\"no AMTRELAY record for the "
		      "source\"} 1");
}

Test(metrics, of_moves_by_cause)
{
	struct channel *channel = fwd_join(SOURCE, GROUP);

	fwd_try_other(channel);
	channel_moved(channel);
	lab_run(3);
	channel_first_packet(channel, lab.timers.now);
	channel_tunnel_failed(channel, false, "relay does not answer");
	metrics_write(series_channels, &req.requests);
	expect_metric("mcingest_relay_moves_total{cause=\"no_data\"} 1");
	expect_metric("mcingest_relay_moves_total{cause=\"relay_failed\"} 1");
}

/* Traffic */

static void count(const struct channel *channel, uint64_t packets, uint64_t bytes)
{
	fwd.stats[channel->slot].packets = packets;
	fwd.stats[channel->slot].bytes = bytes;
}

Test(metrics, of_packets_to_each_lan)
{
	struct channel *one = fwd_join(SOURCE, GROUP), *two = lab_want_on(SOURCE6, GROUP6, 2);

	lab_run(0);
	count(one, 10, 1000);
	lab_run(11);
	count(one, 12, 1200);
	lab_want_on(SOURCE, GROUP, 2); /* from now on also to lan2 */
	count(one, 15, 1500);
	count(two, 100, 5000);
	forward_slow_stats(two)->packets = 1;
	forward_slow_stats(two)->bytes = 9000;
	lab_run(11);
	metrics_write(series_traffic, &req.requests);
	expect_metric("mcingest_forwarded_packets_total{interface=\"lan0\"} 15");
	expect_metric("mcingest_forwarded_bytes_total{interface=\"lan0\"} 1500");
	expect_metric("mcingest_forwarded_packets_total{interface=\"lan1\"} 0");
	expect_metric("mcingest_forwarded_packets_total{interface=\"lan2\"} 104");
	expect_metric("mcingest_forwarded_bytes_total{interface=\"lan2\"} 14300");
}

/* A counter may only grow: Prometheus would take less for a restart. */
Test(metrics, of_packets_include_those_of_closed_channels)
{
	struct channel *channel = fwd_join(SOURCE, GROUP);
	struct sg sg = channel->sg;

	count(channel, 10, 1000);
	channel_table_unwant(&lab.paths.channels, &sg, 0);
	cr_assert_null(channel_table_find(&lab.paths.channels, &sg));
	metrics_write(series_traffic, &req.requests);
	expect_metric("mcingest_forwarded_packets_total{interface=\"lan0\"} 10");
	fwd.stats[0] = (struct dataplane_channel_stats){0};
	channel = fwd_join(SOURCE, GROUP); /* in the same slot */
	count(channel, 4, 400);
	lab_run(11);
	metrics_write(series_traffic, &req.requests);
	expect_metric("mcingest_forwarded_packets_total{interface=\"lan0\"} 14");
	expect_metric("mcingest_forwarded_bytes_total{interface=\"lan0\"} 1400");
}

static void see_rtp(struct channel *channel, uint32_t ssrc, uint16_t sequence, uint64_t packets)
{
	struct dataplane_channel_stats stats = {.packets = packets,
						.rtp = {true, sequence, ssrc, packets}};

	traffic_note(channel, &stats);
}

/* 3 are lost, one of them comes late, 5 more are lost; then another stream loses 2. */
Test(metrics, of_losses_only_grow)
{
	struct channel *channel = fwd_join(SOURCE, GROUP);

	see_rtp(channel, 7, 100, 10);
	see_rtp(channel, 7, 123, 30);
	metrics_write(series_traffic, &req.requests);
	expect_metric("mcingest_rtp_lost_packets_total 3");
	see_rtp(channel, 7, 142, 50);
	metrics_write(series_traffic, &req.requests);
	expect_metric("mcingest_rtp_lost_packets_total 3");
	see_rtp(channel, 7, 167, 70);
	metrics_write(series_traffic, &req.requests);
	expect_metric("mcingest_rtp_lost_packets_total 7");
	see_rtp(channel, 8, 1000, 80);
	see_rtp(channel, 8, 1012, 90);
	metrics_write(series_traffic, &req.requests);
	expect_metric("mcingest_rtp_lost_packets_total 9");
}

Test(metrics, of_drops_are_those_of_both_paths)
{
	req.drops[MCI_DROP_TTL] = 4;
	fwd.forward.slow.drops[MCI_DROP_TTL] = 3;
	fwd.forward.slow.forwarded.packets = 9;
	req.left.slow[MCI_SLOW_FRAGMENTS] = 5;
	metrics_write(series_traffic, &req.requests);
	expect_metric("mcingest_dropped_packets_total{reason=\"ttl\"} 7");
	expect_metric("mcingest_dropped_packets_total{reason=\"wrong_relay\"} 0");
	expect_metric("mcingest_slow_path_packets_total 9");
	expect_metric("mcingest_slow_path_arrivals_total{cause=\"fragments\"} 5");
}

Test(metrics, of_drops_that_cannot_be_read_are_missing)
{
	struct log_file file = log_file_begin();
	char *log;

	req.drops_error = "map 'drops': Operation not permitted";
	metrics_write(series_traffic, &req.requests);
	log = log_file_end(&file);
	cr_expect(strstr(log, req.drops_error), "%s", log);
	cr_expect_not(strstr(metrics, "mcingest_dropped_packets_total"));
	expect_metric("mcingest_slow_path_packets_total 0");
	free(log);
}

/* Relays */

/* At most `limit` relays have series of their own. */
static void write_tunnels(unsigned limit)
{
	struct series_source from = metrics_source(&req.requests);
	struct series_tunnels tunnels = {0};
	struct exposition out = {0};
	const struct amt_tunnel *tunnel;

	ranking_begin(&tunnels.relays, limit);
	for (tunnel = lab.paths.tunnels.by_relay; tunnel; tunnel = tunnel->hh.next)
		series_note_tunnel(&tunnels, tunnel);
	from.tunnels = &tunnels;
	free(metrics);
	series_tunnels(&out, &from);
	series_round_trips(&out, &from);
	series_last_queries(&out, &from);
	series_tunnel_channels(&out, &from);
	metrics = out.text.bytes;
	ranking_end(&tunnels.relays);
}

Test(metrics, of_tunnels)
{
	fwd_join(SOURCE, GROUP);
	fwd_join(SOURCE, "232.1.1.2");
	lab_run(2);
	amt_tunnel_find(&lab.paths.tunnels, &(struct addr){AF_INET, {203, 0, 113, 1}})
		->gateway.round_trip = 25 * USEC_PER_MS;
	write_tunnels(3);
	expect_metric("mcingest_tunnels{state=\"active\"} 1");
	expect_metric("mcingest_tunnels{state=\"requesting\"} 0");
	expect_metric("mcingest_tunnel_round_trip_seconds{relay=\"203.0.113.1\"} 0.025");
	expect_metric("mcingest_tunnel_last_query_timestamp_seconds{relay=\"203.0.113.1\"} "
		      "1795737598");
	expect_metric("mcingest_tunnel_channels{relay=\"203.0.113.1\"} 2");
	write_tunnels(0);
	expect_metric("mcingest_tunnels{state=\"active\"} 1");
	cr_expect_not(strstr(metrics, "203.0.113.1"));
}

Test(metrics, of_relays_that_are_held_down)
{
	struct addr relay = {AF_INET, {203, 0, 113, 9}}, ended = {AF_INET, {203, 0, 113, 8}};

	amt_holds_put(&lab.paths.tunnels.holds, &relay, lab.timers.now, USEC_PER_SEC,
		      AMT_HOLD_BEHIND, "relay does not answer");
	amt_holds_put(&lab.paths.tunnels.holds, &ended, lab.timers.now - 2 * USEC_PER_SEC,
		      USEC_PER_SEC, AMT_HOLD_BEHIND, "relay does not answer");
	metrics_write(series_relays, &req.requests);
	expect_metric("mcingest_relay_held_down{relay=\"203.0.113.9\",reason=\"relay does not "
		      "answer\"} 1");
	cr_expect_not(strstr(metrics, "203.0.113.8"));
}

Test(metrics, of_dns)
{
	lab_ask_dns();
	lab_want(SOURCE, GROUP);
	lab_run(0.04);
	lab_answer_dns(DNS_NAME_ERROR, 300, NULL);
	metrics_write(series_relays, &req.requests);
	expect_metric("mcingest_dns_queries_total{way=\"source\",result=\"no_such_name\"} 1");
	expect_metric("mcingest_dns_queries_total{way=\"source\",result=\"ok\"} 0");
	expect_metric("mcingest_dns_duration_seconds_bucket{le=\"0.025\"} 0");
	expect_metric("mcingest_dns_duration_seconds_bucket{le=\"0.05\"} 1");
	expect_metric("mcingest_dns_duration_seconds_sum 0.04");
}

/* Channels with series of their own */

Test(metrics, of_single_channels)
{
	struct channel *one = fwd_join(SOURCE, GROUP), *two = fwd_join(SOURCE6, GROUP6);
	struct series_source from = metrics_source(&req.requests);
	struct rank slots[] = {
		{.id = two->slot}, {.id = 77}, {.id = one->slot}}; /* 77: one that has gone */
	struct ranking busiest = {.count = 3, .list = slots};
	struct exposition out = {0};

	count(one, 10, 1000);
	channel_first_packet(one, lab.timers.now);
	count(two, 20, 3000);
	two->rtp = (struct rtp){.is_rtp = true, .missing = 5};
	from.busiest = &busiest;
	series_of_channels(&out, &from);
	metrics = out.text.bytes;
	expect_metric("mcingest_channel_packets_total{source=\"192.0.2.10\",group=\"232.1.1.1\"} "
		      "10");
	expect_metric("mcingest_channel_bytes_total{source=\"2001:db8:5::10\",group=\"ff3e::8000:1"
		      "\"} 3000");
	expect_metric("mcingest_channel_receiving{source=\"192.0.2.10\",group=\"232.1.1.1\"} 1");
	expect_metric("mcingest_channel_receiving{source=\"2001:db8:5::10\",group=\"ff3e::8000:1"
		      "\"} 0");
	expect_metric("mcingest_channel_rtp_lost_packets_total{source=\"2001:db8:5::10\",group="
		      "\"ff3e::8000:1\"} 5");
}
