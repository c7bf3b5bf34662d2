/* SPDX-License-Identifier: BSD-2-Clause */
/* The BPF file system and our folder in it. */
#include "dataplane/internal.h"

#include "base/log.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/vfs.h>
#include <unistd.h>

int pins_prepare(struct dataplane *dp)
{
	struct statfs fs;

	if (!statfs(BPFFS, &fs) && fs.f_type == BPF_FS_MAGIC)
		return 0;
	if (mount("bpf", BPFFS, "bpf", 0, "mode=0700")) {
		int error = errno;

		return dataplane_fail(dp, -error, "cannot mount the BPF file system at %s: %s",
				      BPFFS, dataplane_cure(-error));
	}
	dp->mounted_bpffs = true;
	return 0;
}

static void empty_folder(DIR *folder)
{
	struct dirent *entry;

	while ((entry = readdir(folder)))
		if (entry->d_name[0] != '.' && unlinkat(dirfd(folder), entry->d_name, 0))
			log_error("cannot remove %s/%s: %s", PIN_FOLDER, entry->d_name,
				  strerror(errno));
}

void pins_remove_all(void)
{
	DIR *folder = opendir(PIN_FOLDER);

	if (!folder)
		return;
	empty_folder(folder);
	closedir(folder);
	rmdir(PIN_FOLDER);
}

bool pins_exist(void)
{
	return !access(PIN_FOLDER "/channels4", F_OK);
}

/* The kernel itself puts these into every BPF file system (CONFIG_BPF_PRELOAD). */
static bool is_nobodys(const char *name)
{
	return name[0] == '.' || !strcmp(name, "maps.debug") || !strcmp(name, "progs.debug");
}

/* Somebody else may have pinned something since, which would be lost with the mount. */
static bool bpffs_is_empty(void)
{
	DIR *folder = opendir(BPFFS);
	struct dirent *entry;
	bool empty = true;

	if (!folder)
		return false;
	while ((entry = readdir(folder)))
		empty = empty && is_nobodys(entry->d_name);
	closedir(folder);
	return empty;
}

void pins_remove(struct dataplane *dp)
{
	pins_remove_all();
	rmdir(BPFFS "/xdp"); /* libxdp's, where it was the last of its programs */
	if (dp->mounted_bpffs && bpffs_is_empty() && umount(BPFFS))
		log_error("cannot unmount %s: %s", BPFFS, strerror(errno));
	dp->mounted_bpffs = false;
}
