/* SPDX-License-Identifier: BSD-2-Clause */
/* lookup: the relays of a source as the daemon finds them (RFC 8777), with each DNS question.
 * Without a daemon the same is done here. */
#include "gateway/lookup.h"
#include "base/log.h"
#include "cli/alone.h"
#include "cli/client.h"
#include "cli/show.h"
#include "control/view_lookups.h"

#include <stdlib.h>
#include <string.h>

#define PATIENCE 300 /* seconds: a lookup asks several questions in a row, each for up to 60 s */

static void print_outcome(const json_t *step)
{
	bool fine = strcmp(text_string(step, "status"), "ok") == 0;
	bool secure = json_is_true(json_object_get(step, "secure"));
	char ms[TEXT_SHORT], ttl[TEXT_SHORT];

	text_print(PLAIN, "   ");
	text_print(fine ? GREEN : YELLOW, "%s", text_string(step, fine ? "status" : "reason"));
	text_line(PLAIN, " after %s ms, TTL %s s, %s by DNSSEC", text_number(step, "ms", ms),
		  text_number(step, "ttl_s", ttl), secure ? "validated" : "not validated");
}

static void print_step(const json_t *step, size_t number)
{
	const json_t *record;
	size_t i;

	text_line(PLAIN, "%zu. %s: %s %s", number, text_string(step, "way"),
		  text_string(step, "type"), text_string(step, "name"));
	print_outcome(step);
	if (json_is_string(json_object_get(step, "canonical")))
		text_line(PLAIN, "   canonical name %s", text_string(step, "canonical"));
	json_array_foreach (json_object_get(step, "records"), i, record)
		if (json_is_string(record))
			text_line(PLAIN, "     %s", json_string_value(record));
}

static void print_relays(const json_t *relays)
{
	static const char *const headings[] = {"RELAY", "WAY", ">PRECEDENCE", "DISCOVERY"};
	struct table *table = table_new(headings, 4);
	char number[TEXT_SHORT];
	const json_t *relay;
	size_t i;

	json_array_foreach (relays, i, relay) {
		bool optional = json_is_true(json_object_get(relay, "discovery_optional"));

		table_cell(table, PLAIN, "%s", text_string(relay, "address"));
		table_cell(table, PLAIN, "%s", text_string(relay, "way"));
		table_cell(table, PLAIN, "%s", text_number(relay, "precedence", number));
		table_cell(table, PLAIN, "%s", optional ? "optional" : "needed");
	}
	table_print(table);
}

static void print_lookup(const json_t *reply)
{
	const json_t *relays = json_object_get(reply, "relays"), *step;
	char *ways = text_list(reply, "ways", ", then ");
	size_t i;

	text_line(PLAIN, "Source %s, name %s", text_string(reply, "source"),
		  text_string(reply, "owner"));
	text_line(PLAIN, "Ways: %s; domain for dns-sd: %s; DNSSEC: %s", ways,
		  text_string(reply, "domain"), text_string(reply, "dnssec"));
	free(ways);
	putchar('\n');
	json_array_foreach (json_object_get(reply, "steps"), i, step)
		print_step(step, i + 1);
	putchar('\n');
	if (json_array_size(relays))
		print_relays(relays);
	else
		text_line(RED, "No relay: %s", text_string(reply, "reason"));
}

/* Without a daemon */

static void answered(void *steps, const struct driad_question *question,
		     const struct dns_answer *answer)
{
	json_array_append_new(steps, view_lookup_step(question, answer));
}

static json_t *look_up_here(struct gateway *gateway, const struct addr *source)
{
	json_t *steps = json_array(), *reply = NULL;
	struct gateway_lookup lookup = {.answered = answered, .owner = steps};

	if (gateway_look_up(gateway, source, &lookup))
		reply = view_lookup(&lookup.driad, config_dnssec_name(gateway->config), steps);
	driad_stop(&lookup.driad);
	json_decref(steps);
	return reply;
}

static json_t *open_and_look_up(const struct config *config, const struct addr *source)
{
	struct gateway gateway = {0};
	json_t *reply = NULL;
	char error[256];

	if (gateway_open(&gateway, config, error, sizeof(error)))
		reply = look_up_here(&gateway, source);
	else
		text_error("%s", error);
	gateway_close(&gateway);
	return reply;
}

static json_t *look_up_alone(const struct cli *cli, enum cli_status *status)
{
	struct config config;
	struct addr source;
	json_t *reply = NULL;

	*status = CLI_USAGE;
	log_set_level(LOG_LEVEL_ERROR);
	if (!addr_parse(cli->arguments[0], &source) || addr_is_martian(&source)) {
		text_error("'%s' is not the unicast address of a source", cli->arguments[0]);
		return NULL;
	}
	if (alone_read_config(cli, &config)) {
		*status = CLI_FAILED;
		reply = open_and_look_up(&config, &source);
	}
	config_free(&config);
	return reply;
}

enum cli_status command_lookup(const struct cli *cli)
{
	enum cli_status status;
	json_t *reply = client_has_daemon(cli)
				? show_ask_about(cli, "source", "source", PATIENCE, &status)
				: look_up_alone(cli, &status);
	bool found;

	if (!reply)
		return status;
	if (cli->json)
		client_print_json(reply);
	else
		print_lookup(reply);
	found = json_array_size(json_object_get(reply, "relays")) > 0;
	json_decref(reply);
	return found ? CLI_OK : CLI_FAILED;
}
