/* SPDX-License-Identifier: BSD-2-Clause */
/* The Hello message (RFC 7761 section 4.9.2). */
#pragma once

#include "pim/wire.h"

#define PIM_ADDRESSES_MAX 32 /* addresses of an Address List that are kept; the rest is skipped */

#define PIM_HOLDTIME_DEFAULT 105    /* seconds, if a Hello does not say (section 4.11) */
#define PIM_HOLDTIME_FOREVER 0xffff /* never expires; in Hello and Join/Prune */

struct pim_hello {
	uint16_t holdtime; /* seconds; 0 is a goodbye */
	bool has_lan_prune_delay, tracking_support;
	uint16_t propagation_delay_ms, override_interval_ms;
	bool has_dr_priority;
	uint32_t dr_priority;
	bool has_generation_id;
	uint32_t generation_id;
	unsigned address_count;
	struct addr addresses[PIM_ADDRESSES_MAX]; /* secondary addresses, of the message's family */
	bool has_stray_bytes;                     /* behind the last whole option */
};

/* Decodes what follows the header of a message of `family`. Unknown options are skipped, as section
 * 4.9.2 demands, and so are bytes at the end that make no whole option. An option longer than its
 * value may be of a future version and is accepted; a shorter one is FAULT_LENGTH. An Address List
 * is read up to the first address of an unknown kind; addresses of the other family are left out,
 * since a neighbor of this family is no next hop by them. */
enum fault pim_decode_hello(struct cursor c, int family, struct pim_hello *hello);

/* Writes a whole message: options 2, 19, 20 as the flags say, 24 if there are addresses, and 1.
 * `source` is the IP source. Returns the length, or 0 if it does not fit. */
size_t pim_encode_hello(const struct pim_hello *hello, const struct addr *source, void *bytes,
			size_t size);
