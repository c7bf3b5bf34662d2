/* SPDX-License-Identifier: BSD-2-Clause */
#include "dataplane/pins.h"

#include "base/log.h"
#include "dataplane/error.h"

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

	if (!statfs(PINS_BPFFS, &fs) && fs.f_type == BPF_FS_MAGIC)
		return 0;
	if (mount("bpf", PINS_BPFFS, "bpf", 0, "mode=0700")) {
		int error = errno;

		return dataplane_fail(dp, -error, "cannot mount the BPF file system at %s: %s",
				      PINS_BPFFS, dataplane_cure(-error));
	}
	dp->mounted_bpffs = true;
	return 0;
}

static void empty_folder(DIR *folder)
{
	struct dirent *entry;

	while ((entry = readdir(folder)))
		if (entry->d_name[0] != '.' && unlinkat(dirfd(folder), entry->d_name, 0))
			log_error("cannot remove %s/%s: %s", PINS_FOLDER, entry->d_name,
				  strerror(errno));
}

void pins_empty(void)
{
	DIR *folder = opendir(PINS_FOLDER);

	if (!folder)
		return;
	empty_folder(folder);
	closedir(folder);
}

bool pins_exist(void)
{
	return !access(PINS_FOLDER "/channels4", F_OK);
}

/* With CONFIG_BPF_PRELOAD the kernel puts these files into every BPF file system. */
static bool is_of_kernel(const char *name)
{
	return name[0] == '.' || !strcmp(name, "maps.debug") || !strcmp(name, "progs.debug");
}

/* Pins that another program has made since then would be lost with the mount. */
static bool bpffs_is_empty(void)
{
	DIR *folder = opendir(PINS_BPFFS);
	struct dirent *entry;
	bool empty = true;

	if (!folder)
		return false;
	while ((entry = readdir(folder)))
		empty = empty && is_of_kernel(entry->d_name);
	closedir(folder);
	return empty;
}

void pins_remove_all(void)
{
	pins_empty();
	rmdir(PINS_FOLDER);
	rmdir(PINS_BPFFS "/xdp"); /* libxdp's folder; it stays if another program is in it */
}

void pins_unmount(struct dataplane *dp)
{
	if (dp->mounted_bpffs && bpffs_is_empty() && umount(PINS_BPFFS))
		log_error("cannot unmount %s: %s", PINS_BPFFS, strerror(errno));
	dp->mounted_bpffs = false;
}
