/* SPDX-License-Identifier: BSD-2-Clause */
/* gateway: an AMT gateway on this host, without LAN, BPF and daemon, for the command `mcingest`.
 *
 * The rooms are those of the daemon: driad finds the relays, amt runs the tunnels, channel and path
 * see that (S,G) comes from one of them. Only the end differs: what comes out of the tunnel is not
 * sent to a LAN, but counted, and written where the user wants it.
 *
 *   gateway.c    the event loop, DNS and UDP sockets of such a host
 *   options.c    the configuration as the options of these rooms; the daemon uses it as well
 *   lookup.c     the relays of a source
 *   receive.c    one channel, from the lookup to the last packet
 *   payload.c    from the tunnel's data to the UDP payload
 *   stream.c     what came: packets, rate, losses; sequence.c and mpeg_ts.c know the formats
 *   recording.c  writes the packets into a file for Wireshark
 *
 * The local ports are the kernel's choice, so that the daemon's tunnels keep theirs. A relay that
 * tells gateways apart by address and port (RFC 7450) sees two of them. One that goes by the
 * address alone, as Linux's does, takes both for one: it sends everything to the port that it saw
 * first, and our Request makes it forget the nonce of the other one. */
#pragma once

#include "gateway/options.h"
#include "path/state.h"

struct receive;

struct gateway {
	const struct config *config;
	struct timers timers;
	struct loop *loop;
	struct resolver *resolver;
	struct driad_options options;
	const struct addr *avoided; /* relays that are not asked; the caller's memory */
	unsigned avoided_count;
	struct receive *receive; /* what the data of the tunnels is for */
};

/* The reason of a channel whose relays are avoided. */
extern const char gateway_avoids[];

/* Returns false with a sentence in `error`, which has `size` bytes. */
bool gateway_open(struct gateway *gateway, const struct config *config, char *error, size_t size);
/* Before that, all lookups and tunnels must have ended. */
void gateway_close(struct gateway *gateway);

/* DNS by the gateway's resolver; the lookups have the gateway as context. */
extern const struct driad_actions gateway_dns;
/* UDP sockets; the tunnels have the gateway as context. */
extern const struct amt_endpoint_actions gateway_endpoints;
