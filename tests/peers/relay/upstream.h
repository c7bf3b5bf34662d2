/* SPDX-License-Identifier: BSD-2-Clause */
/* The source side: joins, by which the kernel tells the network what is wanted, and whole IP
 * datagrams as they come in. */
#pragma once

#include "../address.h"

#define UPSTREAM_FDS 2

/* Gives a descriptor that holds the join; -1 with --no-upstream, where nothing is joined. */
bool upstream_join(const struct address *source, const struct address *group, int *fd);
void upstream_leave(int fd, const struct address *source, const struct address *group);

/* A packet socket for each family, on the interface towards the sources. */
void upstream_open(int fds[UPSTREAM_FDS]);

/* Hands on a batch of what waits. False: nothing was there. */
bool upstream_receive(int fd, int64_t now);

void upstream_print(void);
