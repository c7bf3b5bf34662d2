/* SPDX-License-Identifier: BSD-2-Clause */
#include "channel/channel.h"
#include "base/random.h"
#include "channel/table.h"

const char *channel_state_name(enum channel_state state)
{
	static const char *const names[CHANNEL_STATES] = {
		[CHANNEL_DISCOVERING] = "discovering", [CHANNEL_CONNECTING] = "connecting",
		[CHANNEL_JOINED] = "joined",           [CHANNEL_RECEIVING] = "receiving",
		[CHANNEL_FAILED] = "failed",
	};

	return state < CHANNEL_STATES ? names[state] : "unknown";
}

static const struct channel_actions *actions(const struct channel *channel)
{
	return channel->table->actions;
}

static usec_t now(const struct channel *channel)
{
	return channel->table->timers->now;
}

/* The one place where a state changes. */
static void change_state(struct channel *channel, enum channel_state state, const char *reason)
{
	bool hidden = channel->state == CHANNEL_FAILED && state < CHANNEL_JOINED;

	if (hidden || (channel->state == state && channel->reason == reason))
		return;
	if (channel->state != state)
		channel->since = now(channel);
	channel->state = state;
	channel->reason = reason;
	actions(channel)->changed(channel);
}

static void discover(struct channel *channel)
{
	channel->relay_count = channel->relays_tried = 0;
	channel->trace = (struct channel_trace){.join_seen = channel->trace.join_seen};
	change_state(channel, CHANNEL_DISCOVERING, NULL);
	actions(channel)->discover(channel);
}

static void retry_due(struct timer *timer)
{
	discover(container_of(timer, struct channel, retry));
}

static void fail(struct channel *channel, const char *reason)
{
	timer_start(
		channel->table->timers, &channel->retry,
		random_backoff(CHANNEL_RETRY_INITIAL, CHANNEL_RETRY_MAXIMUM, channel->failures++));
	change_state(channel, CHANNEL_FAILED, reason);
}

static void stop_forwarding(struct channel *channel)
{
	if (channel->forwarding)
		actions(channel)->stop_forwarding(channel);
	channel->forwarding = false;
}

static void connect_next(struct channel *channel)
{
	unsigned relay = channel->relays_tried++;

	change_state(channel, CHANNEL_CONNECTING, NULL);
	actions(channel)->connect(channel, relay);
}

void channel_open(struct channel *channel, usec_t seen)
{
	channel->retry.fn = retry_due;
	channel->since = now(channel);
	channel->trace.join_seen = seen;
	meter_begin(&channel->meter, now(channel), &(struct meter_count){0});
	actions(channel)->changed(channel);
	discover(channel);
}

void channel_adopt(struct channel *channel, bool receiving)
{
	channel->retry.fn = retry_due;
	channel->state = receiving ? CHANNEL_RECEIVING : CHANNEL_JOINED;
	channel->since = now(channel);
	channel->trace.join_seen = now(channel);
	channel->forwarding = true;
	actions(channel)->changed(channel);
}

void channel_close(struct channel *channel)
{
	timer_stop(channel->table->timers, &channel->retry);
	stop_forwarding(channel);
	actions(channel)->disconnect(channel);
	actions(channel)->closed(channel);
}

uint32_t channel_egress(const struct channel *channel)
{
	return channel->interfaces & ~channel->lost;
}

bool channel_is_reported(const struct channel *channel)
{
	return channel->state == CHANNEL_JOINED || channel->state == CHANNEL_RECEIVING;
}

void channel_interfaces_changed(struct channel *channel)
{
	if (channel->forwarding)
		actions(channel)->forward(channel);
}

void channel_relays_found(struct channel *channel, unsigned count)
{
	channel->relay_count = count;
	channel->trace.dns_answered = now(channel);
	connect_next(channel);
}

void channel_discovery_failed(struct channel *channel, const char *reason)
{
	channel->trace.dns_answered = now(channel);
	fail(channel, reason);
}

void channel_tunnel_up(struct channel *channel)
{
	channel->trace.tunnel_up = now(channel);
	channel->forwarding = true;
	actions(channel)->forward(channel);
}

void channel_reported(struct channel *channel)
{
	channel->trace.update_sent = now(channel);
	channel->failures = 0;
	if (channel->state != CHANNEL_RECEIVING)
		change_state(channel, CHANNEL_JOINED, NULL);
}

/* Data may come before our own first report of this attempt: the relay may still remember us. */
void channel_first_packet(struct channel *channel, usec_t seen)
{
	if (channel->state == CHANNEL_RECEIVING || !channel->forwarding)
		return;
	channel->trace.first_packet = seen;
	change_state(channel, CHANNEL_RECEIVING, NULL);
}

void channel_tunnel_failed(struct channel *channel, const char *reason)
{
	stop_forwarding(channel);
	if (channel->relays_tried < channel->relay_count)
		connect_next(channel);
	else
		fail(channel, reason);
}
