/* SPDX-License-Identifier: BSD-2-Clause */
/* PIM messages: a Join/Prune hands out as many entries as it announces, and a Hello written by us
 * decodes to the same. */
#include "fuzz.h"
#include "pim/packets.h"

#include <string.h>

#define GROUPS_AT                                                                                  \
	4 /* behind the upstream neighbor and the PIM header: reserved, count, Holdtime            \
	   */

/* Hello */

static bool same_options(const struct pim_hello *a, const struct pim_hello *b)
{
	return a->holdtime == b->holdtime && a->has_lan_prune_delay == b->has_lan_prune_delay &&
	       a->tracking_support == b->tracking_support &&
	       a->propagation_delay_ms == b->propagation_delay_ms &&
	       a->override_interval_ms == b->override_interval_ms &&
	       a->has_dr_priority == b->has_dr_priority && a->dr_priority == b->dr_priority &&
	       a->has_generation_id == b->has_generation_id && a->generation_id == b->generation_id;
}

static void check_hello(const struct pim_hello *hello, const struct ip_datagram *ip)
{
	struct ip_datagram written = *ip;
	uint8_t bytes[PIM_MESSAGE_MAX];
	struct pim_message again;
	size_t length;

	must(hello->address_count <= PIM_ADDRESSES_MAX);
	for (unsigned i = 0; i < hello->address_count; i++)
		must(hello->addresses[i].family == ip->source.family);
	length = pim_encode_hello(hello, &ip->source, bytes, sizeof(bytes));
	must(length && length <= sizeof(bytes));
	written.payload = cursor_over(bytes, length);
	must(pim_decode(&written, &again) == FAULT_NONE && again.type == PIM_HELLO);
	must(same_options(&again.hello, hello));
	must(again.hello.address_count == hello->address_count);
	must(!memcmp(again.hello.addresses, hello->addresses,
		     hello->address_count * sizeof(hello->addresses[0])));
}

/* Join/Prune */

struct counts {
	unsigned joins, prunes;
};

/* By the family before it, an encoded group or source is 8 or 20 bytes long (section 4.9.1). */
static size_t masked_length(const uint8_t *at)
{
	return at[0] == 1 ? 8 : 20;
}

/* With its attributes (RFC 5384), if it has some. */
static size_t source_length(const uint8_t *at)
{
	const uint8_t *start = at;
	bool more = at[1] == 1;

	at += masked_length(at);
	while (more) {
		more = !(at[0] & 0x40);
		at += 2 + at[1];
	}
	return at - start;
}

/* What the counts in a message that has been found whole sum up to. */
static struct counts announced(const uint8_t *message)
{
	const uint8_t *at = message + 4 + (message[4] == 1 ? 6 : 18);
	struct counts sum = {0};
	unsigned groups = at[1];

	for (at += GROUPS_AT; groups; groups--) {
		unsigned joins, prunes;

		at += masked_length(at);
		joins = at[0] << 8 | at[1];
		prunes = at[2] << 8 | at[3];
		at += 4;
		for (unsigned i = 0; i < joins + prunes; i++)
			at += source_length(at);
		sum.joins += joins;
		sum.prunes += prunes;
	}
	return sum;
}

static void check_entry(const struct pim_entry *entry, const struct pim_join_prune *message)
{
	must(addr_length(entry->sg.source.family) && addr_length(entry->sg.group.family));
	if (entry->is_channel)
		must(entry->sg.source.family == message->upstream.family &&
		     entry->sg.group.family == message->upstream.family);
}

static void check_join_prune(struct pim_join_prune *message, const struct ip_datagram *ip)
{
	struct counts wanted = {0}, found = {0};
	struct pim_entry entry;

	must(message->upstream.family == ip->source.family);
	must(fuzz_lies_within(&message->groups, &ip->payload));
	if (!message->is_cut)
		wanted = announced(ip->payload.at);
	while (pim_next_entry(message, &entry)) {
		check_entry(&entry, message);
		found.joins += !entry.prune;
		found.prunes += entry.prune;
	}
	must(message->is_cut || (found.joins == wanted.joins && found.prunes == wanted.prunes));
	must(!cursor_left(&message->groups) && !pim_next_entry(message, &entry));
}

static void try(struct cursor bytes)
{
	struct pim_message message;
	struct ip_datagram ip;

	if (ip_decode(bytes, &ip) || pim_decode(&ip, &message))
		return;
	must(message.type <= PIM_TYPE_LAST);
	if (message.type == PIM_HELLO)
		check_hello(&message.hello, &ip);
	else if (message.type == PIM_JOIN_PRUNE)
		check_join_prune(&message.join_prune, &ip);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	fuzz_with_checksums(cursor_over(bytes, size), try);
	return 0;
}
