/* SPDX-License-Identifier: BSD-2-Clause */
#include "io/binary.h"

#include <errno.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

int binary_path(char *path, size_t size)
{
	ssize_t length = readlink("/proc/self/exe", path, size - 1);

	if (length < 0)
		return -errno;
	path[length] = '\0';
	return 0;
}

bool binary_starts(const char *path, char *why, size_t size)
{
	char *argv[] = {(char *)path, "--version", NULL};
	posix_spawn_file_actions_t actions;
	int status = -1, error;
	pid_t child;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", 0, 0);
	error = posix_spawn(&child, path, &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	if (!error && waitpid(child, &status, 0) == child && status == 0)
		return true;
	if (error)
		snprintf(why, size, "cannot execute %s: %s", path, strerror(error));
	else
		snprintf(why, size, "'%s --version' has failed", path);
	return false;
}
