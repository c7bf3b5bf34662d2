/* SPDX-License-Identifier: BSD-2-Clause */
/* join, leave: static channels. */
#include "cli/client.h"
#include "cli/text.h"

#define PATIENCE 10 /* seconds to wait for the reply */

static enum cli_status change(const struct cli *cli, const char *done)
{
	const char *interface = cli->argument_count > 2 ? cli->arguments[2] : NULL;
	json_t *reply;

	if (cli->argument_count > 3) {
		text_error("unexpected argument '%s' (see mcingest --help)", cli->arguments[3]);
		return CLI_USAGE;
	}
	reply = client_ask(cli,
			   json_pack("{s:s, s:s, s:s, s:s*}", "command", cli->command, "source",
				     cli->arguments[0], "group", cli->arguments[1], "interface",
				     interface),
			   PATIENCE);
	if (!reply)
		return CLI_FAILED;
	if (cli->json)
		client_print_json(reply);
	else
		text_line(PLAIN, "(%s, %s) %s %s", cli->arguments[0], cli->arguments[1], done,
			  interface ? interface : "all LANs");
	json_decref(reply);
	return CLI_OK;
}

enum cli_status command_join(const struct cli *cli)
{
	return change(cli, "is a static channel of");
}

enum cli_status command_leave(const struct cli *cli)
{
	return change(cli, "is no longer a static channel of");
}
