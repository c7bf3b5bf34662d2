/* SPDX-License-Identifier: BSD-2-Clause */
#include "page/scan.h"
#include "base/memory.h"
#include "path/path.h"

#include <stdlib.h>
#include <string.h>

static const char *const orders[SCAN_ORDERS] = {[SCAN_BY_RATE] = "rate",
						[SCAN_BY_LOSS] = "loss",
						[SCAN_BY_AGE] = "age",
						[SCAN_BY_SOURCE] = "source",
						[SCAN_BY_GROUP] = "group"};

bool scan_order_find(const char *name, enum scan_order *order)
{
	for (unsigned i = 0; i < SCAN_ORDERS; i++)
		if (strcmp(orders[i], name) == 0) {
			*order = i;
			return true;
		}
	return false;
}

/* Order */

enum { FAILED, WITHOUT_DATA, OTHERS };

static uint64_t class_of(const struct channel *channel, enum scan_order order)
{
	if (channel->state == CHANNEL_FAILED)
		return FAILED;
	if (order == SCAN_BY_RATE && channel->state == CHANNEL_JOINED && channel->reason)
		return WITHOUT_DATA;
	return OTHERS;
}

static struct rank rank_of(const struct channel *channel, enum scan_order order)
{
	struct rank rank = {.key[0] = class_of(channel, order), .id = channel->slot};

	switch (order) {
	case SCAN_BY_SOURCE:
		ranking_key_address(&channel->sg.source, &rank.key[1]);
		break;
	case SCAN_BY_GROUP:
		ranking_key_address(&channel->sg.group, &rank.key[1]);
		break;
	case SCAN_BY_LOSS:
		rank.key[1] = ranking_key_down((double)rtp_lost(&channel->rtp));
		rank.key[2] = channel->slot;
		break;
	case SCAN_BY_AGE:
		rank.key[1] = ~channel->trace.join_seen;
		rank.key[2] = channel->slot;
		break;
	default:
		rank.key[1] = ranking_key_down(channel->meter.rate.bits_per_s);
		rank.key[2] = channel->slot;
	}
	return rank;
}

/* Filter */

static bool has(const struct addr *addr, const char *filter)
{
	char text[ADDR_TEXT];

	return addr && strcasestr(addr_format(addr, text), filter);
}

static bool passes(const struct channel *channel, const char *filter)
{
	return !filter || has(&channel->sg.source, filter) || has(&channel->sg.group, filter) ||
	       strcasestr(channel_state_name(channel->state), filter) ||
	       has(path_relay(channel), filter);
}

void scan_begin(struct scan *scan, const struct channel_table *channels, enum scan_order order,
		const char *filter, unsigned limit)
{
	*scan = (struct scan){.channels = channels, .order = order};
	if (filter && *filter)
		scan->filter = memory_copy_text(filter);
	ranking_begin(&scan->first, limit);
}

bool scan_on(struct scan *scan)
{
	uint32_t end = scan->next_slot + (scan->filter ? SCAN_FILTERED : SCAN_AT_ONCE);

	for (; scan->next_slot < scan->channels->slots; scan->next_slot++) {
		const struct channel *channel;
		struct rank rank;

		if (scan->next_slot == end)
			return true;
		channel = channel_table_at(scan->channels, scan->next_slot);
		if (!channel || !passes(channel, scan->filter))
			continue;
		rank = rank_of(channel, scan->order);
		ranking_offer(&scan->first, &rank);
		scan->matching++;
	}
	return false;
}

unsigned scan_take(struct scan *scan, unsigned offset, uint32_t slots[], unsigned room)
{
	unsigned count = scan->first.count > offset ? scan->first.count - offset : 0;
	struct rank rank;

	for (; count > room; count--)
		ranking_take_last(&scan->first, &rank);
	for (unsigned i = count; i-- && ranking_take_last(&scan->first, &rank);)
		slots[i] = rank.id;
	return count;
}

void scan_end(struct scan *scan)
{
	ranking_end(&scan->first);
	free(scan->filter);
}
