/* SPDX-License-Identifier: BSD-2-Clause */
#include "page/rates.h"
#include "control/values.h"
#include "dataplane/dataplane.h"

#include <string.h>

/* Counters that have gone back have begun anew. */
static float rate_of(uint64_t from, uint64_t to, double seconds)
{
	return to > from ? (float)((double)(to - from) / seconds) : 0;
}

static void note(struct rates *rates, const struct meter_rate *rate,
		 const uint64_t drops[MCI_DROP_COUNT])
{
	double seconds = (double)(rates->timers->now - rates->read_at) / USEC_PER_SEC;
	struct rates_sample *sample = &rates->samples[rates->next];

	sample->packets_per_s = (float)rate->packets_per_s;
	sample->bits_per_s = (float)rate->bits_per_s;
	for (int reason = 0; reason < MCI_DROP_COUNT; reason++)
		sample->drops_per_s[reason] = rate_of(rates->drops[reason], drops[reason], seconds);
	rates->next = (rates->next + 1) % RATES_MAX;
	if (rates->count < RATES_MAX)
		rates->count++;
}

/* The first look is only what the next one is compared with. */
static void look(struct rates *rates)
{
	uint64_t drops[MCI_DROP_COUNT] = {0};
	struct meter_rate rate = {0};

	if (!rates->read(rates->context, &rate, drops))
		return;
	if (rates->read_at)
		note(rates, &rate, drops);
	memcpy(rates->drops, drops, sizeof(drops));
	rates->read_at = rates->timers->now;
}

static void sample_due(struct timer *timer)
{
	struct rates *rates = container_of(timer, struct rates, due);

	look(rates);
	timer_start(rates->timers, timer, RATES_INTERVAL);
}

void rates_start(struct rates *rates)
{
	rates->due.fn = sample_due;
	timer_start(rates->timers, &rates->due, 0);
}

void rates_stop(struct rates *rates)
{
	timer_stop(rates->timers, &rates->due);
}

const struct rates_sample *rates_at(const struct rates *rates, unsigned i)
{
	return &rates->samples[(rates->next + RATES_MAX - rates->count + i) % RATES_MAX];
}

/* The member of each sample that is at this offset. */
static json_t *list_of(const struct rates *rates, size_t offset)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < rates->count; i++) {
		float value;

		memcpy(&value, (const char *)rates_at(rates, i) + offset, sizeof(value));
		json_array_append_new(list, view_rate(value));
	}
	return list;
}

static bool has_dropped(const struct rates *rates, int reason)
{
	for (unsigned i = 0; i < rates->count; i++)
		if (rates->samples[i].drops_per_s[reason] > 0)
			return true;
	return false;
}

json_t *rates_view(const struct rates *rates)
{
	json_t *view = json_object(), *drops = json_object();

	put_count(view, "interval_s", RATES_INTERVAL / USEC_PER_SEC);
	put(view, "packets_per_s", list_of(rates, offsetof(struct rates_sample, packets_per_s)));
	put(view, "bits_per_s", list_of(rates, offsetof(struct rates_sample, bits_per_s)));
	for (int reason = 0; reason < MCI_DROP_COUNT; reason++)
		if (has_dropped(rates, reason))
			put(drops, dataplane_drop_name(reason),
			    list_of(rates, offsetof(struct rates_sample, drops_per_s) +
						   reason * sizeof(float)));
	put(view, "drops_per_s", drops);
	return view;
}
