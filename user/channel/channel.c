/* SPDX-License-Identifier: BSD-2-Clause */
#include "channel/channel.h"
#include "base/memory.h"
#include "base/random.h"
#include "channel/table.h"

#include <stdlib.h>

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

/* States */

static const struct addr *relay_of(const struct channel *channel)
{
	return actions(channel)->relay ? actions(channel)->relay(channel) : NULL;
}

static const struct addr *other_relay_of(const struct channel *channel)
{
	return actions(channel)->other_relay ? actions(channel)->other_relay(channel) : NULL;
}

static void note_change(struct channel *channel, const struct addr *relay)
{
	history_note(&channel->history,
		     &(struct history_change){.at = now(channel),
					      .reason = channel->reason,
					      .state = channel->state,
					      .move = channel->move},
		     relay);
}

void channel_change_move(struct channel *channel, enum channel_move move)
{
	const struct addr *other;

	if (channel->move == move)
		return;
	channel->move = move;
	other = other_relay_of(channel);
	note_change(channel, other ? other : relay_of(channel));
	if (actions(channel)->move_changed)
		actions(channel)->move_changed(channel);
}

static void enter(struct channel *channel, enum channel_state state)
{
	if (channel->state != state)
		channel->since = now(channel);
	channel->table->states[channel->state]--;
	channel->table->states[state]++;
	channel->state = state;
}

static void change(struct channel *channel, enum channel_state state, const char *reason,
		   const char *detail)
{
	bool hidden = channel->state == CHANNEL_FAILED && state < CHANNEL_JOINED;

	if (hidden || (channel->state == state && channel->reason == reason &&
		       memory_is_same_text(channel->detail, detail)))
		return;
	enter(channel, state);
	channel->reason = reason;
	free(channel->detail);
	channel->detail = detail ? memory_copy_text(detail) : NULL;
	note_change(channel, relay_of(channel));
	actions(channel)->changed(channel);
}

void channel_change_state(struct channel *channel, enum channel_state state, const char *reason)
{
	change(channel, state, reason, NULL);
}

static void reach(struct channel *channel, enum channel_step step, usec_t moment)
{
	channel_trace_step(&channel->trace, channel->table->steps, step, moment);
}

void channel_wait(struct channel *channel, usec_t delay)
{
	timer_start(channel->table->timers, &channel->retry, delay);
}

static void discover(struct channel *channel)
{
	channel_trace_retry(&channel->trace);
	channel_change_state(channel, CHANNEL_DISCOVERING, NULL);
	actions(channel)->discover(channel);
}

static void fail(struct channel *channel, const char *reason, const char *detail)
{
	tally_count(&channel->table->failures, reason);
	channel_wait(channel,
		     random_backoff(CHANNEL_RETRY_INITIAL, CHANNEL_RETRY_MAX, channel->failures++));
	change(channel, CHANNEL_FAILED, reason, detail);
}

void channel_forward(struct channel *channel)
{
	channel->forwarding = true;
	actions(channel)->forward(channel);
}

static void stop_forwarding(struct channel *channel)
{
	if (channel->forwarding)
		actions(channel)->stop_forwarding(channel);
	channel->forwarding = false;
}

/* The channel's life */

static void retry_due(struct timer *timer)
{
	struct channel *channel = container_of(timer, struct channel, retry);

	if (channel->forwarding)
		channel_move_step(channel);
	else
		discover(channel);
}

static bool is_to_be_protected(const struct channel *channel)
{
	return actions(channel)->protects && actions(channel)->protects(channel);
}

static void forget_relays(struct channel *channel)
{
	channel_change_move(channel, CHANNEL_STAYING);
	channel->silent = channel->homeless = channel->unwelcome = false;
	channel->other_unwelcome = false;
	channel->mute = CHANNEL_MUTE_NONE;
}

static void halt(struct channel *channel)
{
	channel->halted = true;
	timer_stop(channel->table->timers, &channel->retry);
	stop_forwarding(channel);
	actions(channel)->disconnect(channel);
	forget_relays(channel);
	tally_count(&channel->table->failures, channel->why_stopped);
	channel_change_state(channel, CHANNEL_FAILED, channel->why_stopped);
}

static void go_on(struct channel *channel)
{
	channel->halted = false;
	discover(channel);
}

void channel_open(struct channel *channel, usec_t seen)
{
	channel->protect = is_to_be_protected(channel);
	channel->retry.fn = retry_due;
	channel->since = now(channel);
	channel->trace = channel_trace_begin(seen);
	note_change(channel, relay_of(channel));
	meter_begin(&channel->meter, now(channel), &(struct meter_count){0});
	if (channel_is_stopped(channel)) {
		halt(channel);
		return;
	}
	actions(channel)->changed(channel);
	discover(channel);
}

void channel_adopt(struct channel *channel, bool receiving)
{
	channel->protect = is_to_be_protected(channel);
	channel->retry.fn = retry_due;
	enter(channel, receiving ? CHANNEL_RECEIVING : CHANNEL_JOINED);
	channel->trace = channel_trace_adopt(now(channel));
	note_change(channel, relay_of(channel));
	channel->forwarding = true;
	actions(channel)->changed(channel);
}

