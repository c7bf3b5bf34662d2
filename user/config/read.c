/* SPDX-License-Identifier: BSD-2-Clause */
#include "config/config.h"

#include "base/instance.h"
#include "base/memory.h"
#include "config/command_line.h"
#include "config/file.h"
#include "config/print.h"
#include "config/rates.h"
#include "config/relays.h"
#include "config/settings.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void config_free(struct config *config)
{
	settings_clear(config);
	free(config->file);
	config->file = NULL;
	free(config->instance);
	config->instance = NULL;
	free(config->control_socket);
	config->control_socket = NULL;
	free(config->state);
	config->state = NULL;
	free(config->joinfile);
	config->joinfile = NULL;
	free(config->control_group);
	config->control_group = NULL;
	free(config->tunnels.vrf);
	config->tunnels.vrf = NULL;
	free(config->trust_anchor);
	config->trust_anchor = NULL;
	relays_clear(&config->relays);
	rates_clear(config);
}

/* Settings that must fit together */

static unsigned origin(struct reading *reading, const char *section, const char *key)
{
	return *settings_origin(reading, settings_find(section, key));
}

/* The next complaint is about this key of [dns]. */
static void point_at(struct reading *reading, const char *key, const char *value)
{
	reading->line = origin(reading, "dns", key);
	reading->key = key;
	reading->value = value;
}

static void check_dnssec(struct reading *reading)
{
	const struct config *config = reading->config;

	if (config->dnssec == CONFIG_DNSSEC_REQUIRE &&
	    origin(reading, "dns", "trust_anchor") == READING_DEFAULT) {
		point_at(reading, "dnssec", "require");
		reading_reject(reading, "needs a trust_anchor, such as /usr/share/dns/root.key");
	}
	if (config->trust_anchor && access(config->trust_anchor, R_OK)) {
		point_at(reading, "trust_anchor", config->trust_anchor);
		reading_reject(reading, "cannot be read: %s", strerror(errno));
	}
}

/* A setting that is wrong by itself has its complaint already. */
static void check_whole(struct reading *reading)
{
	check_dnssec(reading);
	if (origin(reading, "interfaces", "downstream") != READING_DEFAULT)
		return;
	reading->line = READING_OPTIONS;
	reading->key = NULL;
	reading_reject(reading,
		       "no downstream interface: give --downstream IF, or 'downstream' under "
		       "[interfaces] in %s",
		       reading->file);
}

char *config_file_of(const char *instance)
{
	return instance_path("/etc/mcingest/", instance, ".conf");
}

char *config_socket_of(const char *instance)
{
	return instance_path("/run/", instance, "/control.sock");
}

/* The first folder that systemd has made for the service (systemd.exec(5)). */
static char *state_of(const char *instance)
{
	const char *list = getenv("STATE_DIRECTORY");
	char *folder =
		list && *list ? memory_copy_text(list) : instance_path("/var/lib/", instance, "");

	*strchrnul(folder, ':') = '\0';
	return folder;
}

/* Paths that nobody has given are those of the instance. */
static void settle_paths(struct reading *reading)
{
	struct config *config = reading->config;

	if (!config->control_socket)
		config->control_socket = config_socket_of(config->instance);
	if (!config->state)
		config->state = state_of(config->instance);
}

static void set_defaults(struct config *config)
{
	*config = (struct config){
		.dns_timeout = 5 * USEC_PER_SEC,
		.dnssec = CONFIG_DNSSEC_PREFER,
		.relays = {.ways = {CONFIG_WAY_CONFIGURED, CONFIG_WAY_DNS_SD, CONFIG_WAY_SOURCE},
			   .way_count = 3,
			   .renew = 60},
		.hold = 180 * USEC_PER_SEC,
		.metrics = {.page = true},
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
		.igmp_robustness = 2,
		.seccomp = true};
}

/* A name that is none gets its complaint as a setting of the command line. */
static bool read_file(struct reading *reading, const char *file, const char *instance)
{
	struct config *config = reading->config;
	bool is_named = instance && instance_is_name(instance);

	set_defaults(config);
	config->file = file ? memory_copy_text(file) : config_file_of(is_named ? instance : NULL);
	return file_read(reading, config->file, !file);
}

static void name_instance(struct reading *reading, const char *instance)
{
	reading->line = READING_OPTIONS;
	reading->seen = 0;
	reading->key = "instance";
	reading->value = instance;
	settings_assign(reading, settings_find("daemon", "instance"), instance);
}

bool config_read_file(struct config *config, const char *file, const char *instance, bool whole,
		      FILE *out)
{
	struct reading reading = {.config = config};
	bool readable = read_file(&reading, file, instance);

	if (instance)
		name_instance(&reading, instance);
	settle_paths(&reading);
	if (readable && whole)
		check_whole(&reading);
	return reading_finish(&reading, out);
}

/* Returns 0 if the daemon is to start, or 1. */
static int answer(struct reading *reading, const struct command_line *line)
{
	if (line->want == WANTS_PRINT)
		print_config(stdout, reading);
	if (line->want == WANTS_CHECK)
		printf(access(reading->file, F_OK) ? "%s: all is well without this file\n"
						   : "%s: all is well\n",
		       reading->file);
	return line->want == WANTS_START ? 0 : 1;
}

int config_read(struct config *config, int argc, char **argv)
{
	struct command_line line = {.argc = argc, .argv = argv};
	struct reading reading = {.config = config};
	int status = command_line_scan(&line);
	bool whole;

	*config = (struct config){0};
	if (status)
		return status;
	whole = read_file(&reading, line.file, line.instance);
	command_line_apply(&reading, &line);
	settle_paths(&reading);
	if (whole)
		check_whole(&reading);
	status = reading_finish(&reading, line.want == WANTS_START ? NULL : stderr)
			 ? answer(&reading, &line)
			 : 2;
	if (status)
		config_free(config);
	return status;
}
