/* SPDX-License-Identifier: BSD-2-Clause */
#include "forward/traffic.h"
#include "metrics/series.h"

static void add_states(struct exposition *out, const struct channel_table *channels)
{
	exposition_family(out, "mcingest_channels", EXPOSITION_GAUGE,
			  "Channels, (S,G), by state: joined ones have no data.");
	for (int state = 0; state < CHANNEL_STATES; state++)
		exposition_count(out, channels->states[state], "state", channel_state_name(state),
				 NULL);
	exposition_family(out, "mcingest_channels_limit", EXPOSITION_GAUGE,
			  "Channels that there may be: 'channels' in [limits].");
	exposition_count(out, channels->limit, NULL);
}

static void add_joins(struct exposition *out, const struct lans *lans)
{
	exposition_family(out, "mcingest_joins_total", EXPOSITION_COUNTER,
			  "Channels that routers or hosts of a LAN have joined.");
	for (unsigned i = 0; i < lans->count; i++) {
		const struct lan *lan = &lans->list[i];

		exposition_count(out, lan->joins.ipv4, "interface", lan->link.name, "family",
				 "ipv4", NULL);
		exposition_count(out, lan->joins.ipv6, "interface", lan->link.name, "family",
				 "ipv6", NULL);
	}
}

static void add_tally(struct exposition *out, const struct tally *tally, const char *label)
{
	for (unsigned i = 0; i < TALLY_MAX && tally->list[i].word; i++)
		exposition_count(out, tally->list[i].count, label, tally->list[i].word, NULL);
}

static void add_durations(struct exposition *out, const struct channel_table *channels)
{
	exposition_family(out, "mcingest_join_duration_seconds", EXPOSITION_HISTOGRAM,
			  "Time from the first Join of a channel until a step is reached: the "
			  "answer of DNS, the tunnel, the Membership Update, the first packet. A "
			  "source that is silent makes the last one long.");
	for (int step = 0; step < CHANNEL_STEPS; step++)
		exposition_histogram(out, &channels->steps[step], "step", channel_step_name(step));
}

void series_channels(struct exposition *out, const struct series_source *from)
{
	const struct channel_table *channels = &from->rooms->paths->channels;

	add_states(out, channels);
	add_joins(out, from->rooms->lans);
	add_durations(out, channels);
	exposition_family(out, "mcingest_channel_failures_total", EXPOSITION_COUNTER,
			  "Attempts to find a relay for a channel that have failed.");
	add_tally(out, &channels->failures, "reason");
	exposition_family(out, "mcingest_relay_moves_total", EXPOSITION_COUNTER,
			  "Channels that have left their relay for another: because it sent no "
			  "data, is no longer named by DNS, has no room (L flag), or failed.");
	add_tally(out, &channels->moves, "cause");
}

/* Each channel on its own */

struct part {
	const char *name;
	enum exposition_kind kind;
	const char *help;
	uint64_t (*value)(const struct channel *channel,
			  const struct dataplane_channel_stats *stats);
};

static uint64_t packets(const struct channel *channel, const struct dataplane_channel_stats *stats)
{
	(void)channel;
	return stats->packets;
}

static uint64_t bytes(const struct channel *channel, const struct dataplane_channel_stats *stats)
{
	(void)channel;
	return stats->bytes;
}

static uint64_t lost(const struct channel *channel, const struct dataplane_channel_stats *stats)
{
	(void)stats;
	return rtp_lost(&channel->rtp);
}

static uint64_t receiving(const struct channel *channel,
			  const struct dataplane_channel_stats *stats)
{
	(void)stats;
	return channel->state == CHANNEL_RECEIVING;
}

static const struct part parts[] = {
	{"mcingest_channel_packets_total", EXPOSITION_COUNTER,
	 "Packets of the channel that were forwarded.", packets},
	{"mcingest_channel_bytes_total", EXPOSITION_COUNTER,
	 "Bytes of the inner IP packets of the channel.", bytes},
	{"mcingest_channel_rtp_lost_packets_total", EXPOSITION_COUNTER,
	 "Packets of the channel that were lost before us, by their RTP sequence numbers.", lost},
	{"mcingest_channel_receiving", EXPOSITION_GAUGE, "1 if the channel has data.", receiving},
};

/* The channels that are there still, and their counters; returns how many there are. */
static unsigned read_channels(const struct series_source *from, struct channel *found[],
			      struct dataplane_channel_stats stats[])
{
	const struct channel_table *channels = &from->rooms->paths->channels;
	unsigned there = 0;

	for (unsigned i = 0; i < from->busiest->count; i++) {
		struct channel *channel = channel_table_at(channels, from->busiest->list[i].id);

		if (!channel)
			continue;
		found[there] = channel;
		stats[there++] = traffic_read(channel);
	}
	return there;
}

static void add_channel(struct exposition *out, uint64_t value, const struct channel *channel)
{
	char source[ADDR_TEXT], group[ADDR_TEXT];

	exposition_count(out, value, "source", addr_format(&channel->sg.source, source), "group",
			 addr_format(&channel->sg.group, group), NULL);
}

void series_of_channels(struct exposition *out, const struct series_source *from)
{
	struct channel *found[CONFIG_BUSIEST_MAX];
	struct dataplane_channel_stats stats[CONFIG_BUSIEST_MAX];
	unsigned count = read_channels(from, found, stats);

	for (size_t i = 0; count && i < sizeof(parts) / sizeof(parts[0]); i++) {
		exposition_family(out, parts[i].name, parts[i].kind, parts[i].help);
		for (unsigned j = 0; j < count; j++)
			add_channel(out, parts[i].value(found[j], &stats[j]), found[j]);
	}
}
