/* SPDX-License-Identifier: BSD-2-Clause */
#include "pim/early.h"
#include "base/memory.h"

#include <string.h>
#include <utlist.h>

static size_t size_of(const struct ip_datagram *ip)
{
	return sizeof(struct pim_early_message) + cursor_left(&ip->payload);
}

bool pim_early_keep(struct pim_early *early, const struct ip_datagram *ip)
{
	size_t length = cursor_left(&ip->payload);
	struct pim_early_message *kept;

	if (early->bytes + size_of(ip) > PIM_EARLY_BYTES)
		return false;
	kept = memory_new(sizeof(*kept) + length);
	kept->ip = *ip;
	memcpy(kept->payload, ip->payload.at, length);
	kept->ip.payload = cursor_over(kept->payload, length);
	DL_APPEND(early->messages, kept);
	early->bytes += size_of(ip);
	return true;
}

struct pim_early_message *pim_early_take(struct pim_early *early, const struct addr *from)
{
	struct pim_early_message *taken = early->messages;

	while (taken && from && !addr_equal(&taken->ip.source, from))
		taken = taken->next;
	if (!taken)
		return NULL;
	DL_DELETE(early->messages, taken);
	early->bytes -= size_of(&taken->ip);
	return taken;
}
