/* SPDX-License-Identifier: BSD-2-Clause */
/* One channel, from the first interface that wants it to the last that leaves it:
 *
 *   discovering --relays--> connecting --tunnel up, told--> joined <--silence, data--> receiving
 *        ^                      |  ^________ relay lost, others known _________|
 *        |__ back-off __ failed <-- no relay (left)
 *
 * A channel that has failed shows so, with its reason, until it is joined. One that has a tunnel
 * and is left lingers: the relay goes on sending, and the dataplane drops. While a relay serves it
 * without data, or is not one of the source's any more, the channel tries others beside it, and
 * moves once data comes from there (RFC 8777 section 3.3.5):
 *
 *   staying --> seeking --tunnel up--> trying --data--> overlapping --> draining --> staying
 *      ^___________|__________________in vain|
 *
 * From trying to draining the dataplane takes the packets of both, each once; the relay that it
 * came from is left when overlapping ends.
 *
 * It knows no protocol: it is told what happened, and says what is to be done through its table's
 * actions. */
#pragma once

#include "base/addr.h"
#include "base/timers.h"
#include "channel/flow.h"
#include "channel/meter.h"
#include "channel/rtp.h"

#include <uthash.h>

/* RFC 8777 section 3.5 and RFC 7450 section 5.2.3.4.3 have the same numbers. */
#define CHANNEL_RETRY_INITIAL (1 * USEC_PER_SEC)
#define CHANNEL_RETRY_MAX     (120 * USEC_PER_SEC)

/* How long a relay may send no data before another is tried (RFC 8777 section 3.3.5). */
#define CHANNEL_PATIENCE (4 * USEC_PER_SEC)
/* A relay that is the only one is told again so often while it sends no data, each after a
 * patience; then it asks itself, by its Queries. That no data has come is then shown as well. */
#define CHANNEL_REMINDERS 2
/* By so much may the ways through two relays differ. */
#define CHANNEL_OVERLAP (1 * USEC_PER_SEC)

enum channel_state {
	CHANNEL_DISCOVERING,
	CHANNEL_CONNECTING,
	CHANNEL_JOINED,
	CHANNEL_RECEIVING,
	CHANNEL_FAILED,
	CHANNEL_STATES
};

const char *channel_state_name(enum channel_state state);

enum channel_move {
	CHANNEL_STAYING,
	CHANNEL_SEEKING,
	CHANNEL_TRYING,
	CHANNEL_OVERLAPPING,
	CHANNEL_DRAINING
};

const char *channel_move_name(enum channel_move move);

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
	const char *reason;  /* why it failed, or has no data; NULL otherwise; a constant */
	uint32_t interfaces; /* a bit for each downstream interface that wants it */
	uint32_t lost;       /* of those, where another router puts it on the LAN (PIM Assert) */
	bool forwarding;     /* a relay serves it: the dataplane has an entry */
	bool silent;         /* that relay sends no data */
	bool homeless;       /* that relay is none of the source's any more */
	bool unwelcome;      /* that relay wants to get rid of channels */
	enum channel_move move;
	struct channel_trace trace;
	struct flow flow;
	struct meter meter;
	struct rtp rtp;              /* of what is forwarded; the owner looks */
	unsigned relay_count;        /* that the owner has found */
	unsigned failures, silences; /* in a row */
	struct timer retry;          /* the next attempt, or step of a move */
	struct timer linger;         /* runs while it lingers */
	struct channel *prev, *next; /* among those that do */
	struct channel_table *table;
	UT_hash_handle hh;
};

struct channel_actions {
	void (*discover)(struct channel *channel);
	/* To one of the relays found; where one serves, beside it to another. */
	void (*connect)(struct channel *channel);
	/* Ends discovery and connection to another relay than the one that serves; `in_vain` where
	 * that has sent no data. */
	void (*abandon)(struct channel *channel, bool in_vain);
	/* Says again to the relay that serves it that it is wanted. */
	void (*remind)(struct channel *channel);
	/* The other relay serves it now; the one that did is left, but not yet what comes from it.
	 */
	void (*switch_over)(struct channel *channel);
	/* Ends all discovery and connection. */
	void (*disconnect)(struct channel *channel);
	/* Puts the channel, as it is now, into the dataplane; or takes it out. */
	void (*forward)(struct channel *channel);
	void (*stop_forwarding)(struct channel *channel);
	/* The state is new; for the log. */
	void (*changed)(const struct channel *channel);
	/* Nobody wants it any more; it is freed after the call. */
	void (*closed)(const struct channel *channel);
};

/* What happened to it. `reason` is a constant string. `other`: it is of the relay that is tried
 * beside the one that serves. */
void channel_relays_found(struct channel *channel, unsigned count);
void channel_discovery_failed(struct channel *channel, const char *reason);
/* None of the relays found can be had now; some may still be asked. */
void channel_not_connected(struct channel *channel, const char *reason);
/* A report is about to go to the relay. No action is taken in this call but forward(). */
void channel_tunnel_up(struct channel *channel, bool other);
void channel_reported(struct channel *channel, bool other);
void channel_tunnel_failed(struct channel *channel, bool other, const char *reason);
void channel_first_packet(struct channel *channel, usec_t seen);
/* The first packet by way of the other relay. */
void channel_moved(struct channel *channel);
/* Data flows; or has stopped, which it may be told again and again. */
void channel_flows(struct channel *channel);
void channel_is_silent(struct channel *channel);
/* The relay that serves it wants to get rid of channels (RFC 8777 section 3.3.5), or no longer
 * does. No action is taken in this call. */
void channel_is_unwelcome(struct channel *channel, bool unwelcome);
/* While one serves it: how many relays the source has now, and whether that is one of them. */
void channel_relays_renewed(struct channel *channel, unsigned count, bool named);

/* For the table: begins and ends its life, and tells it of a change of `interfaces`. */
void channel_open(struct channel *channel, usec_t seen);
/* Begins where an earlier daemon was: the dataplane has its entry. The owner begins its meter, and
 * connects it to the entry's relay. */
void channel_adopt(struct channel *channel, bool receiving);
void channel_close(struct channel *channel);
/* The interfaces that its packets go out of. */
uint32_t channel_egress(const struct channel *channel);
/* Whether its packets may come by way of two relays. */
bool channel_is_moving(const struct channel *channel);
/* Whether a relay has been told that we want it. */
bool channel_is_reported(const struct channel *channel);
void channel_interfaces_changed(struct channel *channel);
