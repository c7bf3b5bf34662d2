/* SPDX-License-Identifier: BSD-2-Clause */
/* The configuration file: it is refused with lines that name the place, or every value is within
 * its limits; and what --print-config prints reads as the same. */
#include "base/addr.h"
#include "base/log.h"
#include "config/config.h"
#include "fuzz.h"
#include "io/netlink.h"

#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/un.h>
#include <unistd.h>

static int file = -1; /* in memory */
static char path[64];

static void write_file(const void *bytes, size_t size)
{
	if (file < 0) {
		file = memfd_create("conf", MFD_CLOEXEC);
		snprintf(path, sizeof(path), "/proc/self/fd/%d", file);
	}
	must(!ftruncate(file, 0) && pwrite(file, bytes, size, 0) == (ssize_t)size);
}

#define SAID_MAX 65536

/* The log looks at stderr once, when its first line comes, and then writes to what it is. */
static void divert_log(int to)
{
	must(dup2(to, STDERR_FILENO) == STDERR_FILENO);
}

/* What it says on stderr goes to `said`, to be freed: lines that are held for their number, too. */
static int read_config(struct config *config, char *option, char **said)
{
	char *argv[] = {"mcingestd", "--config", path, option, NULL};
	int log = memfd_create("log", MFD_CLOEXEC), kept = dup(STDERR_FILENO), status;

	must(log >= 0 && kept >= 0);
	divert_log(log);
	status = config_read(config, option ? 4 : 3, argv);
	log_catch_up(USEC_NEVER);
	divert_log(kept);
	close(kept);
	*said = calloc(1, SAID_MAX);
	must(pread(log, *said, SAID_MAX - 1, 0) >= 0);
	close(log);
	return status;
}

static void check_names(char *const *names, unsigned count, unsigned most)
{
	must(count <= most);
	for (unsigned i = 0; i < count; i++)
		must(*names[i] && strlen(names[i]) < NETLINK_NAME_BYTES &&
		     !strpbrk(names[i], "/: \t\r\n\v\f"));
}

static void check_servers(const struct config *config)
{
	must(config->dns_server_count <= CONFIG_SERVERS_MAX);
	for (unsigned i = 0; i < config->dns_server_count; i++) {
		char text[128];
		struct addr addr;

		snprintf(text, sizeof(text), "%s", config->dns_servers[i]);
		*strchrnul(text, '@') = '\0';
		must(addr_parse(text, &addr));
	}
}

static bool is_seconds(usec_t time, unsigned least, unsigned most)
{
	return time >= least * USEC_PER_SEC && time <= most * USEC_PER_SEC;
}

static void check(const struct config *config)
{
	size_t socket = strlen(config->control_socket);

	must(config->downstream_count);
	check_names(config->downstream, config->downstream_count, CONFIG_NAMES_MAX);
	check_names(config->upstream, config->upstream_count, CONFIG_UPSTREAMS_MAX);
	check_servers(config);
	must(is_seconds(config->dns_timeout, 1, 60) && is_seconds(config->hold, 5, 86400));
	must(config->max_channels >= 1 && config->max_channels <= 1000000);
	must(config->max_tunnels >= 1 && config->max_tunnels <= 65535);
	must(config->discoveries >= 1 && config->discoveries <= 1000000);
	must(config->network_discoveries >= 1 && config->network_discoveries <= 1000000);
	must(config->new_relays >= 1 && config->new_relays <= 1000000);
	must(config->unanswered >= 1 && config->unanswered <= 65535);
	must(config->max_neighbors >= 1 && config->max_neighbors <= 65535);
	must(config->mode < CONFIG_MODE_COUNT);
	must(socket && socket < sizeof(((struct sockaddr_un *)NULL)->sun_path));
}

/* What --print-config says, but for the origins; to be freed. */
static char *print_config_of_file(void)
{
	FILE *kept = stdout;
	struct config config;
	char *text, *line, *end, *said;
	size_t size;

	stdout = open_memstream(&text, &size);
	must(read_config(&config, "--print-config", &said) == 1 && !*said);
	fclose(stdout);
	stdout = kept;
	free(said);
	line = text;
	while ((end = strchr(line, '\n'))) {
		if (*line == '#')
			memmove(line, end + 1, strlen(end + 1) + 1);
		else
			line = end + 1;
	}
	return text;
}

static void check_printed(void)
{
	char *text = print_config_of_file(), *again;

	write_file(text, strlen(text));
	again = print_config_of_file();
	must(!strcmp(text, again) || strstr(text, "a value that cannot stand in a file"));
	free(again);
	free(text);
}

/* Each line names the file. */
static void check_said(char *said)
{
	char *line;

	must(*said);
	while ((line = strsep(&said, "\n")) && *line)
		must(strstr(line, path));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct config config;
	char *said;
	int status;

	write_file(bytes, size);
	status = read_config(&config, NULL, &said);
	if (status) {
		must(status == 2);
		check_said(said);
	} else {
		must(!*said);
		check(&config);
		check_printed();
		config_free(&config);
	}
	free(said);
	return 0;
}
