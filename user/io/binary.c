/* SPDX-License-Identifier: BSD-2-Clause */
#include "io/binary.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/pidfd.h>
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

/* Returns 0 or a positive errno. The child gets the signals as every program has them: ours wait
 * for the loop. */
static int spawn(struct binary_trial *trial)
{
	char *argv[] = {(char *)trial->path, "--version", NULL};
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t none, all;
	int error;

	sigemptyset(&none);
	sigfillset(&all);
	posix_spawnattr_init(&attributes);
	posix_spawnattr_setsigmask(&attributes, &none);
	posix_spawnattr_setsigdefault(&attributes, &all);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
	error = posix_spawn(&trial->child, trial->path, &actions, &attributes, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	posix_spawnattr_destroy(&attributes);
	return error;
}

/* Returns the exit status of the child, which has ended or been killed. */
static int end(struct binary_trial *trial)
{
	int status = -1;

	timer_stop(trial->timers, &trial->late);
	loop_unwatch(trial->watch);
	if (trial->fd >= 0)
		close(trial->fd);
	waitpid(trial->child, &status, 0);
	trial->child = 0;
	return status;
}

static void ended(void *owner, uint32_t events)
{
	struct binary_trial *trial = owner;
	int status = end(trial);

	(void)events;
	if (trial->is_late)
		snprintf(trial->why, sizeof(trial->why),
			 "'%s --version' does not answer within %u seconds", trial->path,
			 (unsigned)(trial->patience / USEC_PER_SEC));
	else if (status)
		snprintf(trial->why, sizeof(trial->why), "'%s --version' has failed", trial->path);
	trial->tried(trial->owner, trial->is_late || status ? trial->why : NULL);
}

static void late(struct timer *timer)
{
	struct binary_trial *trial = container_of(timer, struct binary_trial, late);

	trial->is_late = true;
	kill(trial->child, SIGKILL);
}

static int watch(struct binary_trial *trial)
{
	trial->watch = NULL;
	trial->fd = pidfd_open(trial->child, 0);
	if (trial->fd >= 0)
		trial->watch = loop_watch(trial->loop, trial->fd, EPOLLIN, ended, trial);
	return trial->watch ? 0 : errno;
}

const char *binary_try(struct binary_trial *trial)
{
	int error = spawn(trial);

	trial->is_late = false;
	trial->late.fn = late;
	if (!error) {
		error = watch(trial);
		if (error)
			binary_stop(trial);
	}
	if (!error) {
		timer_start(trial->timers, &trial->late, trial->patience);
		return NULL;
	}
	trial->child = 0;
	snprintf(trial->why, sizeof(trial->why), "cannot execute %s: %s", trial->path,
		 strerror(error));
	return trial->why;
}

void binary_stop(struct binary_trial *trial)
{
	if (!trial->child)
		return;
	kill(trial->child, SIGKILL);
	end(trial);
}
