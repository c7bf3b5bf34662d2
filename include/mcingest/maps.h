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

#define MCI_NAME          16        /* IFNAMSIZ */
#define MCI_LANS_MAX      32        /* LAN interfaces, by numbers from 0 */
#define MCI_EGRESS_MAX    8         /* LAN interfaces that one channel is copied to */
#define MCI_LAN_SETS      1024      /* combinations of several that XDP sends to; others are TC's */
#define MCI_OBSERVED_RING (4 << 20) /* bytes of the ring buffer */
#define MCI_OBSERVED_MAX  65535     /* bytes of an observed packet, from its IP header on */

struct mci_channel4_key {
	__u8 source[4];
	__u8 group[4];
};

struct mci_channel6_key {
	__u8 source[16];
	__u8 group[16];
};

/* lans: a LAN interface, at its number. */
struct mci_lan {
	char interface[MCI_NAME];
	__u32 ifindex;
	__u16 mtu;
	__u8 mac[6]; /* the interface's own: the source of what it sends */
};

/* Where a channel's packets come from, and to: the relay's end of a tunnel, and ours. */
struct mci_flow {
	__u8 relay[16]; /* outer source address */
	__u8 local[16]; /* outer destination address: the tunnel's own */
	__u16 relay_port;
	__u16 local_port;
};

/* channels4, channels6: whence a channel must come and where it goes. What a packet needs of it
 * stands in its first 64 bytes, which of an IPv4 channel are one cache line: the kernel puts 64
 * bytes of its own and of the key before them. */
struct mci_channel {
	struct mci_flow from;
	__u32 slot;        /* of the channel in channel_stats */
	__u64 deadline_ns; /* CLOCK_MONOTONIC after which nothing is forwarded any more */
	__u8 lan_count;
	__u8 lans[MCI_EGRESS_MAX]; /* their numbers */
	__u8 moving; /* between relays: what comes from the one in `moves` is the channel's, too */
	__u16 mtu;   /* the least of theirs */
	__u32 lan_set;             /* a bit for each: the key in lan_sets */
	char interfaces[MCI_NAME]; /* their names, as many as fit: for whoever reads the map */
};

/* moves: of a channel that is moving, by its slot: where it moves to. */
struct mci_move {
	struct mci_flow to;
	__u32 delivers; /* set with its first packet, of which the daemon is told */
};

/* seen: while a channel is moving, its packets of the last second that one of the relays has
 * delivered and the other has not, so that none goes to the LAN twice. So many buckets (a power of
 * two) of seven packets each, 64 bytes a bucket, for all channels that are moving; where more are
 * on their way, the oldest falls out, and if it comes again it goes to the LAN again. */
#define MCI_SEEN_BUCKETS 8192
#define MCI_SEEN_PACKETS 7
#define MCI_SEEN_NS      1000000000

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
_Static_assert(sizeof(struct mci_channel) == 64 + MCI_NAME, "no hole");
_Static_assert(sizeof(struct mci_move) == 40, "no hole");
_Static_assert(sizeof(struct mci_lan) == 28, "no hole");

/* lan_ports: what is added to a LAN's number where frames are in several buffers. */
#define MCI_LAN_PARTS MCI_LANS_MAX

/* The programs' clock: CLOCK_MONOTONIC is epoch_ns, modulo 2^64, and tick_ns for each jiffy. */
struct mci_clock {
	__u64 tick_ns, epoch_ns;
};

/* channel_stats: maps of so many slots each, that come when a slot of theirs is used; per CPU. */
#define MCI_STATS_CHUNK 1024

struct mci_channel_stats {
	__u64 packets;
	__u64 bytes; /* of inner IP packets */
	__u64 last_ns;
	__u32 rtp;      /* of the last packet, see below */
	__u32 rtp_ssrc; /* RFC 3550 section 5.1; of what is no RTP, other bytes */
};

/* rtp: the last packet's sequence number, together with its own number among all that were counted:
 * both in one word, so that a reader has them of one packet. 0 if RTP's version is not its. */
