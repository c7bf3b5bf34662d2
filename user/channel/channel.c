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

const char *channel_move_name(enum channel_move move)
{
	static const char *const names[] = {
		[CHANNEL_STAYING] = "staying",   [CHANNEL_SEEKING] = "seeking",
		[CHANNEL_TRYING] = "trying",     [CHANNEL_OVERLAPPING] = "overlapping",
		[CHANNEL_DRAINING] = "draining",
	};

	return names[move];
}

static const struct channel_actions *actions(const struct channel *channel)
{
	return channel->table->actions;
}

static usec_t now(const struct channel *channel)
{
	return channel->table->timers->now;
}

static void enter(struct channel *channel, enum channel_state state)
{
	if (channel->state != state)
		channel->since = now(channel);
	channel->table->states[channel->state]--;
	channel->table->states[state]++;
	channel->state = state;
}

static void change_state(struct channel *channel, enum channel_state state, const char *reason)
{
	bool hidden = channel->state == CHANNEL_FAILED && state < CHANNEL_JOINED;

	if (hidden || (channel->state == state && channel->reason == reason))
		return;
	enter(channel, state);
	channel->reason = reason;
	actions(channel)->changed(channel);
}

static void discover(struct channel *channel)
{
	channel->trace = (struct channel_trace){.join_seen = channel->trace.join_seen};
	change_state(channel, CHANNEL_DISCOVERING, NULL);
	actions(channel)->discover(channel);
}

static void wait_for(struct channel *channel, usec_t delay)
{
	timer_start(channel->table->timers, &channel->retry, delay);
}

static void fail(struct channel *channel, const char *reason)
{
	wait_for(channel,
		 random_backoff(CHANNEL_RETRY_INITIAL, CHANNEL_RETRY_MAX, channel->failures++));
	change_state(channel, CHANNEL_FAILED, reason);
}

static void forward(struct channel *channel)
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

bool channel_is_moving(const struct channel *channel)
{
	return channel->move > CHANNEL_SEEKING;
}

/* Moves: from a relay that serves to another */

static usec_t patience(const struct channel *channel)
{
	return random_backoff(CHANNEL_PATIENCE, CHANNEL_RETRY_MAX, channel->silences);
}

static bool is_restless(const struct channel *channel)
{
	return channel->silent || channel->homeless ||
	       (channel->unwelcome && channel->relay_count > 1);
}

/* No other relay is known: nothing is to be sought before DNS names one. The one that there is may
 * have lost all that it was told. */
static bool is_alone(const struct channel *channel)
{
	return channel->relay_count == 1 && !channel->homeless;
}

static bool has_next_step(const struct channel *channel)
{
	return !is_alone(channel) || channel->silences < CHANNEL_REMINDERS;
}

/* Of no move; the next is due where the relay is not one to stay with. */
static void stay(struct channel *channel)
{
	if (is_restless(channel) && has_next_step(channel)) {
		wait_for(channel, patience(channel));
		channel->silences++;
	} else {
		timer_stop(channel->table->timers, &channel->retry);
	}
}

static void remind(struct channel *channel)
{
	actions(channel)->remind(channel);
	stay(channel);
}

static void seek(struct channel *channel)
{
	channel->move = CHANNEL_SEEKING;
	timer_stop(channel->table->timers, &channel->retry);
	actions(channel)->discover(channel);
}

static void abandon_other(struct channel *channel, bool in_vain)
{
	bool was_tried = channel_is_moving(channel);

	actions(channel)->abandon(channel, in_vain);
	channel->move = CHANNEL_STAYING;
	if (was_tried)
		forward(channel);
	stay(channel);
}

static void end_overlap(struct channel *channel)
{
	actions(channel)->switch_over(channel);
	channel->move = CHANNEL_DRAINING;
	wait_for(channel, CHANNEL_OVERLAP);
}

static void end_move(struct channel *channel)
{
	channel->move = CHANNEL_STAYING;
	forward(channel);
	stay(channel);
}

/* Nobody can tell which of them it is: a source that is silent, a relay that cannot have its
 * packets, or one without room that does not say so. */
static void explain_silence(struct channel *channel)
{
	if (channel->state == CHANNEL_JOINED && !channel->reason && channel->silent &&
	    channel->silences >= CHANNEL_REMINDERS && channel_egress(channel))
		change_state(channel, CHANNEL_JOINED,
			     "no data yet: the source is silent, or its relay has no packets or no "
			     "room");
}

/* The way on from the other relay, which may not have sent anything yet. */
static void change_over(struct channel *channel)
{
	actions(channel)->switch_over(channel);
	channel->homeless = channel->unwelcome = false;
	end_move(channel);
}

/* From a relay that is to be left, and sends nothing either, to one that has sent nothing so far.
 */
static void end_try(struct channel *channel)
{
	if (channel->silent && (channel->unwelcome || channel->homeless))
		change_over(channel);
	else
		abandon_other(channel, is_restless(channel));
}

