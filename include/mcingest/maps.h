/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The interface between the BPF programs and the daemon: keys and values of the pinned maps,
 * reasons for drops, and records of the ring buffer.
 *
 * Addresses are bytes in network order, so that `bpftool map dump` prints them in the order in
 * which people write them. An IPv4 address in a field of 16 bytes is IPv4-mapped, ::ffff:192.0.2.1
 * (RFC 4291 section 2.5.5.2). Ports are in host order for the same reason. Times are nanoseconds of
 * CLOCK_MONOTONIC. */
#pragma once

#ifndef __VMLINUX_H__
#include <linux/types.h>
#endif

#define MCI_NAME          16        /* IFNAMSIZ */
#define MCI_LANS_MAX      32        /* LANs, which have numbers from 0 on */
#define MCI_EGRESS_MAX    8         /* LANs of one channel */
#define MCI_LAN_SETS_MAX  1024      /* combinations of LANs that XDP sends to; TC serves others */
#define MCI_OBSERVED_RING (4 << 20) /* bytes of the ring buffer */
#define MCI_OBSERVED_MAX  65535     /* bytes of an observed packet, from its IP header on */

/* A daemon takes over the maps of another version or of other limits (user/dataplane/takeover.h).
 * For that, keys stay as they are; fields of values keep their names and meanings, and may move and
 * grow; enumerators are added at the end. MCI_OTHER_LAYOUT makes a version with another layout, for
 * the tests. */
#ifdef MCI_OTHER_LAYOUT
#define MCI_OTHER __u64 other;
#else
#define MCI_OTHER
#endif

/* Value of the map layout: a field of a value, such as "channel.deadline_ns". */
#define MCI_FIELD_NAME 32
#define MCI_FIELDS_MAX 64
struct mci_field {
	char name[MCI_FIELD_NAME]; /* empty behind the last field */
	__u32 offset, size;
};

struct mci_channel4_key {
	__u8 source[4];
	__u8 group[4];
};

struct mci_channel6_key {
	__u8 source[16];
	__u8 group[16];
};

/* Value of the map lans: the LAN with this number. */
struct mci_lan {
	MCI_OTHER
	char interface[MCI_NAME];
	__u32 ifindex;
	__u16 mtu;
	__u8 mac[6]; /* source address of the frames that we send there */
};

/* Where a channel's packets come from, and to: the relay's end of a tunnel, and ours. */
struct mci_flow {
	__u8 relay[16]; /* outer source address */
	__u8 local[16]; /* outer destination address */
	__u16 relay_port;
	__u16 local_port;
};

/* Value of the maps channels4 and channels6: from where a channel's packets must come, and where
 * they go. The first 64 bytes are all that a packet needs. In channels4 they are one cache line,
 * because 64 bytes of the kernel and of the key precede them. */
struct mci_channel {
	MCI_OTHER
	struct mci_flow from;
	__u32 slot;        /* index of the channel in channel_stats */
	__u64 deadline_ns; /* nothing is forwarded after this time */
	__u8 lan_count;
	__u8 lans[MCI_EGRESS_MAX]; /* numbers of the LANs */
	__u8 moving;               /* packets of the flow in `moves` are accepted, too */
	__u16 mtu;                 /* smallest MTU of the LANs */
	__u32 lan_set;             /* a bit for each LAN; key of the map lan_sets */
	char interfaces[MCI_NAME]; /* names of the LANs, as many as fit; for readers of the map */
};

/* Value of the map moves, by slot: the flow that a moving channel moves to. */
struct mci_move {
	MCI_OTHER
	struct mci_flow to;
	__u32 delivers; /* set by the first packet of this flow; the daemon is told */
};

/* The map seen holds the packets of moving channels that one of the two relays delivered within the
 * last second and the other has not delivered yet, so that no packet goes to a LAN twice. It has
 * buckets of 64 bytes for all moving channels. If a bucket is full, its oldest packet is forgotten;
 * a second copy of that packet would go to the LAN. */
#define MCI_SEEN_BUCKETS 8192 /* a power of two */
#define MCI_SEEN_PACKETS 7    /* in one bucket */
#define MCI_SEEN_NS      1000000000

/* Key and value of the map tunnels: our endpoints and their relays. AMT of other programs passes
 * untouched. */
struct mci_tunnel_key {
	__u8 local[16];
	__u16 local_port;
	__u16 reserved;
};

