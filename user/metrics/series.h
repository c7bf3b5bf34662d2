/* SPDX-License-Identifier: BSD-2-Clause */
/* The families of metrics, each a piece of the rooms' state in Prometheus's words. What only grows
 * counts from the start of the daemon; a restart begins at zero. */
#pragma once

#include "control/state.h"
#include "io/process.h"
#include "metrics/exposition.h"

/* What the series are made of. Times are microseconds since 1970. */
struct series_source {
	const struct requests *rooms;
	usec_t clock;           /* the present */
	usec_t started;         /* the daemon */
	usec_t process_started; /* its process; 0 if that is not known */
	struct process_usage usage;
	const char *kernel; /* its release */
};

/* The daemon itself, and its process. */
void series_daemon(struct exposition *out, const struct series_source *from);
/* Channels and joins. */
void series_channels(struct exposition *out, const struct series_source *from);
/* Packets that were forwarded, dropped and left to the slow path. */
void series_traffic(struct exposition *out, const struct series_source *from);
/* Tunnels, relays, and DNS, by which they are found. */
void series_relays(struct exposition *out, const struct series_source *from);
/* Interfaces, PIM, IGMP and MLD. */
void series_lans(struct exposition *out, const struct series_source *from);
/* The channels in these slots, CONFIG_BUSIEST_MAX at most, each with its own series. */
void series_of_channels(struct exposition *out, const struct series_source *from,
			const uint32_t slots[], unsigned count);
