/* SPDX-License-Identifier: BSD-2-Clause */
#include "io/privileges.h"
#include "base/log.h"
#include "base/memory.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/capability.h>
#include <sys/prctl.h>

static const struct {
	cap_value_t capability;
	bool needed; /* the others are kept if they are there, as with root */
} ours[] = {
	{CAP_BPF, true},           /* programs and maps */
	{CAP_NET_ADMIN, true},     /* attachments, marks, interfaces' offloads */
	{CAP_NET_RAW, true},       /* raw and packet sockets */
	{CAP_PERFMON, true},       /* programs that read packets, programs on tracepoints */
	{CAP_SYS_ADMIN, false},    /* XDP beside programs of others; the BPF file system's mount */
	{CAP_DAC_OVERRIDE, false}, /* files of an earlier daemon that had another user */
	{CAP_CHOWN, false},        /* the group of the control socket */
};

#define COUNT (sizeof(ours) / sizeof(ours[0]))

static bool has(cap_t process, cap_value_t capability)
{
	cap_flag_value_t value = CAP_CLEAR;

	if (process)
		cap_get_flag(process, capability, CAP_EFFECTIVE, &value);
	return value == CAP_SET;
}

char *privileges_missing(void)
{
	cap_t process = cap_get_proc();
	char *name = NULL, *copy = NULL;

	for (size_t i = 0; !name && i < COUNT; i++)
		if (ours[i].needed && !has(process, ours[i].capability))
			name = cap_to_name(ours[i].capability);
	cap_free(process);
	if (name)
		copy = memory_copy_text(name);
	cap_free(name);
	return copy;
}

bool privileges_suffice(void)
{
	char *missing = privileges_missing();

	if (missing)
		log_error("needs the capability %s, which this process does not have: start it as "
			  "root, or by the unit mcingestd.service",
			  missing);
	free(missing);
	return !missing;
}

/* What this process has, of what is ours. */
static cap_t choose(cap_t process)
{
	cap_t kept = cap_init();

	for (size_t i = 0; kept && i < COUNT; i++) {
		const cap_value_t capability = ours[i].capability;

		if (!has(process, capability))
			continue;
		cap_set_flag(kept, CAP_PERMITTED, 1, &capability, CAP_SET);
		cap_set_flag(kept, CAP_EFFECTIVE, 1, &capability, CAP_SET);
		cap_set_flag(kept, CAP_INHERITABLE, 1, &capability, CAP_SET);
	}
	return kept;
}

/* Only who has CAP_SETPCAP may lower the bound; no_new_privs does the same for everybody else. */
static void lower_bound(cap_t process, cap_t kept)
{
	if (!has(process, CAP_SETPCAP))
		return;
	for (cap_value_t capability = 0; capability < cap_max_bits(); capability++)
		if (!has(kept, capability))
			cap_drop_bound(capability);
}

/* The ambient set is what a user other than root keeps when the binary is executed anew. */
static int apply(cap_t kept)
{
	if (cap_set_proc(kept) || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return -errno;
	for (size_t i = 0; i < COUNT; i++)
		if (has(kept, ours[i].capability) && cap_set_ambient(ours[i].capability, CAP_SET))
			return -errno;
	return 0;
}

int privileges_drop(void)
{
	cap_t process = cap_get_proc(), kept = process ? choose(process) : NULL;
	int error = kept ? 0 : -errno;

	if (!error) {
		lower_bound(process, kept);
		error = apply(kept);
	}
	cap_free(kept);
	cap_free(process);
	return error;
}
