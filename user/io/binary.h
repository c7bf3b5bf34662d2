/* SPDX-License-Identifier: BSD-2-Clause */
/* The program that a process is, as a file that can be executed. */
#pragma once

#include "base/timers.h"
#include "io/loop.h"

#include <sys/types.h>

/* `why` is a sentence if the binary does not answer `--version`, NULL if it does. */
typedef void binary_tried_fn(void *owner, const char *why);

/* Whether a binary answers `--version`: it may be missing, or of another machine, or lack a
 * library. Zeroed memory is no trial. */
struct binary_trial {
	/* The caller's */
	struct loop *loop;
	struct timers *timers;
	const char *path;
	usec_t patience; /* then the binary is killed */
	binary_tried_fn *tried;
	void *owner;

	pid_t child;
	int fd; /* of the child */
	struct loop_watch *watch;
	struct timer late;
	bool is_late;
	char why[512];
};

/* The path of this process' own binary. 0 or a negative errno. */
int binary_path(char *path, size_t size);
/* Begins the trial; `tried` is called later, and once. Returns NULL, or at once why the binary
 * cannot be executed. */
const char *binary_try(struct binary_trial *trial);
/* Ends a trial that is under way, without a call of `tried`. */
void binary_stop(struct binary_trial *trial);
