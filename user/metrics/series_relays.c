/* SPDX-License-Identifier: BSD-2-Clause */
#include "metrics/series.h"

#define TUNNEL_STATES (AMT_REFRESHING + 1)

/* That of the family which has come further. */
static enum amt_cycle_state state_of(const struct amt_tunnel *tunnel)
{
	const struct amt_gateway *gateway = &tunnel->gateway;

	return gateway->igmp.state > gateway->mld.state ? gateway->igmp.state : gateway->mld.state;
}

static void add_states(struct exposition *out, const struct amt_tunnels *tunnels)
{
	const struct amt_tunnel *tunnel;
	unsigned counts[TUNNEL_STATES] = {0};

	for (tunnel = tunnels->by_relay; tunnel; tunnel = tunnel->hh.next)
		counts[state_of(tunnel)]++;
	exposition_family(out, "mcingest_tunnels", EXPOSITION_GAUGE,
			  "Tunnels to AMT relays (RFC 7450), by state: data flows in active and "
			  "refreshing.");
	for (int state = 0; state < TUNNEL_STATES; state++)
		exposition_count(out, counts[state], "state", amt_cycle_state_name(state), NULL);
	exposition_family(out, "mcingest_tunnels_limit", EXPOSITION_GAUGE,
			  "Tunnels that there may be: 'tunnels' in [limits].");
	exposition_count(out, tunnels->limit, NULL);
}

static const char *relay_text(const struct amt_tunnel *tunnel, char text[ADDR_TEXT])
{
	return addr_format(&tunnel->relay, text);
}

/* 0 if no Query has come. */
static usec_t last_query(const struct amt_tunnel *tunnel)
{
	const struct amt_gateway *gateway = &tunnel->gateway;

	return gateway->igmp.answered > gateway->mld.answered ? gateway->igmp.answered
							      : gateway->mld.answered;
}

static void add_tunnels(struct exposition *out, const struct series_source *from)
{
	const struct amt_tunnels *tunnels = &from->rooms->paths->tunnels;
	const struct amt_tunnel *tunnel;
	char text[ADDR_TEXT];

	exposition_family(out, "mcingest_tunnel_round_trip_seconds", EXPOSITION_GAUGE,
			  "Smoothed time from a Request to the relay's Query.");
	for (tunnel = tunnels->by_relay; tunnel; tunnel = tunnel->hh.next)
		if (tunnel->gateway.round_trip)
			exposition_time(out, tunnel->gateway.round_trip, "relay",
					relay_text(tunnel, text), NULL);
	exposition_family(out, "mcingest_tunnel_last_query_timestamp_seconds", EXPOSITION_GAUGE,
			  "When the relay's last Query came.");
	for (tunnel = tunnels->by_relay; tunnel; tunnel = tunnel->hh.next)
		if (last_query(tunnel))
			exposition_time(out,
					from->clock - (tunnels->timers->now - last_query(tunnel)),
					"relay", relay_text(tunnel, text), NULL);
	exposition_family(out, "mcingest_tunnel_channels", EXPOSITION_GAUGE,
			  "Channels that the relay is told of.");
	for (tunnel = tunnels->by_relay; tunnel; tunnel = tunnel->hh.next)
		exposition_count(out,
				 (uint64_t)tunnel->gateway.igmp.wanted + tunnel->gateway.mld.wanted,
				 "relay", relay_text(tunnel, text), NULL);
}

static void add_holds(struct exposition *out, const struct amt_tunnels *tunnels)
{
	const struct amt_hold *hold;
	char text[ADDR_TEXT];

	exposition_family(out, "mcingest_relay_held_down", EXPOSITION_GAUGE,
			  "1 for each relay that has failed and is tried after all others.");
	for (hold = tunnels->holds.by_relay; hold; hold = hold->hh.next)
		if (hold->until > tunnels->timers->now)
			exposition_count(out, 1, "relay", addr_format(&hold->relay, text), "reason",
					 hold->reason, NULL);
}

static void add_waiting(struct exposition *out, const struct paths *paths)
{
	exposition_family(out, "mcingest_turns_waiting", EXPOSITION_GAUGE,
			  "Lookups and new relays that wait for their turn, see [limits].");
	exposition_count(out, paths->sources.pace.waiting, "kind", "discoveries", NULL);
	exposition_count(out, paths->tunnels.pace.waiting, "kind", "new_relays", NULL);
}

static const char *result_name(enum dns_status status)
{
	static const char *const names[DNS_STATUSES] = {
		[DNS_OK] = "ok",
		[DNS_NO_DATA] = "no_data",
		[DNS_NAME_ERROR] = "no_such_name",
		[DNS_SERVER_FAILURE] = "server_failure",
		[DNS_TIMEOUT] = "no_answer",
		[DNS_UNREACHABLE] = "unreachable",
		[DNS_BOGUS] = "bogus",
	};

	return names[status];
}

static void add_dns(struct exposition *out, const struct driad_sources *sources)
{
	exposition_family(out, "mcingest_dns_queries_total", EXPOSITION_COUNTER,
			  "Questions to DNS that ended, by the way of RFC 8777 that asked.");
	for (int way = 0; way < DRIAD_WAYS; way++)
		for (int status = 0; status < DNS_STATUSES; status++)
			exposition_count(out, sources->answers[way][status], "way",
					 driad_way_name(way), "result", result_name(status), NULL);
	exposition_family(out, "mcingest_dns_duration_seconds", EXPOSITION_HISTOGRAM,
			  "Time of a question to DNS, answers out of the cache included.");
	exposition_histogram(out, &sources->answer_times, NULL, NULL);
}

void series_relays(struct exposition *out, const struct series_source *from)
{
	const struct paths *paths = from->rooms->paths;

	add_states(out, &paths->tunnels);
	add_tunnels(out, from);
	add_holds(out, &paths->tunnels);
	add_waiting(out, paths);
	add_dns(out, &paths->sources);
}
