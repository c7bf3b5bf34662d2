/* SPDX-License-Identifier: BSD-2-Clause */
/* PIM messages (RFC 7761 section 4.9): bytes to struct and back. */
#pragma once

#include "base/ip.h"

#define PIM_IP_PROTOCOL   103
#define PIM_ADDRESSES_MAX 32   /* of an Address List that are kept; the rest is passed over */
#define PIM_PRUNES_MAX    24   /* entries of a Join/Prune that we write */
#define PIM_MESSAGE_MAX   1200 /* bytes that any message that we write fits in */

#define PIM_HOLDTIME_DEFAULT    105    /* seconds, where a Hello does not say (section 4.11) */
#define PIM_HOLDTIME_JOIN_PRUNE 210    /* J/P_HoldTime */
#define PIM_HOLDTIME_FOREVER    0xffff /* no expiry, in Hello and Join/Prune */
#define PIM_HOLDTIME_STRANGER   3600 /* most of a Join whose sender said no Hello, and no goodbye */

enum pim_type {
	PIM_HELLO = 0,
	PIM_JOIN_PRUNE = 3,
	PIM_ASSERT = 5,
	PIM_TYPE_LAST = 12 /* of the assigned types */
};

struct pim_hello {
	uint16_t holdtime; /* seconds; 0 is goodbye */
	bool has_lan_prune_delay, tracking_support;
	uint16_t propagation_delay_ms, override_interval_ms;
	bool has_dr_priority;
	uint32_t dr_priority;
	bool has_generation_id;
	uint32_t generation_id;
	unsigned address_count;
	struct addr addresses[PIM_ADDRESSES_MAX]; /* secondary ones, of the message's family */
	bool has_stray_bytes;                     /* behind its options */
};

/* The entries are read one after the other; the whole message was checked before. */
struct pim_join_prune {
	struct addr upstream; /* neighbour that the message is for */
	uint16_t holdtime;    /* seconds */
	struct cursor groups;
	struct addr group;      /* what follows is the reader's place */
	unsigned joins, prunes; /* left of this group */
	bool group_is_single;   /* full mask, not bidirectional; Z is ignored (section 4.9.1) */
	bool is_cut;            /* an address cannot be read, and neither what follows it */
};

struct pim_entry {
	struct sg sg;
	bool prune;
	bool is_channel;     /* (S,G): W and R clear, full masks. Others are to be passed over. */
	bool has_attributes; /* of RFC 5384, unread */
};

/* Lower is better, field by field (section 4.6.3). */
struct pim_metric {
	bool rpt; /* of a shared tree */
	uint32_t preference, metric;
};

#define PIM_PREFERENCE_INFINITE 0x7fffffff
#define PIM_METRIC_INFINITE     0xffffffff

struct pim_assert {
	struct sg sg;
	bool is_channel; /* a single group, and a source: else it is a (*,G) one */
	struct pim_metric metric;
};

struct pim_message {
	uint8_t type; /* enum pim_type, or another assigned type: then nothing more is decoded */
	union {
		struct pim_hello hello;
		struct pim_join_prune join_prune;
		struct pim_assert assert;
	};
};

/* 224.0.0.13, ff02::d */
struct addr pim_all_routers(int family);

/* Decodes the message of a datagram: destination ALL-PIM-ROUTERS for the types of enum pim_type,
 * version 2, checksum (over IPv6 with pseudo-header), whole structure. Unknown Hello options are
 * passed over; an option shorter than its value is FAULT_LENGTH. FAULT_ADDRESS: a Join/Prune whose
 * upstream neighbour, or an Assert with an address, that is of unknown family or encoding type, or
 * not of the datagram's family. FAULT_TYPE: no PIM, or no assigned type. The result
 * points into the datagram. */
enum fault pim_decode(const struct ip_datagram *ip, struct pim_message *message);

/* The next entry of a Join/Prune, joins before prunes within a group; false after the last. */
bool pim_next_entry(struct pim_join_prune *message, struct pim_entry *entry);

/* Writes a whole PIM message with checksum; options 1, 2, 19, 20 as the flags say, 24 where there
 * are addresses. `source` is the IP source (for the IPv6 pseudo-header). Returns the length, 0
 * where it does not fit. */
size_t pim_encode_hello(const struct pim_hello *hello, const struct addr *source, void *bytes,
			size_t size);
/* Writes a Join/Prune that prunes these channels, with `source` itself as the upstream neighbour
 * (PruneEcho, section 4.5.2). Returns the length, 0 where it does not fit. */
size_t pim_encode_prune_echo(const struct sg *prunes, unsigned count, const struct addr *source,
			     void *bytes, size_t size);
/* Writes an Assert(S,G); with an infinite metric that is an AssertCancel (section 4.6.4). Returns
 * the length, 0 where it does not fit. */
size_t pim_encode_assert(const struct sg *sg, const struct pim_metric *metric,
			 const struct addr *source, void *bytes, size_t size);
