/* SPDX-License-Identifier: BSD-2-Clause */
#include "dataplane/program.h"

#include "dataplane/clock.h"
#include "dataplane/error.h"
#include "dataplane/layout.h"
#include "dataplane/pins.h"
#include "dataplane/stats_chunks.h"
#include "ingest_tc.skel.h"
#include "mcingest/fast.h"
#include "observe_tc.skel.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define ROUTES_MIN       240
#define ROUTES_OF_TUNNEL 4 /* combinations of LANs, and of IP versions, of a usual tunnel */

static void set_size(const struct bpf_object *object, const char *name, uint32_t entries)
{
	struct bpf_map *map = bpf_object__find_map_by_name(object, name);

	if (map) /* some are of the programs on upstreams alone */
		bpf_map__set_max_entries(map, entries);
}

static uint32_t route_count(const struct dataplane_limits *limits)
{
	uint64_t routes = ROUTES_MIN + (uint64_t)ROUTES_OF_TUNNEL * limits->tunnels;

	return routes < MCI_ROUTES_MAX ? routes : MCI_ROUTES_MAX;
}

/* For two tables that are not more than half full. */
static uint32_t segment_count(const struct dataplane_limits *limits)
{
	uint32_t segments = 1;

	while ((segments << MCI_FAST_BITS) / 2 < limits->channels)
		segments *= 2;
	return MCI_FAST_TABLES * segments;
}

void program_set_sizes(const struct dataplane *dp, const struct bpf_object *object)
{
	const struct dataplane_limits *limits = &dp->limits;

	set_size(object, "channels4", limits->channels);
	set_size(object, "channels6", limits->channels);
	set_size(object, "moves", limits->channels);
	set_size(object, "channel_stats",
		 (limits->channels + MCI_STATS_CHUNK - 1) / MCI_STATS_CHUNK);
	set_size(object, "tunnels", limits->tunnels);
	set_size(object, "routes", route_count(limits));
	set_size(object, "fast4", segment_count(limits));
	set_size(object, "fast6", segment_count(limits));
	set_size(object, "kept_slow", limits->channels);
	set_size(object, "carried", limits->channels + MCI_CARRIED_MORE);
	if (limits->rates)
		set_size(object, "rates", limits->channels);
}

static int explain_load(struct dataplane *dp, int error, const char *program)
{
	if (error != -EPERM && libbpf_probe_bpf_helper(BPF_PROG_TYPE_SCHED_CLS,
						       BPF_FUNC_ktime_get_coarse_ns, NULL) == 0)
		return dataplane_fail(dp, error,
				      "cannot load program %s: this kernel's BPF is too old; "
				      "mcingest needs Linux 5.11 or later",
				      program);
	return dataplane_fail(dp, error, "cannot load program %s: %s", program,
			      dataplane_cure(error));
}

/* libbpf pins the maps itself, or takes them over if the other object has pinned them already. */
static int load(struct dataplane *dp, struct bpf_object *object, struct bpf_program *program)
{
	const char *name = bpf_program__name(program);
	char path[PINS_PATH];
	int error;

	error = bpf_object__load(object);
	if (error)
		return explain_load(dp, error, name);
	unlink(pins_path(dp->pins, name, path)); /* an earlier daemon's program */
	error = bpf_program__pin(program, path);
	if (error)
		return dataplane_fail(dp, error, "cannot pin %s: %s", path, dataplane_cure(error));
	return 0;
}

int program_open(struct dataplane *dp)
{
	LIBBPF_OPTS(bpf_object_open_opts, options, .pin_root_path = dp->pins);

	dp->ingest = ingest_tc__open_opts(&options);
	dp->observe = observe_tc__open_opts(&options);
	if (!dp->ingest || !dp->observe)
		return dataplane_fail(dp, -errno, "cannot open the BPF programs: %s",
				      strerror(errno));
	program_set_sizes(dp, dp->ingest->obj);
	program_set_sizes(dp, dp->observe->obj);
	set_size(dp->observe->obj, "heard", dp->limits.hears ? dp->limits.channels : 1);
	return 0;
}

static int describe_maps(struct dataplane *dp)
{
	struct layout ours;
	int error;

	layout_of_ours(&ours);
	error = layout_write(bpf_map__fd(dp->ingest->maps.layout), &ours);
	return error ? dataplane_fail(dp, error, "cannot write to map layout: %s",
				      dataplane_cure(error))
		     : 0;
}

/* The kernel takes the size of chunks, which only the loader knows, from a chunk. */
static int load_ingest(struct dataplane *dp)
{
	int chunk = stats_chunks_create(dp), error = chunk;

	if (chunk >= 0)
		error = bpf_map__set_inner_map_fd(dp->ingest->maps.channel_stats, chunk);
	if (!error)
		error = load(dp, dp->ingest->obj, dp->ingest->progs.ingest_tc);
	else
		dataplane_fail(dp, error, "cannot create counters for channels: %s",
			       dataplane_cure(error));
	if (chunk >= 0)
		close(chunk);
	return error;
}

int program_load(struct dataplane *dp)
{
	int error = clock_get(&dp->clock);

	if (error)
		return explain_load(dp, error, "clock");
	memcpy((void *)&dp->ingest->rodata->clock, &dp->clock, sizeof(dp->clock));
	dp->ingest->rodata->keeps_rates = dp->limits.rates;
	dp->observe->rodata->hears = dp->limits.hears;
	error = load_ingest(dp);
	if (!error)
		error = load(dp, dp->observe->obj, dp->observe->progs.observe_tc);
	return error ? error : describe_maps(dp);
}

void program_unload(struct dataplane *dp)
{
	ingest_tc__destroy(dp->ingest);
	observe_tc__destroy(dp->observe);
	dp->ingest = NULL;
	dp->observe = NULL;
}

int program_fd(const struct dataplane *dp, enum role role)
{
	return bpf_program__fd(role == ROLE_UPSTREAM ? dp->ingest->progs.ingest_tc
						     : dp->observe->progs.observe_tc);
}
