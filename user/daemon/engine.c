/* SPDX-License-Identifier: BSD-2-Clause */
#include "daemon/engine.h"
#include "base/log.h"
#include "daemon/options.h"
#include "io/descriptors.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#define DESCRIPTORS_OTHER 256

void engine_refused(struct engine *engine, enum protocol protocol, enum fault fault,
		    const struct addr *from)
{
	char text[ADDR_TEXT];

	engine->refused[protocol][fault]++;
	if (fault == FAULT_LIMIT || fault == FAULT_INTERFACE)
		return; /* which, the log has from who knows it */
	if (fault == FAULT_UNREACHABLE)
		log_debug("%s: what is sent to %s is refused: ICMP unreachable",
			  protocol_name(protocol), addr_format(from, text));
	else
		log_warning("%s: message from %s refused: %s", protocol_name(protocol),
			    addr_format(from, text), fault_name(fault));
}

/* DNS */

static void answered(void *owner, const struct dns_answer *answer)
{
	driad_answer(owner, answer);
}

void *engine_ask(struct driad_question *question)
{
	struct engine *engine = question->lookup->context;

	return resolver_ask(engine->resolver, question->name, question->type, answered, question);
}

void engine_cancel(void *query)
{
	resolver_cancel(query);
}

void engine_lookup_refused(struct driad_lookup *lookup, enum fault fault)
{
	struct engine *engine = lookup->context;
	char text[ADDR_TEXT];

	engine->refused[PROTOCOL_DNS][fault]++;
	log_warning("dns: record for source %s refused: %s", addr_format(&lookup->source, text),
		    fault_name(fault));
}

/* The dataplane's events. The programs' clock is the loop's: CLOCK_MONOTONIC. */

static void observed_pim(void *context, uint32_t ifindex, uint64_t time_ns, struct cursor packet)
{
	struct engine *engine = context;

	engine->seen = time_ns / 1000;
	lan_observed_pim(engine, ifindex, packet);
}

static void observed_membership(void *context, uint32_t ifindex, uint64_t time_ns,
				struct cursor packet)
{
	struct engine *engine = context;

	engine->seen = time_ns / 1000;
	hosts_observed(engine, ifindex, packet);
}

static void first_packet(void *context, uint32_t slot, uint64_t time_ns)
{
	struct engine *engine = context;
	struct channel *channel = channel_table_at(&engine->channels, slot);

	if (!channel)
		return;
	channel_first_packet(channel, time_ns / 1000);
	traffic_look(engine, channel); /* RTP's losses count from its first number */
}

static void moved(void *context, uint32_t slot, uint64_t time_ns)
{
	struct engine *engine = context;
	struct channel *channel = channel_table_at(&engine->channels, slot);

	(void)time_ns;
	if (channel)
		channel_moved(channel);
}

static void observed_rival(void *context, uint32_t ifindex, uint32_t slot)
{
	struct engine *engine = context;
	const struct channel *channel = channel_table_at(&engine->channels, slot);

	if (channel)
		lan_observed_rival(engine, ifindex, &channel->sg);
}

static void observed_ready(void *owner, uint32_t events)
{
	struct engine *engine = owner;

	(void)events;
	dataplane_dispatch(engine->dataplane);
}

/* Starting, in the order in which data will flow */

/* A tunnel's socket and its discovery's, the questions of the resolver and of the one it may
 * replace, counters, and all others. */
static void allow_descriptors(const struct config *config)
{
	unsigned long most, wanted = 2ul * config->max_tunnels + 2ul * RESOLVER_SOCKETS +
				     config->max_channels / MCI_STATS_CHUNK + DESCRIPTORS_OTHER;

	if (!descriptors_allow(wanted, &most))
		log_warning("may have %lu files open, of %lu that its limits may need: "
			    "raise LimitNOFILE, or ulimit -n",
			    most, wanted);
}

static bool start_dataplane(struct engine *engine)
{
	struct dataplane_limits limits = {.channels = engine->config->max_channels,
					  .tunnels = engine->config->max_tunnels};
	struct dataplane_events events = {.context = engine,
					  .pim = observed_pim,
					  .membership = observed_membership,
					  .first_packet = first_packet,
					  .moved = moved,
					  .rival = observed_rival};
	static const enum dataplane_choice choices[CONFIG_MODE_COUNT] = {
		[CONFIG_MODE_AUTO] = DATAPLANE_AUTO,
		[CONFIG_MODE_XDP] = DATAPLANE_XDP,
		[CONFIG_MODE_TC] = DATAPLANE_TC,
	};
	int error = dataplane_open(&engine->dataplane, &limits, &events);

	dataplane_choose(engine->dataplane, choices[engine->config->mode]);
	if (error || !links_attach(engine)) {
		log_error("%s", dataplane_error(engine->dataplane));
		return false;
	}
	engine->observed = loop_watch(engine->loop, dataplane_events_fd(engine->dataplane), EPOLLIN,
				      observed_ready, engine);
	return engine->observed;
}

