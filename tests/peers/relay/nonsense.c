/* SPDX-License-Identifier: BSD-2-Clause */
#include "nonsense.h"

#include "../ip.h"
#include "manners.h"
#include "membership.h"
#include "messages.h"

#define SHORT_QUERY 30 /* bytes: the end of IGMP, and of MLD's header, is missing */

/* One fault a message: everything else stays right, the IPv4 header checksum included. */
static void spoil_length(uint8_t *inner)
{
	if (inner[0] >> 4 == 6) {
		put16(inner + 4, 0x4000);
		return;
	}
	put16(inner + 2, 0x4000);
	put16(inner + 10, 0);
	put16(inner + 10, sum_finish(sum_add(0, inner, (inner[0] & 15) * 4u)));
}

static void spoil_checksum(uint8_t *inner)
{
	struct datagram d;

	if (!datagram_parse(inner, QUERY_DATAGRAM_MAX, &d))
		inner[d.header + 2] ^= 0x55;
}

size_t nonsense(uint8_t *query, size_t length)
{
	if (manners.long_query)
		spoil_length(query + AMT_QUERY_HEADER);
	if (manners.wrong_checksum)
		spoil_checksum(query + AMT_QUERY_HEADER);
	return manners.short_query ? AMT_QUERY_HEADER + SHORT_QUERY : length;
}
