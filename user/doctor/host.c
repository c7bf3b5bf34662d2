/* SPDX-License-Identifier: BSD-2-Clause */
#include "doctor/checks.h"
#include "doctor/report.h"
#include "io/privileges.h"

#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/statfs.h>
#include <sys/utsname.h>
#include <unistd.h>

#define BTF   "/sys/kernel/btf/vmlinux"
#define BPFFS "/sys/fs/bpf"

void host_privileges(struct doctor *doctor)
{
	char *missing = privileges_missing();

	if (missing)
		report_warn(doctor, "sudo mcingest doctor",
			    "this command lacks %s: it cannot see packets, nor start a daemon",
			    missing);
	else
		report_ok(doctor, "all that mcingestd needs");
	free(missing);
}

static bool is_older(const struct utsname *kernel, unsigned major, unsigned minor)
{
	unsigned ours = 0, ours_minor = 0;

	return sscanf(kernel->release, "%u.%u", &ours, &ours_minor) == 2 &&
	       (ours < major || (ours == major && ours_minor < minor));
}

void host_kernel(struct doctor *doctor)
{
	struct utsname kernel;

	uname(&kernel);
	if (is_older(&kernel, 5, 11))
		report_fail(doctor, "install Linux 5.11 or newer", "Linux %s is too old",
			    kernel.release);
	else if (access(BTF, R_OK))
		report_fail(doctor, "a kernel with CONFIG_DEBUG_INFO_BTF=y",
			    "Linux %s has no BTF (%s): no program can be loaded", kernel.release,
			    BTF);
	else if (is_older(&kernel, 5, 17))
		report_warn(doctor, "Linux 5.17 or newer counts them",
			    "Linux %s with BTF; packets that a LAN does not take are not counted",
			    kernel.release);
	else
		report_ok(doctor, "Linux %s with BTF", kernel.release);
}

void host_bpffs(struct doctor *doctor)
{
	struct statfs mounted;

	if (!statfs(BPFFS, &mounted) && mounted.f_type == BPF_FS_MAGIC)
		report_ok(doctor, "BPF file system at %s", BPFFS);
	else if (access(BPFFS, F_OK))
		report_fail(doctor, "mount -t sysfs sysfs /sys", "there is no %s", BPFFS);
	else
		report_warn(doctor, "nothing: mcingestd mounts it when it starts",
			    "no BPF file system at %s", BPFFS);
}

void host_capture(struct doctor *doctor)
{
	if (doctor->deaf)
		report_warn(doctor, "sudo mcingest doctor, on an interface that is up",
			    "cannot watch %s: firewalls of this host are not noticed",
			    doctor->deaf);
}
