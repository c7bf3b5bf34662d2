/* SPDX-License-Identifier: BSD-2-Clause */
#include "dataplane/owner.h"

#include "base/instance.h"
#include "base/lock.h"
#include "dataplane/error.h"
#include "dataplane/pins.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int owner_process(const char *instance)
{
	char *folder = instance_path(PINS_BPFFS "/", *instance ? instance : NULL, "");
	int pid = lock_holder(folder);

	free(folder);
	return pid;
}

static int refuse(struct dataplane *dp)
{
	char who[32] = "another process";
	int pid = lock_holder(dp->pins);

	if (pid)
		snprintf(who, sizeof(who), "process %d", pid);
	return dataplane_fail(dp, -EBUSY,
			      "%s is mcingestd already, and owns %s: stop that process first, or "
			      "give this one a name of its own by --instance NAME",
			      who, dp->pins);
}

/* An owner that ended meanwhile has removed the folder that we have opened. */
static bool is_still_there(const struct dataplane *dp, int folder)
{
	struct stat opened, there;

	return !fstat(folder, &opened) && !stat(dp->pins, &there) &&
	       opened.st_ino == there.st_ino && opened.st_dev == there.st_dev;
}

static int fail(struct dataplane *dp, int error)
{
	if (error == -EACCES || error == -EPERM)
		return dataplane_fail(dp, error,
				      "cannot make or lock %s: %s: as root, give user %u that "
				      "folder, and `chmod a+x " PINS_BPFFS "`, as "
				      "mcingestd.service does",
				      dp->pins, strerror(-error), geteuid());
	return dataplane_fail(dp, error, "cannot make or lock %s: %s", dp->pins, strerror(-error));
}

int owner_claim(struct dataplane *dp)
{
	int folder;

	do {
		if (mkdir(dp->pins, 0700) && errno != EEXIST)
			return fail(dp, -errno);
		folder = lock_folder(dp->pins);
	} while (folder == -ENOENT);
	if (folder == -EWOULDBLOCK)
		return refuse(dp);
	if (folder < 0)
		return fail(dp, folder);
	if (!is_still_there(dp, folder)) {
		close(folder);
		return owner_claim(dp);
	}
	dp->owned_folder = folder;
	return 0;
}

void owner_release(struct dataplane *dp)
{
	if (dp->owned_folder > 0)
		close(dp->owned_folder);
	dp->owned_folder = 0;
}
