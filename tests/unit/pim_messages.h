/* SPDX-License-Identifier: BSD-2-Clause */
/* PIM messages as a router on the LAN would send them, for the tests of the state machines. */
#pragma once

#include "addresses.h"
#include "pim/packets.h"

#define SPARSE 0x04 /* flags of an encoded source */
#define WC     0x02
#define RPT    0x01
#define BIDIR  0x80 /* flags of an encoded group */
#define FULL   255  /* the full mask of the family */

/* One entry of a Join/Prune, in a group set of its own. */
struct wire_entry {
	const char *group;
	uint8_t group_flags, group_mask;
	bool prune;
	const char *source;
	uint8_t flags, mask;
};

/* The datagram with the message that was written, with a correct checksum. */
static inline struct ip_datagram pim_datagram(const char *from, struct writer *w)
{
	struct ip_datagram ip = {.source = address(from), .protocol = PIM_IP_PROTOCOL, .ttl = 1};
	size_t length = writer_length(w);

	cr_assert(!w->failed);
	ip.destination = pim_all_routers(ip.source.family);
	writer_patch_u16(w, 2,
			 ip_message_checksum(&ip.source, &ip.destination, PIM_IP_PROTOCOL, w->start,
					     length));
	ip.payload = cursor_over(w->start, length);
	return ip;
}

static inline struct writer message_begin(uint8_t type, void *bytes, size_t size)
{
	struct writer w = writer_over(bytes, size);

	writer_u8(&w, 0x20 | type);
	writer_zero(&w, 3);
	return w;
}

static inline void put_unicast(struct writer *w, struct addr addr)
{
	writer_u8(w, addr.family == AF_INET ? 1 : 2);
	writer_u8(w, 0);
	writer_addr(w, &addr);
}

static inline void put_masked(struct writer *w, const char *text, uint8_t flags, uint8_t mask)
{
	struct addr addr = address(text);

	writer_u8(w, addr.family == AF_INET ? 1 : 2);
	writer_u8(w, 0);
	writer_u8(w, flags);
	writer_u8(w, mask == FULL ? addr_length(addr.family) * 8 : mask);
	writer_addr(w, &addr);
}

static inline struct ip_datagram join_prune(const char *from, const char *upstream,
					    uint16_t holdtime, const struct wire_entry *entries,
					    unsigned count, void *bytes, size_t size)
{
	struct writer w = message_begin(PIM_JOIN_PRUNE, bytes, size);

	put_unicast(&w, address(upstream));
	writer_u8(&w, 0);
	writer_u8(&w, count);
	writer_u16(&w, holdtime);
	for (unsigned i = 0; i < count; i++) {
		const struct wire_entry *entry = &entries[i];

		put_masked(&w, entry->group, entry->group_flags, entry->group_mask);
		writer_u16(&w, !entry->prune);
		writer_u16(&w, entry->prune);
		put_masked(&w, entry->source, entry->flags, entry->mask);
	}
	return pim_datagram(from, &w);
}
