/* SPDX-License-Identifier: BSD-2-Clause */
/* A discovery address and the relay that a Discovery of it led to (RFC 7450 section 5.2.3.4). The
 * result is kept for as long as there is a tunnel to that relay. */
#pragma once

#include "amt/discovery.h"
#include "amt/endpoint.h"
#include "amt/member.h"
#include "base/pace.h"

#include <uthash.h>

struct amt_tunnels;

struct amt_contact {
	struct addr address;
	struct amt_tunnels *tunnels;
	struct amt_endpoint endpoint;
	struct amt_discovery discovery;
	struct pace_hold hold;
	bool found;
	struct addr relay; /* if found */
	struct amt_member *waiting;
	UT_hash_handle hh;
};

/* NULL if there is none. */
struct amt_contact *amt_contact_find(const struct amt_tunnels *tunnels, const struct addr *address);
/* Opens a socket for a Discovery. Returns NULL with a constant reason on failure. */
struct amt_contact *amt_contact_open(struct amt_tunnels *tunnels, const struct addr *address,
				     const char **reason);
void amt_contact_add(struct amt_contact *contact, struct amt_member *member);
/* Takes a member out of the contact that it waits for. The last one ends the Discovery. */
void amt_contact_remove_member(struct amt_member *member);
/* Whether a Discovery has led to the relay. */
bool amt_contact_led_to(const struct amt_tunnels *tunnels, const struct addr *relay);
/* Forgets the Discoveries that have led to the relay. */
void amt_contacts_forget(struct amt_tunnels *tunnels, const struct addr *relay);
void amt_contacts_follow_routes(struct amt_tunnels *tunnels);
/* We have been away for a while: Discoveries without an answer begin anew. */
void amt_contacts_return(struct amt_tunnels *tunnels);
void amt_contacts_close(struct amt_tunnels *tunnels);
