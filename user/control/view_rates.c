/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/view_rates.h"
#include "control/values.h"

/* Which line it is. */
static void put_line(json_t *view, const struct admission_line *line, const struct lans *lans)
{
	char prefix[PREFIX_TEXT];

	put_text(view, "limit", admission_limit_name(line->kind));
	put_text(view, "interface",
		 line->kind == ADMISSION_LAN ? lans->list[line->lan].link.name : NULL);
	put_text(view, "prefix", admission_prefix_format(line, prefix));
}

json_t *view_rates(const struct forward *forward, const struct lans *lans)
{
	json_t *list = json_array();
	struct admission_line line;
	unsigned next = 0;

	while (admission_next_line(forward, &next, &line)) {
		json_t *view = json_object();

		put_line(view, &line, lans);
		put_count(view, "bits_per_s", line.line->used);
		put_count(view, "limit_bits_per_s", line.line->limit);
		put_bool(view, "full", line.line->full);
		put_count(view, "stopped", line.stopped);
		json_array_append_new(list, view);
	}
	return list;
}

static json_t *stopped_on(const struct channel *channel, const struct lans *lans)
{
	uint32_t stopped = channel->interfaces & channel->stopped;
	json_t *list = json_array();

	for (unsigned i = 0; i < lans->count; i++)
		if (stopped & 1u << i)
			json_array_append_new(list, json_string(lans->list[i].link.name));
	return list;
}

json_t *view_stopped(const struct channel *channel, const struct lans *lans)
{
	usec_t now = channel->table->timers->now;
	struct admission_stop stop;
	json_t *view;

	if (!admission_stopped(channel, &stop))
		return json_null();
	view = json_object();
	put_line(view, &stop.line, lans);
	put(view, "interfaces", stopped_on(channel, lans));
	put_text(view, "reason", channel->why_stopped);
	put(view, "bits_per_s", view_if(stop.bits, stop.bits));
	put(view, "since", view_time(stop.since, now));
	put_count(view, "back_s",
		  stop.back > now ? (stop.back - now + USEC_PER_SEC - 1) / USEC_PER_SEC : 0);
	return view;
}
