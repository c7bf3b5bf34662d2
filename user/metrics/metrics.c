/* SPDX-License-Identifier: BSD-2-Clause */
#include "metrics/metrics.h"
#include "base/log.h"
#include "base/memory.h"
#include "metrics/busiest.h"
#include "metrics/series.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <utlist.h>

struct metrics {
	const struct requests *rooms;
	struct http *http;
	usec_t started, process_started; /* microseconds since 1970 */
	struct utsname kernel;
	struct scrape *scrapes; /* those that look for the busiest channels */
};

struct scrape {
	struct metrics *metrics;
	struct http_request *request;
	struct busiest busiest;
	uint32_t next_slot;
	struct timer turn;
	struct scrape *prev, *next;
};

static void write_all(const struct metrics *metrics, const struct busiest *busiest,
		      struct exposition *out)
{
	struct series_source from = {.rooms = metrics->rooms,
				     .clock = time_read(CLOCK_REALTIME),
				     .started = metrics->started,
				     .process_started = metrics->process_started,
				     .usage = process_usage(),
				     .kernel = metrics->kernel.release};

	series_daemon(out, &from);
	series_channels(out, &from);
	series_traffic(out, &from);
	series_relays(out, &from);
	series_lans(out, &from);
	series_of_channels(out, &from, busiest->slots, busiest->count);
}

static void reply(const struct scrape *scrape)
{
	struct exposition out = {0};

	write_all(scrape->metrics, &scrape->busiest, &out);
	http_reply(scrape->request, 200, EXPOSITION_TYPE, out.text, out.length);
}

static void scrape_free(struct scrape *scrape)
{
	timer_stop(scrape->metrics->rooms->timers, &scrape->turn);
	DL_DELETE(scrape->metrics->scrapes, scrape);
	free(scrape);
}

/* Looks at the next channels; returns false after the last. */
static bool look(struct scrape *scrape)
{
	const struct channel_table *channels = &scrape->metrics->rooms->paths->channels;
	uint32_t end = scrape->next_slot + METRICS_SLOTS;

	if (!scrape->busiest.limit || scrape->next_slot >= channels->slots)
		return false;
	for (; scrape->next_slot < end; scrape->next_slot++) {
		const struct channel *channel = channel_table_at(channels, scrape->next_slot);

		if (channel)
			busiest_offer(&scrape->busiest, channel->slot,
				      channel->meter.rate.bits_per_s);
	}
	return true;
}

static void turn_comes(struct timer *timer)
{
	struct scrape *scrape = container_of(timer, struct scrape, turn);

	if (look(scrape)) {
		timer_start(scrape->metrics->rooms->timers, timer, 0);
		return;
	}
	reply(scrape);
	scrape_free(scrape);
}

static void scrape_start(struct metrics *metrics, struct http_request *request)
{
	struct scrape *scrape = memory_new(sizeof(*scrape));

	scrape->metrics = metrics;
	scrape->request = request;
	scrape->busiest.limit = metrics->rooms->config->metrics.busiest;
	scrape->turn.fn = turn_comes;
	DL_APPEND(metrics->scrapes, scrape);
	timer_start(metrics->rooms->timers, &scrape->turn, 0);
}

static void asked(void *owner, struct http_request *request, const char *path)
{
	static const char nothing[] = "mcingest's metrics are at /metrics\n";

	if (strcmp(path, "/metrics") == 0)
		scrape_start(owner, request);
	else
		http_reply(request, 404, "text/plain", memory_copy_text(nothing), strlen(nothing));
}

static bool start(struct metrics *metrics, struct loop *loop)
{
	const struct config *config = metrics->rooms->config;
	const struct addr *address = &config->metrics.address;
	int error = http_open(&metrics->http, loop, metrics->rooms->timers, address,
			      config->metrics.port, asked, metrics);
	char text[ADDR_TEXT];

	if (error)
		log_error("no metrics: cannot listen on %s port %u: %s; %s 'listen' in [metrics]",
			  addr_format(address, text), config->metrics.port, strerror(-error),
			  error == -EADDRINUSE ? "each instance needs a port of its own, by"
					       : "see");
	return !error;
}

struct metrics *metrics_open(const struct requests *requests, struct loop *loop)
{
	struct metrics *metrics;

	if (!requests->config->metrics.address.family)
		return NULL;
	metrics = memory_new(sizeof(*metrics));
	metrics->rooms = requests;
	metrics->started = time_read(CLOCK_REALTIME) - (requests->timers->now - requests->started);
	metrics->process_started = process_started();
	uname(&metrics->kernel);
	if (start(metrics, loop))
		return metrics;
	free(metrics);
	return NULL;
}

void metrics_close(struct metrics *metrics)
{
	if (!metrics)
		return;
	while (metrics->scrapes)
		scrape_free(metrics->scrapes);
	http_close(metrics->http);
	free(metrics);
}
