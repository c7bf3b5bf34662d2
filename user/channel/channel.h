/* SPDX-License-Identifier: BSD-2-Clause */
/* A channel: one (S,G), from the first downstream interface that wants it until the last has left.
 * The state machine finds a relay for the channel, keeps it forwarded, and moves it to another
 * relay when the present one does not serve it. Its states are the ones that `mcingest channels`
 * shows:
 *
 *   discovering --relays--> connecting --tunnel up, told--> joined <--silence, data--> receiving
 *        ^                      |  ^________ relay lost, others known _________|
 *        |__ back-off __ failed <-- no relay, or none left
 *
 * discovering  DNS is asked for the relays of the source (RFC 8777)
 * connecting   a tunnel to one of the relays is being opened (RFC 7450)
 * joined       the relay has been told of the channel; no data yet, or none any more
 * receiving    data comes
 * failed       no relay can be had now. The next attempt comes after a back-off; the state and its
 *              reason are shown until an attempt has led to joined.
 *
 * Moves from one relay to another are a second, smaller state machine: channel/move.h; so is the
 * protection by two relays all the time. A channel
 * that nobody wants any more lingers for a while, so that the next receiver needs no new Join: see
 * channel/table.h, which holds all channels. One that is stopped, because others have its room,
 * fails until it may go on: channel/stop.h. channel/flow.h, meter.h and rtp.h observe the data of
 * a channel: whether it flows, how fast, and how much of it was lost on its way. channel/history.h
 * keeps its latest changes, channel/joins.h the latest joins of all.
 *
 * This folder knows no protocol. Its owner (the daemon) reports events by the functions below; the
 * channel answers through the actions of its table. Left out: (*,G) and any-source multicast; more
 * than two relays for one channel at the same time. */
#pragma once

#include "base/addr.h"
#include "base/timers.h"
#include "channel/flow.h"
#include "channel/history.h"
#include "channel/meter.h"
#include "channel/move.h"
#include "channel/rtp.h"
#include "channel/trace.h"

#include <uthash.h>

/* Back-off between two attempts. RFC 8777 section 3.5 and RFC 7450 section 5.2.3.4.3 have the same
 * numbers. */
#define CHANNEL_RETRY_INITIAL (1 * USEC_PER_SEC)
#define CHANNEL_RETRY_MAX     (120 * USEC_PER_SEC)

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

struct channel {
	struct sg sg;
	uint32_t slot; /* number of the channel in the dataplane, below the table's limit */
	enum channel_state state;
	usec_t since;         /* when the channel entered its state */
	const char *reason;   /* why it failed or has no data, else NULL; a string constant */
	char *detail;         /* what DNS adds to the reason, or NULL */
	uint32_t interfaces;  /* a bit for each downstream interface that wants the channel */
	uint32_t lost;        /* the interfaces on which another router forwards it (PIM Assert) */
	uint32_t stopped;     /* the interfaces on which others have its room: channel/stop.h */
	bool halted;          /* it is stopped on all that want it, and has left its relay */
	bool forwarding;      /* a relay serves the channel: the dataplane has an entry for it */
	bool silent;          /* the serving relay sends no data */
	bool homeless;        /* DNS no longer names the serving relay */
	bool unwelcome;       /* the serving relay wants to get rid of channels (L flag) */
	bool protect;         /* two relays are to serve it all the time */
	bool other_unwelcome; /* of a protected channel: the other relay is to be left */
	enum channel_mute mute; /* the same */
	enum channel_move move;
	const char *cause; /* why another relay was sought last; a string constant */
	const char *why_stopped;
	struct channel_trace trace;
	struct history history;
	struct flow flow;
	struct meter meter;
	struct rtp rtp;              /* filled in by the owner */
	unsigned relay_count;        /* relays of the source that the owner knows */
	unsigned failures;           /* failed attempts in a row */
	unsigned silences;           /* waits in a row for a relay that sends no data */
	unsigned misses;             /* searches in a row for a second relay */
	struct timer retry;          /* the next attempt, or the next step of a move */
	struct timer linger;         /* runs while the channel lingers */
	struct channel *prev, *next; /* in the table's list of lingering channels */
	struct channel_table *table;
	UT_hash_handle hh;
};

