/* SPDX-License-Identifier: BSD-2-Clause */
/* What the values of the maps consist of, field by field. The description stands in a pinned map,
 * so that a daemon reads the maps of a version that has its fields elsewhere, older or newer.
 *
 * A kind of value is the part of a field's name before the dot: "channel", "move", "lan", "tunnel",
 * "stats", "carried", "kept" and "slow". */
#pragma once

#include "mcingest/maps.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct layout {
	struct mci_field fields[MCI_FIELDS_MAX];
};

/* The layout of this binary. */
void layout_of_ours(struct layout *layout);
/* Reads and writes the map. 0 or a negative errno. */
int layout_read(int map, struct layout *layout);
int layout_write(int map, const struct layout *layout);
/* Whether values of this kind have the same fields at the same places in both. */
bool layout_is_same(const struct layout *one, const struct layout *other, const char *kind);
/* Makes a value of the layout `to` of one of `from`, which has `old_size` bytes, in zeroed memory.
 * What `from` does not have stays 0. */
void layout_convert(const struct layout *from, const void *old, size_t old_size,
		    const struct layout *to, void *new, const char *kind);
