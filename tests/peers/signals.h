/* SPDX-License-Identifier: BSD-2-Clause */
/* Signals that are read from a descriptor, beside a peer's sockets. */
#pragma once

#include "options.h"

#include <signal.h>
#include <sys/signalfd.h>

/* `signals` ends with 0. They have no other effect from now on. */
static inline int signals_open(const int signals[])
{
	sigset_t set;
	int fd;

	sigemptyset(&set);
	for (; *signals; signals++)
		sigaddset(&set, *signals);
	sigprocmask(SIG_BLOCK, &set, NULL);
	fd = signalfd(-1, &set, SFD_CLOEXEC);
	if (fd < 0)
		fail(1, "signalfd: %s", strerror(errno));
	return fd;
}
