/* SPDX-License-Identifier: BSD-2-Clause */
/* All tunnels to relays (RFC 7450 section 5.2.3). There is one tunnel for each relay address, and
 * all channels behind the relay share it.
 *
 *   join(address) --> Discovery (contact.h), unless the address is a relay's already
 *                 --> tunnel to the relay (tunnel.h)
 *                 --> Request and Query (gateway.h)
 *                 --> the member's owner hears up() and reported(), or failed() (member.h)
 *
 * A tunnel that has no members any more lingers for AMT_LINGER, since the next channel then needs
 * no handshake; then it is left, and closed. A tunnel whose relay has never answered is closed at
 * once. Relays that fail are held down (holds.h).
 *
 * A stranger who owns a source's zone can name any address as a relay. New relays of strangers are
 * therefore asked by turns (race.h, base/pace.h), and the sources of one network get only a part of
 * the tunnels.
 *
 * Left out: the relay's side, and tunnels to relays through more than one local address at once. */
#pragma once

#include "amt/contact.h"
#include "amt/holds.h"
#include "amt/known.h"
#include "amt/tunnel.h"
#include "base/cursor.h"

#define AMT_LINGER (10 * USEC_PER_SEC)
/* After so many failures in a row, one attempt uses another local port. */
#define AMT_PORT_FAILURES 3
/* The sources of one network may hold a third as many tunnels as are free, and so a quarter of all
 * tunnels if no other network holds any; but always AMT_NETWORK_MIN. */
#define AMT_NETWORK_OF_FREE 3
#define AMT_NETWORK_MIN     4
#define AMT_LEAVE_INTERVAL  (1 * USEC_PER_SEC) /* between Teardowns, section 5.2.3.7.2 */

struct amt_tunnels_actions {
	/* The tunnel has an endpoint and may get data; or has it no more. */
	void (*opened)(void *context, struct amt_tunnel *tunnel);
	void (*closed)(void *context, struct amt_tunnel *tunnel);
	/* Data that the BPF program left to the socket; `data` begins behind the AMT header. */
	void (*data)(void *context, struct amt_tunnel *tunnel, struct cursor data);
	/* A message from `peer` was rejected, or ICMP says that `peer` is unreachable. */
	void (*rejected)(void *context, const struct addr *peer, enum protocol protocol,
			 enum fault fault);
};

struct amt_tunnels {
	struct timers *timers;
	const struct amt_tunnels_actions *actions;
	const struct amt_endpoint_actions *endpoint_actions;
	void *context;    /* of both tables of actions */
	unsigned limit;   /* of tunnels, and of discovery addresses */
	usec_t hold_down; /* how long a relay that failed is held down */
	struct amt_holds holds;
	struct amt_known known;
	struct pace pace;           /* turns of new relays that strangers name */
	struct amt_member *in_hand; /* see member.h */
	struct amt_tunnel *by_relay;
	struct amt_contact *by_contact;
};

/* The reason why amt_tunnels_have_room() says no. */
extern const char amt_network_is_full[];

/* Whether a message to the address is nothing new to it: it is being asked, has answered, or has
 * served us. */
bool amt_tunnels_know(const struct amt_tunnels *tunnels, const struct addr *address, bool discover);
/* Whether the network of the member's source may have one more tunnel. */
bool amt_tunnels_have_room(const struct amt_tunnels *tunnels, const struct amt_member *member);
/* Counts what `hold` stands for as held by the network of a strange member's source. */
void amt_tunnels_hold(struct amt_tunnels *tunnels, struct pace_hold *hold,
		      const struct amt_member *member);
/* Puts a member behind the relay at `address`, which is a discovery address if `discover`. The
 * member has actions, sg, connection and is_strange set. failed() comes within the call if there is
 * no room or no route; up() comes within the call to a connection whose relay has answered. */
void amt_tunnels_join(struct amt_tunnels *tunnels, struct amt_member *member,
		      const struct addr *address, bool discover);
/* Takes the member out again. Does nothing if it has not joined. */
void amt_tunnels_leave(struct amt_tunnels *tunnels, struct amt_member *member);
/* Opens a tunnel as an earlier daemon had it, from the same address and port (host order), before
 * its members join. False if they cannot be had. */
bool amt_tunnels_adopt(struct amt_tunnels *tunnels, const struct addr *relay,
		       const struct addr *local, uint16_t local_port);
/* The member's data has stopped: asks its relay whether it is alive. */
void amt_tunnels_probe(struct amt_member *member);
/* The member's data comes from its relay. */
void amt_tunnels_flows(struct amt_member *member);
/* The member has no data: repeats the Update that names its channel. */
void amt_tunnels_remind(struct amt_member *member);
/* Routes or addresses of this host have changed. */
void amt_tunnels_route_changed(struct amt_tunnels *tunnels);
/* The daemon has been away (io/clocks.h), and our timers have not counted `asleep` of that time:
 * relays that may have forgotten us are asked soon. */
void amt_tunnels_return(struct amt_tunnels *tunnels, usec_t asleep);
/* Leaves every tunnel and closes it. No member may be left. */
void amt_tunnels_close(struct amt_tunnels *tunnels);
