/* SPDX-License-Identifier: BSD-2-Clause */
#include "io/secret.h"
#include "base/random.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char file_name[] = "secret";

/* A file of another length is not a secret of ours. */
static bool secret_read(int folder, struct secret *secret)
{
	int fd = openat(folder, file_name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	uint8_t bytes[sizeof(secret->bytes) + 1];
	ssize_t length;

	if (fd < 0)
		return false;
	length = read(fd, bytes, sizeof(bytes));
	close(fd);
	if (length != sizeof(secret->bytes))
		return false;
	memcpy(secret->bytes, bytes, sizeof(secret->bytes));
	return true;
}

static int written(int fd, const struct secret *secret)
{
	ssize_t length = write(fd, secret->bytes, sizeof(secret->bytes));

	if (length < 0)
		return errno;
	if (length != sizeof(secret->bytes))
		return EIO;
	return fsync(fd) ? errno : 0;
}

/* Writes under another name first, so that the file is never incomplete. */
static int secret_write(int folder, const struct secret *secret)
{
	char draft[32];
	int fd, error;

	snprintf(draft, sizeof(draft), ".%s.%d", file_name, getpid());
	unlinkat(folder, draft, 0);
	fd = openat(folder, draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return errno;
	error = written(fd, secret);
	close(fd);
	if (!error && renameat(folder, draft, folder, file_name))
		error = errno;
	if (error)
		unlinkat(folder, draft, 0);
	else
		fsync(folder);
	return error;
}

int secret_open(const char *folder, struct secret *secret)
{
	int fd, error = 0;

	random_fill(secret->bytes, sizeof(secret->bytes));
	if (mkdir(folder, 0755) && errno != EEXIST && errno != EROFS)
		return errno;
	fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return errno;
	if (!secret_read(fd, secret)) {
		error = secret_write(fd, secret);
		/* Another daemon may have written its secret first. */
		secret_read(fd, secret);
	}
	close(fd);
	return error;
}
