/* SPDX-License-Identifier: BSD-2-Clause */
#include "dataplane/error.h"

#include "base/log.h"

#include <bpf/libbpf.h>
#include <errno.h>
#include <net/if.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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
		return "this needs root, or CAP_BPF, CAP_NET_ADMIN and CAP_PERFMON";
	case ENODEV:
		return "there is no such interface";
	case EACCES:
		return "the kernel's verifier rejects the program; the log has its reasons";
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

/* Logs all lines of the text or none: the verifier's report is of use only as a whole. */
static void log_lines(struct log_limit *limit, const char *library, char *text)
{
	char *rest = NULL;

	if (!log_takes(limit))
		return;
	for (char *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest))
		log_write(limit, "%s: %s", library, line);
}

/* The kernel's extended acknowledgement. libbpf passes it on only as a line to print. */
static char driver_reason[96];

static void keep_driver_reason(const char *text)
{
	static const char mark[] = "Kernel error message: ";
	const char *found = strstr(text, mark);

	if (!found)
		return;
	found += strlen(mark);
	snprintf(driver_reason, sizeof(driver_reason), "%.*s", (int)strcspn(found, "\n"), found);
}

void error_forget_driver(void)
{
	driver_reason[0] = '\0';
}

const char *error_of_driver(int error)
{
	return driver_reason[0] ? driver_reason : dataplane_cure(error);
}

/* libbpf also warns of failures that this room handles, so its warnings are for debugging. The
 * verifier's report on a program of ours is an error that only libbpf prints. */
static int log_libbpf(enum libbpf_print_level level, const char *format, va_list args)
{
	static struct log_limit verifier = {.level = LOG_LEVEL_ERROR},
				other = {.level = LOG_LEVEL_DEBUG};
	char *text = NULL;

	if (level == LIBBPF_DEBUG || vasprintf(&text, format, args) < 0)
		return 0;
	keep_driver_reason(text);
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

void error_capture_libraries(void)
{
	libbpf_set_print(log_libbpf);
	libxdp_set_print(log_libxdp);
}
