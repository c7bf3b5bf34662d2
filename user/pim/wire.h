/* SPDX-License-Identifier: BSD-2-Clause */
/* What PIM messages share on the wire: the header (RFC 7761 section 4.9) and the encoded addresses
 * (section 4.9.1). For the codecs of this folder. */
#pragma once

#include "base/ip.h"

#define PIM_IP_PROTOCOL 103
#define PIM_VERSION     2
#define PIM_HEADER      4    /* bytes */
#define PIM_MESSAGE_MAX 1200 /* bytes that any message that we write fits in */

enum pim_type {
	PIM_HELLO = 0,
	PIM_JOIN_PRUNE = 3,
	PIM_ASSERT = 5,
	PIM_TYPE_LAST = 12 /* the last assigned type (RFC 8736) */
};

/* Flags of an encoded group and an encoded source */
#define PIM_GROUP_BIDIR   0x80
#define PIM_SOURCE_SPARSE 0x04
#define PIM_SOURCE_WC     0x02
#define PIM_SOURCE_RPT    0x01

/* An encoded group or source. */
struct pim_masked {
	struct addr addr; /* AF_UNSPEC if family or encoding type is unknown */
	uint8_t flags;
	bool is_single; /* the mask is full */
};

/* 224.0.0.13, ff02::d */
struct addr pim_all_routers(int family);

/* Each reads one encoded address. The result is AF_UNSPEC if its family or encoding type is
 * unknown: then its length is, too, and nothing behind it can be read. */
struct addr pim_read_unicast(struct cursor *c);
struct pim_masked pim_read_group(struct cursor *c);
/* A source may have Join Attributes behind it (RFC 5384), which are skipped. */
struct pim_masked pim_read_source(struct cursor *c, bool *has_attributes);
/* Whether an address could be read: FAULT_TRUNCATED, FAULT_ADDRESS, or FAULT_NONE. */
enum fault pim_address_fault(const struct cursor *c, const struct addr *addr);

void pim_write_unicast(struct writer *w, const struct addr *addr);
/* Writes a group or a source with a full mask. */
void pim_write_masked(struct writer *w, const struct addr *addr, uint8_t flags);

/* Begins a message in the caller's memory with its header. */
struct writer pim_begin(enum pim_type type, void *bytes, size_t size);
/* Fills in the checksum; `source` is the IP source, for the pseudo-header of IPv6. Returns the
 * message's length, or 0 if it did not fit. */
size_t pim_finish(struct writer *w, const struct addr *source);
