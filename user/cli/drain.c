/* SPDX-License-Identifier: BSD-2-Clause */
/* drain: hands the channels over to another box. */
#include "cli/client.h"
#include "cli/text.h"

#define PATIENCE 10 /* seconds to wait for the reply */

enum cli_status command_drain(const struct cli *cli)
{
	bool end = cli->values[CLI_END];
	json_t *reply =
		client_ask(cli, json_pack("{s:s, s:b}", "command", "drain", "end", end), PATIENCE);

	if (!reply)
		return CLI_FAILED;
	if (cli->json)
		client_print_json(reply);
	else if (end)
		text_line(PLAIN, "Routers may turn to this box again");
	else
		text_line(PLAIN,
			  "Routers are told to turn to another box; `mcingest channels` shows "
			  "what is still forwarded here, `mcingest drain --end` takes it back");
	json_decref(reply);
	return CLI_OK;
}
