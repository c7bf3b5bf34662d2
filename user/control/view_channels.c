/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/view_channels.h"
#include "control/values.h"

json_t *view_channel_states(const struct channel_table *channels)
{
	json_t *view = json_object();

	for (int state = 0; state < CHANNEL_STATES; state++)
		put_count(view, channel_state_name(state), channels->states[state]);
	return view;
}

/* Milliseconds from the join to `moment`, which is 0 if it has not come. */
static void put_since_join(json_t *view, const char *key, usec_t moment, usec_t join)
{
	if (moment)
		put_real(view, key, ((double)moment - (double)join) / USEC_PER_MS);
	else
		put_null(view, key);
}

static json_t *view_trace(const struct channel_trace *trace)
{
	usec_t join = trace->join_seen;
	json_t *view = json_object();

	put_since_join(view, "join_seen", join, join);
	put_since_join(view, "dns_answered", trace->dns_answered, join);
	put_since_join(view, "tunnel_up", trace->tunnel_up, join);
	put_since_join(view, "update_sent", trace->update_sent, join);
	put_since_join(view, "first_packet", trace->first_packet, join);
	return view;
}

static json_t *view_names(uint32_t bits, const char *const *names)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < CHANNEL_INTERFACES_MAX; i++)
		if (bits & 1u << i)
			json_array_append_new(list, json_string(names[i]));
	return list;
}

static void put_state(json_t *view, const struct channel *channel,
		      const struct view_channel_parts *parts)
{
	put(view, "source", view_addr(&channel->sg.source));
	put(view, "group", view_addr(&channel->sg.group));
	put_text(view, "state", channel_state_name(channel->state));
	put(view, "reason",
	    view_reason(channel->reason ? channel->reason : parts->wait,
			channel->reason ? channel->detail : NULL));
	put_count(view, "relays", channel->relay_count);
	put(view, "relay", view_addr(parts->relay));
	put_text(view, "move", channel_move_name(channel->move));
	put(view, "other_relay", view_addr(parts->other));
	put(view, "interfaces", view_names(channel->interfaces, parts->interfaces));
}

static void put_traffic(json_t *view, const struct channel *channel,
			const struct view_channel_parts *parts)
{
	put_count(view, "packets", parts->stats->packets);
	put_count(view, "bytes", parts->stats->bytes);
	put_count(view, "slow_packets", parts->slow_packets);
	put(view, "packets_per_s", view_rate(channel->meter.rate.packets_per_s));
	put(view, "bits_per_s", view_rate(channel->meter.rate.bits_per_s));
	put(view, "rtp_lost", view_if(channel->rtp.is_rtp, (json_int_t)rtp_lost(&channel->rtp)));
}

/* Only the reasons that there were. */
static json_t *view_dropped(const struct mci_channel_drops *drops)
{
	json_t *view = json_object();

	for (int reason = 0; reason < MCI_DROP_COUNT; reason++)
		if (drops->packets[reason])
			put_count(view, dataplane_drop_name(reason), drops->packets[reason]);
	return view;
}

/* {reason: {"shortest": bytes, "longest": bytes}} */
static json_t *view_drop_sizes(const struct mci_channel_drops *drops)
{
	json_t *view = json_object();

	for (int reason = 0; reason < MCI_DROP_COUNT; reason++) {
		json_t *sizes;

		if (!drops->longest[reason])
			continue;
		sizes = json_object();
		put_count(sizes, "shortest", drops->shortest[reason]);
		put_count(sizes, "longest", drops->longest[reason]);
		put(view, dataplane_drop_name(reason), sizes);
	}
	return view;
}

static json_t *view_last_drop(const struct mci_channel_drops *drops, usec_t now)
{
	json_t *view;

	if (!drops->last_ns || drops->last >= MCI_DROP_COUNT)
		return json_null();
	view = json_object();
	put_text(view, "reason", dataplane_drop_name(drops->last));
	put(view, "at", view_time(drops->last_ns / 1000, now));
	return view;
}

static json_t *view_history(const struct history *history, usec_t now)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < history->count; i++) {
		const struct history_change *change = history_at(history, i);
		struct addr relay = history_relay(change);
		json_t *view = json_object();

		put(view, "at", view_time(change->at, now));
		put_text(view, "state", channel_state_name(change->state));
		put(view, "relay", view_addr(&relay));
		put_text(view, "reason", change->reason);
		put_text(view, "move", channel_move_name(change->move));
		json_array_append_new(list, view);
	}
	return list;
}

json_t *view_channel(const struct channel *channel, const struct view_channel_parts *parts)
{
	const struct timers *timers = channel->table->timers;
	json_t *view = json_object();

	put_state(view, channel, parts);
	put_traffic(view, channel, parts);
	put(view, "since", view_time(channel->since, timers->now));
	put(view, "retry_s", view_seconds_left(timers, &channel->retry));
	put(view, "lingers_s", view_seconds_left(timers, &channel->linger));
	put(view, "wanted", parts->wanted);
	put(view, "asserts", parts->asserts);
	put(view, "trace", view_trace(&channel->trace));
	put(view, "dropped", view_dropped(parts->drops));
	put(view, "drop_sizes", view_drop_sizes(parts->drops));
	put(view, "last_drop", view_last_drop(parts->drops, timers->now));
	put(view, "rate_limit", view_if(parts->rate, (json_int_t)parts->rate));
	put(view, "stopped", parts->stopped);
	put(view, "history", view_history(&channel->history, timers->now));
	return view;
}

json_t *view_join(const struct join *join, const struct addr *relay, usec_t now)
{
	const struct channel *channel = join->channel;
	const struct channel_trace *trace = channel ? &channel->trace : &join->trace;
	json_t *view = json_object();

	put(view, "source", view_addr(&join->sg.source));
	put(view, "group", view_addr(&join->sg.group));
	put(view, "at", view_time(trace->join_seen, now));
	put_text(view, "state", channel ? channel_state_name(channel->state) : "closed");
	put(view, "reason", channel ? view_reason(channel->reason, channel->detail) : json_null());
	put(view, "relay", view_addr(relay));
	put(view, "trace", view_trace(trace));
	return view;
}
