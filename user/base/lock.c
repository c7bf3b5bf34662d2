/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

int lock_folder(const char *path)
{
	int folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC), error;

	if (folder < 0)
		return -errno;
	if (!flock(folder, LOCK_EX | LOCK_NB))
		return folder;
	error = -errno;
	close(folder);
	return error;
}

/* The kernel tells it in /proc/locks: "1: FLOCK  ADVISORY  WRITE 4711 00:1c:12345 0 EOF". */
int lock_holder(const char *path)
{
	FILE *locks = fopen("/proc/locks", "re");
	unsigned major, minor;
	unsigned long inode;
	struct stat file;
	char line[256];
	int pid, found = 0;

	if (!locks)
		return 0;
	while (!stat(path, &file) && !found && fgets(line, sizeof(line), locks))
		if (sscanf(line, "%*d: FLOCK %*s WRITE %d %x:%x:%lu", &pid, &major, &minor,
			   &inode) == 4 &&
		    makedev(major, minor) == file.st_dev && inode == file.st_ino)
			found = pid;
	fclose(locks);
	return found;
}
