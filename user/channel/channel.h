/* SPDX-License-Identifier: BSD-2-Clause */
/* One channel, from the first interface that wants it to the last that leaves it:
 *
 *   discovering --relays--> connecting --tunnel up, told--> joined --first packet--> receiving
 *        ^                   |  ^____ next relay ____|          (tunnel lost: next relay)
 *        |__ back-off ___ failed <-- no relay (left)
 *
 * A channel that has failed shows so, with its reason, until it is joined. One that has a tunnel
 * and is left lingers: the relay goes on sending, and the dataplane drops. It knows no protocol: it
 * is told what happened, and says what is to be done through its table's actions. */
#pragma once

#include "base/addr.h"
#include "base/timers.h"
#include "channel/meter.h"
#include "channel/rtp.h"

#include <uthash.h>

/* RFC 8777 section 3.5 and RFC 7450 section 5.2.3.4.3 have the same numbers. */
#define CHANNEL_RETRY_INITIAL (1 * USEC_PER_SEC)
#define CHANNEL_RETRY_MAXIMUM (120 * USEC_PER_SEC)

enum channel_state {
	CHANNEL_DISCOVERING,
	CHANNEL_CONNECTING,
	CHANNEL_JOINED,
	CHANNEL_RECEIVING,
	CHANNEL_FAILED,
	CHANNEL_STATES
};

const char *channel_state_name(enum channel_state state);

struct channel_table;

/* When things happened, 0 where they have not; of the latest attempt. */
struct channel_trace {
	usec_t join_seen, dns_answered, tunnel_up, update_sent, first_packet;
};

struct channel {
	struct sg sg;
	uint32_t slot; /* number of the channel in the dataplane, below the table's limit */
	enum channel_state state;
	usec_t since;        /* of the state */
	const char *reason;  /* why it failed, NULL otherwise; a constant */
	uint32_t interfaces; /* a bit for each downstream interface that wants it */
	uint32_t lost;       /* of those, where another router puts it on the LAN (PIM Assert) */
	bool forwarding;     /* the dataplane has an entry */
	struct channel_trace trace;
	struct meter meter;
	struct rtp rtp;                     /* of what is forwarded; the owner looks */
	unsigned relay_count, relays_tried; /* of those that the owner has found */
	unsigned failures;
	struct timer retry;
	struct timer linger;         /* runs while it lingers */
	struct channel *prev, *next; /* among those that do */
	struct channel_table *table;
	UT_hash_handle hh;
};

struct channel_actions {
	void (*discover)(struct channel *channel);
	/* To the relay of this number, from 0, among those found. */
	void (*connect)(struct channel *channel, unsigned relay);
	/* Ends discovery and connection, as far as there is one. */
	void (*disconnect)(struct channel *channel);
	/* Puts the channel, as it is now, into the dataplane; or takes it out. */
	void (*forward)(struct channel *channel);
	void (*stop_forwarding)(struct channel *channel);
	/* The state is new; for the log. */
	void (*changed)(const struct channel *channel);
	/* Nobody wants it any more; it is freed after the call. */
	void (*closed)(const struct channel *channel);
};

/* What happened to it. `reason` is a constant string. */
void channel_relays_found(struct channel *channel, unsigned count);
void channel_discovery_failed(struct channel *channel, const char *reason);
void channel_tunnel_up(struct channel *channel);
void channel_reported(struct channel *channel);
void channel_first_packet(struct channel *channel, usec_t seen);
void channel_tunnel_failed(struct channel *channel, const char *reason);

/* For the table: begins and ends its life, and tells it of a change of `interfaces`. */
void channel_open(struct channel *channel, usec_t seen);
/* Begins where an earlier daemon was: the dataplane has its entry. The owner begins its meter, and
 * connects it to the entry's relay. */
void channel_adopt(struct channel *channel, bool receiving);
void channel_close(struct channel *channel);
/* The interfaces that its packets go out of. */
uint32_t channel_egress(const struct channel *channel);
/* Whether a relay has been told that we want it. */
bool channel_is_reported(const struct channel *channel);
void channel_interfaces_changed(struct channel *channel);
