/* SPDX-License-Identifier: BSD-2-Clause */
/* All tunnels: one for each relay address, shared by the channels behind it, and the discoveries
 * that lead to relay addresses.
 *
 *   member --join(contact)--> discovery of the contact, unless it may be skipped
 *                             --> tunnel to the relay --> gateway: up, reported, or failed
 *
 * A tunnel that nobody uses any more lingers for AMT_LINGER (the next channel then needs no
 * handshake), is left, and closed; one whose relay has never answered is closed at once. Relays
 * that fail are held down.
 *
 * Relays that a stranger names, who owns a source's zone, are asked by turns (race.h), and those
 * for the sources of one network have a part of the tunnels only. */
#pragma once

#include "amt/discovery.h"
#include "amt/gateway.h"
#include "amt/holds.h"
#include "amt/known.h"
#include "base/pace.h"

#define AMT_LINGER (10 * USEC_PER_SEC)
/* A relay to which so many tunnels in a row have failed is tried from another port, once. */
#define AMT_PORT_FAILURES 3
/* One network's sources may have a third as many tunnels as are free, and so a quarter of all where
 * it is the only one, and never the last; but at least so many. */
#define AMT_NETWORK_OF_FREE 3
#define AMT_NETWORK_LEAST   4
#define AMT_LEAVE_INTERVAL  (1 * USEC_PER_SEC) /* between repeated Teardowns, section 5.2.3.7.2 */

struct amt_tunnels;

/* A UDP endpoint of the daemon's that is connected to one peer's AMT port. */
struct amt_endpoint {
	void *socket; /* the opener's; NULL: it is closed, and what is sent is lost */
	void *opener;
	struct addr peer, local;
	uint16_t local_port;
	bool keeps_port;      /* comes from the same port each time that it is opened */
	unsigned port_choice; /* the first, or another, of those that it may keep */
	/* A datagram from the peer, or (zero length, NULL) ICMP's word that it is unreachable. */
	void (*received)(struct amt_endpoint *endpoint, const uint8_t *bytes, size_t length);
};

/* A channel's place behind a relay; embedded in the channel. Or a connection: it keeps the tunnel
 * ready for a family, and reports nothing. */
struct amt_member {
	struct sg sg; /* of a connection, the source alone: its family */
	bool connection;
	bool is_strange; /* a stranger has named the relay */
	bool in_hand;
	struct amt_tunnel *tunnel;      /* NULL while its address is being discovered */
	struct amt_contact *contact;    /* NULL where discovery was skipped */
	struct amt_member *prev, *next; /* of those waiting for it, in the tunnel, or in hand */
};

struct amt_contact { /* a discovery address, and the relay that it led to */
	struct addr address;
	struct amt_tunnels *tunnels;
	struct amt_endpoint endpoint;
	struct amt_discovery discovery;
	struct pace_hold hold;
	bool found;
	struct addr relay;
	struct amt_member *waiting;
	UT_hash_handle hh;
};

struct amt_tunnel {
	struct addr relay;
	struct amt_tunnels *tunnels;
	struct amt_endpoint endpoint;
	struct amt_gateway gateway;
	struct pace_hold hold;
	struct timer unused; /* lingers, then leaves */
	unsigned leaves;     /* Teardowns or blocking reports sent */
	bool has_served;     /* the relay has answered by a Query */
	usec_t since;
	uint64_t data_on_socket; /* Data that the program did not take */
	struct amt_member *members;
	UT_hash_handle hh;
};

struct amt_tunnels_actions {
	/* Opens `endpoint` towards its peer, fills socket, local and local_port; a port that stands
	 * there is wanted. False, and a reason, where that cannot be. */
	bool (*open)(void *context, struct amt_endpoint *endpoint, const char **reason);
	void (*send)(void *context, struct amt_endpoint *endpoint, const uint8_t *bytes,
		     size_t length);
	/* Bytes that the path to the peer takes in one datagram, as far as is known now: 500 at
	 * least. */
	size_t (*payload_max)(void *context, const struct amt_endpoint *endpoint);
	void (*close)(void *context, struct amt_endpoint *endpoint);
	/* Whether the route to the peer leaves from another address than the endpoint's; false
	 * where there is no route now. */
	bool (*moved)(void *context, const struct amt_endpoint *endpoint);
	/* A tunnel is there and may get data, or is no more. */
	void (*opened)(void *context, struct amt_tunnel *tunnel);
	void (*closed)(void *context, struct amt_tunnel *tunnel);
	/* To the member's owner: the relay will serve it, has been told, or cannot. In failed() the
	 * member is already out of the tunnel and may be joined to another. */
	void (*up)(void *context, struct amt_member *member);
	void (*reported)(void *context, struct amt_member *member);
	void (*failed)(void *context, struct amt_member *member, const char *reason);
	/* The relay says that it wants to get rid of channels (L), or says so no longer. No member
	 * joins or leaves in the call. */
	void (*full)(void *context, struct amt_member *member, bool full);
	/* Data that the program left to the tunnel's socket: what follows the AMT header. */
	void (*data)(void *context, struct amt_tunnel *tunnel, struct cursor data);
	/* A message was refused. */
	void (*refused)(void *context, const struct addr *peer, enum protocol protocol,
			enum fault fault);
};

struct amt_tunnels {
	struct timers *timers;
	const struct amt_tunnels_actions *actions;
	void *context;
	unsigned limit;   /* of tunnels, and of discovery addresses */
	usec_t hold_down; /* of a relay that has failed */
	struct amt_holds holds;
	struct amt_known known;
	struct pace pace;           /* of relays that strangers name, and that are not known */
	struct amt_member *in_hand; /* have lost their place, and are to be told or placed now */
	struct amt_tunnel *by_relay;
	struct amt_contact *by_contact;
};

/* Whether asking it is nothing new to it: it is being asked, has answered, or has served us. */
bool amt_tunnels_know(const struct amt_tunnels *tunnels, const struct addr *contact, bool discover);
/* Whether the network of the member's source may have one relay more. */
bool amt_tunnels_have_room(const struct amt_tunnels *tunnels, const struct amt_member *member);
/* Puts a member (with sg, connection and is_strange set) behind the relay at `contact`; with
 * `discover` that is a discovery address. All answers but `failed` for a full table come later. */
void amt_tunnels_join(struct amt_tunnels *tunnels, struct amt_member *member,
		      const struct addr *contact, bool discover);
/* Opens a tunnel as an earlier daemon had it, before its members join: from the same address and
 * port. False where that cannot be had any more. */
bool amt_tunnels_adopt(struct amt_tunnels *tunnels, const struct addr *relay,
		       const struct addr *local, uint16_t local_port);
/* Data of the relay's has stopped, or that of many of its channels: is it alive? */
void amt_tunnels_probe(struct amt_member *member);
/* Data of the member's comes from its relay. */
void amt_tunnels_flows(struct amt_member *member);
/* No data has come, or none any more: tells the relay once more that the channel is wanted. */
void amt_tunnels_remind(struct amt_member *member);
/* Takes it out again; nothing happens where it is nowhere. */
void amt_tunnels_leave(struct amt_tunnels *tunnels, struct amt_member *member);
/* Routes or addresses of ours have changed: what would leave from another address than it does is
 * opened again from there, and the relay asked at once. */
void amt_tunnels_route_changed(struct amt_tunnels *tunnels);
/* Leaves every tunnel and closes it. */
void amt_tunnels_close(struct amt_tunnels *tunnels);