static bool start_resolver(struct engine *engine)
{
	const struct config *config = engine->config;
	struct resolver_options options = {
		.servers = (const char *const *)config->dns_servers,
		.server_count = config->dns_server_count,
		.trust_anchor = config->dnssec == CONFIG_DNSSEC_OFF ? NULL : config->trust_anchor,
		.timeout = config->dns_timeout,
	};
	char error[256];

	engine->resolver =
		resolver_new(engine->loop, &engine->timers, &options, error, sizeof(error));
	if (!engine->resolver)
		log_error("%s", error);
	return engine->resolver;
}

static bool start_control(struct engine *engine)
{
	const char *path = engine->config->control_socket;
	int error = control_open(&engine->control, engine->loop, &engine->timers, path,
				 requests_handle, requests_gone, engine);

	if (error == -EADDRINUSE)
		log_error("another mcingestd answers on %s: stop it, or give --socket", path);
	else if (error)
		log_error("cannot listen on %s: %s", path, strerror(-error));
	return !error;
}

static void start_secret(struct engine *engine)
{
	const char *folder = engine->config->state;
	int error = secret_open(folder, &engine->secret);

	if (error)
		log_warning(
			"cannot keep the tunnels' ports in %s: %s. After a restart relays may not "
			"answer for minutes: make the folder writable, or name another by "
			"'state' in [daemon]",
			folder, strerror(error));
}

static void start_tables(struct engine *engine)
{
	engine->channels = (struct channel_table){.timers = &engine->timers,
						  .actions = &relays_channel_actions,
						  .context = engine,
						  .element_size = relays_element_size,
						  .limit = engine->config->max_channels,
						  .linger = engine->config->linger};
	channel_table_init(&engine->channels);
	engine->driad_options = options_driad(engine->config);
	relays_start(engine);
	engine->tunnels = (struct amt_tunnels){.timers = &engine->timers,
					       .actions = &tunnels_actions,
					       .context = engine,
					       .limit = engine->config->max_tunnels,
					       .hold_down = engine->config->tunnels.hold_down,
					       .pace = {.timers = &engine->timers,
							.rate = engine->config->new_relays,
							.unanswered = engine->config->unanswered}};
	datagrams_start(&engine->pim_datagrams, engine, PROTOCOL_PIM);
	datagrams_start(&engine->host_datagrams, engine, PROTOCOL_MEMBERSHIP);
	traffic_start(engine);
	watch_start(engine);
}

static bool start_lans(struct engine *engine)
{
	for (unsigned i = 0; i < engine->lan_count; i++)
		if (!lan_start(&engine->lans[i]))
			return false;
	return true;
}

bool engine_start(struct engine *engine, const struct config *config)
{
	*engine = (struct engine){.config = config};
	engine->pim_options = options_pim(config);
	if (geteuid()) {
		log_error("needs root: it loads BPF programs and opens raw sockets");
		return false;
	}
	allow_descriptors(config);
	engine->loop = loop_new(&engine->timers);
	if (!engine->loop) {
		log_error("cannot make an event loop: %s", strerror(errno));
		return false;
	}
	engine->started = engine->timers.now;
	start_secret(engine);
	start_tables(engine);
	/* The socket first: where another daemon runs, its programs must not be touched. */
	if (!links_find(engine) || !start_control(engine) || !start_resolver(engine) ||
	    !slowpath_start(engine) || !start_dataplane(engine) || !start_lans(engine) ||
	    !links_watch(engine))
		return false;
	adopt_leftovers(engine);
	warm_start(engine);
	return true;
}

void engine_stop(struct engine *engine)
{
	netlink_monitor_close(engine->monitor);
	for (unsigned i = 0; i < engine->lan_count; i++)
		lan_stop(&engine->lans[i]);
	if (engine->channels.by_slot)
		channel_table_free(&engine->channels);
	driad_sources_free(&engine->sources);
	warm_stop(engine);
	amt_tunnels_close(&engine->tunnels);
	requests_cancel_all(engine);
	control_close(engine->control);
	resolver_free(engine->resolver);
	options_driad_free(&engine->driad_options);
	slowpath_stop(engine);
	loop_unwatch(engine->observed);
	dataplane_close(engine->dataplane);
	loop_free(engine->loop);
	datagrams_stop(&engine->pim_datagrams);
	datagrams_stop(&engine->host_datagrams);
	timers_free(&engine->timers);
}
