/* SPDX-License-Identifier: BSD-2-Clause */
#include "dataplane/layout.h"

#include <bpf/bpf.h>
#include <stddef.h>
#include <string.h>

#define FIELD(kind, type, member)                                                                  \
	{                                                                                          \
		.name = #kind "." #member, .offset = offsetof(struct type, member),                \
		.size = sizeof(((struct type *)0)->member)                                         \
	}

static const struct mci_field ours[] = {
	FIELD(channel, mci_channel, from.relay),
	FIELD(channel, mci_channel, from.local),
	FIELD(channel, mci_channel, from.relay_port),
	FIELD(channel, mci_channel, from.local_port),
	FIELD(channel, mci_channel, slot),
	FIELD(channel, mci_channel, deadline_ns),
	FIELD(channel, mci_channel, lan_count),
	FIELD(channel, mci_channel, lans),
	FIELD(channel, mci_channel, moving),
	FIELD(channel, mci_channel, mtu),
	FIELD(channel, mci_channel, lan_set),
	FIELD(channel, mci_channel, interfaces),
	FIELD(move, mci_move, to.relay),
	FIELD(move, mci_move, to.local),
	FIELD(move, mci_move, to.relay_port),
	FIELD(move, mci_move, to.local_port),
	FIELD(move, mci_move, delivers),
	FIELD(lan, mci_lan, interface),
	FIELD(lan, mci_lan, ifindex),
	FIELD(lan, mci_lan, mtu),
	FIELD(lan, mci_lan, mac),
	FIELD(tunnel, mci_tunnel, relay),
	FIELD(tunnel, mci_tunnel, relay_port),
	FIELD(stats, mci_channel_stats, packets),
	FIELD(stats, mci_channel_stats, bytes),
	FIELD(stats, mci_channel_stats, last_ns),
	FIELD(stats, mci_channel_stats, rtp),
	FIELD(stats, mci_channel_stats, rtp_ssrc),
	/* No field: versions before 0.3.0 had no rows. */
	{.name = "stats.row", .offset = MCI_STATS_CHUNK},
	FIELD(carried, mci_carried, packets),
	FIELD(carried, mci_carried, bytes),
	FIELD(carried, mci_carried, last_ns),
	FIELD(kept, mci_kept, drops),
	FIELD(kept, mci_kept, slow_received),
	FIELD(kept, mci_kept, slow_packets),
	FIELD(kept, mci_kept, slow_bytes),
	FIELD(kept, mci_kept, slow_unsent),
	FIELD(kept, mci_kept, slow_lost),
	FIELD(kept, mci_kept, closed_packets),
	FIELD(kept, mci_kept, rejected),
	FIELD(slow, mci_kept_slow, packets),
	FIELD(slow, mci_kept_slow, bytes),
};

_Static_assert(sizeof(ours) / sizeof(ours[0]) <= MCI_FIELDS_MAX, "the map layout has room");

void layout_of_ours(struct layout *layout)
{
	memset(layout, 0, sizeof(*layout));
	memcpy(layout->fields, ours, sizeof(ours));
}

int layout_read(int map, struct layout *layout)
{
	int error = 0;

	for (uint32_t i = 0; !error && i < MCI_FIELDS_MAX; i++) {
		error = bpf_map_lookup_elem(map, &i, &layout->fields[i]);
		layout->fields[i].name[MCI_FIELD_NAME - 1] = '\0';
	}
	return error;
}

int layout_write(int map, const struct layout *layout)
{
	int error = 0;

	for (uint32_t i = 0; !error && i < MCI_FIELDS_MAX; i++)
		error = bpf_map_update_elem(map, &i, &layout->fields[i], BPF_ANY);
	return error;
}

static const struct mci_field *find(const struct layout *layout, const char *name)
{
	for (unsigned i = 0; i < MCI_FIELDS_MAX; i++)
		if (*name && !strcmp(layout->fields[i].name, name))
			return &layout->fields[i];
	return NULL;
}

static bool is_of(const struct mci_field *field, const char *kind)
{
	size_t length = strlen(kind);

	return !strncmp(field->name, kind, length) && field->name[length] == '.';
}

static bool has_all_of(const struct layout *one, const struct layout *other, const char *kind)
{
	for (unsigned i = 0; i < MCI_FIELDS_MAX; i++) {
		const struct mci_field *field = &one->fields[i], *same = find(other, field->name);

		if (is_of(field, kind) &&
		    (!same || same->offset != field->offset || same->size != field->size))
			return false;
	}
	return true;
}

bool layout_is_same(const struct layout *one, const struct layout *other, const char *kind)
{
	return has_all_of(one, other, kind) && has_all_of(other, one, kind);
}

void layout_convert(const struct layout *from, const void *old, size_t old_size,
		    const struct layout *to, void *new, const char *kind)
{
	for (unsigned i = 0; i < MCI_FIELDS_MAX; i++) {
		const struct mci_field *field = &to->fields[i], *source = find(from, field->name);

		if (source && is_of(field, kind) &&
		    (uint64_t)source->offset + source->size <= old_size)
			memcpy((char *)new + field->offset, (const char *)old + source->offset,
			       source->size < field->size ? source->size : field->size);
	}
}
