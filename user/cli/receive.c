/* SPDX-License-Identifier: BSD-2-Clause */
/* receive: one channel by AMT on this host, and what can be told of it. Needs no daemon. */
#include "gateway/receive.h"
#include "base/log.h"
#include "base/memory.h"
#include "cli/alone.h"
#include "cli/client.h"
#include "cli/options.h"
#include "cli/receive_view.h"
#include "cli/show.h"
#include "gateway/recording.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PATIENCE    2 /* seconds to wait for what the daemon says of its tunnels */
#define AVOIDED_MAX 64
#define SILENCE     30 /* seconds to wait for a first packet, and for the next one */

/* A relay that reads the P flag where Linux does has Linux's manners. */
#define LINUX_P_FLAG "0x80"

struct job {
	const struct cli *cli;
	struct gateway gateway;
	struct receive receive;
	struct config config;
	struct addr avoided[AVOIDED_MAX]; /* relays that would take us for the daemon */
	unsigned avoided_count;
	bool daemon_has_tunnels;
	struct recording *recording;
	int output; /* descriptor, or -1 */
	unsigned long port, count, seconds;
	struct receive_interval interval;
	bool failed; /* an output could not be written, which was said */
};

/* The command line */

/* Takes off the brackets of an IPv6 address. */
static bool read_address(char *text, struct addr *addr)
{
	size_t length = strlen(text);

	if (*text == '[' && text[length - 1] == ']') {
		text[length - 1] = '\0';
		text++;
	}
	return addr_parse(text, addr);
}

/* GROUP, or GROUP:PORT */
static bool read_group(char *text, struct addr *group, unsigned long *port)
{
	char *colon = *text == '[' ? strstr(text, "]:") : strrchr(text, ':'), *end;

	if (read_address(text, group))
		return true;
	if (!colon)
		return false;
	colon += *colon == ']';
	*colon = '\0';
	*port = strtoul(colon + 1, &end, 10);
	return colon[1] && !*end && *port <= UINT16_MAX && read_address(text, group);
}

static bool read_url(const char *url, struct sg *sg, unsigned long *port)
{
	char *copy = strdup(url + strlen("amt://")), *group = copy, *source;
	bool fine;

	source = strsep(&group, "@");
	fine = group && read_address(source, &sg->source) && read_group(group, &sg->group, port);
	free(copy);
	return fine;
}

static bool read_channel(struct job *job)
{
	const struct cli *cli = job->cli;
	struct sg *sg = &job->receive.sg;
	bool fine = false;

	if (cli->argument_count == 2)
		fine = addr_parse(cli->arguments[0], &sg->source) &&
		       addr_parse(cli->arguments[1], &sg->group);
	else if (cli->argument_count == 1 && !strncmp(cli->arguments[0], "amt://", 6))
		fine = read_url(cli->arguments[0], sg, &job->port);
	if (fine && sg_is_forwardable(sg))
		return true;
	text_error("usage: mcingest receive SOURCE GROUP, or amt://SOURCE@GROUP:PORT, both of one "
		   "family");
	return false;
}

static bool read_numbers(struct job *job)
{
	const struct cli *cli = job->cli;

	return options_number(cli, CLI_PORT, 1, UINT16_MAX, job->port, &job->port) &&
	       options_number(cli, CLI_COUNT, 1, UINT32_MAX, 0, &job->count) &&
	       options_number(cli, CLI_SECONDS, 1, UINT32_MAX, 0, &job->seconds);
}

/* Stdout becomes the player's, and what is printed goes to stderr. */
static int take_stdout(void)
{
	int output = dup(STDOUT_FILENO);

	dup2(STDERR_FILENO, STDOUT_FILENO);
	return output;
}

static bool open_outputs(struct job *job)
{
	const char *file = job->cli->values[CLI_OUTPUT], *capture = job->cli->values[CLI_WRITE];
	char error[256];

	job->output = -1;
	if (file && strcmp(file, "-") == 0)
		job->output = take_stdout();
	else if (file)
		job->output = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (file && job->output < 0) {
		text_error("cannot write %s: %s", file, strerror(errno));
		return false;
	}
	job->recording = capture ? recording_open(capture, error, sizeof(error)) : NULL;
	if (capture && !job->recording)
		text_error("%s", error);
	return !capture || job->recording;
}

/* The daemon's tunnels */

static void note_tunnels(struct job *job)
{
	char *why = NULL;
	json_t *reply =
		client_try(job->cli, json_pack("{s:s}", "command", "tunnels"), PATIENCE, &why);
	const json_t *tunnel;
	size_t i;

	free(why);
	json_array_foreach (json_object_get(reply, "tunnels"), i, tunnel) {
		struct addr relay;

		if (!addr_parse(text_string(tunnel, "relay"), &relay))
			continue;
		job->daemon_has_tunnels = true;
		if (!strcmp(text_string(tunnel, "p_flag"), LINUX_P_FLAG) &&
		    job->avoided_count < AVOIDED_MAX)
			job->avoided[job->avoided_count++] = relay;
	}
	json_decref(reply);
}

