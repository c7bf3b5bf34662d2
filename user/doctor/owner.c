/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/instance.h"
#include "base/version.h"
#include "doctor/checks.h"
#include "doctor/report.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

enum owned { NOBODY, LEFT_BEHIND, OWNED };

/* The daemon holds a lock on its folder (dataplane/owner.h). */
static enum owned owner_of_pins(const char *instance)
{
	char *pins = instance_path("/sys/fs/bpf/", instance, "");
	int folder = open(pins, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool locked;

	free(pins);
	if (folder < 0)
		return NOBODY;
	locked = flock(folder, LOCK_SH | LOCK_NB) && errno == EWOULDBLOCK;
	close(folder);
	return locked ? OWNED : LEFT_BEHIND;
}

static const char *start_cure(struct doctor *doctor, bool is_left)
{
	char *unit = instance_unit(doctor->options->instance);
	const char *cure =
		is_left ? report_text(doctor, "systemctl start %s: it takes over without a loss",
				      unit)
			: report_text(doctor, "systemctl start %s; journalctl -u %s says more",
				      unit, unit);

	free(unit);
	return cure;
}

static const char *restart_cure(struct doctor *doctor)
{
	char *unit = instance_unit(doctor->options->instance);
	const char *cure = report_text(doctor, "systemctl restart %s", unit);

	free(unit);
	return cure;
}

/* The version of the programs that are attached, by a link beside their pins (dataplane/pins.h); ""
 * if that is not known. */
static const char *version_of_programs(struct doctor *doctor)
{
	char *path = instance_path("/sys/fs/bpf/", doctor->options->instance, "/version");
	char version[128];
	ssize_t length = readlink(path, version, sizeof(version));

	free(path);
	return length > 0 ? report_text(doctor, "%.*s", (int)length, version) : "";
}

static void no_daemon(struct doctor *doctor)
{
	const char *programs = version_of_programs(doctor);
	enum owned owned = owner_of_pins(doctor->options->instance);

	if (owned == OWNED)
		report_fail(doctor, "mcingest --socket PATH doctor, with the daemon's socket",
			    "a daemon is at work, but %s", doctor->before.why);
	else if (owned == LEFT_BEHIND)
		report_fail(doctor, start_cure(doctor, true),
			    "the daemon is gone, and the kernel forwards on for `hold` seconds%s%s",
			    *programs ? ", by programs of mcingestd " : "", programs);
	else
		report_fail(doctor, start_cure(doctor, false), "%s", doctor->before.why);
}

void owner_daemon(struct doctor *doctor)
{
	const json_t *status = doctor->now.status;
	const char *version = view_text(status, "version");
	const char *programs = version_of_programs(doctor);

	if (!status)
		no_daemon(doctor);
	else if (strcmp(version, mcingest_version) != 0)
		report_warn(doctor, "mcingest restart",
			    "the daemon is mcingestd %s, this command is of %s", version,
			    mcingest_version);
	else if (*programs && strcmp(programs, version) != 0)
		report_warn(doctor, restart_cure(doctor),
			    "mcingestd is %s, but programs in the kernel are of %s", version,
			    programs);
	else
		report_ok(doctor, "mcingestd %s, pid %.0f, up since %s; %s of the same version",
			  version, view_number(status, "pid"), view_text(status, "since"),
			  *programs ? "command and programs are" : "the command is");
}
