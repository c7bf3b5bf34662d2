/* SPDX-License-Identifier: BSD-2-Clause */
/* lift: lets a relay that is held down be tried again at once. */
#include "cli/client.h"
#include "cli/show.h"

#define PATIENCE 10 /* seconds to wait for the reply */

enum cli_status command_lift(const struct cli *cli)
{
	enum cli_status status;
	json_t *reply = show_ask_about(cli, "relay", "relay", PATIENCE, &status);

	if (!reply)
		return status;
	if (cli->json)
		client_print_json(reply);
	else
		text_line(PLAIN, "%s is no longer held down.", text_string(reply, "lifted"));
	json_decref(reply);
	return CLI_OK;
}
