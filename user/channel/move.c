/* SPDX-License-Identifier: BSD-2-Clause */
#include "channel/move.h"
#include "base/random.h"
#include "channel/table.h"

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

bool channel_is_moving(const struct channel *channel)
{
	return channel->move > CHANNEL_SEEKING;
}

static usec_t patience(const struct channel *channel)
{
	return random_backoff(CHANNEL_PATIENCE, CHANNEL_RETRY_MAX, channel->silences);
}

bool channel_is_restless(const struct channel *channel)
{
	return channel->silent || channel->homeless ||
	       (channel->unwelcome && channel->relay_count > 1);
}

/* The serving relay is the only one known: there is none to seek until DNS names another. */
static bool is_alone(const struct channel *channel)
{
	return channel->relay_count == 1 && !channel->homeless;
}

static bool has_next_step(const struct channel *channel)
{
	return !is_alone(channel) || channel->silences < CHANNEL_REMINDERS;
}

void channel_stay(struct channel *channel)
{
	if (channel_is_restless(channel) && has_next_step(channel)) {
		channel_wait(channel, patience(channel));
		channel->silences++;
	} else {
		timer_stop(channel->table->timers, &channel->retry);
	}
}

/* Steps */

/* The only relay may have lost all that it was told. */
static void remind(struct channel *channel)
{
	actions(channel)->remind(channel);
	channel_stay(channel);
}

static const char *cause_of(const struct channel *channel)
{
	if (channel->unwelcome)
		return "relay_full";
	return channel->homeless ? "not_named" : "no_data";
}

static void seek(struct channel *channel)
{
	channel->cause = cause_of(channel);
	channel_change_move(channel, CHANNEL_SEEKING);
	timer_stop(channel->table->timers, &channel->retry);
	actions(channel)->discover(channel);
}

void channel_abandon_other(struct channel *channel, bool in_vain)
{
	bool was_tried = channel_is_moving(channel);

	actions(channel)->abandon(channel, in_vain);
	channel_change_move(channel, CHANNEL_STAYING);
	if (was_tried)
		channel_forward(channel);
	channel_stay(channel);
}

static void end_overlap(struct channel *channel)
{
	tally_count(&channel->table->moves, channel->cause);
	actions(channel)->switch_over(channel);
	channel_change_move(channel, CHANNEL_DRAINING);
	channel_wait(channel, CHANNEL_OVERLAP);
}

static void end_move(struct channel *channel)
{
	channel_change_move(channel, CHANNEL_STAYING);
	channel_forward(channel);
	channel_stay(channel);
}

void channel_change_over(struct channel *channel, const char *cause)
{
	tally_count(&channel->table->moves, cause);
	actions(channel)->switch_over(channel);
	channel->homeless = channel->unwelcome = false;
	end_move(channel);
}

/* Neither relay sends data. If the serving one must be left, the other is as good. */
static void end_try(struct channel *channel)
{
	if (channel->silent && (channel->unwelcome || channel->homeless))
		channel_change_over(channel, channel->cause);
	else
		channel_abandon_other(channel, channel_is_restless(channel));
}

/* A silent source, a relay that cannot get its packets, and a relay that has no room but does not
 * say so all look alike from here. */
static void explain_silence(struct channel *channel)
{
	if (channel->state == CHANNEL_JOINED && !channel->reason && channel->silent &&
	    channel->silences >= CHANNEL_REMINDERS && channel_egress(channel))
		channel_change_state(channel, CHANNEL_JOINED,
				     "no data yet: the source is silent, or its relay has no "
				     "packets or no room");
}

static void leave_if_restless(struct channel *channel)
{
	if (!channel_egress(channel))
		channel_stay(channel); /* without egress nothing is known of the data */
	else if (is_alone(channel))
		remind(channel);
	else
		seek(channel);
}

void channel_move_step(struct channel *channel)
{
	explain_silence(channel);
	switch (channel->move) {
	case CHANNEL_STAYING:
		leave_if_restless(channel);
		break;
	case CHANNEL_SEEKING:
		break;
	case CHANNEL_TRYING:
		end_try(channel);
		break;
	case CHANNEL_OVERLAPPING:
		end_overlap(channel);
		break;
	case CHANNEL_DRAINING:
		end_move(channel);
		break;
	}
}

/* Events */

/* Data of the serving relay may have come again in the meantime; then the wait is over at once. */
void channel_await_other(struct channel *channel)
{
	if (channel->move == CHANNEL_TRYING)
		channel_wait(channel, channel_is_restless(channel) ? patience(channel) : 0);
}

void channel_moved(struct channel *channel)
{
	if (channel->move != CHANNEL_TRYING)
		return;
	channel->homeless = channel->unwelcome = false;
	channel_flows(channel);
	channel_change_move(channel, CHANNEL_OVERLAPPING);
	channel_wait(channel, CHANNEL_OVERLAP);
}

void channel_is_unwelcome(struct channel *channel, bool unwelcome)
{
	bool was_restless = channel_is_restless(channel);

	if (!channel->forwarding)
		return;
	channel->unwelcome = unwelcome;
	if (channel->move == CHANNEL_STAYING && !was_restless && channel_is_restless(channel))
		channel_wait(channel, 0);
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
	} else if (channel_is_restless(channel) && was_alone && !is_alone(channel)) {
		channel->silences = 0;
		channel_stay(channel);
	}
}
