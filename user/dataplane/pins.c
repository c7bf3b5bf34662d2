/* SPDX-License-Identifier: BSD-2-Clause */
#include "dataplane/pins.h"

#include "base/instance.h"
#include "base/log.h"
#include "base/version.h"
#include "dataplane/error.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/vfs.h>
#include <unistd.h>

void pins_name(struct dataplane *dp)
{
	char *folder = instance_path(PINS_BPFFS "/", dp->instance, "");

	snprintf(dp->pins, sizeof(dp->pins), "%s", folder);
	snprintf(dp->pins_old, sizeof(dp->pins_old), "%s/old", folder);
	free(folder);
}

int pins_prepare(struct dataplane *dp)
{
	struct statfs fs;

	if (!statfs(PINS_BPFFS, &fs) && fs.f_type == BPF_FS_MAGIC)
		return 0;
	if (mount("bpf", PINS_BPFFS, "bpf", 0, "mode=0700")) {
		int error = errno;

		return dataplane_fail(dp, -error,
				      "cannot mount the BPF file system: %s: as root, `mount -t "
				      "bpf bpf " PINS_BPFFS "`",
				      strerror(error));
	}
	dp->mounted_bpffs = true;
	return 0;
}

const char *pins_path(const char *folder, const char *name, char path[PINS_PATH])
{
	snprintf(path, PINS_PATH, "%s/%s", folder, name);
	return path;
}

int pins_move(const char *from, const char *to, const char *name)
{
	char before[PINS_PATH], after[PINS_PATH];

	return rename(pins_path(from, name, before), pins_path(to, name, after)) ? -errno : 0;
}

bool pins_each(const char *path, void (*take)(void *context, const char *name), void *context)
{
	DIR *folder = opendir(path);
	struct dirent *entry;

	if (!folder)
		return false;
	while ((entry = readdir(folder)))
		if (entry->d_name[0] != '.' && entry->d_type != DT_DIR)
			take(context, entry->d_name);
	closedir(folder);
	return true;
}

static void remove_pin(void *folder, const char *name)
{
	char path[PINS_PATH];

	if (unlink(pins_path(folder, name, path)))
		log_error("cannot remove %s: %s", path, strerror(errno));
}

void pins_sign(const struct dataplane *dp)
{
	char path[PINS_PATH];

	unlink(pins_path(dp->pins, "version", path));
	if (symlink(mcingest_version, path))
		log_warning("cannot make %s: %s", path, strerror(errno));
}

void pins_remove_old(const struct dataplane *dp)
{
	pins_each(dp->pins_old, remove_pin, (void *)dp->pins_old);
	rmdir(dp->pins_old);
}

void pins_empty(const struct dataplane *dp)
{
	pins_remove_old(dp);
	pins_each(dp->pins, remove_pin, (void *)dp->pins);
}

bool pins_exist(const struct dataplane *dp)
{
	char present[PINS_PATH], old[PINS_PATH];

	return !access(pins_path(dp->pins, "channels4", present), F_OK) ||
	       !access(pins_path(dp->pins_old, "channels4", old), F_OK);
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

void pins_remove_all(const struct dataplane *dp)
{
	pins_empty(dp);
	rmdir(dp->pins);
	rmdir(PINS_BPFFS "/xdp"); /* libxdp's folder; it stays if another program is in it */
}

void pins_unmount(struct dataplane *dp)
{
	if (dp->mounted_bpffs && bpffs_is_empty() && umount(PINS_BPFFS))
		log_error("cannot unmount %s: %s", PINS_BPFFS, strerror(errno));
	dp->mounted_bpffs = false;
}
