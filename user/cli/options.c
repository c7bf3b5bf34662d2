/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli/options.h"
#include "cli/text.h"
#include "config/config.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OWN 256 /* and the number of the option in `own` */

/* Options that only some commands take. */
static const struct {
	const char *name;
	const char *value; /* NULL: the option has none */
	const char *commands;
	const char *summary;
} own[CLI_OPTIONS] = {
	[CLI_RELAY] = {"relay", "A", "receive channels", "from this relay; receive: without DNS"},
	[CLI_PORT] = {"port", "P", "receive", "only packets to this UDP port"},
	[CLI_COUNT] = {"count", "N", "receive channels monitor",
		       "end after so many packets, looks or events"},
	[CLI_SECONDS] = {"seconds", "N", "receive", "end after so many seconds"},
	[CLI_WRITE] = {"write", "FILE", "receive", "the IP packets, for Wireshark"},
	[CLI_OUTPUT] = {"output", "FILE", "receive",
			"the UDP payload; '-' is stdout, for a player"},
	[CLI_STATE] = {"state", "STATE", "channels", "only those in this state"},
	[CLI_INTERFACE] = {"interface", "IF", "channels", "only those that go to this LAN"},
	[CLI_SORT] = {"sort", "KEY", "channels",
		      "by rate, packets, bytes, lost, since, state, source, group or relay"},
	[CLI_END] = {"end", NULL, "drain", "be a router as before"},
	[CLI_MASK] = {"mask", NULL, "support", "names in place of addresses"},
	[CLI_WATCH] = {"watch", NULL, "channels", "look again every two seconds"},
};

/* Options of all commands, with their letters. */
static const struct option common[] = {
	{"json", no_argument, NULL, 'j'},           {"socket", required_argument, NULL, 's'},
	{"verbose", no_argument, NULL, 'v'},        {"help", no_argument, NULL, 'h'},
	{"version", no_argument, NULL, 'V'},        {"config", required_argument, NULL, 'c'},
	{"instance", required_argument, NULL, 'i'},
};

#define COMMON (sizeof(common) / sizeof(common[0]))

static void make_table(struct option table[COMMON + CLI_OPTIONS + 1])
{
	memcpy(table, common, sizeof(common));
	for (int i = 0; i < CLI_OPTIONS; i++)
		table[COMMON + i] = (struct option){
			own[i].name, own[i].value ? required_argument : no_argument, NULL, OWN + i};
	table[COMMON + CLI_OPTIONS] = (struct option){0};
}

static void complain(const char *what, const char *which)
{
	text_error("%s '%s' (see mcingest --help)", what, which);
}

static enum options_result refuse(int found, char **argv)
{
	char letter[] = {'-', (char)optopt, '\0'};
	bool is_long = strncmp(argv[optind - 1], "--", 2) == 0;

	if (found == ':')
		complain("a value must follow", argv[optind - 1]);
	else if (is_long && optopt)
		complain("no value is allowed in", argv[optind - 1]);
	else
		complain("unknown option", optopt ? letter : argv[optind - 1]);
	return OPTIONS_WRONG;
}

static void take(struct cli *cli, int found)
{
	if (found == 'j')
		cli->json = true;
	else if (found == 'v')
		cli->verbose = true;
	else if (found == 's')
		cli->socket = optarg;
	else if (found == 'c')
		cli->config = optarg;
	else if (found == 'i')
		cli->instance = optarg;
	else
		cli->values[found - OWN] = optarg ? optarg : "";
}

enum options_result options_read(struct cli *cli, int argc, char **argv)
{
	struct option table[COMMON + CLI_OPTIONS + 1];
	int found;

	make_table(table);
	opterr = 0;
	while ((found = getopt_long(argc, argv, ":hvi:", table, NULL)) >= 0) {
		if (found == 'h')
			return OPTIONS_HELP;
		if (found == 'V')
			return OPTIONS_VERSION;
		if (found == '?' || found == ':')
			return refuse(found, argv);
		take(cli, found);
	}
	return OPTIONS_RUN;
}

/* `commands` are words. */
static bool names(const char *commands, const char *command)
{
	size_t length = strlen(command);
	const char *at = commands;

	while ((at = strstr(at, command))) {
		if ((at == commands || at[-1] == ' ') && (!at[length] || at[length] == ' '))
			return true;
		at += length;
	}
	return false;
}

bool options_fit(const struct cli *cli)
{
	for (int i = 0; i < CLI_OPTIONS; i++) {
		if (!cli->values[i] || names(own[i].commands, cli->command))
			continue;
		text_error("'%s' takes no --%s; see mcingest --help", cli->command, own[i].name);
		return false;
	}
	return true;
}

static void print_option(const char *name, const char *value, const char *summary)
{
	char text[32];

	snprintf(text, sizeof(text), "%s%s%s", name, value ? " " : "", value ? value : "");
	printf("  --%-18s %s\n", text, summary);
}

void options_print(void)
{
	print_option("json", NULL, "print one JSON object; its keys stay stable");
	print_option("verbose, -v", NULL, "print more");
	print_option("instance, -i", "NAME", "of the daemon, where this box has several");
	print_option("socket", "PATH", "the daemon's control socket (default: " CONFIG_SOCKET ")");
	print_option("config", "FILE", "the daemon's configuration, for commands without a daemon");
	print_option("help, -h", NULL, "print this text");
	print_option("version", NULL, "print the version");
	for (int i = 0; i < CLI_OPTIONS; i++) {
		char summary[96];

		snprintf(summary, sizeof(summary), "%s: %s", own[i].commands, own[i].summary);
		print_option(own[i].name, own[i].value, summary);
	}
}

bool options_number(const struct cli *cli, enum cli_option option, unsigned long min,
		    unsigned long max, unsigned long otherwise, unsigned long *number)
{
	const char *text = cli->values[option];
	char *end;

	*number = otherwise;
	if (!text)
		return true;
	*number = strtoul(text, &end, 10);
	if (*text >= '0' && *text <= '9' && !*end && *number >= min && *number <= max)
		return true;
	text_error("'%s' is no number from %lu to %lu: --%s needs one", text, min, max,
		   own[option].name);
	return false;
}
