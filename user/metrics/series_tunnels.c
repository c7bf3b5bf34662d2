/* SPDX-License-Identifier: BSD-2-Clause */
#include "amt/ranked.h"
#include "metrics/series.h"

/* That of the family which has come further. */
static enum amt_cycle_state state_of(const struct amt_tunnel *tunnel)
{
	const struct amt_gateway *gateway = &tunnel->gateway;

	return gateway->igmp.state > gateway->mld.state ? gateway->igmp.state : gateway->mld.state;
}

void series_note_tunnel(struct series_tunnels *tunnels, const struct amt_tunnel *tunnel)
{
	tunnels->states[state_of(tunnel)]++;
	amt_ranked_offer(&tunnels->relays, tunnel);
}

void series_tunnels(struct exposition *out, const struct series_source *from)
{
	exposition_family(out, "mcingest_tunnels", EXPOSITION_GAUGE,
			  "Tunnels to AMT relays (RFC 7450), by state: data flows in active and "
			  "refreshing.");
	for (int state = 0; state <= AMT_REFRESHING; state++)
		exposition_count(out, from->tunnels->states[state], "state",
				 amt_cycle_state_name(state), NULL);
	exposition_family(out, "mcingest_tunnels_limit", EXPOSITION_GAUGE,
			  "Tunnels that there may be: 'tunnels' in [limits].");
	exposition_count(out, from->rooms->paths->tunnels.limit, NULL);
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

static void add_round_trip(struct exposition *out, const struct series_source *from,
			   const struct amt_tunnel *tunnel)
{
	char text[ADDR_TEXT];

	(void)from;
	if (tunnel->gateway.round_trip)
		exposition_time(out, tunnel->gateway.round_trip, "relay", relay_text(tunnel, text),
				NULL);
}

static void add_last_query(struct exposition *out, const struct series_source *from,
			   const struct amt_tunnel *tunnel)
{
	usec_t query = last_query(tunnel);
	char text[ADDR_TEXT];

	if (query)
		exposition_time(out, from->clock - (tunnel->tunnels->timers->now - query), "relay",
				relay_text(tunnel, text), NULL);
}

static void add_channels(struct exposition *out, const struct series_source *from,
			 const struct amt_tunnel *tunnel)
{
	char text[ADDR_TEXT];

	(void)from;
	exposition_count(out, amt_ranked_channels(tunnel), "relay", relay_text(tunnel, text), NULL);
}

static void for_relays(struct exposition *out, const struct series_source *from,
		       void (*add)(struct exposition *, const struct series_source *,
				   const struct amt_tunnel *))
{
	for (unsigned i = 0; i < from->tunnels->relays.count; i++) {
		const struct amt_tunnel *tunnel = amt_ranked_find(&from->rooms->paths->tunnels,
								  &from->tunnels->relays.list[i]);

		if (tunnel)
			add(out, from, tunnel);
	}
}

void series_round_trips(struct exposition *out, const struct series_source *from)
{
	exposition_family(out, "mcingest_tunnel_round_trip_seconds", EXPOSITION_GAUGE,
			  "Smoothed time from a Request to the relay's Query.");
	for_relays(out, from, add_round_trip);
}

void series_last_queries(struct exposition *out, const struct series_source *from)
{
	exposition_family(out, "mcingest_tunnel_last_query_timestamp_seconds", EXPOSITION_GAUGE,
			  "When the relay's last Query came.");
	for_relays(out, from, add_last_query);
}

void series_tunnel_channels(struct exposition *out, const struct series_source *from)
{
	exposition_family(out, "mcingest_tunnel_channels", EXPOSITION_GAUGE,
			  "Channels that the relay is told of.");
	for_relays(out, from, add_channels);
}
