/* SPDX-License-Identifier: BSD-2-Clause */
#include "dataplane/takeover.h"

#include "base/log.h"
#include "base/memory.h"
#include "dataplane/error.h"
#include "dataplane/pins.h"
#include "dataplane/takeover_maps.h"
#include "ingest_tc.skel.h"
#include "observe_tc.skel.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define KEY_SIZE 32 /* bytes of the longest key */

/* The kind of a map's values; NULL if they have no fields. */
static const char *kind_of(const char *map)
{
	static const char *const kinds[][2] = {
		{"channels4", "channel"},   {"channels6", "channel"},
		{"moves", "move"},          {"lans", "lan"},
		{"tunnels", "tunnel"},      {"carried", "carried"},
		{"channel_stats", "stats"}, {"kept", "kept"},
		{"kept_slow", "slow"},
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (!strcmp(kinds[i][0], map))
			return kinds[i][1];
	return NULL;
}

int takeover_map(const char *folder, const char *name, struct bpf_map_info *info)
{
	uint32_t size = sizeof(*info);
	char path[PINS_PATH];
	int map = bpf_obj_get(pins_path(folder, name, path));

	memset(info, 0, sizeof(*info));
	if (map >= 0 && bpf_obj_get_info_by_fd(map, info, &size)) {
		close(map);
		return -EINVAL; /* it is no map */
	}
	return map;
}

void takeover_layouts(const struct dataplane *dp, const char *folder,
		      struct takeover_layouts *layouts)
{
	struct bpf_map_info info;
	int map = takeover_map(folder, "layout", &info);

	layouts->dp = dp;
	layout_of_ours(&layouts->ours);
	layouts->is_described = map >= 0 && info.value_size == sizeof(struct mci_field) &&
				!layout_read(map, &layouts->old);
	if (!layouts->is_described)
		layouts->old = layouts->ours;
	if (map >= 0)
		close(map);
}

typedef int map_fn(const struct bpf_map *map, const struct takeover_layouts *layouts);

static int each_map_of(const struct bpf_object *object, const struct bpf_object *but, map_fn *fn,
		       const struct takeover_layouts *layouts)
{
	const struct bpf_map *map;
	int error = 0;

	bpf_object__for_each_map(map, object)
	{
		bool is_new = !but || !bpf_object__find_map_by_name(but, bpf_map__name(map));

		if (!error && is_new && bpf_map__pin_path(map))
			error = fn(map, layouts);
	}
	return error;
}

/* Each pinned map once: most are shared by both programs. */
static int each_map(const struct dataplane *dp, map_fn *fn, const struct takeover_layouts *layouts)
{
	int error = each_map_of(dp->ingest->obj, NULL, fn, layouts);

	return error ? error : each_map_of(dp->observe->obj, dp->ingest->obj, fn, layouts);
}

/* Setting aside */

static void take_back(void *context, const char *name)
{
	const struct dataplane *dp = context;
	int error = pins_move(dp->pins_old, dp->pins, name);

	if (error)
		log_error("cannot move %s/%s back: %s", dp->pins_old, name, strerror(-error));
}

void takeover_recover(struct dataplane *dp)
{
	if (pins_each(dp->pins_old, take_back, dp))
		rmdir(dp->pins_old);
}

static bool is_same_map(const struct bpf_map *ours, const struct bpf_map_info *there)
{
	return there->type == bpf_map__type(ours) && there->key_size == bpf_map__key_size(ours) &&
	       there->value_size == bpf_map__value_size(ours) &&
	       there->max_entries == bpf_map__max_entries(ours) &&
	       there->map_flags == bpf_map__map_flags(ours);
}

/* A map that is not there is made. */
static bool fits(const struct bpf_map *ours, const struct takeover_layouts *layouts)
{
	const char *kind = kind_of(bpf_map__name(ours));
	struct bpf_map_info there;
	int map = takeover_map(layouts->dp->pins, bpf_map__name(ours), &there);

	if (map < 0)
		return map == -ENOENT;
	close(map);
	return is_same_map(ours, &there) &&
	       (!kind || layout_is_same(&layouts->old, &layouts->ours, kind));
}

static int set_aside(const struct dataplane *dp, const char *name)
{
	int error = mkdir(dp->pins_old, 0700) && errno != EEXIST ? -errno : 0;

	return error ? error : pins_move(dp->pins, dp->pins_old, name);
}

struct chunks_aside {
	const struct dataplane *dp;
	int error;
};

/* Counts of another layout. Chunks that fit are put into the new map by stats_chunks_open(). */
static void set_chunk_aside(void *context, const char *name)
{
	struct chunks_aside *aside = context;

	if (!aside->error && !strncmp(name, TAKEOVER_CHUNK, strlen(TAKEOVER_CHUNK)))
		aside->error = set_aside(aside->dp, name);
}

static int set_misfit_aside(const struct bpf_map *map, const struct takeover_layouts *layouts)
{
	return fits(map, layouts) ? 0 : set_aside(layouts->dp, bpf_map__name(map));
}

int takeover_begin(struct dataplane *dp)
{
	struct chunks_aside aside = {.dp = dp};
	struct takeover_layouts layouts;

	takeover_layouts(dp, dp->pins, &layouts);
	aside.error = each_map(dp, set_misfit_aside, &layouts);
	if (!aside.error && !access(dp->pins_old, F_OK)) {
		/* What is carried is written again before the old maps go. */
		set_aside(dp, "carried");
		set_aside(dp, "layout");
		log_notice("maps of an earlier mcingestd have other sizes or another layout: they "
			   "are replaced, and lose nothing");
	}
	if (!aside.error && !layout_is_same(&layouts.old, &layouts.ours, "stats"))
		pins_each(dp->pins, set_chunk_aside, &aside);
	return aside.error ? dataplane_fail(dp, aside.error, "cannot set maps aside in %s: %s",
					    dp->pins_old, dataplane_cure(aside.error))
			   : 0;
}

/* Copying */

struct copy {
	const struct takeover_layouts *layouts;
	const struct bpf_map *to;
	const char *kind;
	int from;
	struct bpf_map_info info; /* of `from` */
	uint8_t *old, *new;       /* values */
	uint32_t lost;            /* entries that the new map has no room for */
};

static int copy_entry(struct copy *copy, const uint8_t *key)
{
	size_t size = bpf_map__value_size(copy->to);
	int error = bpf_map_lookup_elem(copy->from, key, copy->old);

	if (error)
		return error == -ENOENT ? 0 : error;
	memset(copy->new, 0, size);
	if (copy->kind)
		layout_convert(&copy->layouts->old, copy->old, copy->info.value_size,
			       &copy->layouts->ours, copy->new, copy->kind);
	else
		memcpy(copy->new, copy->old, size);
	error = bpf_map__update_elem(copy->to, key, bpf_map__key_size(copy->to), copy->new, size,
				     BPF_ANY);
	if (error != -E2BIG)
		return error;
	copy->lost++;
	return 0;
}

static int copy_entries(struct copy *copy)
{
	uint8_t key[KEY_SIZE];
	int error = bpf_map_get_next_key(copy->from, NULL, key);

	while (!error) {
		error = copy_entry(copy, key);
		if (!error)
			error = bpf_map_get_next_key(copy->from, key, key);
	}
	return error == -ENOENT ? 0 : error;
}

static bool can_be_copied(const struct copy *copy)
{
	bool same_size = copy->info.value_size == bpf_map__value_size(copy->to);

	return copy->info.type == bpf_map__type(copy->to) &&
	       copy->info.key_size == bpf_map__key_size(copy->to) &&
	       copy->info.key_size <= KEY_SIZE &&
	       (same_size || (copy->kind && copy->layouts->is_described));
}

/* Counters of the programs are kept by takeover_finish(), because the old ones still count. Records
 * and what else has no entries begin anew. */
static bool has_entries(const struct bpf_map *map)
{
	const char *name = bpf_map__name(map);

	return bpf_map__type(map) == BPF_MAP_TYPE_HASH || !strcmp(name, "lans") ||
	       !strcmp(name, "kept");
}

static int copy_map(const struct bpf_map *to, const struct takeover_layouts *layouts)
{
	const char *name = bpf_map__name(to);
	struct copy copy = {.layouts = layouts, .to = to, .kind = kind_of(name)};
	int error;

	copy.from =
		has_entries(to) ? takeover_map(layouts->dp->pins_old, name, &copy.info) : -ENOENT;
	if (copy.from < 0)
		return copy.from == -ENOENT ? 0 : copy.from;
	copy.old = memory_new(copy.info.value_size);
	copy.new = memory_new(bpf_map__value_size(to));
	error = can_be_copied(&copy) ? copy_entries(&copy) : -EINVAL;
	if (copy.lost)
		log_warning("%u entries of the map %s do not fit into the limits, and are lost",
			    copy.lost, name);
	free(copy.old);
	free(copy.new);
	close(copy.from);
	return error;
}

int takeover_copy(struct dataplane *dp)
{
	struct takeover_layouts layouts;
	int error;

	if (access(dp->pins_old, F_OK))
		return 0;
	takeover_layouts(dp, dp->pins_old, &layouts);
	error = each_map(dp, copy_map, &layouts);
	return error ? dataplane_fail(dp, error, "cannot copy the entries in %s: %s", dp->pins_old,
				      dataplane_cure(error))
		     : 0;
}
