/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the BPF programs and the daemon agree on: keys and values of the pinned maps, reasons for
 * drops, records of the ring buffer. Addresses are bytes in network order, so that `bpftool map
 * dump` prints them in the order people write them; an IPv4 address in a 16-byte field stands in
 * its last four bytes behind ::ffff (RFC 4291 section 2.5.5.2). Ports are in host order, likewise.
 */
#pragma once

#ifndef __VMLINUX_H__
#include <linux/types.h>
#endif

#define MCI_NAME         16   /* IFNAMSIZ */
#define MCI_EGRESS_MAX   8    /* LAN interfaces that one channel is copied to */
#define MCI_OBSERVED_MAX 1500 /* bytes of an observed packet, from its IP header on */

struct mci_channel4_key {
	__u8 source[4];
	__u8 group[4];
};

struct mci_channel6_key {
	__u8 source[16];
	__u8 group[16];
};

/* A LAN interface that a channel goes out of. */
struct mci_egress {
	char interface[MCI_NAME];
	__u32 ifindex;
	__u16 mtu;
	__u8 mac[6]; /* the interface's own: the source of what it sends */
};

/* channels4, channels6: whence a channel must come and where it goes. */
struct mci_channel {
	__u8 relay[16]; /* outer source address */
	__u8 local[16]; /* outer destination address: the tunnel's own */
	__u16 relay_port;
	__u16 local_port;
	__u32 slot;        /* of the channel in channel_stats */
	__u64 deadline_ns; /* CLOCK_MONOTONIC after which nothing is forwarded any more */
	__u32 egress_count;
	__u32 reserved;
	struct mci_egress egress[MCI_EGRESS_MAX];
};

/* tunnels: the endpoints that are ours, so that other programs' AMT passes untouched. */
struct mci_tunnel_key {
	__u8 local[16];
	__u16 local_port;
	__u16 reserved;
};

struct mci_tunnel {
	__u8 relay[16];
	__u16 relay_port;
	__u16 reserved;
};

/* Holes in a key would be part of it. */
_Static_assert(sizeof(struct mci_channel4_key) == 8, "no hole");
_Static_assert(sizeof(struct mci_channel6_key) == 32, "no hole");
_Static_assert(sizeof(struct mci_tunnel_key) == 20, "no hole");
_Static_assert(sizeof(struct mci_channel) == 56 + 28 * MCI_EGRESS_MAX, "no hole");

/* lans: the bit of a key that asks for frames in several buffers. */
#define MCI_LAN_PARTS 0x80000000u

/* channel_stats, per CPU. */
struct mci_channel_stats {
	__u64 packets;
	__u64 bytes; /* of inner IP packets */
	__u64 last_ns;
};

/* drops, per CPU: packets to our tunnels that did not reach the LAN. */
enum mci_drop {
	MCI_DROP_WRONG_RELAY,   /* to a tunnel of ours, not from its relay's address and port */
	MCI_DROP_NOT_JOINED,    /* from a relay of ours, but (S,G) is not joined */
	MCI_DROP_OTHER_TUNNEL,  /* (S,G) is joined, but through another relay or tunnel */
	MCI_DROP_EXPIRED,       /* the entry's deadline has passed: the daemon is gone */
	MCI_DROP_TRUNCATED,     /* ends before the inner packet that it announces */
	MCI_DROP_INNER_VERSION, /* what is inside is neither IPv4 nor IPv6 */
	MCI_DROP_INNER_HEADER,  /* header length or total length that cannot be */
	MCI_DROP_NOT_MULTICAST, /* inner destination is no multicast address */
	MCI_DROP_TTL,           /* inner TTL or hop limit has run out */
	MCI_DROP_EXCEEDS_MTU,   /* longer than the LAN interface takes */
	MCI_DROP_NO_EGRESS,     /* joined on no interface at this moment */
	MCI_DROP_REWRITE,       /* the kernel refused to strip or to redirect it */
	MCI_DROP_OBSERVE_FULL,  /* a record for the daemon is lost: the ring buffer is full */
	MCI_DROP_SLOW_RATE,     /* by the daemon: more packets a second than the slow path may send */
	MCI_DROP_COUNT
};

/* observed: ring buffer records. */
enum mci_observed_kind {
	MCI_OBSERVED_PIM,          /* a PIM packet on a LAN, from its IP header on */
	MCI_OBSERVED_FIRST_PACKET, /* first packet of channel `slot` that a CPU put on the LAN */
};

struct mci_observed {
	__u32 kind;
	__u32 ifindex;
	__u64 time_ns; /* CLOCK_MONOTONIC */
	__u32 slot;
	__u32 length; /* of `packet` as it was on the wire; at most MCI_OBSERVED_MAX bytes follow */
	__u8 packet[];
};
