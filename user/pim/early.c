/* SPDX-License-Identifier: BSD-2-Clause */
#include "pim/early.h"
#include "base/memory.h"

#include <string.h>
#include <utlist.h>

bool pim_early_keep(struct pim_early *early, const struct ip_datagram *ip)
{
	size_t length = cursor_left(&ip->payload);
	struct pim_early_message *kept;

	if (early->count == PIM_EARLY_MAX || early->bytes + length > PIM_EARLY_BYTES)
		return false;
	kept = memory_new(sizeof(*kept) + length);
	kept->ip = *ip;
	memcpy(kept->payload, ip->payload.at, length);
	kept->ip.payload = cursor_over(kept->payload, length);
	DL_APPEND(early->messages, kept);
	early->count++;
	early->bytes += length;
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
	early->count--;
	early->bytes -= cursor_left(&taken->ip.payload);
	return taken;
}
