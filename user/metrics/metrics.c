/* SPDX-License-Identifier: BSD-2-Clause */
#include "metrics/metrics.h"
#include "amt/ranked.h"
#include "base/memory.h"
#include "metrics/series.h"

#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <utlist.h>

struct metrics {
	const struct requests *rooms;
	usec_t started, process_started; /* microseconds since 1970 */
	struct utsname kernel;
	struct scrape *scrapes; /* under way */
};

struct scrape {
	struct metrics *metrics;
	struct http_request *request;
	struct ranking busiest;
	struct series_tunnels tunnels;
	uint32_t next_slot; /* of the channels */
	struct hash_walk walk;
	bool (*part)(struct scrape *scrape); /* the next one; false after its last turn */
	unsigned next_section;
	struct exposition out;
	struct timer turn;
	struct scrape *prev, *next;
};

static void scrape_free(struct scrape *scrape)
{
	timer_stop(scrape->metrics->rooms->timers, &scrape->turn);
	DL_DELETE(scrape->metrics->scrapes, scrape);
	ranking_end(&scrape->busiest);
	ranking_end(&scrape->tunnels.relays);
	free(scrape->out.text.bytes);
	free(scrape);
}

/* The parts of a scrape, one after the other, each in as many turns as it needs */

static bool write_section(struct scrape *scrape)
{
	static void (*const sections[])(struct exposition *, const struct series_source *) = {
		series_daemon,      series_channels,     series_traffic,         series_tunnels,
		series_round_trips, series_last_queries, series_tunnel_channels, series_relays,
		series_lans,        series_of_channels};
	const struct metrics *metrics = scrape->metrics;
	struct series_source from = {.rooms = metrics->rooms,
				     .clock = time_read(CLOCK_REALTIME),
				     .started = metrics->started,
				     .process_started = metrics->process_started,
				     .usage = process_usage(),
				     .kernel = metrics->kernel.release,
				     .busiest = &scrape->busiest,
				     .tunnels = &scrape->tunnels};

	sections[scrape->next_section++](&scrape->out, &from);
	return scrape->next_section < sizeof(sections) / sizeof(sections[0]);
}

static void note_tunnel(void *tunnels, void *tunnel)
{
	series_note_tunnel(tunnels, tunnel);
}

static bool look_at_tunnels(struct scrape *scrape)
{
	if (amt_ranked_walk(&scrape->metrics->rooms->paths->tunnels, &scrape->walk, METRICS_AT_ONCE,
			    note_tunnel, &scrape->tunnels))
		return true;
	scrape->part = write_section;
	return true;
}

static bool look_at_channels(struct scrape *scrape)
{
	const struct channel_table *channels = &scrape->metrics->rooms->paths->channels;
	uint32_t end = scrape->next_slot + METRICS_AT_ONCE;

	if (!scrape->busiest.limit || scrape->next_slot >= channels->slots)
		scrape->part = look_at_tunnels;
	for (; scrape->busiest.limit && scrape->next_slot < end; scrape->next_slot++) {
		const struct channel *channel = channel_table_at(channels, scrape->next_slot);
		struct rank rank = {.id = scrape->next_slot};

		if (!channel)
			continue;
		rank.key[0] = ranking_key_down(channel->meter.rate.bits_per_s);
		ranking_offer(&scrape->busiest, &rank);
	}
	return true;
}

static void turn_comes(struct timer *timer)
{
	struct scrape *scrape = container_of(timer, struct scrape, turn);

	if (scrape->part(scrape)) {
		timer_start(scrape->metrics->rooms->timers, timer, 0);
		return;
	}
	http_reply(scrape->request, 200, EXPOSITION_TYPE, scrape->out.text.bytes,
		   scrape->out.text.length);
	scrape->out.text = (struct buffer){0};
	scrape_free(scrape);
}

void metrics_asked(struct metrics *metrics, struct http_request *request)
{
	struct scrape *scrape = memory_new(sizeof(*scrape));

	scrape->metrics = metrics;
	scrape->request = request;
	scrape->part = look_at_channels;
	scrape->turn.fn = turn_comes;
	ranking_begin(&scrape->busiest, metrics->rooms->config->metrics.busiest);
	ranking_begin(&scrape->tunnels.relays, SERIES_RELAYS_MAX);
	DL_APPEND(metrics->scrapes, scrape);
	timer_start(metrics->rooms->timers, &scrape->turn, 0);
}

struct metrics *metrics_new(const struct requests *requests)
{
	struct metrics *metrics = memory_new(sizeof(*metrics));

	metrics->rooms = requests;
	metrics->started = time_read(CLOCK_REALTIME) - (requests->timers->now - requests->started);
	metrics->process_started = process_started();
	uname(&metrics->kernel);
	return metrics;
}

void metrics_free(struct metrics *metrics)
{
	if (!metrics)
		return;
	while (metrics->scrapes)
		scrape_free(metrics->scrapes);
	free(metrics);
}
