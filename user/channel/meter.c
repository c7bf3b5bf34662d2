/* SPDX-License-Identifier: BSD-2-Clause */
#include "channel/meter.h"

/* Over a shorter time the first packets would look like a burst. */
#define TIME_MIN (1 * USEC_PER_SEC)

void meter_begin(struct meter *meter, usec_t now, const struct meter_count *count)
{
	*meter = (struct meter){.since = now, .base = *count};
}

static struct meter_rate rate_between(const struct meter_count *from, const struct meter_count *to,
				      usec_t time)
{
	double seconds = (double)(time > TIME_MIN ? time : TIME_MIN) / USEC_PER_SEC;

	return (struct meter_rate){.packets_per_s = (double)(to->packets - from->packets) / seconds,
				   .bits_per_s = (double)(to->bytes - from->bytes) * 8 / seconds};
}

void meter_look(struct meter *meter, usec_t now, const struct meter_count *count)
{
	usec_t time = now - meter->since;

	/* The time before the first packet does not count. */
	if (count->packets < meter->base.packets || count->bytes < meter->base.bytes ||
	    !count->packets) {
		meter_begin(meter, now, count);
		return;
	}
	if (meter->settled && time < METER_MIN)
		return;
	meter->rate = rate_between(&meter->base, count, time);
	if (time < METER_MIN)
		return;
	meter->since = now;
	meter->base = *count;
	meter->settled = true;
}
