/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli/top_state.h"
#include "base/memory.h"
#include "cli/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *top_sort_name(enum top_sort sort)
{
	static const char *const names[TOP_SORTS] = {[TOP_BY_RATE] = "rate",
						     [TOP_BY_LOSS] = "loss",
						     [TOP_BY_AGE] = "age",
						     [TOP_BY_SOURCE] = "source",
						     [TOP_BY_GROUP] = "group"};

	return names[sort];
}

/* Taking replies */

static json_int_t integer(const json_t *object, const char *key)
{
	return json_integer_value(json_object_get(object, key));
}

static struct top_channel *find(struct top_state *state, const json_t *view)
{
	struct top_channel *channel;
	char key[TOP_KEY_MAX];

	snprintf(key, sizeof(key), "%s %s", text_string(view, "source"),
		 text_string(view, "group"));
	HASH_FIND_STR(state->by_key, key, channel);
	if (channel)
		return channel;
	channel = memory_new(sizeof(*channel));
	strcpy(channel->key, key);
	addr_parse(text_string(view, "source"), &channel->source);
	addr_parse(text_string(view, "group"), &channel->group);
	channel->bytes = -1;
	HASH_ADD_STR(state->by_key, key, channel);
	return channel;
}

/* Bits a second since the last refresh. There is none at the first, nor after a restart. */
static void take_sample(struct top_channel *channel, double seconds)
{
	json_int_t bytes = integer(channel->view, "bytes");

	if (channel->bytes >= 0 && bytes >= channel->bytes && seconds > 0)
		channel->samples[channel->sample_count++ % TOP_SAMPLES] =
			(double)(bytes - channel->bytes) * 8 / seconds;
	channel->bytes = bytes;
}

static void take_channel(struct top_state *state, const json_t *view, double seconds)
{
	struct top_channel *channel = find(state, view);

	channel->view = view;
	channel->refresh = state->refresh;
	channel->failed = strcmp(text_string(view, "state"), "failed") == 0;
	channel->rate = json_number_value(json_object_get(view, "bits_per_s"));
	take_sample(channel, seconds);
}

static void forget_gone(struct top_state *state)
{
	struct top_channel *channel, *next;

	HASH_ITER (hh, state->by_key, channel, next) {
		if (channel->refresh == state->refresh)
			continue;
		HASH_DEL(state->by_key, channel);
		free(channel);
	}
}

static void replace(json_t **reply, json_t *by)
{
	json_decref(*reply);
	*reply = by;
}

void top_take(struct top_state *state, double time, json_t *status, json_t *tunnels,
	      json_t *neighbors, json_t *channels)
{
	const json_t *view;
	size_t i;

	state->refresh++;
	json_array_foreach (json_object_get(channels, "channels"), i, view)
		take_channel(state, view, time - state->time);
	forget_gone(state);
	replace(&state->status, status);
	replace(&state->tunnels, tunnels);
	replace(&state->neighbors, neighbors);
	replace(&state->channels, channels);
	state->time = time;
	state->error[0] = '\0';
	top_arrange(state);
}

/* Order: the failed ones first, then by the chosen column, then by address */

static int descending(double a, double b)
{
	return (a < b) - (a > b);
}

static int by_address(const struct addr *a, const struct addr *b)
{
	return memcmp(a, b, sizeof(*a));
}

static int by_column(const struct top_channel *a, const struct top_channel *b, enum top_sort sort)
{
	switch (sort) {
	case TOP_BY_LOSS:
		return descending((double)integer(a->view, "rtp_lost"),
				  (double)integer(b->view, "rtp_lost"));
	case TOP_BY_AGE: /* the youngest first; RFC 3339 sorts as text */
		return strcmp(text_string(b->view, "since"), text_string(a->view, "since"));
	case TOP_BY_SOURCE:
		return by_address(&a->source, &b->source);
	case TOP_BY_GROUP:
		return by_address(&a->group, &b->group);
	default:
		return descending(a->rate, b->rate);
	}
}

static int compare(const void *left, const void *right, void *context)
{
	const struct top_channel *a = *(struct top_channel *const *)left;
	const struct top_channel *b = *(struct top_channel *const *)right;
	const struct top_state *state = context;
	int order = b->failed - a->failed;

	if (!order)
		order = by_column(a, b, state->sort);
	if (!order)
		order = by_address(&a->source, &b->source);
	return order ? order : by_address(&a->group, &b->group);
}

/* The filter is a part of the address, of the state, of the relay, or of the reason. */
static bool passes(const struct top_state *state, const struct top_channel *channel)
{
	static const char *const keys[] = {"state", "relay", "reason"};

	if (strcasestr(channel->key, state->filter))
		return true;
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (strcasestr(text_string(channel->view, keys[i]), state->filter))
			return true;
	return false;
}

void top_arrange(struct top_state *state)
{
	struct top_channel *channel, *next;

	state->shown =
		memory_resize(state->shown, (HASH_COUNT(state->by_key) + 1) * sizeof(channel));
	state->shown_count = 0;
	HASH_ITER (hh, state->by_key, channel, next)
		if (passes(state, channel))
			state->shown[state->shown_count++] = channel;
	if (state->shown_count)
		qsort_r(state->shown, state->shown_count, sizeof(channel), compare, state);
	if (!state->detail && !top_selected(state))
		top_move(state, 0);
}

/* The selection */

const struct top_channel *top_selected(const struct top_state *state)
{
	for (unsigned i = 0; i < state->shown_count; i++)
		if (strcmp(state->shown[i]->key, state->selected) == 0)
			return state->shown[i];
	return NULL;
}

unsigned top_selected_place(const struct top_state *state)
{
	for (unsigned i = 0; i < state->shown_count; i++)
		if (strcmp(state->shown[i]->key, state->selected) == 0)
			return i;
	return 0;
}

void top_move(struct top_state *state, int by)
{
	long place = (long)top_selected_place(state) + by, last = (long)state->shown_count - 1;

	if (place > last)
		place = last;
	if (place < 0)
		place = 0;
	if (state->shown_count)
		strcpy(state->selected, state->shown[place]->key);
	else
		state->selected[0] = '\0';
}

void top_free(struct top_state *state)
{
	state->refresh++;
	forget_gone(state);
	free(state->shown);
	json_decref(state->status);
	json_decref(state->tunnels);
	json_decref(state->neighbors);
	json_decref(state->channels);
}
