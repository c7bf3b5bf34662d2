/* SPDX-License-Identifier: BSD-2-Clause */
/* The side towards the sources: joins, which the kernel reports to the network, and complete IP
 * datagrams as they arrive. */
#pragma once

#include "../address.h"

#define UPSTREAM_FDS 2

/* Returns a descriptor that holds the join; -1 with --no-upstream, which joins nothing. */
bool upstream_join(const struct address *source, const struct address *group, int *fd);
void upstream_leave(int fd, const struct address *source, const struct address *group);

/* A packet socket for each family, on the interface towards the sources. */
void upstream_open(int fds[UPSTREAM_FDS]);

/* Forwards some of the datagrams that wait. Returns false if none waits. */
bool upstream_receive(int fd, int64_t now);

void upstream_print(void);
