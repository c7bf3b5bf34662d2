/* SPDX-License-Identifier: BSD-2-Clause */
#include "dataplane/owner.h"

#include "dataplane/error.h"
#include "dataplane/pins.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

/* The process that holds a flock on the file, as the kernel tells in /proc/locks:
 * "1: FLOCK  ADVISORY  WRITE 4711 00:1c:12345 0 EOF". 0 if it is of another PID namespace. */
static int holder_of(const struct stat *file)
{
	FILE *locks = fopen("/proc/locks", "re");
	unsigned major, minor;
	unsigned long inode;
	char line[256];
	int pid, found = 0;

	if (!locks)
		return 0;
	while (!found && fgets(line, sizeof(line), locks))
		if (sscanf(line, "%*d: FLOCK %*s WRITE %d %x:%x:%lu", &pid, &major, &minor,
			   &inode) == 4 &&
		    makedev(major, minor) == file->st_dev && inode == file->st_ino)
			found = pid;
	fclose(locks);
	return found;
}

static int refuse(struct dataplane *dp, int folder)
{
	struct stat file;
	char who[32] = "another process";
	int pid = fstat(folder, &file) ? 0 : holder_of(&file);

	if (pid)
		snprintf(who, sizeof(who), "process %d", pid);
	return dataplane_fail(dp, -EBUSY,
			      "%s is mcingestd already, and owns %s: one box has one; stop that "
			      "process first",
			      who, PINS_FOLDER);
}

/* An owner that ended meanwhile has removed the folder that we have opened. */
static bool is_still_there(int folder)
{
	struct stat opened, there;

	return !fstat(folder, &opened) && !stat(PINS_FOLDER, &there) &&
	       opened.st_ino == there.st_ino && opened.st_dev == there.st_dev;
}

static int fail(struct dataplane *dp, int error)
{
	if (error == -EACCES || error == -EPERM)
		return dataplane_fail(dp, error,
				      "cannot make or lock %s: %s: as root, give user %u that "
				      "folder, and `chmod a+x " PINS_BPFFS "`, as "
				      "mcingestd.service does",
				      PINS_FOLDER, strerror(-error), geteuid());
	return dataplane_fail(dp, error, "cannot make or lock %s: %s", PINS_FOLDER,
			      strerror(-error));
}

int owner_claim(struct dataplane *dp)
{
	int folder;

	do {
		if (mkdir(PINS_FOLDER, 0700) && errno != EEXIST)
			return fail(dp, -errno);
		folder = open(PINS_FOLDER, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	} while (folder < 0 && errno == ENOENT);
	if (folder < 0)
		return fail(dp, -errno);
	if (flock(folder, LOCK_EX | LOCK_NB)) {
		int error = errno == EWOULDBLOCK ? refuse(dp, folder) : fail(dp, -errno);

		close(folder);
		return error;
	}
	if (!is_still_there(folder)) {
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
