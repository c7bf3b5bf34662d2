/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The forwarding tables fast4, fast6 and routes, which the daemon derives from channels4 and
 * channels6, as a router derives its FIB from its RIB. A table holds what a packet needs in the
 * form in which the packet has it, and nothing else. A packet that finds no place here, or does not
 * fit its route in all, is judged by channels4 and channels6.
 *
 * The daemon writes the tables through memory, without a system call, while programs read them. A
 * place is valid if its state is not 0:
 *
 *   to fill a place     its state is 0; write the key; write the state (release)
 *   to change a place   write another state
 *   to read a place     read the state, the key, what the state leads to, and the state again; if
 *                       it has changed, the packet has found no place
 *
 * Each state that is written has another turn, so a state that is read twice was there all the
 * while. A route that no place leads to is written again only after MCI_ROUTE_REST_NS. */
#pragma once

#include "mcingest/maps.h"

#define MCI_FAST_PLACES   8  /* where a key may stand: the places of its group */
#define MCI_FAST_TABLES   2  /* the one in use, and the one that replaces it */
#define MCI_FAST_BITS     12 /* of the places of a segment */
#define MCI_FAST_GROUPS   ((1 << MCI_FAST_BITS) / MCI_FAST_PLACES) /* of a segment */
#define MCI_FAST_WORDS6   4                                        /* of a key */
#define MCI_ROUTES_MAX    65536
#define MCI_ROUTE_REST_NS 1000000000
#define MCI_ROUTE_SET     0 /* in `kind`, beside the outer family: several LANs */
#define MCI_ROUTE_LAN     1 /* one LAN */

/* A place of IPv4: a quarter of a cache line. The key is source and group as in the header. */
struct mci_fast4 {
	__u64 state;
	__u64 key;
};

/* A place of IPv6: a cache line. */
struct mci_fast6 {
	__u64 state;
	__u64 key[MCI_FAST_WORDS6];
	__u64 reserved[3];
};

struct mci_fast4_group {
	struct mci_fast4 places[MCI_FAST_PLACES];
};

struct mci_fast6_group {
	struct mci_fast6 places[MCI_FAST_PLACES];
};

/* Where the table of a family is: one word, so that a program reads what belongs together. */
struct mci_fast_head {
	__u64 table; /* MCI_FAST_TABLE(): its number, its segments in fast4 or fast6, its size */
	__u64 seeds[MCI_FAST_TABLES][MCI_FAST_WORDS6]; /* odd */
};

/* Value of the map fast_heads. */
struct mci_fast_heads {
	struct mci_fast_head v4, v6;
};

/* A table is made of segments of one size, so that the kernel computes a place without a call. A
 * hash is 64 bits; its highest bits are the number of the place where a key stands if that place is
 * free. */
#define MCI_FAST_TABLE(number, first, bits) ((__u64)(first) << 8 | (number) << 6 | (64 - (bits)))
#define MCI_FAST_TABLE_NUMBER(table)        ((table) >> 6 & 1)
#define MCI_FAST_SEGMENT(table, place)      ((__u32)((table) >> 8) + (__u32)((place) >> MCI_FAST_BITS))
#define MCI_FAST_GROUP(place)               ((__u32)(place) / MCI_FAST_PLACES % MCI_FAST_GROUPS)
#define MCI_FAST_PLACE(table, hash)         ((hash) >> ((table)&63))

/* A state: the route, the channel's slot, and the turn. */
#define MCI_FAST_STATE(route, slot, turn) ((__u64)(turn) << 40 | (__u64)(slot) << 16 | (route))
#define MCI_FAST_ROUTE(state)             ((__u32)(state)&0xffff)
#define MCI_FAST_SLOT(state)              ((__u32)((state) >> 16) & 0xffffff)
#define MCI_FAST_SLOTS                    0x1000000
#define MCI_FAST_TURN(state)              ((__u32)((state) >> 40))
#define MCI_FAST_TURNS                    0x1000000

/* Value of the map routes: a flow, and LANs that channels of this flow go out of. One cache line.
 * Addresses and ports are as in the outer header, and so in network order. */
struct mci_route {
	__u64 deadline_ns;  /* the latest of the channels that go this way */
	__u64 addresses[4]; /* source and destination; IPv4 has both in the first word */
	__u32 ports;        /* source and destination */
	__u32 out;          /* ifindex of the only LAN, or the key of the set in lan_sets */
	__u64 frame_head;   /* Ethernet header: destination without the group, 2 bytes of source */
	__u32 frame_tail;   /* the other bytes of the source address */
	__u16 mtu;
	__u8 lan;  /* number of the only LAN */
	__u8 kind; /* MCI_ROUTE_KIND() */
};

#define MCI_ROUTE_KIND(outer_version, lans) ((outer_version) << 4 | (lans))

_Static_assert(sizeof(struct mci_fast4) == 16, "a quarter of a cache line");
_Static_assert(sizeof(struct mci_fast6) == 64, "a cache line");
_Static_assert(sizeof(struct mci_route) == 64, "a cache line");