struct mci_tunnel {
	MCI_OTHER
	__u8 relay[16];
	__u16 relay_port;
	__u16 reserved;
};

/* Padding in a key would be part of the key. */
_Static_assert(sizeof(struct mci_channel4_key) == 8, "no padding");
_Static_assert(sizeof(struct mci_channel6_key) == 32, "no padding");
_Static_assert(sizeof(struct mci_tunnel_key) == 20, "no padding");
#ifndef MCI_OTHER_LAYOUT
_Static_assert(sizeof(struct mci_channel) == 64 + MCI_NAME, "no padding");
_Static_assert(sizeof(struct mci_move) == 40, "no padding");
_Static_assert(sizeof(struct mci_lan) == 28, "no padding");
#endif

/* Added to a LAN's number in the map lan_ports for frames in several buffers. */
#define MCI_LAN_PARTS MCI_LANS_MAX

/* The programs' clock: CLOCK_MONOTONIC is epoch_ns + tick_ns * jiffies, modulo 2^64. */
struct mci_clock {
	__u64 tick_ns, epoch_ns;
};

/* Slots in one inner map of channel_stats. These maps are per CPU, and are created as slots come
 * into use. */
#define MCI_STATS_CHUNK 1024

struct mci_channel_stats {
	MCI_OTHER
	__u64 packets;
	__u64 bytes; /* counts inner IP packets */
	__u64 last_ns;
	__u32 rtp;      /* of the last packet; see MCI_RTP_IS */
	__u32 rtp_ssrc; /* of the last packet (RFC 3550 section 5.1), if it is RTP */
};

/* Value of the map carried: what maps of another layout had counted when they were replaced. By
 * slot; by enum mci_drop, enum mci_slow and enum mci_account from these keys on. */
struct mci_carried {
	__u64 packets, bytes, last_ns;
};

#define MCI_CARRIED_DROPS   0x80000000u
#define MCI_CARRIED_SLOW    0x40000000u
#define MCI_CARRIED_ACCOUNT 0x20000000u
#define MCI_CARRIED_MORE    256 /* entries beside one for each channel */

/* Value of the map kept: what the daemon itself has counted, beside the programs; its successors
 * count on. By enum mci_drop; and messages that were rejected, by enum protocol and enum fault
 * (user/base/fault.h). */
#define MCI_KEPT_REASONS   64
#define MCI_KEPT_PROTOCOLS 8
struct mci_kept {
	__u64 drops[MCI_KEPT_REASONS];
	__u64 slow_received, slow_packets, slow_bytes;
	__u64 slow_unsent, slow_lost;
	__u64 closed_packets; /* forwarded by the programs, of channels that are closed */
	__u64 rejected[MCI_KEPT_PROTOCOLS][MCI_KEPT_REASONS];
};

/* Value of the map kept_slow, by slot: what of the channel went out by the daemon's slow path. */
struct mci_kept_slow {
	__u64 packets, bytes;
};

/* mci_channel_stats.rtp holds the sequence number of the last packet and the value of `packets`
 * when it was counted, in one word, so that a reader gets both from the same packet. It is 0 if the
 * packet's RTP version is not 2. */
#define MCI_RTP_IS      0x80000000u
#define MCI_RTP_PACKETS 0x7fffu /* `packets` modulo 2^15, above MCI_RTP_SHIFT */
#define MCI_RTP_SHIFT   16      /* the sequence number is below */

/* Key of the map refused, whose value counts packets from this upstream that the LAN did not take.
 */
struct mci_refused_key {
	__u32 upstream, lan; /* ifindexes */
};

/* Pairs of interfaces, of this daemon and of an earlier one. */
#define MCI_REFUSED_MAX 256

