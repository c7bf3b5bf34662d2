/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/version.h"
#include "doctor/checks.h"
#include "doctor/report.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#define PINS "/sys/fs/bpf/mcingest"

enum owned { NOBODY, LEFT_BEHIND, OWNED };

/* The daemon holds a lock on its folder (dataplane/owner.h). */
static enum owned owner_of_pins(void)
{
	int folder = open(PINS, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool locked;

	if (folder < 0)
		return NOBODY;
	locked = flock(folder, LOCK_SH | LOCK_NB) && errno == EWOULDBLOCK;
	close(folder);
	return locked ? OWNED : LEFT_BEHIND;
}

static void no_daemon(struct doctor *doctor)
{
	enum owned owned = owner_of_pins();

	if (owned == OWNED)
		report_fail(doctor, "mcingest --socket PATH doctor, with the daemon's socket",
			    "a daemon is at work, but %s", doctor->before.why);
	else if (owned == LEFT_BEHIND)
		report_fail(doctor, "systemctl start mcingestd: it takes over without a loss",
			    "the daemon is gone, and the kernel forwards on for `hold` seconds");
	else
		report_fail(doctor, "systemctl start mcingestd; journalctl -u mcingestd says more",
			    "%s", doctor->before.why);
}

void owner_daemon(struct doctor *doctor)
{
	const json_t *status = doctor->now.status;
	const char *version = view_text(status, "version");

	if (!status)
		no_daemon(doctor);
	else if (strcmp(version, mcingest_version) != 0)
		report_warn(doctor, "mcingest restart",
			    "the daemon is mcingestd %s, this command is of %s", version,
			    mcingest_version);
	else
		report_ok(doctor, "mcingestd %s, pid %.0f, up since %s", version,
			  view_number(status, "pid"), view_text(status, "since"));
}
