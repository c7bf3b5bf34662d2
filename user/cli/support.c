/* SPDX-License-Identifier: BSD-2-Clause */
/* support: everything that a developer would ask for, in one file. What cannot be had, because
 * there is no daemon or no such tool, is said in its place. */
#include "base/instance.h"
#include "base/memory.h"
#include "cli/archive.h"
#include "cli/client.h"
#include "cli/mask.h"
#include "cli/text.h"
#include "config/config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PATIENCE 10 /* seconds to wait for a reply */
#define TEXT_MAX (16u << 20)

struct support {
	const struct cli *cli;
	struct archive *archive;
	struct mask *mask; /* NULL: addresses are shown */
	bool failed;
};

/* Takes over the text. */
static void add(struct support *support, const char *name, char *text)
{
	char *masked = support->mask ? mask_text(support->mask, text) : NULL;

	if (!support->failed && !archive_add(support->archive, name, masked ? masked : text))
		support->failed = true;
	free(masked);
	free(text);
}

/* Replies */

static const char *const requests[] = {"status",  "interfaces", "neighbors",    "channels",
				       "tunnels", "counters",   "configuration"};

static void add_reply(struct support *support, const char *command)
{
	char *why = NULL, name[64], *text;
	json_t *reply =
		client_try(support->cli, json_pack("{s:s}", "command", command), PATIENCE, &why);

	snprintf(name, sizeof(name), "%s.json", command);
	text = reply ? json_dumps(reply, JSON_INDENT(2)) : why;
	json_decref(reply);
	add(support, name, text ? text : strdup("no reply"));
}

/* What others know */

static const struct {
	const char *name, *command;
} outputs[] = {
	{"doctor.txt", "mcingest $option doctor"},
	{"version.txt", "mcingest --version; uname -a; cat /etc/os-release"},
	{"log.txt", "journalctl -u $unit -n 5000 --no-pager -o short-precise"},
	{"config.txt", "cat $file"},
	{"unit.txt", "systemctl status $unit; systemctl cat $unit"},
	{"addresses.txt", "ip -d -s address"},
	{"routes.txt", "ip rule; ip -6 rule; ip route show table all | head -n 2000"},
	{"neighbors.txt", "ip neighbor; ip maddress"},
	{"tc.txt", "tc -s qdisc; for i in /sys/class/net/*; do tc -s filter show dev ${i##*/} "
		   "ingress; done"},
	{"firewall.txt", "nft list ruleset"},
	{"sockets.txt", "ss -uanp"},
	{"features.txt", "for i in /sys/class/net/*; do ethtool -i ${i##*/}; ethtool -k ${i##*/}; "
			 "ethtool -S ${i##*/}; done"},
	{"programs.txt", "bpftool net; bpftool prog; bpftool map; ls -l $pins"},
	{"machine.txt",
	 "lscpu; free; uptime; cat /proc/interrupts /proc/softirqs /proc/net/softnet_stat"},
	{"kernel.txt", "dmesg | tail -n 300; sysctl net.core net.ipv4.conf net.ipv6.conf"},
};

static void tell(const char *variable, char *value)
{
	setenv(variable, value, true);
	free(value);
}

/* The commands find what is the daemon's in their environment. */
static void tell_names(const struct cli *cli)
{
	char *option = NULL;

	if (cli->instance && asprintf(&option, "--instance=%s", cli->instance) < 0)
		abort();
	tell("option", option ? option : memory_copy_text(""));
	tell("unit", instance_unit(cli->instance));
	tell("file", config_file_of(cli->instance));
	tell("pins", instance_path("/sys/fs/bpf/", cli->instance, ""));
}

/* Each of them is ended after some seconds, so that none holds up the others. */
static char *output_of(const char *command)
{
	char *line, *text = calloc(1, TEXT_MAX + 1);
	size_t length = 0, got;
	FILE *pipe;

	if (!text || asprintf(&line, "exec 2>&1 </dev/null; timeout 15 sh -c '%s'", command) < 0)
		abort();
	pipe = popen(line, "re"); /* NOLINT(cert-env33-c): the commands are those above */
	free(line);
	while (pipe && length < TEXT_MAX &&
	       (got = fread(text + length, 1, TEXT_MAX - length, pipe)) > 0)
		length += got;
	if (pipe)
		pclose(pipe);
	/* A NUL would end the text. */
	for (size_t i = 0; i < length; i++)
		if (!text[i])
			text[i] = '?';
	return text;
}

static void collect(struct support *support)
{
	tell_names(support->cli);
	for (size_t i = 0; i < sizeof(requests) / sizeof(requests[0]); i++)
		add_reply(support, requests[i]);
	for (size_t i = 0; i < sizeof(outputs) / sizeof(outputs[0]); i++)
		add(support, outputs[i].name, output_of(outputs[i].command));
}

static enum cli_status print_done(const struct support *support)
{
	const char *path = support->cli->arguments[0];
	json_t *view = json_pack("{s:s, s:b}", "file", path, "masked", support->mask != NULL);

	if (support->cli->json)
		client_print_json(view);
	else
		text_line(PLAIN, "%s has what a developer would ask for%s", path,
			  support->mask ? ", with names in place of addresses"
					: "; --mask hides the addresses");
	json_decref(view);
	return CLI_OK;
}

enum cli_status command_support(const struct cli *cli)
{
	struct support support = {.cli = cli, .archive = archive_begin(cli->arguments[0])};
	enum cli_status status = CLI_FAILED;

	if (!support.archive)
		return CLI_FAILED;
	support.mask = cli->values[CLI_MASK] ? mask_new() : NULL;
	collect(&support);
	if (archive_finish(support.archive) && !support.failed)
		status = print_done(&support);
	mask_free(support.mask);
	return status;
}
