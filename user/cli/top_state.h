/* SPDX-License-Identifier: BSD-2-Clause */
/* What `mcingest top` knows and shows: the daemon's latest replies, the channels in their order,
 * and what the keys have chosen. Knows no terminal and no socket. */
#pragma once

#include "base/addr.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <uthash.h>

#define TOP_SAMPLES    30 /* rates that are kept of each channel, one of each refresh */
#define TOP_FILTER_MAX 64
#define TOP_KEY_MAX    128

enum top_sort { TOP_BY_RATE, TOP_BY_LOSS, TOP_BY_AGE, TOP_BY_SOURCE, TOP_BY_GROUP, TOP_SORTS };

/* A channel, for as long as the daemon shows it. */
struct top_channel {
	char key[TOP_KEY_MAX]; /* "SOURCE GROUP" */
	struct addr source, group;
	const json_t *view; /* in the latest reply */
	bool failed;
	double rate;                 /* bits a second */
	double samples[TOP_SAMPLES]; /* in a circle */
	unsigned sample_count;       /* so far; more than TOP_SAMPLES may have been */
	json_int_t bytes;            /* when the last sample was taken */
	unsigned refresh;            /* the number of the refresh that has seen it */
	UT_hash_handle hh;
};

struct top_state {
	json_t *status, *tunnels, *neighbors, *channels; /* replies; NULL before the first */
	char error[256];  /* why there is no newer reply; else empty */
	double time;      /* when the latest replies came, in seconds */
	unsigned refresh; /* how often */
	struct top_channel *by_key;
	struct top_channel **shown; /* those that pass the filter, in their order */
	unsigned shown_count;
	enum top_sort sort;
	char filter[TOP_FILTER_MAX];
	bool filtering;             /* the filter is being typed */
	char selected[TOP_KEY_MAX]; /* key of the selected channel; empty if there is none */
	unsigned first;             /* the first row of channels on the screen, of all shown */
	unsigned page;              /* rows of channels on the screen, as last drawn */
	bool detail;                /* the selected channel alone is shown */
};

const char *top_sort_name(enum top_sort sort);

/* Takes over the replies, which came at `time`. */
void top_take(struct top_state *state, double time, json_t *status, json_t *tunnels,
	      json_t *neighbors, json_t *channels);
/* Puts the channels in order again, after `sort` or `filter` has changed. */
void top_arrange(struct top_state *state);
/* The selected channel; NULL if there is none. */
const struct top_channel *top_selected(const struct top_state *state);
/* Its place among those shown; 0 if there is none. */
unsigned top_selected_place(const struct top_state *state);
/* Moves the selection by so many places, as far as there are channels. */
void top_move(struct top_state *state, int by);
void top_free(struct top_state *state);
