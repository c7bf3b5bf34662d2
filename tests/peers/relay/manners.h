/* SPDX-License-Identifier: BSD-2-Clause */
/* clang-format off */
/* Bad manners on demand: words in a file, one a line, read at the start and again on SIGHUP. With an
 * empty file the relay behaves well.
 *
 *   mute                   answers every message, but sends no Data
 *   wrong-nonce            puts a wrong nonce into Advertisements and Queries
 *   wrong-mac              treats the MAC of every Update as wrong
 *   new-secret             when read: forgets all endpoints and takes a new secret for MACs
 *   short-query            a Query ends in the middle of its inner datagram
 *   long-query             the inner datagram claims to be longer than the Query
 *   wrong-checksum         the IGMP or MLD checksum of a Query is wrong
 *   limit                  sets the L flag and takes no new endpoints
 *   room N                 takes N channels of an endpoint, and silently ignores more
 *   kernel                 behaves like Linux's own relay (kernel.h): no G, no Teardown, and a BLOCK
 *                          ends nothing
 *   periodic MS            behaves like freeRtr's relay (periodic.h): no G, one MAC for all nonces
 *   other-address ADDRESS  sends everything of that family from ADDRESS; may be given for both
 *   data-port PORT         sends Data from PORT
 *   twice                  sends every message twice, Data as well
 *   late MS                sends each answer MS milliseconds late
 *   drop N                 drops every N-th message but Data, counted for each direction */
/* clang-format on */
#pragma once

#include "../address.h"

struct manners {
	bool mute, wrong_nonce, wrong_mac, new_secret, short_query, long_query, wrong_checksum;
	bool limit, twice, kernel;
	unsigned data_port, late, drop, room, periodic;
	struct address other_address[2]; /* of each family, or none */
};

extern struct manners manners;

/* A file that cannot be read, or a wrong word in it, ends the program. */
void manners_start(const char *file);

/* Reads the same file again. A mistake in it is reported, and changes nothing. */
void manners_again(void);

/* Whether the next of the messages that `count` counts is to be dropped. */
bool manners_drop(unsigned *count);
