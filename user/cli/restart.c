/* SPDX-License-Identifier: BSD-2-Clause */
/* restart and reload: the daemon executes its binary anew, and no packet is lost. */
#include "cli/client.h"
#include "cli/show.h"

static void print_restart(const struct cli *cli, const json_t *reply)
{
	(void)cli;
	(void)reply;
	text_line(PLAIN, "The daemon restarts in its process; the kernel forwards on meanwhile.");
}

static void print_reload(const struct cli *cli, const json_t *reply)
{
	(void)cli;
	(void)reply;
	text_line(PLAIN, "The daemon takes its configuration; the kernel forwards on meanwhile.");
}

enum cli_status command_restart(const struct cli *cli)
{
	return show_reply(cli, print_restart);
}

enum cli_status command_reload(const struct cli *cli)
{
	return show_reply(cli, print_reload);
}
