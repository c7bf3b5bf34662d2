/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli/alone.h"

#include <stdio.h>

bool alone_read_config(const struct cli *cli, struct config *config)
{
	*config = (struct config){0};
	return config_read_file(config, cli->config, cli->instance, false, stderr);
}
