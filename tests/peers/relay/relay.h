/* SPDX-License-Identifier: BSD-2-Clause */
/* What all parts of the relay share: settings, counters, the log of events. */
#pragma once

#include "../address.h"

#define AMT_PORT      2268
#define ADDRESSES_MAX 8
#define ENDPOINTS_MAX 1024
#define CHANNELS_MAX  1024 /* of one endpoint, by default: RFC 7450 section 5.3.3.8 */

struct settings {
	unsigned interface; /* towards the sources */
	struct address listen[ADDRESSES_MAX];
	unsigned listen_count;
	struct address advertise[2]; /* of each family, or none */
	unsigned query_interval;     /* seconds, as the QQIC field can say it */
	unsigned robustness;
	unsigned secret_lifetime; /* seconds */
	unsigned path_mtu;        /* 0: outer datagrams may be fragmented */
	unsigned unreachable;     /* ICMP errors in a row that end an endpoint; 0: ignored */
	unsigned channels;        /* of one endpoint */
	unsigned feed, feed_size; /* packets a second of each channel, and bytes of one */
	bool no_gateway_address, no_upstream, greet, quiet;
};

struct counters {
	uint64_t discoveries, requests, updates, teardowns, refused;
	uint64_t records_ignored;
	uint64_t data_in, data_out;
	uint64_t drop_header, drop_ttl, drop_mtu, drop_send;
};

extern struct settings settings;
extern struct counters counters;

/* A line with the time of day, unless --quiet. */
void event(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The same, even with --quiet: for what was asked for, or must not be missed. */
void report(const char *format, ...) __attribute__((format(printf, 1, 2)));
