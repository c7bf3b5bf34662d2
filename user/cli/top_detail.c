/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli/show.h"
#include "cli/top_view.h"

#include <stdlib.h>
#include <string.h>

#define BAR_MAX 40 /* columns of the longest step */

static const json_t *at(const json_t *object, const char *key)
{
	return json_object_get(object, key);
}

static void heading(struct canvas *canvas, const char *text)
{
	canvas_end_row(canvas);
	canvas_print(canvas, BOLD, "%s", text);
	canvas_end_row(canvas);
}

static void draw_state(struct canvas *canvas, const json_t *view)
{
	const char *state = text_string(view, "state");
	char *lans = text_list(view, "interfaces", " ");
	char since[TEXT_SHORT], retry[TEXT_SHORT];

	canvas_print(canvas, BOLD, "(%s, %s)", text_string(view, "source"),
		     text_string(view, "group"));
	canvas_print(canvas, show_state_colour(state), "  %s", state);
	canvas_print(canvas, PLAIN, " for %s", text_age(view, "since", since));
	canvas_end_row(canvas);
	if (json_is_string(at(view, "reason"))) {
		canvas_print(canvas, YELLOW, "%s", text_string(view, "reason"));
		canvas_end_row(canvas);
	}
	canvas_print(canvas, PLAIN, "relay %s  %s  to %s", text_string(view, "relay"),
		     text_string(view, "move"), lans);
	if (json_is_number(at(view, "retry_s")))
		canvas_print(canvas, PLAIN, "  next attempt in %s",
			     text_seconds(view, "retry_s", retry));
	canvas_end_row(canvas);
	free(lans);
}

/* The join: each step from the end of the one before to its own */

static const struct {
	const char *key, *name;
} steps[] = {{"dns_answered", "DNS answered"},
	     {"tunnel_up", "tunnel is up"},
	     {"update_sent", "Update sent"},
	     {"first_packet", "first packet"}};

/* In milliseconds; without a first packet, that of the step before. */
static double whole_time(const json_t *trace)
{
	double whole = 0;

	for (size_t i = 0; i < COUNT_OF(steps); i++) {
		double time = json_number_value(at(trace, steps[i].key));

		if (time > whole)
			whole = time;
	}
	return whole;
}

static unsigned column_of(double time, double whole)
{
	return whole > 0 ? (unsigned)(time / whole * BAR_MAX + 0.5) : 0;
}

static void draw_step(struct canvas *canvas, size_t step, const json_t *trace, double *from,
		      double whole)
{
	const json_t *time = at(trace, steps[step].key);
	unsigned start = column_of(*from, whole), end;
	char ms[TEXT_SHORT];

	canvas_cell(canvas, PLAIN, 14, "%s", steps[step].name);
	if (!json_is_number(time)) {
		canvas_print(canvas, PLAIN, "-");
		canvas_end_row(canvas);
		return;
	}
	end = column_of(json_number_value(time), whole);
	for (unsigned i = 0; i < BAR_MAX; i++)
		canvas_bar(canvas, GREEN, i >= start && (i < end || i == start) ? 8 : 0);
	canvas_print(canvas, PLAIN, " %s ms", text_number(trace, steps[step].key, ms));
	canvas_end_row(canvas);
	if (json_number_value(time) > *from)
		*from = json_number_value(time);
}

static void draw_join(struct canvas *canvas, const json_t *trace)
{
	double whole = whole_time(trace), from = 0;

	heading(canvas, "The join, in ms since its Join");
	for (size_t i = 0; i < COUNT_OF(steps); i++)
		draw_step(canvas, i, trace, &from, whole);
}

/* Who keeps it */

static void draw_wanted(struct canvas *canvas, const json_t *list)
{
	const json_t *wanted;
	char expires[TEXT_SHORT];
	size_t i;

	heading(canvas, "Who keeps it");
	json_array_foreach (list, i, wanted) {
		bool is_pim = strcmp(text_string(wanted, "by"), "pim") == 0;

		canvas_print(canvas, PLAIN, "%s: %s %s, %s, expires in %s",
			     text_string(wanted, "interface"), is_pim ? "router" : "hosts by",
			     text_string(wanted, is_pim ? "neighbor" : "by"),
			     text_string(wanted, "state"),
			     text_seconds(wanted, "expires_s", expires));
		canvas_end_row(canvas);
	}
	if (!json_array_size(list)) {
		canvas_print(canvas, PLAIN, "nobody any more");
		canvas_end_row(canvas);
	}
}

/* Traffic */

static double sample_at(const struct top_channel *channel, unsigned i)
{
	return channel->samples[i % TOP_SAMPLES];
}

static unsigned first_sample(const struct top_channel *channel)
{
	return channel->sample_count > TOP_SAMPLES ? channel->sample_count - TOP_SAMPLES : 0;
}

static double highest(const struct top_channel *channel)
{
	double top = 0;

	for (unsigned i = first_sample(channel); i < channel->sample_count; i++)
		if (sample_at(channel, i) > top)
			top = sample_at(channel, i);
	return top;
}

/* What is more than nothing is at least one eighth high. */
static unsigned height_of(double sample, double top)
{
	return sample > 0 ? 1 + (unsigned)(sample / top * 7) : 0;
}

static void draw_rates(struct canvas *canvas, const struct top_channel *channel)
{
	double top = highest(channel);

	heading(canvas, "The last minute");
	for (unsigned i = first_sample(channel); i < channel->sample_count; i++)
		canvas_bar(canvas, GREEN, height_of(sample_at(channel, i), top));
	canvas_print(canvas, PLAIN, "%sup to %.1f kb/s", channel->sample_count ? "  " : "",
		     top / 1000);
	canvas_end_row(canvas);
}

static void draw_traffic(struct canvas *canvas, const json_t *view)
{
	char rate[TEXT_SHORT], packets[TEXT_SHORT], bytes[TEXT_SHORT], lost[TEXT_SHORT],
		slow[TEXT_SHORT];

	canvas_print(canvas, PLAIN, "now %s  %s packets, %s bytes  lost %s  slow path %s",
		     text_bit_rate(view, "bits_per_s", rate), text_number(view, "packets", packets),
		     text_bytes(view, "bytes", bytes), text_number(view, "rtp_lost", lost),
		     text_number(view, "slow_packets", slow));
	canvas_end_row(canvas);
}

static void draw_drops(struct canvas *canvas, const json_t *view)
{
	const json_t *last = at(view, "last_drop");
	char age[TEXT_SHORT], *drops;

	if (!json_is_object(last))
		return;
	drops = text_counts(view, "dropped");
	canvas_print(canvas, YELLOW, "dropped %s; the last one, %s, %s ago", drops,
		     text_string(last, "reason"), text_age(last, "at", age));
	canvas_end_row(canvas);
	free(drops);
}

void top_view_channel(struct canvas *canvas, const struct top_state *state)
{
	const struct top_channel *channel;

	HASH_FIND_STR(state->by_key, state->selected, channel);
	if (channel) {
		draw_state(canvas, channel->view);
		draw_join(canvas, at(channel->view, "trace"));
		draw_wanted(canvas, at(channel->view, "wanted"));
		draw_rates(canvas, channel);
		draw_traffic(canvas, channel->view);
		draw_drops(canvas, channel->view);
	} else {
		canvas_print(canvas, YELLOW, "%s: closed, nobody wants it any more",
			     state->selected);
		canvas_end_row(canvas);
	}
	top_view_foot(canvas, state, "Esc all channels  q quit");
}
