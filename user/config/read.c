/* SPDX-License-Identifier: BSD-2-Clause */
#include "config/config.h"

#include "base/log.h"
#include "base/memory.h"
#include "base/version.h"
#include "config/file.h"
#include "config/relays.h"
#include "config/settings.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void config_free(struct config *config)
{
	settings_clear(config);
	free(config->control_socket);
	config->control_socket = NULL;
	free(config->state);
	config->state = NULL;
	free(config->tunnels.vrf);
	config->tunnels.vrf = NULL;
	free(config->trust_anchor);
	config->trust_anchor = NULL;
	relays_clear(&config->relays);
}

/* The command line */

enum { OPTION_CONFIG = 256, OPTION_DEBUG, OPTION_HELP, OPTION_VERSION, OPTION_SETTING };

/* An option with OPTION_SETTING has the name of its setting. */
static const struct option options[] = {
	{"downstream", required_argument, NULL, OPTION_SETTING},
	{"upstream", required_argument, NULL, OPTION_SETTING},
	{"igmp", required_argument, NULL, OPTION_SETTING},
	{"observe", required_argument, NULL, OPTION_SETTING},
	{"socket", required_argument, NULL, OPTION_SETTING},
	{"config", required_argument, NULL, OPTION_CONFIG},
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
	     "  --socket PATH    control socket (default: " CONFIG_SOCKET ")\n"
	     "  --debug          log every packet and every step\n"
	     "  --help           this text\n"
	     "  --version        the version\n"
	     "\n"
	     "An option replaces the setting of the file. Exit status: 0 stopped as asked,\n"
	     "1 failed while running, 2 cannot start.");
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

/* Reads everything but settings, which must be applied after the file. */
static int scan_options(int argc, char **argv, const char **file)
{
	int found;

	opterr = 0;
	optind = 0; /* from the start, even if the line has been read before */
	while ((found = getopt_long(argc, argv, ":", options, NULL)) >= 0) {
		if (found == '?' || found == ':')
			return reject_option(found, argv);
		if (found == OPTION_CONFIG)
			*file = optarg;
		if (found == OPTION_HELP)
			print_help();
		if (found == OPTION_VERSION)
			printf("mcingestd %s\n", mcingest_version);
		if (found == OPTION_HELP || found == OPTION_VERSION)
			return 1;
	}
	return optind < argc ? complain("unexpected argument", argv[optind]) : 0;
}

static void take_option(struct reading *reading, const char *name, const char *value)
{
	reading->key = name;
	reading->value = value;
	for (size_t i = 0; i < settings_count; i++)
		if (strcmp(settings[i].key, name) == 0)
			settings_assign(reading, &settings[i], value);
}

static bool apply_options(struct config *config, int argc, char **argv)
{
	struct reading reading = {.config = config};
	int found, number;

	optind = 0;
	while (!reading.complaint &&
	       (found = getopt_long(argc, argv, ":", options, &number)) >= 0) {
		if (found == OPTION_DEBUG)
			config->debug = true;
		if (found == OPTION_SETTING)
			take_option(&reading, options[number].name, optarg);
	}
	return reading_finish(&reading);
}

static bool check_dnssec(const struct config *config, const char *file)
{
	bool required = config->dnssec == CONFIG_DNSSEC_REQUIRE;

	if (required && !config->trust_anchor)
		log_error("%s: 'dnssec = require' needs a trust_anchor under [dns], such as "
			  "/usr/share/dns/root.key",
			  file ? file : CONFIG_FILE);
	else if (config->trust_anchor && access(config->trust_anchor, R_OK))
		log_error("%s: trust_anchor: cannot read %s: %s", file ? file : CONFIG_FILE,
			  config->trust_anchor, strerror(errno));
	else
		return true;
	return false;
}

static bool check_whole(const struct config *config, const char *file)
{
	if (!check_dnssec(config, file))
		return false;
	if (config->downstream_count)
		return true;
	log_error("no downstream interface: give --downstream IF, or 'downstream' under "
		  "[interfaces] in %s",
		  file ? file : CONFIG_FILE);
	return false;
}

/* The first folder that systemd has made for the service (systemd.exec(5)). */
static char *default_state(void)
{
	const char *list = getenv("STATE_DIRECTORY");
	char *folder = memory_copy_text(list && *list ? list : CONFIG_STATE);

	*strchrnul(folder, ':') = '\0';
	return folder;
}

int config_read(struct config *config, int argc, char **argv)
{
	const char *file = NULL;
	int status = scan_options(argc, argv, &file);

	*config = (struct config){
		.dns_timeout = 5 * USEC_PER_SEC,
		.dnssec = CONFIG_DNSSEC_PREFER,
		.relays = {.ways = {CONFIG_WAY_CONFIGURED, CONFIG_WAY_DNS_SD, CONFIG_WAY_SOURCE},
			   .way_count = 3,
			   .renew = 60},
		.hold = 180 * USEC_PER_SEC,
		.max_channels = 16384,
		.max_tunnels = 1024,
		.discoveries = 100,
		.network_discoveries = 20,
		.new_relays = 50,
		.unanswered = 16,
		.max_neighbors = 256,
		.max_joins = 8192,
		.require_hello = true,
		.hello_period = 30,
		.assert = {.preference = 200, .metric = 100},
		.tunnels = {.hold_down = 180 * USEC_PER_SEC},
		.linger = 2 * USEC_PER_SEC,
		.max_memberships = 4096,
		.slow_rate = 50000,
		.igmp_interval = 125,
		.igmp_robustness = 2};
	if (status)
		return status;
	config->control_socket = memory_copy_text(CONFIG_SOCKET);
	config->state = default_state();
	if (file_read(config, file) && apply_options(config, argc, argv) &&
	    check_whole(config, file))
		return 0;
	config_free(config);
	return 2;
}
