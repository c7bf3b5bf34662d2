/* SPDX-License-Identifier: BSD-2-Clause */
/* lift: a relay that is held down may be tried again at once. */
#include "base/addr.h"
#include "cli/client.h"
#include "cli/text.h"

#define PATIENCE 10 /* seconds until a daemon counts as one that does not answer */

enum cli_status lift_hold(const struct cli *cli)
{
	const char *relay = cli->arguments[0];
	struct addr addr;
	json_t *reply;

	if (!addr_parse(relay, &addr)) {
		text_error("'%s' is not an IPv4 or IPv6 address: lift wants that of a relay",
			   relay);
		return CLI_USAGE;
	}
	reply = client_ask(cli, json_pack("{s:s, s:s}", "command", "lift", "relay", relay),
			   PATIENCE);
	if (!reply)
		return CLI_FAILED;
	if (cli->json)
		client_print_json(reply);
	else
		text_line(PLAIN, "%s is no longer held down.", text_string(reply, "lifted"));
	json_decref(reply);
	return CLI_OK;
}
