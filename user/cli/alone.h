/* SPDX-License-Identifier: BSD-2-Clause */
/* What the commands need that work without a daemon. */
#pragma once

#include "cli/cli.h"
#include "config/config.h"

/* Reads the daemon's configuration, whose DNS servers, relays and tunnels are those of this host.
 * Returns false after lines on stderr. config_free() is needed in either case. */
bool alone_read_config(const struct cli *cli, struct config *config);
