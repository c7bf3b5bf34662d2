/* SPDX-License-Identifier: BSD-2-Clause */
/* The Join/Prune message (RFC 7761 section 4.9.5). */
#pragma once

#include "pim/wire.h"

#define PIM_PRUNES_MAX          24  /* entries of a Join/Prune that we write */
#define PIM_HOLDTIME_JOIN_PRUNE 210 /* J/P_HoldTime, seconds (section 4.11) */

/* A message that was checked as a whole, and the reader's place in it. */
struct pim_join_prune {
	struct addr upstream; /* the upstream neighbor, whom the message is for */
	uint16_t holdtime;    /* seconds */
	struct cursor groups;
	struct addr group;      /* the reader's place: this group, */
	unsigned joins, prunes; /* and how many of its entries are left */
	bool group_is_single;   /* full mask, not bidirectional; Z is ignored (section 4.9.1) */
	bool is_cut;            /* the rest cannot be read, from an address of an unknown kind on */
};

struct pim_entry {
	struct sg sg;
	bool prune;
	bool is_channel;     /* an (S,G) of the upstream neighbor's family: W and R clear, full
			      * masks, group not bidirectional. Other entries are to be skipped. */
	bool has_attributes; /* Join Attributes (RFC 5384), unread */
};

/* Decodes what follows the header of a message of `family`. FAULT_ADDRESS if the upstream neighbor
 * is not of that family. A message that ends before its counts do is rejected before any entry of
 * it counts. An address of an unknown kind hides where the next one starts: the entries before it
 * count
 * (`is_cut`). The result points into the cursor's bytes. */
enum fault pim_decode_join_prune(struct cursor c, int family, struct pim_join_prune *message);
/* Reads the next entry, joins before prunes within a group; returns false after the last. */
bool pim_next_entry(struct pim_join_prune *message, struct pim_entry *entry);

/* Writes a whole message that prunes these channels, with `source` itself as the upstream neighbor:
 * a PruneEcho (section 4.5.2). Returns the length, or 0 if it does not fit. */
size_t pim_encode_prune_echo(const struct sg *prunes, unsigned count, const struct addr *source,
			     void *bytes, size_t size);
