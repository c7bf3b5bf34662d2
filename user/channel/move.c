/* SPDX-License-Identifier: BSD-2-Clause */
#include "channel/move.h"
#include "base/random.h"
#include "channel/table.h"

const char *channel_move_name(enum channel_move move)
{
	static const char *const names[] = {
		[CHANNEL_STAYING] = "staying",   [CHANNEL_SEEKING] = "seeking",
		[CHANNEL_TRYING] = "trying",     [CHANNEL_OVERLAPPING] = "overlapping",
		[CHANNEL_DRAINING] = "draining", [CHANNEL_PROTECTED] = "protected",
	};

	return names[move];
}

static const struct channel_actions *actions(const struct channel *channel)
{
	return channel->table->actions;
}

bool channel_has_other(const struct channel *channel)
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

void channel_want_second(struct channel *channel)
{
	if (!channel->protect || channel->move != CHANNEL_STAYING || channel->retry.slot ||
	    channel->relay_count < 2 || channel_is_restless(channel))
		return;
	channel_wait(channel,
		     random_backoff(CHANNEL_PROTECT_DELAY, CHANNEL_RETRY_MAX, channel->misses++));
}

void channel_stay(struct channel *channel)
{
	if (channel_is_restless(channel) && has_next_step(channel)) {
		channel_wait(channel, patience(channel));
		channel->silences++;
	} else {
		timer_stop(channel->table->timers, &channel->retry);
		channel_want_second(channel);
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
	bool was_tried = channel_has_other(channel);

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

/* Protection */

static void protect(struct channel *channel)
{
	channel->misses = 0;
	channel->mute = CHANNEL_MUTE_NONE;
	channel->other_unwelcome = false;
	channel_change_move(channel, CHANNEL_PROTECTED);
	channel_protect_look(channel);
}

/* A relay that has no room is left for a third one, not for none. */
static bool must_leave_serving(const struct channel *channel)
{
	return channel->mute != CHANNEL_MUTE_OTHER &&
	       (channel->homeless || (channel->unwelcome && channel->relay_count > 2));
}

static bool must_leave_other(const struct channel *channel)
{
	return channel->other_unwelcome && channel->relay_count > 2;
}

void channel_protect_look(struct channel *channel)
{
	if (channel->move != CHANNEL_PROTECTED)
		return;
	if (must_leave_serving(channel) || must_leave_other(channel))
		channel_wait(channel, 0);
	else if (channel->mute)
		channel_wait(channel, CHANNEL_PATIENCE);
	else if (channel->silent && channel->relay_count > 2)
		channel_wait(channel, patience(channel));
	else
		timer_stop(channel->table->timers, &channel->retry);
}

/* The search for the next relay comes after the same delay, whether or not data comes. */
static void leave_other(struct channel *channel, bool in_vain)
{
	channel_abandon_other(channel, in_vain);
	if (channel->silent)
		channel_wait(channel, CHANNEL_PROTECT_DELAY);
}

static void protect_step(struct channel *channel)
{
	if (!channel_egress(channel))
		return; /* nothing is known of the data */
	if (must_leave_serving(channel))
		channel_change_over(channel, channel->unwelcome ? "relay_full" : "not_named");
	else if (must_leave_other(channel))
		leave_other(channel, false);
	else if (channel->mute == CHANNEL_MUTE_SERVING)
		channel_change_over(channel, "no_data");
	else if (channel->mute == CHANNEL_MUTE_OTHER)
		leave_other(channel, true);
	else if (channel->silent) {
		channel->silences++;
		leave_other(channel, true);
	}
}

/* Steps of moves, and of both */

/* The other relay sends no data. If the serving one sends none either and must be left, the other
 * is as good; and both may serve the channel once its source sends. */
static void end_try(struct channel *channel)
{
	if (channel->silent && (channel->unwelcome || channel->homeless))
		channel_change_over(channel, channel->cause);
	else if (channel->silent && channel->protect)
		protect(channel);
	else if (channel->protect)
		channel_abandon_other(channel, true);
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
	else if (is_alone(channel) && channel_is_restless(channel))
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
	case CHANNEL_PROTECTED:
		protect_step(channel);
		break;
	}
}

/* Events */

/* Data of the serving relay may have come again in the meantime; then the wait is over at once,
 * unless a second relay is wanted in any case. */
void channel_await_other(struct channel *channel)
{
	bool waits = channel->protect || channel_is_restless(channel);

	if (channel->move == CHANNEL_TRYING)
		channel_wait(channel, waits ? patience(channel) : 0);
}

void channel_moved(struct channel *channel)
{
	if (channel->move != CHANNEL_TRYING)
		return;
	if (channel->protect && !channel->homeless && !channel->unwelcome) {
		channel_flows(channel);
		protect(channel);
		return;
	}
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
	channel_protect_look(channel);
}

void channel_relays_renewed(struct channel *channel, unsigned count, bool named)
{
	bool was_homeless = channel->homeless, was_alone = is_alone(channel);

	channel->relay_count = count;
	channel->homeless = channel->forwarding && !named;
	channel_protect_look(channel);
	if (channel->move != CHANNEL_STAYING)
		return;
	if (channel->homeless && !was_homeless) {
		seek(channel);
	} else if (channel_is_restless(channel) && was_alone && !is_alone(channel)) {
		channel->silences = 0;
		channel_stay(channel);
	} else {
		channel_want_second(channel);
	}
}

void channel_relays_flow(struct channel *channel, bool serving, bool other)
{
	enum channel_mute mute = CHANNEL_MUTE_NONE;

	if (serving != other)
		mute = serving ? CHANNEL_MUTE_OTHER : CHANNEL_MUTE_SERVING;
	if (mute == channel->mute)
		return;
	channel->mute = mute;
	channel_protect_look(channel);
}

void channel_other_is_unwelcome(struct channel *channel, bool unwelcome)
{
	if (channel->other_unwelcome == unwelcome)
		return;
	channel->other_unwelcome = unwelcome;
	channel_protect_look(channel);
}

void channel_cannot_be_protected(struct channel *channel)
{
	channel->protect = false;
}

void channel_adopt_protected(struct channel *channel)
{
	channel_change_move(channel, CHANNEL_PROTECTED);
}
