/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli/show.h"
#include "base/addr.h"
#include "cli/client.h"

#include <stdlib.h>
#include <string.h>

#define PATIENCE 10 /* seconds to wait for the reply */

enum cli_status show_reply(const struct cli *cli, show_fn *print)
{
	json_t *reply = client_ask(cli, json_pack("{s:s}", "command", cli->command), PATIENCE);

	if (!reply)
		return CLI_FAILED;
	if (cli->json)
		client_print_json(reply);
	else
		print(cli, reply);
	json_decref(reply);
	return CLI_OK;
}

json_t *show_ask_about(const struct cli *cli, const char *key, const char *wants, unsigned patience,
		       enum cli_status *status)
{
	const char *text = cli->arguments[0];
	struct addr addr;

	*status = CLI_USAGE;
	if (!addr_parse(text, &addr)) {
		text_error("'%s' is not an IPv4 or IPv6 address: `mcingest %s` needs that of a %s",
			   text, cli->command, wants);
		return NULL;
	}
	*status = CLI_FAILED;
	return client_ask(cli, json_pack("{s:s, s:s}", "command", cli->command, key, text),
			  patience);
}

bool show_is_empty(const json_t *list, const char *sentence)
{
	if (json_array_size(list))
		return false;
	text_line(PLAIN, "%s", sentence);
	return true;
}

void show_note_list(struct table *table, const char *what, const json_t *object, const char *key)
{
	char *list = text_list(object, key, " ");

	table_note(table, "%s: %s", what, list);
	free(list);
}

enum colour show_state_colour(const char *state)
{
	static const char *const good[] = {"receiving", "active", "refreshing"};

	for (size_t i = 0; i < COUNT_OF(good); i++)
		if (strcmp(state, good[i]) == 0)
			return GREEN;
	return strcmp(state, "failed") == 0 ? RED : YELLOW;
}