void channel_close(struct channel *channel)
{
	timer_stop(channel->table->timers, &channel->retry);
	stop_forwarding(channel);
	actions(channel)->disconnect(channel);
	actions(channel)->closed(channel);
	free(channel->detail);
	history_free(&channel->history);
}

uint32_t channel_egress(const struct channel *channel)
{
	return channel->interfaces & ~channel->lost & ~channel->stopped;
}

bool channel_is_stopped(const struct channel *channel)
{
	return channel->interfaces && !(channel->interfaces & ~channel->stopped);
}

bool channel_is_reported(const struct channel *channel)
{
	return channel->state == CHANNEL_JOINED || channel->state == CHANNEL_RECEIVING;
}

void channel_interfaces_changed(struct channel *channel)
{
	bool stopped = channel_is_stopped(channel);

	if (stopped && !channel->halted)
		halt(channel);
	else if (!stopped && channel->halted)
		go_on(channel);
	else if (channel->forwarding)
		channel_forward(channel);
}

/* The attempts come spread, as those of a single failure do. */
void channel_return(struct channel *channel)
{
	if (channel->state != CHANNEL_FAILED || !channel->retry.slot)
		return;
	channel->failures = 0;
	channel_wait(channel, random_between(0, CHANNEL_RETRY_INITIAL));
}

/* Events on the way to a relay */

void channel_relays_found(struct channel *channel, unsigned count)
{
	channel->relay_count = count;
	if (!channel->forwarding) {
		timer_stop(channel->table->timers, &channel->retry);
		reach(channel, CHANNEL_STEP_DNS, now(channel));
		channel_change_state(channel, CHANNEL_CONNECTING, NULL);
	}
	actions(channel)->connect(channel);
}

void channel_not_connected(struct channel *channel, const char *reason)
{
	if (channel->forwarding)
		channel_abandon_other(channel, false);
	else
		fail(channel, reason, NULL);
}

void channel_discovery_failed(struct channel *channel, const char *reason, const char *detail)
{
	if (channel->forwarding) {
		channel_abandon_other(channel, false);
		return;
	}
	channel->relay_count = 0;
	reach(channel, CHANNEL_STEP_DNS, now(channel));
	fail(channel, reason, detail);
}

void channel_tunnel_up(struct channel *channel, bool other)
{
	if (other && channel->move == CHANNEL_SEEKING)
		channel_change_move(channel, CHANNEL_TRYING);
	else if (!channel->forwarding)
		reach(channel, CHANNEL_STEP_TUNNEL, now(channel));
	channel_forward(channel);
}

void channel_reported(struct channel *channel, bool other)
{
	if (other) {
		channel_await_other(channel);
		return;
	}
	reach(channel, CHANNEL_STEP_UPDATE, now(channel));
	channel->failures = 0;
	if (channel->state == CHANNEL_RECEIVING) {
		channel_want_second(channel);
		return;
	}
	channel_change_state(channel, CHANNEL_JOINED, NULL);
	channel->silent = true;
	channel_stay(channel);
}

static void lose_relay(struct channel *channel, const char *reason)
{
	bool sought = channel->move == CHANNEL_SEEKING;

	stop_forwarding(channel);
	forget_relays(channel);
	if (!sought && channel->relay_count <= 1) {
		fail(channel, reason, NULL);
		return;
	}
	tally_count(&channel->table->moves, CHANNEL_RELAY_FAILED);
	timer_stop(channel->table->timers, &channel->retry);
	channel_change_state(channel, CHANNEL_CONNECTING, NULL);
	if (!sought)
		actions(channel)->discover(channel);
}

void channel_tunnel_failed(struct channel *channel, bool other, const char *reason)
{
	bool has_other = channel->move == CHANNEL_TRYING || channel->move == CHANNEL_OVERLAPPING ||
			 channel->move == CHANNEL_PROTECTED;

	if (other)
		channel_abandon_other(channel, false);
	else if (has_other)
		channel_change_over(channel, CHANNEL_RELAY_FAILED);
	else
		lose_relay(channel, reason);
}

/* Events of the data */

/* Data may come before the first report of this attempt: the relay may still remember us. */
void channel_first_packet(struct channel *channel, usec_t seen)
{
	if (channel->state == CHANNEL_RECEIVING || !channel->forwarding)
		return;
	reach(channel, CHANNEL_STEP_FIRST_PACKET, seen);
	channel_flows(channel);
}

void channel_flows(struct channel *channel)
{
	bool was_silent = channel->silent;

	if (!channel->forwarding)
		return;
	channel->silent = false;
	if (!channel_is_restless(channel))
		channel->silences = 0;
	channel_change_state(channel, CHANNEL_RECEIVING, NULL);
	if (!was_silent && channel->protect)
		return;
	if (channel->move == CHANNEL_STAYING && !channel_is_restless(channel))
		channel_stay(channel);
	channel_protect_look(channel);
}

void channel_is_silent(struct channel *channel)
{
	if (!channel->forwarding || channel->silent)
		return;
	channel->silent = true;
	channel_change_state(channel, CHANNEL_JOINED, "relay sends no data");
	if (channel->move == CHANNEL_STAYING)
		channel_stay(channel);
	channel_protect_look(channel);
}
