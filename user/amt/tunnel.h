/* SPDX-License-Identifier: BSD-2-Clause */
/* The tunnel to one relay, shared by all members that the relay serves. */
#pragma once

#include "amt/endpoint.h"
#include "amt/gateway.h"
#include "amt/member.h"
#include "base/pace.h"

struct amt_tunnels;

struct amt_tunnel {
	struct addr relay;
	struct amt_tunnels *tunnels;
	struct amt_endpoint endpoint;
	struct amt_gateway gateway;
	struct pace_hold hold;
	struct timer unused; /* runs while nobody uses the tunnel: it lingers, then leaves */
	unsigned leaves;     /* Teardowns, or reports that block all, that were sent */
	bool has_served;     /* the relay has answered by a Query */
	usec_t since;
	uint64_t data_on_socket; /* packets of Data that the BPF program left to the socket */
	struct amt_member *members;
	UT_hash_handle hh;
};

/* Where the Data of a tunnel comes from, and to; its source port is AMT_PORT. */
struct amt_flow {
	struct addr relay, local;
	uint16_t local_port; /* host order */
};

struct amt_flow amt_tunnel_flow(const struct amt_tunnel *tunnel);

/* NULL if there is none. */
struct amt_tunnel *amt_tunnel_find(const struct amt_tunnels *tunnels, const struct addr *relay);
/* Opens a tunnel without members. A `local_port` (host order) other than 0 is tried first. Returns
 * NULL with a constant reason on failure. */
struct amt_tunnel *amt_tunnel_open(struct amt_tunnels *tunnels, const struct addr *relay,
				   uint16_t local_port, const char **reason);
void amt_tunnel_close(struct amt_tunnel *tunnel);
/* Puts the member into the relay's tunnel, which is opened if there is none. */
void amt_tunnel_attach(struct amt_tunnels *tunnels, struct amt_member *member,
		       const struct addr *relay);
/* The same for all members in hand. */
void amt_tunnel_attach_all(struct amt_tunnels *tunnels, struct addr relay);
/* Takes a member out of its tunnel. */
void amt_tunnel_remove_member(struct amt_member *member);
/* Opens the endpoint again if the route leaves from another address now, and asks the relay. */
void amt_tunnel_follow_route(struct amt_tunnel *tunnel);
