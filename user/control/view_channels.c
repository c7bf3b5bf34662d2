/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/views.h"

json_t *view_channel_states(const struct channel_table *channels)
{
	json_t *view = json_object();

	for (int state = 0; state < CHANNEL_STATES; state++)
		json_object_set_new(view, channel_state_name(state),
				    json_integer(channels->states[state]));
	return view;
}

static json_t *view_since_join(usec_t moment, usec_t join)
{
	if (!moment)
		return json_null();
	return json_real(((double)moment - (double)join) / USEC_PER_MS);
}

static json_t *view_trace(const struct channel_trace *trace)
{
	usec_t join = trace->join_seen;

	return json_pack("{s:o, s:o, s:o, s:o, s:o}", "join_seen", view_since_join(join, join),
			 "dns_answered", view_since_join(trace->dns_answered, join), "tunnel_up",
			 view_since_join(trace->tunnel_up, join), "update_sent",
			 view_since_join(trace->update_sent, join), "first_packet",
			 view_since_join(trace->first_packet, join));
}

static json_t *view_names(uint32_t bits, const char *const *names)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < CHANNEL_INTERFACES_MAX; i++)
		if (bits & 1u << i)
			json_array_append_new(list, json_string(names[i]));
	return list;
}

static json_t *view_rtp_lost(const struct rtp *rtp)
{
	return rtp->is_rtp ? json_integer((json_int_t)rtp_lost(rtp)) : json_null();
}

json_t *view_channel(const struct channel *channel, const struct view_channel_parts *parts)
{
	const struct timers *timers = channel->table->timers;
	const struct meter_rate *rate = &channel->meter.rate;

	return json_pack(
		"{s:o, s:o, s:s, s:s?, s:o, s:s, s:o, s:o, s:I, s:I, s:I, s:o, s:o, s:o, "
		"s:o, s:o, s:o, s:o, s:o, s:o}",
		"source", view_addr(&channel->sg.source), "group", view_addr(&channel->sg.group),
		"state", channel_state_name(channel->state), "reason",
		channel->reason ? channel->reason : parts->wait, "relay", view_addr(parts->relay),
		"move", channel_move_name(channel->move), "other_relay", view_addr(parts->other),
		"interfaces", view_names(channel->interfaces, parts->interfaces), "packets",
		(json_int_t)parts->stats->packets, "bytes", (json_int_t)parts->stats->bytes,
		"slow_packets", (json_int_t)parts->slow_packets, "packets_per_s",
		view_rate(rate->packets_per_s), "bits_per_s", view_rate(rate->bits_per_s),
		"rtp_lost", view_rtp_lost(&channel->rtp), "since",
		view_time(channel->since, timers->now), "retry_s",
		view_seconds_left(timers, &channel->retry), "lingers_s",
		view_seconds_left(timers, &channel->linger), "wanted", parts->wanted, "asserts",
		parts->asserts, "trace", view_trace(&channel->trace));
}