/* Index of the map drops, which counts packets to our tunnels that did not reach a LAN, per CPU. */
enum mci_drop {
	MCI_DROP_WRONG_RELAY,   /* to a tunnel of ours, but not from its relay's address and port */
	MCI_DROP_NOT_JOINED,    /* from a relay of ours, but the channel is not joined */
	MCI_DROP_OTHER_TUNNEL,  /* the channel is joined, but by another relay or tunnel */
	MCI_DROP_EXPIRED,       /* the entry's deadline has passed, because the daemon is gone */
	MCI_DROP_TRUNCATED,     /* the packet ends before its inner packet does */
	MCI_DROP_INNER_VERSION, /* the inner packet is neither IPv4 nor IPv6 */
	MCI_DROP_INNER_HEADER,  /* impossible lengths, or a chain of IPv6 headers without end */
	MCI_DROP_NOT_MULTICAST, /* the inner destination is not a multicast address */
	MCI_DROP_TTL,           /* the inner TTL or hop limit has run out */
	MCI_DROP_EXCEEDS_MTU,   /* the inner packet is longer than the LAN's MTU */
	MCI_DROP_NO_EGRESS,     /* the channel goes to no LAN at this moment */
	MCI_DROP_REWRITE,       /* the kernel did not strip or redirect the packet */
	MCI_DROP_OBSERVE_FULL,  /* the ring buffer is full: a record for the daemon is lost */
	MCI_DROP_SLOW_RATE,     /* the daemon dropped it: the slow path has reached its rate */
	MCI_DROP_LAN_REFUSED,   /* sent, but the LAN's queue or driver did not take it */
	MCI_DROP_DUPLICATE,     /* the channel is moving, and the other relay has delivered it */
	MCI_DROP_OBSERVE_RATE,  /* a record of a sender, or of a LAN, that has its share of those
				   waiting */
	MCI_DROP_INNER_CONTROL, /* a control message of a link, such as IGMP, MLD or PIM */
	MCI_DROP_OVER_RATE,     /* above the channel's rate: mcingest/rate.h */
	MCI_DROP_COUNT
};

/* Value of the map channel_drops, by slot: packets of a channel that did not reach a LAN, as far as
 * the programs know the channel. The map holds the channels that have dropped most recently. */
struct mci_channel_drops {
	__u64 last_ns;
	__u64 last; /* enum mci_drop: the reason of the last packet */
	__u64 packets[MCI_DROP_COUNT];
	__u32 shortest[MCI_DROP_COUNT]; /* bytes of the inner IP packets, by reason */
	__u32 longest[MCI_DROP_COUNT];  /* 0: there was none */
};

#define MCI_CHANNEL_DROPS_MAX 4096

/* Index of the map slow, which counts packets to our tunnels that the programs left to the daemon's
 * slow path, per CPU. */
enum mci_slow {
	MCI_SLOW_AGGREGATES,  /* several packets that GRO, or a sender's GSO, has merged */
	MCI_SLOW_FRAGMENTS,   /* fragments of the outer packet; only the first one is counted */
	MCI_SLOW_OPTIONS,     /* the outer header has options or extension headers */
	MCI_SLOW_EXCEEDS_MTU, /* must be fragmented: longer than the LAN's MTU */
	MCI_SLOW_COUNT
};

/* Index of the map account, per CPU: packets from upstreams that are neither forwarded nor in
 * `slow`, nor one of the drops that are a packet each. So each packet has its place. */
enum mci_account {
	MCI_ACCOUNT_PASSED, /* left to the stack: other traffic, AMT's control messages, later
			       fragments */
	MCI_ACCOUNT_UNSENT, /* went to no LAN: MCI_DROP_EXCEEDS_MTU and MCI_DROP_REWRITE say why,
			       once for each LAN */
	MCI_ACCOUNT_COUNT
};

/* The map offloads: by an upstream's ifindex, the features that we switched off, a bit for each. */
#define MCI_OFFLOADS     2  /* features: rx-udp-gro-forwarding, rx-gro-list */
#define MCI_OFFLOADS_MAX 64 /* interfaces */

/* Kinds of records in the ring buffer observed. */
enum mci_observed_kind {
	MCI_OBSERVED_PIM,          /* a PIM packet on a LAN, from its IP header on */
	MCI_OBSERVED_FIRST_PACKET, /* first packet of channel `slot` that a CPU sent to a LAN */
	MCI_OBSERVED_MEMBERSHIP,   /* an IGMP or MLD packet on a LAN, from its IP header on */
	MCI_OBSERVED_RIVAL,        /* another router sends channel `slot` to a LAN of ours, too */
	MCI_OBSERVED_MOVED,        /* first packet of channel `slot` by the flow it moves to */
};

struct mci_observed {
	__u32 kind;
	__u32 ifindex;
	__u64 time_ns; /* CLOCK_MONOTONIC */
	__u32 slot;
	__u32 length; /* bytes of `packet`; unused room may follow */
	__u8 packet[];
};