/* What happens */

static bool changed(void *owner, const struct receive *receive)
{
	const struct job *job = owner;

	if (!job->cli->json)
		receive_view_state(receive);
	return receive->channel->state != CHANNEL_FAILED;
}

static bool write_payload(struct job *job, struct cursor bytes)
{
	const uint8_t *at = bytes.at;

	while (at < bytes.end) {
		ssize_t written = write(job->output, at, bytes.end - at);

		if (written < 0 && errno == EINTR)
			continue;
		if (written < 0) {
			if (errno != EPIPE)
				text_error("cannot write the payload: %s", strerror(errno));
			job->failed = errno != EPIPE;
			return false;
		}
		at += written;
	}
	return true;
}

static bool payload(void *owner, const struct payload *payload)
{
	struct job *job = owner;

	if (job->recording)
		recording_write(job->recording, payload->datagram);
	if (job->output >= 0 && !write_payload(job, payload->bytes))
		return false;
	return !job->count || job->receive.stream.packets < job->count;
}

static bool second(void *owner)
{
	struct job *job = owner;
	const struct receive *receive = &job->receive;
	usec_t now = job->gateway.timers.now;
	usec_t since = receive->stream.last ? receive->stream.last : receive->started;

	if (!job->cli->json)
		receive_view_second(receive, &job->interval);
	if (job->seconds && now - receive->started >= job->seconds * USEC_PER_SEC)
		return false;
	return job->seconds || now - since < SILENCE * USEC_PER_SEC;
}

static const struct receive_actions actions = {
	.changed = changed, .payload = payload, .second = second};

/* The relay that the user names counts alone. */
static bool take_relay(struct job *job)
{
	const char *text = job->cli->values[CLI_RELAY];
	struct driad_options *options = &job->gateway.options;
	struct addr relay;

	if (!text)
		return true;
	if (!addr_parse(text, &relay) || addr_is_martian(&relay)) {
		text_error("'%s' is not the address of a relay", text);
		return false;
	}
	driad_options_free(options);
	*options =
		(struct driad_options){.ways = {DRIAD_CONFIGURED}, .way_count = 1, .rule_count = 1};
	options->rules = memory_new(sizeof(*options->rules));
	options->rules->sources = (struct prefix){job->receive.sg.source,
						  addr_length(job->receive.sg.source.family) * 8};
	options->rules->record = (struct amtrelay){
		.type = relay.family == AF_INET ? AMTRELAY_IPV4 : AMTRELAY_IPV6, .relay = relay};
	return true;
}

static void close_outputs(struct job *job)
{
	if (!recording_close(job->recording)) {
		text_error("cannot write %s", job->cli->values[CLI_WRITE]);
		job->failed = true;
	}
	if (job->output >= 0 && close(job->output)) {
		text_error("cannot write the payload: %s", strerror(errno));
		job->failed = true;
	}
}

static enum cli_status end(struct job *job)
{
	const struct receive *receive = &job->receive;
	bool enough = receive->stream.packets && receive->stream.packets >= job->count;

	if (job->cli->json)
		receive_view_json(receive);
	else
		receive_view_end(receive, job->daemon_has_tunnels);
	close_outputs(job);
	return enough && !job->failed ? CLI_OK : CLI_FAILED;
}

static enum cli_status run(struct job *job)
{
	enum cli_status status;

	note_tunnels(job);
	job->gateway.avoided = job->avoided;
	job->gateway.avoided_count = job->avoided_count;
	job->receive.gateway = &job->gateway;
	job->receive.actions = &actions;
	job->receive.owner = job;
	job->receive.port = job->port;
	receive_run(&job->receive);
	status = end(job);
	receive_end(&job->receive);
	return status;
}

static enum cli_status open_and_run(struct job *job)
{
	enum cli_status status = CLI_FAILED;
	char error[256];

	if (!gateway_open(&job->gateway, &job->config, error, sizeof(error)))
		text_error("%s", error);
	else if (!take_relay(job))
		status = CLI_USAGE;
	else if (open_outputs(job))
		status = run(job);
	gateway_close(&job->gateway);
	return status;
}

enum cli_status command_receive(const struct cli *cli)
{
	struct job *job = memory_new(sizeof(*job));
	enum cli_status status = CLI_USAGE;

	job->cli = cli;
	log_set_level(LOG_LEVEL_ERROR);
	if (read_channel(job) && read_numbers(job)) {
		signal(SIGPIPE, SIG_IGN);
		if (alone_read_config(cli, &job->config))
			status = open_and_run(job);
		config_free(&job->config);
	}
	free(job);
	return status;
}