static void retry_due(struct timer *timer)
{
	struct channel *channel = container_of(timer, struct channel, retry);

	explain_silence(channel);
	if (!channel->forwarding)
		discover(channel);
	else if (channel->move == CHANNEL_STAYING && !channel_egress(channel))
		stay(channel); /* nothing can be seen of its data */
	else if (channel->move == CHANNEL_STAYING && is_alone(channel))
		remind(channel);
	else if (channel->move == CHANNEL_STAYING)
		seek(channel);
	else if (channel->move == CHANNEL_TRYING)
		end_try(channel);
	else if (channel->move == CHANNEL_OVERLAPPING)
		end_overlap(channel);
	else if (channel->move == CHANNEL_DRAINING)
		end_move(channel);
}

/* Its life */

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
	enter(channel, receiving ? CHANNEL_RECEIVING : CHANNEL_JOINED);
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
		forward(channel);
}

/* What happens to it */

void channel_relays_found(struct channel *channel, unsigned count)
{
	channel->relay_count = count;
	if (!channel->forwarding) {
		timer_stop(channel->table->timers, &channel->retry);
		channel->trace.dns_answered = now(channel);
		change_state(channel, CHANNEL_CONNECTING, NULL);
	}
	actions(channel)->connect(channel);
}

void channel_not_connected(struct channel *channel, const char *reason)
{
	if (channel->forwarding)
		abandon_other(channel, false);
	else
		fail(channel, reason);
}

void channel_discovery_failed(struct channel *channel, const char *reason)
{
	if (!channel->forwarding)
		channel->trace.dns_answered = now(channel);
	channel_not_connected(channel, reason);
}

void channel_tunnel_up(struct channel *channel, bool other)
{
	if (other && channel->move == CHANNEL_SEEKING) {
		channel->move = CHANNEL_TRYING;
		forward(channel);
		return;
	}
	if (!channel->forwarding)
		channel->trace.tunnel_up = now(channel);
	forward(channel);
}

/* Data may have come again while another relay was sought. */
static void await_other(struct channel *channel)
{
	if (channel->move == CHANNEL_TRYING)
		wait_for(channel, is_restless(channel) ? patience(channel) : 0);
}

void channel_reported(struct channel *channel, bool other)
{
	if (other) {
		await_other(channel);
		return;
	}
	channel->trace.update_sent = now(channel);
	channel->failures = 0;
	if (channel->state == CHANNEL_RECEIVING)
		return;
	change_state(channel, CHANNEL_JOINED, NULL);
	channel->silent = true;
	stay(channel);
}

static void lose_relay(struct channel *channel, const char *reason)
{
	bool sought = channel->move == CHANNEL_SEEKING;

	stop_forwarding(channel);
	channel->move = CHANNEL_STAYING;
	channel->silent = channel->homeless = channel->unwelcome = false;
	if (!sought && channel->relay_count <= 1) {
		fail(channel, reason);
		return;
	}
	timer_stop(channel->table->timers, &channel->retry);
	change_state(channel, CHANNEL_CONNECTING, NULL);
	if (!sought)
		actions(channel)->discover(channel);
}

void channel_tunnel_failed(struct channel *channel, bool other, const char *reason)
{
	bool has_other = channel->move == CHANNEL_TRYING || channel->move == CHANNEL_OVERLAPPING;

	if (other)
		abandon_other(channel, false);
	else if (has_other)
		change_over(channel);
	else
		lose_relay(channel, reason);
}

/* Data may come before our own first report of this attempt: the relay may still remember us. */
void channel_first_packet(struct channel *channel, usec_t seen)
{
	if (channel->state == CHANNEL_RECEIVING || !channel->forwarding)
		return;
	channel->trace.first_packet = seen;
	channel_flows(channel);
}

void channel_flows(struct channel *channel)
{
	if (!channel->forwarding)
		return;
	channel->silent = false;
	if (!is_restless(channel))
		channel->silences = 0;
	change_state(channel, CHANNEL_RECEIVING, NULL);
	if (channel->move == CHANNEL_STAYING && !is_restless(channel))
		timer_stop(channel->table->timers, &channel->retry);
}

void channel_moved(struct channel *channel)
{
	if (channel->move != CHANNEL_TRYING)
		return;
	channel->homeless = channel->unwelcome = false;
	channel_flows(channel);
	channel->move = CHANNEL_OVERLAPPING;
	wait_for(channel, CHANNEL_OVERLAP);
}

void channel_is_silent(struct channel *channel)
{
	if (!channel->forwarding || channel->silent)
		return;
	channel->silent = true;
	change_state(channel, CHANNEL_JOINED, "relay sends no data");
	if (channel->move == CHANNEL_STAYING)
		stay(channel);
}

void channel_is_unwelcome(struct channel *channel, bool unwelcome)
{
	bool was_restless = is_restless(channel);

	if (!channel->forwarding)
		return;
	channel->unwelcome = unwelcome;
	if (channel->move == CHANNEL_STAYING && !was_restless && is_restless(channel))
		wait_for(channel, 0);
}

void channel_relays_renewed(struct channel *channel, unsigned count, bool named)
{
	bool was_homeless = channel->homeless, was_alone = is_alone(channel);

	channel->relay_count = count;
	channel->homeless = channel->forwarding && !named;
	if (channel->move != CHANNEL_STAYING)
		return;
	if (channel->homeless && !was_homeless) {
		seek(channel);
	} else if (is_restless(channel) && was_alone && !is_alone(channel)) {
		channel->silences = 0;
		stay(channel);
	}
}
