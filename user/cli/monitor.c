/* SPDX-License-Identifier: BSD-2-Clause */
/* monitor: events as they happen, one on a line. */
#include "cli/client.h"
#include "cli/options.h"
#include "cli/text.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct monitor {
	const struct cli *cli;
	unsigned long left; /* events; 0 is no limit */
};

static enum colour colour_of(const char *level)
{
	if (!strcmp(level, "error"))
		return RED;
	return strcmp(level, "warning") ? PLAIN : YELLOW;
}

/* The time of day is enough for people, who look at it now. */
static void print_event(const json_t *event)
{
	const char *time = text_string(event, "time"), *name = text_string(event, "event");
	const char *clock = strchr(time, 'T');
	char number[TEXT_SHORT], *drops;

	text_print(PLAIN, "%s  %-14s ", clock ? clock + 1 : time, name);
	if (!strcmp(name, "drops")) {
		drops = text_counts(event, "drops");
		text_line(YELLOW, "in the last second: %s", drops);
		free(drops);
	} else if (!strcmp(name, "missed")) {
		text_line(YELLOW, "%s events were not read in time",
			  text_number(event, "events", number));
	} else if (!strcmp(name, "begin")) {
		text_line(PLAIN, "mcingestd %s", text_string(event, "version"));
	} else {
		text_line(colour_of(text_string(event, "level")), "%s", text_string(event, "text"));
	}
}

static bool take(void *owner, const json_t *event)
{
	struct monitor *monitor = owner;

	if (monitor->cli->json) {
		json_dumpf(event, stdout, JSON_COMPACT);
		putchar('\n');
	} else {
		print_event(event);
	}
	if (fflush(stdout))
		return false;
	return monitor->left != 1 && (!monitor->left || --monitor->left);
}

enum cli_status command_monitor(const struct cli *cli)
{
	struct monitor monitor = {.cli = cli};

	if (!options_number(cli, CLI_COUNT, 1, UINT32_MAX, 0, &monitor.left))
		return CLI_USAGE;
	return client_stream(cli, take, &monitor) ? CLI_OK : CLI_FAILED;
}
