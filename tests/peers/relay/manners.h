/* SPDX-License-Identifier: BSD-2-Clause */
/* clang-format off */
/* Bad manners on demand: words in a file, one a line, read at the start and again on SIGHUP. An
 * empty file is a relay that behaves.
 *
 *   mute                   answers all, and sends no data
 *   wrong-nonce            in Advertisements and Queries
 *   wrong-mac              takes every Update's MAC for a wrong one
 *   new-secret             when read: no MAC and no endpoint of before is known any more
 *   short-query            ends in the middle of its inner datagram
 *   long-query             whose inner datagram says that it is longer than the Query
 *   wrong-checksum         of a Query's IGMP or MLD
 *   limit                  says so (L flag), and takes no new endpoints
 *   room N                 for channels of an endpoint; more are not taken, and nothing is said
 *   kernel                 as Linux's own relay is (kernel.h): no G, no Teardown, and a BLOCK ends
 *                          nothing
 *   periodic MS            as freeRtr's is (periodic.h): no G, and one MAC for all nonces
 *   other-address ADDRESS  that all leaves from, for the family of ADDRESS; may be given for both
 *   data-port PORT         that Data leaves from
 *   twice                  sends every message so, Data as well
 *   late MS                after so many milliseconds goes each answer
 *   drop N                 every N-th message but Data, counted for each direction */
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

/* The same file; one that is wrong now is reported, and changes nothing. */
void manners_again(void);

/* Whether the next of the messages that `count` counts is to be dropped. */
bool manners_drop(unsigned *count);
