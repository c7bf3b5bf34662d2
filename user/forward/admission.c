/* SPDX-License-Identifier: BSD-2-Clause */
#include "forward/admission.h"
#include "base/log.h"
#include "base/memory.h"
#include "channel/stop.h"
#include "forward/admission_look.h"
#include "forward/admission_shown.h"

#include <stdlib.h>
#include <string.h>

/* Rates are means over this time at least; the looks of watch.h do not come to the millisecond. */
#define MEASURE_MIN (ADMISSION_LOOK - 100 * USEC_PER_MS)

/* Measuring */

static struct dataplane_over over_of(const struct channel *channel)
{
	const struct forward *forward = forward_of(channel);
	struct dataplane_over over = {0};

	if (admission_of_channel(channel))
		forward->actions->over(forward->dataplane, channel->slot, &over);
	return over;
}

static void log_over(struct admission *rates, const struct channel *channel, struct rated *rated)
{
	usec_t now = rates->forward->timers->now;
	char text[SG_TEXT];

	if (!rated->was_over || now - rated->was_over > ADMISSION_HOLD_MAX)
		log_event(LOG_LEVEL_WARNING, log_about(.sg = &channel->sg),
			  "%s brings %.1f Mbit/s; what is above its %.1f is dropped (over_rate): "
			  "see 'channel_rate'",
			  sg_format(&channel->sg, text), (double)rated->in / 1e6,
			  (double)admission_of_channel(channel) / 1e6);
	rated->was_over = now;
}

static int64_t per_second(uint64_t bytes, usec_t time)
{
	return (int64_t)((double)bytes * 8 * USEC_PER_SEC / (double)time);
}

static void measure(struct admission *rates, struct channel *channel, uint64_t bytes)
{
	struct rated *rated = rated_of(rates, channel);
	struct dataplane_over over = over_of(channel);
	usec_t now = rates->forward->timers->now, time = now - rated->measured;
	uint64_t out = bytes - rated->bytes, dropped = over.bytes - rated->over_bytes;
	bool is_known = rated->measured && bytes >= rated->bytes && over.bytes >= rated->over_bytes;

	rated->measured = now;
	rated->bytes = bytes;
	rated->over_bytes = over.bytes;
	if (!is_known || now < rated->reserved)
		return;
	rated_set(rates, channel, per_second(out + dropped, time), per_second(out, time));
	if (dropped)
		log_over(rates, channel, rated);
}

void admission_note(struct channel *channel, const struct dataplane_channel_stats *stats)
{
	struct admission *rates = forward_of(channel)->rates;

	if (!rates)
		return;
	if (channel->halted) /* other LANs may want it by now */
		rated_set(rates, channel, 0, 0);
	else if (rates->forward->timers->now - rated_known(rates, channel)->measured >= MEASURE_MIN)
		measure(rates, channel, stats->bytes);
}

/* Channels come and go */

static void refuse(struct admission *rates, struct channel *channel, unsigned number)
{
	struct rated *rated = rated_of(rates, channel);
	char text[SG_TEXT], line[ADMISSION_LINE_TEXT];

	log_event(LOG_LEVEL_WARNING, log_about(.sg = &channel->sg), "%s refused: %s",
		  sg_format(&channel->sg, text), admission_describe(rates, number, line));
	rated->had_in = rated->in;
	rated->had_out = rated->out;
	rated_wait(rates, rated, number);
	channel_refuse(channel, admission_interfaces(number), admission_why(number, true));
}

/* The lines that the interface adds to the channel; all of them for its first interface. */
static bool concerns(const struct admission *rates, const struct rated *rated, unsigned interface,
		     bool is_new, unsigned number)
{
	if (admission_is_lan(number))
		return number == ADMISSION_LINE_LAN + interface;
	return is_new && rated_is_on(rates, rated, number);
}

void admission_admit(struct channel *channel, unsigned interface)
{
	struct admission *rates = forward_of(channel)->rates;
	bool is_new = channel->interfaces == 1u << interface && !channel->forwarding;
	struct rated *rated;

	if (!rates)
		return;
	rated = rated_known(rates, channel);
	for (unsigned i = 0; i < ADMISSION_LINES_MAX && !channel_is_stopped(channel); i++)
		if (concerns(rates, rated, interface, is_new, i) &&
		    !line_admits(&rates->lines[i], rated_rank(rates, channel)))
			refuse(rates, channel, i);
	rated_set(rates, channel, rated->in, rated->out);
}

void admission_closed(const struct channel *channel)
{
	struct admission *rates = forward_of(channel)->rates;
	struct rated *rated;

	if (!rates)
		return;
	rated = rated_of(rates, channel);
	rated_set(rates, channel, 0, 0);
	rated_end_wait(rates, rated);
	*rated = (struct rated){0};
}

/* The start */

static bool has_channel_rates(const struct rate_limits *options)
{
	bool has = options->channel_rate;

	for (unsigned i = 0; i < options->policies->count; i++)
		has |= options->policies->list[i].channel_rate != 0;
	return has;
}

bool admission_has_channel_rates(const struct forward *forward)
{
	return forward->rates && has_channel_rates(&forward->rates->options);
}

static bool has_limits(const struct rate_limits *options)
{
	bool has = options->rate || has_channel_rates(options);

	for (unsigned i = 0; i < CHANNEL_INTERFACES_MAX; i++)
		has |= options->lan_rates[i] != 0;
	for (unsigned i = 0; i < options->policies->count; i++)
		has |= options->policies->list[i].rate != 0;
	return has;
}

static void set_limits(struct admission *rates, const struct rate_limits *options)
{
	rates->options = *options;
	rates->lines[ADMISSION_LINE_TOTAL].limit = (int64_t)options->rate;
	for (unsigned i = 0; i < CHANNEL_INTERFACES_MAX; i++)
		rates->lines[ADMISSION_LINE_LAN + i].limit = (int64_t)options->lan_rates[i];
	for (unsigned i = 0; i < options->policies->count; i++)
		rates->lines[ADMISSION_LINE_POLICY + i].limit =
			(int64_t)options->policies->list[i].rate;
}

void admission_start(struct forward *forward, const struct rate_limits *options)
{
	struct admission *rates;

	if (!has_limits(options))
		return;
	rates = memory_new(sizeof(*rates));
	rates->forward = forward;
	rates->by_slot = memory_new(forward->paths->channels.limit * sizeof(*rates->by_slot));
	set_limits(rates, options);
	rates->look.fn = admission_look;
	timer_start(forward->timers, &rates->look, ADMISSION_LOOK);
	forward->rates = rates;
}

void admission_stop(struct forward *forward)
{
	if (!forward->rates)
		return;
	timer_stop(forward->timers, &forward->rates->look);
	free(forward->rates->by_slot);
	free(forward->rates);
	forward->rates = NULL;
}
