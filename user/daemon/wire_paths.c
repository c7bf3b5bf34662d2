/* SPDX-License-Identifier: BSD-2-Clause */
#include "daemon/wire_paths.h"
#include "base/log.h"
#include "base/reason.h"
#include "daemon/endpoints.h"
#include "daemon/state.h"
#include "forward/admission.h"
#include "forward/forward.h"
#include "forward/slow_path.h"
#include "forward/watch.h"
#include "lan/lan.h"
#include "path/path.h"

/* DNS */

static void answered(void *owner, const struct dns_answer *answer)
{
	const struct driad_question *question = owner;
	char text[REASON_TEXT];
	const char *fault =
		reason_format(driad_answer_fault(question, answer), answer->detail, text);

	log_event(LOG_LEVEL_DEBUG, log_about(.source = &question->lookup->source),
		  "dns: type %u of %s: %u records%s%s", question->type, question->name,
		  answer->count, fault ? ": " : "", fault ? fault : "");
	driad_answer(owner, answer);
}

static void *ask(struct driad_question *question)
{
	struct engine *engine = question->lookup->context;

	log_event(LOG_LEVEL_DEBUG, log_about(.source = &question->lookup->source),
		  "dns: type %u of %s is asked for", question->type, question->name);
	return resolver_ask(engine->resolver, question->name, question->type, answered, question);
}

static void cancel(void *query)
{
	resolver_cancel(query);
}

static void record_rejected(struct driad_lookup *lookup, enum fault fault)
{
	struct engine *engine = lookup->context;
	char text[ADDR_TEXT];

	engine->rejected.counts[PROTOCOL_DNS][fault]++;
	log_warning("dns: record for source %s rejected: %s", addr_format(&lookup->source, text),
		    fault_name(fault));
}

/* Tunnels */

static void tunnel_opened(void *context, struct amt_tunnel *tunnel)
{
	const struct amt_endpoint *endpoint = &tunnel->endpoint;
	struct engine *engine = context;
	char text[2][ADDR_TEXT];

	if (dataplane_set_tunnel(engine->dataplane, &endpoint->local, endpoint->local_port,
				 &tunnel->relay, AMT_PORT))
		log_warning("%s", dataplane_error(engine->dataplane));
	log_event(LOG_LEVEL_NOTICE, log_about(.message = LOG_TUNNEL, .relay = &tunnel->relay),
		  "tunnel to relay %s from %s port %u", addr_format(&tunnel->relay, text[0]),
		  addr_format(&endpoint->local, text[1]), endpoint->local_port);
}

static void tunnel_closed(void *context, struct amt_tunnel *tunnel)
{
	struct engine *engine = context;
	char text[ADDR_TEXT];

	dataplane_remove_tunnel(engine->dataplane, &tunnel->endpoint.local,
				tunnel->endpoint.local_port);
	log_event(LOG_LEVEL_NOTICE,
		  log_about(.message = LOG_TUNNEL_CLOSED, .relay = &tunnel->relay),
		  "tunnel to relay %s closed", addr_format(&tunnel->relay, text));
}

static void tunnel_data(void *context, struct amt_tunnel *tunnel, struct cursor data)
{
	struct engine *engine = context;

	slow_path_take(&engine->forward, tunnel, data);
}

static void message_rejected(void *context, const struct addr *peer, enum protocol protocol,
			     enum fault fault)
{
	struct engine *engine = context;

	rejected_count(&engine->rejected, protocol, fault, peer);
}

static const struct amt_tunnels_actions tunnels_actions = {.opened = tunnel_opened,
							   .closed = tunnel_closed,
							   .data = tunnel_data,
							   .rejected = message_rejected};

/* Channels */

/* The texts are only made for lines that are written. */
static void log_channel(const struct channel *channel)
{
	const char *state = channel_state_name(channel->state);
	const struct addr *relay = path_relay(channel);
	char sg[SG_TEXT], text[ADDR_TEXT], reason[REASON_TEXT];

	if (channel->reason)
		log_event(LOG_LEVEL_WARNING,
			  log_about(.message = LOG_CHANNEL_FAILED, .sg = &channel->sg,
				    .relay = relay),
			  "%s %s: %s", sg_format(&channel->sg, sg), state,
			  reason_format(channel->reason, channel->detail, reason));
	else
		log_event(LOG_LEVEL_NOTICE,
			  log_about(.message = LOG_CHANNEL, .sg = &channel->sg, .relay = relay),
			  "%s %s%s%s", sg_format(&channel->sg, sg), state, relay ? ", relay " : "",
			  relay ? addr_format(relay, text) : "");
}

static void channel_moves(const struct channel *channel)
{
	const struct addr *other = path_other_relay(channel);
	char sg[SG_TEXT], text[ADDR_TEXT];

	log_event(LOG_LEVEL_DEBUG,
		  log_about(.message = LOG_MOVE, .sg = &channel->sg, .relay = other),
		  "%s move: %s%s%s", sg_format(&channel->sg, sg), channel_move_name(channel->move),
		  other ? ", to relay " : "", other ? addr_format(other, text) : "");
}

static void channel_changed(const struct channel *channel)
{
	struct engine *engine = forward_of(channel)->context;

	log_channel(channel);
	watch_changed(channel);
	lans_interest_changed(&engine->lans, &channel->sg);
}

static void channel_closed(const struct channel *channel)
{
	char text[SG_TEXT];

	forward_closed(channel);
	log_event(LOG_LEVEL_NOTICE, log_about(.message = LOG_CHANNEL_CLOSED, .sg = &channel->sg),
		  "%s closed", sg_format(&channel->sg, text));
}

static const struct channel_actions channel_actions = {PATH_CHANNEL_ACTIONS,
						       .forward = forward_put,
						       .stop_forwarding = forward_remove,
						       .relay = path_relay,
						       .other_relay = path_other_relay,
						       .admit = admission_admit,
						       .changed = channel_changed,
						       .move_changed = channel_moves,
						       .closed = channel_closed};

void wire_paths(struct engine *engine)
{
	const struct config *config = engine->config;

	engine->paths = (struct paths){
		.timers = &engine->timers,
		.channels = {.timers = &engine->timers,
			     .actions = &channel_actions,
			     .context = &engine->forward,
			     .element_size = sizeof(struct forward_channel),
			     .limit = config->max_channels,
			     .linger = config->linger},
		.sources = {.timers = &engine->timers,
			    .actions = {.ask = ask, .cancel = cancel, .refused = record_rejected},
			    .options = &engine->driad_options,
			    .context = engine,
			    .pace = {.rate = config->discoveries,
				     .share = config->network_discoveries},
			    .limit = config->max_channels},
		.protect = config->relays.protect,
		.tunnels = {.timers = &engine->timers,
			    .actions = &tunnels_actions,
			    .endpoint_actions = &endpoints_actions,
			    .context = engine,
			    .limit = config->max_tunnels,
			    .hold_down = config->tunnels.hold_down,
			    .pace = {.timers = &engine->timers,
				     .rate = config->new_relays,
				     .unanswered = config->unanswered}},
	};
	paths_init(&engine->paths);
}