#define MCI_RTP_IS      0x80000000u
#define MCI_RTP_PACKETS 0x7fffu /* `packets` modulo 2^15 */
#define MCI_RTP_SHIFT   16      /* of those; the sequence number is below */

/* refused: from an upstream to a LAN, to the number of packets that the LAN did not take. */
struct mci_refused_key {
	__u32 upstream, lan; /* ifindex */
};

/* Pairs of one daemon's interfaces, and of those of an earlier one. */
#define MCI_REFUSED_MAX 256

/* drops, per CPU: packets to our tunnels that did not reach the LAN. */
enum mci_drop {
	MCI_DROP_WRONG_RELAY,   /* to a tunnel of ours, not from its relay's address and port */
	MCI_DROP_NOT_JOINED,    /* from a relay of ours, but (S,G) is not joined */
	MCI_DROP_OTHER_TUNNEL,  /* (S,G) is joined, but through another relay or tunnel */
	MCI_DROP_EXPIRED,       /* the entry's deadline has passed: the daemon is gone */
	MCI_DROP_TRUNCATED,     /* ends before the inner packet that it announces */
	MCI_DROP_INNER_VERSION, /* what is inside is neither IPv4 nor IPv6 */
	MCI_DROP_INNER_HEADER,  /* lengths that cannot be, or IPv6 headers that do not end */
	MCI_DROP_NOT_MULTICAST, /* inner destination is no multicast address */
	MCI_DROP_TTL,           /* inner TTL or hop limit has run out */
	MCI_DROP_EXCEEDS_MTU,   /* longer than the LAN interface takes */
	MCI_DROP_NO_EGRESS,     /* joined on no interface at this moment */
	MCI_DROP_REWRITE,       /* the kernel refused to strip or to redirect it */
	MCI_DROP_OBSERVE_FULL,  /* a record for the daemon is lost: the ring buffer is full */
	MCI_DROP_SLOW_RATE,   /* by the daemon: more packets a second than the slow path may send */
	MCI_DROP_LAN_REFUSED, /* sent, and not taken by the LAN's queue or driver */
	MCI_DROP_DUPLICATE,   /* of a channel that is moving: the other relay has delivered it */
	MCI_DROP_OBSERVE_RATE,  /* a record of a sender, or of a LAN, that has its share of those
				   waiting */
	MCI_DROP_INNER_CONTROL, /* IGMP, MLD, PIM and the like: messages of a link, no data */
	MCI_DROP_COUNT
};

/* slow, per CPU: packets to our tunnels that the programs left to the daemon's slow path. */
enum mci_slow {
	MCI_SLOW_AGGREGATES,  /* of packets that GRO, or a sender's GSO, has put together */
	MCI_SLOW_FRAGMENTS,   /* outer fragments: the first of each packet counts */
	MCI_SLOW_OPTIONS,     /* options or extension headers of the outer header */
	MCI_SLOW_EXCEEDS_MTU, /* to be cut: longer than the LAN interface takes */
	MCI_SLOW_COUNT
};

/* offloads: an upstream's ifindex to those features of it that were on before us, a bit for each.
 */
#define MCI_OFFLOADS     2  /* rx-udp-gro-forwarding, rx-gro-list */
#define MCI_OFFLOADS_MAX 64 /* interfaces */

/* observed: ring buffer records. */
enum mci_observed_kind {
	MCI_OBSERVED_PIM,          /* a PIM packet on a LAN, from its IP header on */
	MCI_OBSERVED_FIRST_PACKET, /* first packet of channel `slot` that a CPU put on the LAN */
	MCI_OBSERVED_MEMBERSHIP,   /* an IGMP or MLD packet on a LAN, from its IP header on */
	MCI_OBSERVED_RIVAL,        /* another router puts channel `slot` on a LAN of ours, too */
	MCI_OBSERVED_MOVED,        /* first packet of channel `slot` from the relay it moves to */
};

struct mci_observed {
	__u32 kind;
	__u32 ifindex;
	__u64 time_ns; /* CLOCK_MONOTONIC */
	__u32 slot;
	__u32 length; /* of `packet`; there may be more room behind it */
	__u8 packet[];
};
