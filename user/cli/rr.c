/* SPDX-License-Identifier: BSD-2-Clause */
/* rr: prints AMTRELAY records for the zone of a source (RFC 8777 section 4). Needs no daemon. */
#include "cli/cli.h"
#include "cli/client.h"
#include "cli/text.h"
#include "driad/rdata.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PRECEDENCE 10

static const char expected[] =
	"expected an address, a name, or '.' for no relay; it may be followed by ',PRECEDENCE' (0 "
	"to 255) and by ',optional' if Discovery is optional";

static bool read_option(const char *word, struct amtrelay *record)
{
	char *end;
	unsigned long number = strtoul(word, &end, 10);

	if (!strcmp(word, "optional")) {
		record->discovery_optional = true;
		return true;
	}
	record->precedence = (uint8_t)number;
	return *word >= '0' && *word <= '9' && !*end && number <= UINT8_MAX;
}

static bool read_relay(const char *word, struct amtrelay *record)
{
	if (!strcmp(word, "."))
		record->type = AMTRELAY_NONE;
	else if (addr_parse(word, &record->relay))
		record->type = record->relay.family == AF_INET ? AMTRELAY_IPV4 : AMTRELAY_IPV6;
	else
		record->type = AMTRELAY_NAME;
	if (record->type == AMTRELAY_NAME)
		return name_parse(word, record->name);
	return record->type == AMTRELAY_NONE || !addr_is_martian(&record->relay);
}

static bool read_record(const char *argument, struct amtrelay *record)
{
	char *copy = strdup(argument), *rest = copy, *word;
	bool fine;

	*record = (struct amtrelay){.precedence = PRECEDENCE};
	fine = copy && read_relay(strsep(&rest, ","), record);
	while (fine && (word = strsep(&rest, ",")))
		fine = read_option(word, record);
	free(copy);
	return fine;
}

/* The record as servers write it that do not know its type (RFC 3597 section 5). */
static void format_generic(const struct amtrelay *record, char text[2 * AMTRELAY_MAX + 16])
{
	uint8_t rdata[AMTRELAY_MAX];
	size_t length = amtrelay_encode(record, rdata);

	text += sprintf(text, "\\# %zu ", length);
	for (size_t i = 0; i < length; i++)
		text += sprintf(text, "%02x", rdata[i]);
}

static json_t *records_of(const struct cli *cli)
{
	json_t *list = json_array();

	for (int i = 1; i < cli->argument_count; i++) {
		char text[AMTRELAY_TEXT], generic[2 * AMTRELAY_MAX + 16];
		struct amtrelay record;

		if (!read_record(cli->arguments[i], &record)) {
			text_error("'%s' is not a relay: %s", cli->arguments[i], expected);
			json_decref(list);
			return NULL;
		}
		amtrelay_format(&record, text);
		format_generic(&record, generic);
		json_array_append_new(
			list, json_pack("{s:s, s:s}", "amtrelay", text, "generic", generic));
	}
	return list;
}

static void print_zone(const char *owner, const json_t *records)
{
	const json_t *record;
	size_t i;

	json_array_foreach (records, i, record)
		printf("%s IN AMTRELAY %s\n", owner, text_string(record, "amtrelay"));
	puts("; the same records for name servers that do not know the type:");
	json_array_foreach (records, i, record)
		printf("; %s IN TYPE260 %s\n", owner, text_string(record, "generic"));
}

enum cli_status command_rr(const struct cli *cli)
{
	char owner[DNS_NAME_TEXT];
	struct addr source;
	json_t *records;

	if (!addr_parse(cli->arguments[0], &source) || addr_is_martian(&source)) {
		text_error("'%s' is not the unicast address of a source", cli->arguments[0]);
		return CLI_USAGE;
	}
	records = records_of(cli);
	if (!records)
		return CLI_USAGE;
	amtrelay_owner(&source, owner);
	if (cli->json) {
		json_t *view = json_pack("{s:s, s:O}", "owner", owner, "records", records);

		client_print_json(view);
		json_decref(view);
	} else {
		print_zone(owner, records);
	}
	json_decref(records);
	return CLI_OK;
}
