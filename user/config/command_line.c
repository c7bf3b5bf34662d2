/* SPDX-License-Identifier: BSD-2-Clause */
#include "config/command_line.h"

#include "base/log.h"
#include "base/version.h"
#include "config/settings.h"

#include <getopt.h>
#include <string.h>

enum {
	OPTION_CONFIG = 256,
	OPTION_INSTANCE,
	OPTION_CHECK,
	OPTION_PRINT,
	OPTION_DEBUG,
	OPTION_HELP,
	OPTION_VERSION,
	OPTION_SETTING
};

/* An option with OPTION_SETTING has the name of its setting. */
static const struct option known[] = {
	{"downstream", required_argument, NULL, OPTION_SETTING},
	{"upstream", required_argument, NULL, OPTION_SETTING},
	{"igmp", required_argument, NULL, OPTION_SETTING},
	{"observe", required_argument, NULL, OPTION_SETTING},
	{"socket", required_argument, NULL, OPTION_SETTING},
	{"config", required_argument, NULL, OPTION_CONFIG},
	{"instance", required_argument, NULL, OPTION_INSTANCE},
	{"check", optional_argument, NULL, OPTION_CHECK},
	{"print-config", no_argument, NULL, OPTION_PRINT},
	{"debug", no_argument, NULL, OPTION_DEBUG},
	{"help", no_argument, NULL, OPTION_HELP},
	{"version", no_argument, NULL, OPTION_VERSION},
	{0},
};

static void print_help(void)
{
	puts("Usage: mcingestd --downstream IF [OPTION]...\n"
	     "Brings multicast from AMT relays to LANs whose PIM routers or hosts join it.\n"
	     "\n"
	     "  --downstream IF  a LAN whose routers send Joins; may be repeated, at most 8\n"
	     "  --upstream IF    an interface where tunnels arrive; may be repeated, at most 16\n"
	     "                   (default: the interfaces that routes leave by)\n"
	     "  --igmp IF        a downstream whose hosts are asked by IGMPv3 and MLDv2, too\n"
	     "  --observe IF     a downstream where another daemon of this host speaks PIM\n"
	     "  --config FILE    (default: " CONFIG_FILE ", if it exists)\n"
	     "  --check [FILE]   name all mistakes of the file and of the other options; start "
	     "nothing\n"
	     "  --print-config   print what is in force, as a file, and where each value comes "
	     "from\n"
	     "  --socket PATH    control socket (default: " CONFIG_SOCKET ")\n"
	     "  --instance NAME  one of several daemons on this box: its folders and its file are\n"
	     "                   called mcingest-NAME\n"
	     "  --debug          log every packet and every step\n"
	     "  --help           this text\n"
	     "  --version        the version\n"
	     "\n"
	     "An option replaces the setting of the file. Exit status: 0 stopped as asked,\n"
	     "1 failed while running, 2 cannot start, or --check has found a mistake.");
}

static int complain(const char *what, const char *which)
{
	log_error("%s '%s' (see mcingestd --help)", what, which);
	return 2;
}

static int reject_option(int found, char **argv)
{
	char letter[] = {'-', (char)optopt, '\0'};

	if (found == ':')
		return complain("a value is missing after", argv[optind - 1]);
	if (optopt >= OPTION_CONFIG)
		return complain("no value can be given in", argv[optind - 1]);
	return complain("unknown option", optopt ? letter : argv[optind - 1]);
}

/* Returns false after the answer to an option that wants nothing else. */
static bool take_option(struct command_line *line, int found)
{
	if (found == OPTION_CONFIG)
		line->file = optarg;
	if (found == OPTION_INSTANCE)
		line->instance = optarg;
	if (found == OPTION_PRINT)
		line->want = WANTS_PRINT;
	if (found == OPTION_CHECK) {
		line->want = WANTS_CHECK;
		line->file = optarg ? optarg : line->file;
	}
	if (found == OPTION_HELP)
		print_help();
	if (found == OPTION_VERSION)
		printf("mcingestd %s\n", mcingest_version);
	return found != OPTION_HELP && found != OPTION_VERSION;
}

int command_line_scan(struct command_line *line)
{
	int argc = line->argc, found;
	char **argv = line->argv;

	opterr = 0;
	optind = 0; /* from the start, even if the line has been read before */
	while ((found = getopt_long(argc, argv, ":", known, NULL)) >= 0) {
		if (found == '?' || found == ':')
			return reject_option(found, argv);
		if (!take_option(line, found))
			return 1;
	}
	if (line->want == WANTS_CHECK && !line->file && optind < argc)
		line->file = argv[optind++];
	return optind < argc ? complain("unexpected argument", argv[optind]) : 0;
}

static void assign(struct reading *reading, const char *name, const char *value)
{
	reading->key = name;
	reading->value = value;
	for (size_t i = 0; i < settings_count; i++)
		if (strcmp(settings[i].key, name) == 0)
			settings_assign(reading, &settings[i], value);
}

void command_line_apply(struct reading *reading, const struct command_line *line)
{
	int found, number;

	reading->line = READING_OPTIONS;
	reading->seen = 0;
	optind = 0;
	while ((found = getopt_long(line->argc, line->argv, ":", known, &number)) >= 0) {
		if (found == OPTION_DEBUG)
			assign(reading, "level", "debug");
		if (found == OPTION_INSTANCE || found == OPTION_SETTING)
			assign(reading, known[number].name, optarg);
	}
}
