/* SPDX-License-Identifier: BSD-2-Clause */
/* mcingest: reads the command line and runs one command. */
#include "base/version.h"
#include "cli/cli.h"
#include "cli/text.h"
#include "config/config.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <sys/un.h>

static const struct command {
	const char *name, *arguments;
	int argument_count;
	cli_fn *run;
	const char *summary;
} commands[] = {
	{"status", "", 0, command_status, "the daemon, its interfaces and traffic (default)"},
	{"interfaces", "", 0, command_interfaces,
	 "links; PIM, designated router and querier on each LAN"},
	{"neighbors", "", 0, command_neighbors, "PIM routers on the LANs"},
	{"channels", "", 0, command_channels,
	 "each (S,G): state, relay, traffic; -v: who wants it, and when it was joined"},
	{"tunnels", "", 0, command_tunnels,
	 "AMT tunnels, and relays being discovered or held down"},
	{"counters", "", 0, command_counters, "packets dropped and messages rejected, by reason"},
	{"lookup", " SOURCE", 1, command_lookup,
	 "find the relays of a source, with each DNS question"},
	{"rr", " SOURCE RELAY...", 2, command_rr, "AMTRELAY records for the zone of a source"},
	{"lift", " RELAY", 1, command_lift, "let a relay that is held down be tried again at once"},
	{"doctor", " [S G]", 0, command_doctor,
	 "what is wrong with the box, or with one channel, and what to do"},
	{"reload", "", 0, command_reload, "let the daemon take its configuration, without a loss"},
	{"restart", "", 0, command_restart,
	 "let the daemon execute its binary anew, without a loss"},
};

#define COMMANDS (sizeof(commands) / sizeof(commands[0]))

static const struct option options[] = {
	{"json", no_argument, NULL, 'j'},
	{"socket", required_argument, NULL, 's'},
	{"verbose", no_argument, NULL, 'v'},
	{"help", no_argument, NULL, 'h'},
	{"version", no_argument, NULL, 'V'},
	{"config", required_argument, NULL, 'c'},
	{0},
};

static enum cli_status print_help(void)
{
	puts("Usage: mcingest [COMMAND] [--json] [--verbose] [--socket PATH]\n"
	     "Shows what mcingestd does.\n");
	for (size_t i = 0; i < COMMANDS; i++)
		printf("  %s%-*s %s\n", commands[i].name, 20 - (int)strlen(commands[i].name),
		       commands[i].arguments, commands[i].summary);
	puts("\n"
	     "  --json               print one JSON object; its keys stay stable\n"
	     "  --verbose, -v        print more\n"
	     "  --socket PATH        the daemon's control socket (default: " CONFIG_SOCKET ")\n"
	     "  --config FILE        of the daemon, for doctor (default: the one that it has "
	     "read)\n"
	     "  --help, -h           print this text\n"
	     "  --version            print the version\n"
	     "\n"
	     "Exit status: 0 done as asked, 1 not done, 2 wrong command line.");
	return CLI_OK;
}

static enum cli_status print_version(void)
{
	printf("mcingest %s\n", mcingest_version);
	return CLI_OK;
}

static enum cli_status complain(const char *what, const char *which)
{
	text_error("%s '%s' (see mcingest --help)", what, which);
	return CLI_USAGE;
}

static enum cli_status refuse_option(int found, char **argv)
{
	char letter[] = {'-', (char)optopt, '\0'};
	bool is_long = strncmp(argv[optind - 1], "--", 2) == 0;

	if (found == ':')
		return complain("a value must follow", argv[optind - 1]);
	if (is_long && optopt)
		return complain("no value is allowed in", argv[optind - 1]);
	return complain("unknown option", optopt ? letter : argv[optind - 1]);
}

static bool takes_more(const struct command *command)
{
	return strstr(command->arguments, "...") || strchr(command->arguments, '[');
}

static enum cli_status run(const struct command *command, struct cli *cli, int argc, char **argv)
{
	cli->command = command->name;
	cli->arguments = argv;
	cli->argument_count = argc;
	if (argc > command->argument_count && !takes_more(command))
		return complain("unexpected argument", argv[command->argument_count]);
	if (argc < command->argument_count) {
		text_error("usage: mcingest %s%s", command->name, command->arguments);
		return CLI_USAGE;
	}
	return command->run(cli);
}

static enum cli_status find_and_run(struct cli *cli, int argc, char **argv)
{
	if (strlen(cli->socket) >= sizeof((struct sockaddr_un){0}.sun_path))
		return complain("the path of the socket is too long:", cli->socket);
	if (!argc)
		return run(&commands[0], cli, 0, argv);
	for (size_t i = 0; i < COMMANDS; i++)
		if (strcmp(commands[i].name, argv[0]) == 0)
			return run(&commands[i], cli, argc - 1, argv + 1);
	return complain("unknown command", argv[0]);
}

static enum cli_status read_and_run(int argc, char **argv)
{
	struct cli cli = {.socket = CONFIG_SOCKET};
	int found;

	opterr = 0;
	while ((found = getopt_long(argc, argv, ":hv", options, NULL)) >= 0) {
		if (found == 'j')
			cli.json = true;
		else if (found == 'v')
			cli.verbose = true;
		else if (found == 's')
			cli.socket = optarg;
		else if (found == 'c')
			cli.config = optarg;
		else if (found == 'h')
			return print_help();
		else if (found == 'V')
			return print_version();
		else
			return refuse_option(found, argv);
	}
	return find_and_run(&cli, argc - optind, argv + optind);
}

int main(int argc, char **argv)
{
	enum cli_status status = read_and_run(argc, argv);

	if (fflush(stdout) || ferror(stdout)) {
		text_error("cannot write the output");
		return CLI_FAILED;
	}
	return status;
}
