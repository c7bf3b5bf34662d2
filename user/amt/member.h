/* SPDX-License-Identifier: BSD-2-Clause */
/* One user of a tunnel: a channel that is to be subscribed at the relay, or a connection, which
 * only keeps the tunnel ready for one address family. Each member carries its owner's callbacks. */
#pragma once

#include "base/addr.h"

struct amt_contact;
struct amt_member;
struct amt_tunnel;

struct amt_member_actions {
	/* The relay has answered by a Query. To a channel: the Update that names it goes out right
	 * after the call, and the owner must not change the tunnel in it. */
	void (*up)(struct amt_member *member);
	/* The Update that names the channel has gone out. Not called for connections. */
	void (*reported)(struct amt_member *member);
	/* The relay cannot serve it. The member is out of the tunnel already and may join another
	 * relay in the call. `reason` is a constant. */
	void (*failed)(struct amt_member *member, const char *reason);
	/* The relay wants to get rid of channels (L flag), or no longer does. No member may join or
	 * leave in the call. Not called for connections. */
	void (*full)(struct amt_member *member, bool full);
};

/* Embedded in its owner. */
struct amt_member {
	const struct amt_member_actions *actions;
	struct sg sg; /* a connection has only the source, for its family */
	bool connection;
	bool is_strange; /* a stranger, such as a source's zone, has named the relay */
	bool in_hand;
	struct amt_tunnel *tunnel;      /* NULL while the relay's address is being discovered */
	struct amt_contact *contact;    /* NULL unless it waits for a Discovery */
	struct amt_member *prev, *next; /* in the list of the contact, the tunnel, or the hand */
};

/* The hand is the list of members that have lost their place and are about to be told or placed. An
 * owner who is told of one member may take any other out of the list. */
void amt_member_take_in_hand(struct amt_member **hand, struct amt_member *member);
void amt_member_put_down(struct amt_member **hand, struct amt_member *member);
/* Tells the owners of all members in the hand that they have failed. */
void amt_members_fail(struct amt_member **hand, const char *reason);
