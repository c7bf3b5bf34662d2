/* SPDX-License-Identifier: BSD-2-Clause */
/* One channel comes to this host. Channel and path are those of the daemon: relays by DRIAD, the
 * race among them, and another relay if one falls silent. Left out: a move between two relays
 * without a gap or a second copy, which the dataplane's programs do for the daemon. */
#pragma once

#include "gateway/gateway.h"
#include "gateway/stream.h"

struct receive;

struct receive_actions {
	/* The channel is in a new state, or has a new reason for it. Returns false if that is
	 * enough. */
	bool (*changed)(void *owner, const struct receive *receive);
	/* A datagram of the channel, and of the wanted port. Returns false if that is enough. */
	bool (*payload)(void *owner, const struct payload *payload);
	/* Another second has passed. Returns false if that is enough. */
	bool (*second)(void *owner);
};

struct receive {
	struct gateway *gateway;
	const struct receive_actions *actions;
	void *owner;
	struct sg sg;
	uint16_t port; /* 0: all */
	struct paths paths;
	struct channel *channel;
	struct reassembly reassembly;
	struct timer tick;
	usec_t started;
	bool is_over; /* an action has said that it is enough */
	struct stream stream;
	uint64_t other_ports; /* packets of the channel to other ports than the wanted one */
	uint64_t not_udp;     /* packets of other protocols */
	uint64_t broken;
	uint64_t others; /* packets of other channels, or from a relay that does not serve it */
};

/* Runs until an action returns false or a signal comes. The caller has filled in gateway, actions,
 * owner, sg and port. The result stays readable until receive_end(). */
void receive_run(struct receive *receive);
/* Says goodbye to the relay. */
void receive_end(struct receive *receive);
/* Milliseconds from the start to the first packet; -1 if there was none. */
double receive_first_ms(const struct receive *receive);
