/* SPDX-License-Identifier: BSD-2-Clause */
/* A message is walked twice by the same two functions: by the decoder, which checks it, and by the
 * caller, who asks for its entries. Join Attributes are for routers that announce them in their
 * Hello (option 26), which we do not; the source counts all the same. */
#include "pim/wire_join_prune.h"

static enum fault read_group(struct pim_join_prune *message)
{
	struct pim_masked masked = pim_read_group(&message->groups);

	message->group = masked.addr;
	message->group_is_single = masked.is_single && !(masked.flags & PIM_GROUP_BIDIR);
	message->joins = cursor_u16(&message->groups);
	message->prunes = cursor_u16(&message->groups);
	return pim_address_fault(&message->groups, &masked.addr);
}

static enum fault read_entry(struct pim_join_prune *message, struct pim_entry *entry)
{
	struct pim_masked masked = pim_read_source(&message->groups, &entry->has_attributes);

	entry->sg = (struct sg){.source = masked.addr, .group = message->group};
	entry->prune = !message->joins;
	entry->is_channel = message->group_is_single && masked.is_single &&
			    !(masked.flags & (PIM_SOURCE_WC | PIM_SOURCE_RPT)) &&
			    masked.addr.family == message->upstream.family &&
			    message->group.family == message->upstream.family;
	if (entry->prune)
		message->prunes--;
	else
		message->joins--;
	return pim_address_fault(&message->groups, &masked.addr);
}

/* Finds the end of the last group, or of what can be read. */
static enum fault walk_groups(struct pim_join_prune *walker, unsigned groups, const uint8_t **end)
{
	struct pim_entry entry;
	enum fault fault = FAULT_NONE;

	*end = walker->groups.at;
	while (!fault && (groups || walker->joins || walker->prunes)) {
		*end = walker->groups.at;
		if (walker->joins || walker->prunes) {
			fault = read_entry(walker, &entry);
		} else {
			groups--;
			fault = read_group(walker);
		}
	}
	if (!fault)
		*end = walker->groups.at;
	return fault;
}

enum fault pim_decode_join_prune(struct cursor c, int family, struct pim_join_prune *message)
{
	struct pim_join_prune walker;
	enum fault fault;
	unsigned groups;

	message->upstream = pim_read_unicast(&c);
	fault = pim_address_fault(&c, &message->upstream);
	if (fault)
		return fault;
	if (message->upstream.family != family)
		return FAULT_ADDRESS;
	cursor_u8(&c); /* reserved */
	groups = cursor_u8(&c);
	message->holdtime = cursor_u16(&c);
	if (c.failed)
		return FAULT_TRUNCATED;
	message->groups = c;
	walker = *message;
	fault = walk_groups(&walker, groups, &message->groups.end);
	message->is_cut = fault == FAULT_ADDRESS;
	return message->is_cut ? FAULT_NONE : fault;
}

bool pim_next_entry(struct pim_join_prune *message, struct pim_entry *entry)
{
	while (!message->joins && !message->prunes)
		if (!cursor_left(&message->groups) || read_group(message))
			return false;
	return read_entry(message, entry) == FAULT_NONE;
}

/* Writing */

/* Whether no prune before `at` has the same group. */
static bool is_first_of_group(const struct sg *prunes, unsigned at)
{
	for (unsigned i = 0; i < at; i++)
		if (addr_equal(&prunes[i].group, &prunes[at].group))
			return false;
	return true;
}

static void write_group_set(struct writer *w, const struct sg *prunes, unsigned count,
			    const struct addr *group)
{
	unsigned sources = 0;
	size_t sources_at;

	pim_write_masked(w, group, 0);
	writer_u16(w, 0);
	sources_at = writer_length(w);
	writer_u16(w, 0);
	for (unsigned i = 0; i < count; i++) {
		if (!addr_equal(&prunes[i].group, group))
			continue;
		pim_write_masked(w, &prunes[i].source, PIM_SOURCE_SPARSE);
		sources++;
	}
	writer_patch_u16(w, sources_at, sources);
}

size_t pim_encode_prune_echo(const struct sg *prunes, unsigned count, const struct addr *source,
			     void *bytes, size_t size)
{
	struct writer w = pim_begin(PIM_JOIN_PRUNE, bytes, size);
	unsigned groups = 0;

	for (unsigned i = 0; i < count; i++)
		groups += is_first_of_group(prunes, i);
	pim_write_unicast(&w, source);
	writer_u8(&w, 0);
	writer_u8(&w, groups);
	writer_u16(&w, PIM_HOLDTIME_JOIN_PRUNE);
	for (unsigned i = 0; i < count; i++)
		if (is_first_of_group(prunes, i))
			write_group_set(&w, prunes, count, &prunes[i].group);
	return pim_finish(&w, source);
}