/* What a channel asks its owner to do. */
struct channel_actions {
	/* Whether two relays are to serve the channel all the time. May be NULL: no. */
	bool (*protects)(const struct channel *channel);
	/* Finds the relays of the source: ends in channel_relays_found() or
	 * channel_discovery_failed(). */
	void (*discover)(struct channel *channel);
	/* Connects the channel to one of the relays found. If a relay serves the channel already,
	 * that relay stays, and the channel is connected to another one beside it. */
	void (*connect)(struct channel *channel);
	/* Ends discovery and the connection to the other relay; the serving relay stays. `in_vain`
	 * if the other relay was tried and sent no data. */
	void (*abandon)(struct channel *channel, bool in_vain);
	/* Tells the serving relay once more that the channel is wanted. */
	void (*remind)(struct channel *channel);
	/* The other relay becomes the serving one. The relay that served is left; its packets are
	 * still forwarded until the next forward(). */
	void (*switch_over)(struct channel *channel);
	/* Ends all discovery and all connections. */
	void (*disconnect)(struct channel *channel);
	/* Writes the channel, as it is now, into the dataplane. */
	void (*forward)(struct channel *channel);
	/* Takes the channel out of the dataplane. */
	void (*stop_forwarding)(struct channel *channel);
	/* The relay that serves the channel, and the one that is tried beside it; NULL if there is
	 * none. For the history. May be NULL. */
	const struct addr *(*relay)(const struct channel *channel);
	const struct addr *(*other_relay)(const struct channel *channel);
	/* The interface has come to want the channel, which it may refuse (channel/stop.h). May be
	 * NULL. */
	void (*admit)(struct channel *channel, unsigned interface);
	/* State or reason have changed; for the log. */
	void (*changed)(const struct channel *channel);
	/* The move has changed; for the log. May be NULL. */
	void (*move_changed)(const struct channel *channel);
	/* The channel ends; it is freed after the call. */
	void (*closed)(const struct channel *channel);
};

/* Events. `reason` is a string constant. `other` is true if the event concerns the relay that is
 * tried beside the serving one. */

/* Discovery found `count` relays, at least one. */
void channel_relays_found(struct channel *channel, unsigned count);
/* `detail` is copied; or NULL. */
void channel_discovery_failed(struct channel *channel, const char *reason, const char *detail);
/* None of the relays found can be had now. */
void channel_not_connected(struct channel *channel, const char *reason);
/* A report for the channel is about to be sent: data may come. Calls no action but forward(). */
void channel_tunnel_up(struct channel *channel, bool other);
/* The report has been sent. */
void channel_reported(struct channel *channel, bool other);
void channel_tunnel_failed(struct channel *channel, bool other, const char *reason);
/* The first packet of this attempt came at `seen`. */
void channel_first_packet(struct channel *channel, usec_t seen);
/* Data flows. May be called again and again. */
void channel_flows(struct channel *channel);
/* Data has stopped. May be called again and again. */
void channel_is_silent(struct channel *channel);

/* Begins the life of a channel that was first wanted at `seen`. For the table. */
void channel_open(struct channel *channel, usec_t seen);
/* Begins where an earlier daemon was: the dataplane has an entry already. The owner begins the
 * meter, and connects the channel to the relay of the entry. For the table. */
void channel_adopt(struct channel *channel, bool receiving);
/* Ends the channel without freeing it. For the table. */
void channel_close(struct channel *channel);
/* `interfaces`, `lost` or `stopped` have changed, or an interface has: the dataplane's entry is
 * rewritten if there is one. */
void channel_interfaces_changed(struct channel *channel);

/* The daemon has been away: if the channel has failed, its next attempt comes soon. */
void channel_return(struct channel *channel);

/* The interfaces that packets of the channel leave by, a bit each. */
uint32_t channel_egress(const struct channel *channel);
/* Whether it is stopped on all interfaces that want it. */
bool channel_is_stopped(const struct channel *channel);
/* Whether a relay has been told that we want the channel. */
bool channel_is_reported(const struct channel *channel);

/* For channel/move.c: */

/* Does nothing if neither state nor reason change. A failed channel stays so until it is joined. */
void channel_change_state(struct channel *channel, enum channel_state state, const char *reason);
void channel_change_move(struct channel *channel, enum channel_move move);
/* Starts the retry timer. */
void channel_wait(struct channel *channel, usec_t delay);
/* Writes the dataplane's entry. */
void channel_forward(struct channel *channel);
