/* SPDX-License-Identifier: BSD-2-Clause */
/* The families of metrics, each a piece of the rooms' state in Prometheus's words. What only grows
 * counts from the start of the daemon; a restart begins at zero. */
#pragma once

#include "base/ranking.h"
#include "control/state.h"
#include "io/process.h"
#include "metrics/exposition.h"

#define SERIES_RELAYS_MAX 1024 /* with series of their own: those with the most channels */

/* Of all tunnels, noted one by one. */
struct series_tunnels {
	unsigned states[AMT_REFRESHING + 1];
	struct ranking relays;
};

/* What the series are made of. Times are microseconds since 1970. */
struct series_source {
	const struct requests *rooms;
	usec_t clock;           /* the present */
	usec_t started;         /* the daemon */
	usec_t process_started; /* its process; 0 if that is not known */
	struct process_usage usage;
	const char *kernel;            /* its release */
	const struct ranking *busiest; /* channels with series of their own, by their slots */
	const struct series_tunnels *tunnels;
};

void series_note_tunnel(struct series_tunnels *tunnels, const struct amt_tunnel *tunnel);

/* The daemon itself, and its process. */
void series_daemon(struct exposition *out, const struct series_source *from);
/* Channels and joins. */
void series_channels(struct exposition *out, const struct series_source *from);
/* Packets that were forwarded, dropped and left to the slow path. */
void series_traffic(struct exposition *out, const struct series_source *from);
/* Tunnels; and three families with a series for each relay, which take a turn each. */
void series_tunnels(struct exposition *out, const struct series_source *from);
void series_round_trips(struct exposition *out, const struct series_source *from);
void series_last_queries(struct exposition *out, const struct series_source *from);
void series_tunnel_channels(struct exposition *out, const struct series_source *from);
/* Relays that are held down, and DNS, by which relays are found. */
void series_relays(struct exposition *out, const struct series_source *from);
/* Interfaces, PIM, IGMP and MLD. */
void series_lans(struct exposition *out, const struct series_source *from);
/* The busiest channels, each with its own series. */
void series_of_channels(struct exposition *out, const struct series_source *from);
