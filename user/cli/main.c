/* SPDX-License-Identifier: BSD-2-Clause */
/* mcingest: reads the command line and runs one command. */
#include "base/instance.h"
#include "base/version.h"
#include "cli/cli.h"
#include "cli/options.h"
#include "cli/text.h"
#include "config/config.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
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
	{"channels", " [S] [G]", 0, command_channels,
	 "each (S,G): state, relay, traffic; -v: who wants it, drops, history"},
	{"tunnels", "", 0, command_tunnels,
	 "AMT tunnels, and relays being discovered or held down"},
	{"top", "", 0, command_top, "the box on the whole terminal, always as of now"},
	{"counters", "", 0, command_counters, "packets dropped and messages rejected, by reason"},
	{"lookup", " SOURCE", 1, command_lookup,
	 "find the relays of a source, with each DNS question"},
	{"monitor", "", 0, command_monitor, "events as they happen, one on a line"},
	{"health", "", 0, command_health,
	 "whether the box forwards: one line, and the exit status"},
	{"receive", " S G|URL", 1, command_receive,
	 "receive a channel by AMT on this host, without a LAN, and measure it"},
	{"support", " FILE.tar.gz", 1, command_support,
	 "all that a developer would ask for, in one file"},
	{"rr", " SOURCE RELAY...", 2, command_rr, "AMTRELAY records for the zone of a source"},
	{"join", " S G [IF]", 2, command_join, "a static channel, for all LANs or one"},
	{"leave", " S G [IF]", 2, command_leave, "end a static channel"},
	{"drain", "", 0, command_drain, "hand channels over to another box, before maintenance"},
	{"lift", " RELAY", 1, command_lift, "let a relay that is held down be tried again at once"},
	{"doctor", " [S G]", 0, command_doctor,
	 "what is wrong with the box, or with one channel, and what to do"},
	{"reload", "", 0, command_reload, "let the daemon take its configuration, without a loss"},
	{"restart", "", 0, command_restart,
	 "let the daemon execute its binary anew, without a loss"},
};

#define COMMANDS (sizeof(commands) / sizeof(commands[0]))

static enum cli_status print_help(void)
{
	puts("Usage: mcingest [COMMAND] [--json] [--verbose] [--instance NAME]\n"
	     "Shows what mcingestd does.\n");
	for (size_t i = 0; i < COMMANDS; i++)
		printf("  %s%-*s %s\n", commands[i].name, 20 - (int)strlen(commands[i].name),
		       commands[i].arguments, commands[i].summary);
	putchar('\n');
	options_print();
	puts("\n"
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

static bool takes_more(const struct command *command)
{
	return strstr(command->arguments, "...") || strpbrk(command->arguments, "[|");
}

static enum cli_status run(const struct command *command, struct cli *cli, int argc, char **argv)
{
	cli->command = command->name;
	cli->arguments = argv;
	cli->argument_count = argc;
	if (!options_fit(cli))
		return CLI_USAGE;
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

static enum cli_status find_socket_and_run(struct cli *cli, int argc, char **argv)
{
	enum cli_status status;
	char *usual;

	if (cli->instance && !instance_is_name(cli->instance))
		return complain("no instance has a name like", cli->instance);
	usual = config_socket_of(cli->instance);
	cli->socket = cli->socket ? cli->socket : usual;
	status = find_and_run(cli, argc, argv);
	free(usual);
	return status;
}

static enum cli_status read_and_run(int argc, char **argv)
{
	struct cli cli = {0};

	switch (options_read(&cli, argc, argv)) {
	case OPTIONS_HELP:
		return print_help();
	case OPTIONS_VERSION:
		return print_version();
	case OPTIONS_WRONG:
		return CLI_USAGE;
	case OPTIONS_RUN:
		break;
	}
	return find_socket_and_run(&cli, argc - optind, argv + optind);
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
