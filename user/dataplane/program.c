/* SPDX-License-Identifier: BSD-2-Clause */
#include "dataplane/internal.h"

#include "base/log.h"
#include "base/memory.h"
#include "ingest_tc.skel.h"
#include "observe_tc.skel.h"

#include <errno.h>
#include <net/if.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xdp/libxdp.h>

int dataplane_fail(struct dataplane *dp, int error, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(dp->error, sizeof(dp->error), format, args);
	va_end(args);
	return error;
}

const char *dataplane_error(const struct dataplane *dp)
{
	return dp->error;
}

const char *dataplane_cure(int error)
{
	switch (-error) {
	case EPERM:
		return "it takes root, or CAP_BPF, CAP_NET_ADMIN, CAP_PERFMON and CAP_SYS_ADMIN";
	case ENODEV:
		return "there is no such interface any more";
	case EACCES:
		return "the kernel's verifier refuses it; its reasons are in the log";
	default:
		return strerror(-error);
	}
}

const char *dataplane_interface(unsigned ifindex, char name[MCI_NAME])
{
	if (!if_indextoname(ifindex, name))
		snprintf(name, MCI_NAME, "%u", ifindex);
	return name;
}

/* The libraries' own messages */

/* All lines of the text, or none: what the verifier says is of use as a whole. */
static void log_lines(struct log_limit *limit, const char *library, char *text)
{
	char *rest = NULL;

	if (!log_takes(limit))
		return;
	for (char *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest))
		log_write(limit, "%s: %s", library, line);
}

/* What the kernel says in words beside an errno: libbpf hands it on only as a line to print. */
static char kernel_says[96];

static void keep_what_kernel_says(const char *text)
{
	static const char mark[] = "Kernel error message: ";
	const char *found = strstr(text, mark);

	if (!found)
		return;
	found += strlen(mark);
	snprintf(kernel_says, sizeof(kernel_says), "%.*s", (int)strcspn(found, "\n"), found);
}

void dataplane_listen(void)
{
	kernel_says[0] = '\0';
}

const char *dataplane_refusal(int error)
{
	return kernel_says[0] ? kernel_says : dataplane_cure(error);
}

/* libbpf warns of much that we handle, and says it in its terms: for debugging only. What the
 * verifier says to a program that it refuses is ours to mend, and nobody else says it. */
static int log_libbpf(enum libbpf_print_level level, const char *format, va_list args)
{
	static struct log_limit verifier = {.level = LOG_LEVEL_ERROR},
				other = {.level = LOG_LEVEL_DEBUG};
	char *text = NULL;

	if (level == LIBBPF_DEBUG || vasprintf(&text, format, args) < 0)
		return 0;
	keep_what_kernel_says(text);
	log_lines(strstr(format, "PROG LOAD LOG") ? &verifier : &other, "libbpf", text);
	free(text);
	return 0;
}

static int log_libxdp(enum libxdp_print_level level, const char *format, va_list args)
{
	static struct log_limit limit = {.level = LOG_LEVEL_DEBUG};
	char *text = NULL;

	if (level == LIBXDP_DEBUG || vasprintf(&text, format, args) < 0)
		return 0;
	log_lines(&limit, "libxdp", text);
	free(text);
	return 0;
}

/* Loading */

static void set_size(const struct bpf_object *object, const char *name, uint32_t entries)
{
	bpf_map__set_max_entries(bpf_object__find_map_by_name(object, name), entries);
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

/* Opens, sizes, loads and pins one object. The maps pin themselves under `pin_root_path`, or are
 * taken from there where the other object has pinned them already. */
static int load(struct dataplane *dp, struct bpf_object *object, struct bpf_program *program)
{
	const char *name = bpf_program__name(program);
	char path[sizeof(PIN_FOLDER) + 32];
	int error;

	program_set_sizes(dp, object);
	error = bpf_object__load(object);
	if (error)
		return explain_load(dp, error, name);
	snprintf(path, sizeof(path), PIN_FOLDER "/%s", name);
	unlink(path); /* an earlier daemon's */
	error = bpf_program__pin(program, path);
	if (error)
		return dataplane_fail(dp, error, "cannot pin %s: %s", path, dataplane_cure(error));
	return 0;
}

static int load_programs(struct dataplane *dp)
{
	LIBBPF_OPTS(bpf_object_open_opts, options, .pin_root_path = PIN_FOLDER);
	int error;

	dp->ingest = ingest_tc__open_opts(&options);
	dp->observe = observe_tc__open_opts(&options);
	if (!dp->ingest || !dp->observe)
		return dataplane_fail(dp, -errno, "cannot open the BPF programs: %s",
				      strerror(errno));
	error = clock_get(&dp->clock);
	if (error)
		return explain_load(dp, error, "clock");
	memcpy((void *)&dp->ingest->rodata->clock, &dp->clock, sizeof(dp->clock));
	error = load(dp, dp->ingest->obj, dp->ingest->progs.ingest_tc);
	if (!error)
		error = load(dp, dp->observe->obj, dp->observe->progs.observe_tc);
	return error;
}

int program_fd(const struct dataplane *dp, enum role role)
{
	return bpf_program__fd(role == ROLE_UPSTREAM ? dp->ingest->progs.ingest_tc
						     : dp->observe->progs.observe_tc);
}

static void unload(struct dataplane *dp)
{
	ingest_tc__destroy(dp->ingest);
	observe_tc__destroy(dp->observe);
	dp->ingest = NULL;
	dp->observe = NULL;
}

static void release(struct dataplane *dp)
{
	attach_remove_all(dp);
	stats_close(dp);
	lan_sets_close(dp);
	ring_buffer__free(dp->ring);
	dp->ring = NULL;
	refused_close(dp);
	unload(dp);
	pins_remove(dp);
}

/* Maps that an earlier daemon left are taken over with all that is in them, and its filters work on
 * until ours take their place; maps of other sizes or layouts cannot be. */
static int load_or_take_over(struct dataplane *dp)
{
	int error;

	dp->adopted = pins_exist();
	if (dp->adopted) {
		error = load_programs(dp);
		if (!error)
			return 0;
		log_notice("the maps of an earlier mcingestd do not fit: starting afresh");
		unload(dp);
		pins_remove_all();
		dp->adopted = false;
	}
	attach_remove_all(dp);
	return load_programs(dp);
}

int dataplane_open(struct dataplane **opened, const struct dataplane_limits *limits,
		   const struct dataplane_events *events)
{
	struct dataplane *dp = memory_new(sizeof(*dp));
	int error;

	*opened = dp;
	dp->limits = *limits;
	dp->events = *events;
	dp->cpus = libbpf_num_possible_cpus();
	dp->per_cpu = memory_new(dp->cpus * sizeof(struct mci_channel_stats));
	libbpf_set_print(log_libbpf);
	libxdp_set_print(log_libxdp);
	error = pins_prepare(dp);
	if (!error)
		error = load_or_take_over(dp);
	if (!error)
		error = observed_open(dp);
	if (!error)
		error = stats_open(dp);
	if (error) {
		release(dp);
		return error;
	}
	stats_forget_slow(dp);
	entries_open(dp);
	lans_open(dp);
	refused_open(dp);
	return 0;
}

void dataplane_close(struct dataplane *dp)
{
	if (!dp)
		return;
	release(dp);
	free(dp->attachments);
	free(dp->per_cpu);
	free(dp->chunk_per_cpu);
	free(dp);
}
