/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/log_output.h"
#include "base/version.h"
#include "metrics/series.h"

static void gauge(struct exposition *out, const char *name, double value, const char *help)
{
	exposition_family(out, name, EXPOSITION_GAUGE, help);
	exposition_value(out, value, NULL);
}

static void time_of(struct exposition *out, const char *name, usec_t time, const char *help)
{
	exposition_family(out, name, EXPOSITION_GAUGE, help);
	exposition_time(out, time, NULL);
}

/* The names are those of Prometheus's client libraries. */
static void add_process(struct exposition *out, const struct series_source *from)
{
	const struct process_usage *usage = &from->usage;

	exposition_family(out, "process_cpu_seconds_total", EXPOSITION_COUNTER,
			  "User and system CPU time of the daemon's process.");
	exposition_time(out, usage->cpu, NULL);
	gauge(out, "process_resident_memory_bytes", (double)usage->resident_bytes,
	      "Memory of the daemon that is in RAM.");
	gauge(out, "process_virtual_memory_bytes", (double)usage->virtual_bytes,
	      "Memory that the daemon has mapped.");
	if (usage->open_files)
		gauge(out, "process_open_fds", (double)usage->open_files, "Open file descriptors.");
	gauge(out, "process_max_fds", (double)usage->max_files, "Limit of open file descriptors.");
	if (from->process_started)
		time_of(out, "process_start_time_seconds", from->process_started,
			"When the process was started; a restart of the daemon executes its "
			"binary in the same process.");
}

static void add_reload(struct exposition *out, const struct series_source *from)
{
	gauge(out, "mcingest_config_last_reload_successful", !from->rooms->reload_failed,
	      "0 if the last reload met a mistake in the configuration, which is not in force "
	      "then.");
	time_of(out, "mcingest_config_last_reload_timestamp_seconds", from->started,
		"When the configuration that is in force was read.");
}

void series_daemon(struct exposition *out, const struct series_source *from)
{
	const struct requests *rooms = from->rooms;

	exposition_family(out, "mcingest_build_info", EXPOSITION_GAUGE,
			  "1, with the daemon's version and the kernel's release.");
	exposition_count(out, 1, "version", mcingest_version, "kernel", from->kernel, NULL);
	time_of(out, "mcingest_start_time_seconds", from->started,
		"When the daemon was started, anew after a restart or reload.");
	add_reload(out, from);
	exposition_family(out, "mcingest_loop_stall_seconds", EXPOSITION_GAUGE,
			  "Longest time that an event had to wait for others, in the last one to "
			  "two minutes.");
	exposition_time(out, rooms->actions->longest_stall(rooms->context), NULL);
	exposition_family(out, "mcingest_log_lines_lost_total", EXPOSITION_COUNTER,
			  "Lines of the log that could not be written.");
	exposition_count(out, log_output_lost(), NULL);
	add_process(out, from);
}
