/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli/top_view.h"
#include "cli/show.h"

#include <string.h>

#define RELAYS_MAX   4 /* rows of relays */
#define RELAY_WIDTH  25
#define CHANNELS_MIN 5   /* rows of channels that relays leave */
#define NARROW       116 /* columns; on fewer, addresses of IPv6 get less room */

static const json_t *at(const json_t *object, const char *key)
{
	return json_object_get(object, key);
}

/* The box */

static void draw_states(struct canvas *canvas, const json_t *states)
{
	const json_t *count;
	const char *state;

	json_object_foreach ((json_t *)states, state, count)
		if (json_integer_value(count))
			canvas_print(canvas, show_state_colour(state),
				     "  %" JSON_INTEGER_FORMAT " %s", json_integer_value(count),
				     state);
}

static void draw_box(struct canvas *canvas, const struct top_state *state)
{
	const json_t *status = state->status;
	char a[TEXT_SHORT], b[TEXT_SHORT];

	canvas_print(canvas, BOLD, "mcingestd %s", text_string(status, "version"));
	canvas_print(canvas, PLAIN, "  up %s", text_seconds(status, "uptime_s", a));
	canvas_print(canvas, PLAIN, "  %s, %s packets/s", text_bit_rate(status, "bits_per_s", a),
		     text_number(status, "packets_per_s", b));
	canvas_end_row(canvas);
	canvas_print(canvas, PLAIN, "channels");
	draw_states(canvas, at(status, "channels"));
	canvas_print(canvas, PLAIN, "  of %s  longest wait %s ms",
		     text_number(at(status, "limits"), "channels", a),
		     text_number(status, "longest_stall_ms", b));
	canvas_end_row(canvas);
}

static void draw_interface(struct canvas *canvas, const json_t *interface)
{
	bool is_lan = strcmp(text_string(interface, "role"), "downstream") == 0;
	json_int_t neighbors = json_integer_value(at(interface, "neighbors"));
	bool has_mode = json_is_string(at(interface, "mode"));
	char refused[TEXT_SHORT];

	canvas_cell(canvas, PLAIN, 17, "%s", text_string(interface, "name"));
	canvas_cell(canvas, PLAIN, 12, "%s", text_string(interface, "role"));
	canvas_cell(canvas, has_mode ? PLAIN : RED, 5, "%s", text_string(interface, "mode"));
	if (is_lan) {
		char *dr = text_list(interface, "dr", " ");

		canvas_print(canvas, neighbors ? GREEN : YELLOW,
			     "%" JSON_INTEGER_FORMAT " neighbor%s", neighbors,
			     neighbors == 1 ? "" : "s");
		canvas_print(canvas, PLAIN, "  refused %s  DR %s",
			     text_number(interface, "refused", refused), dr);
		free(dr);
	} else if (!has_mode) {
		canvas_print(canvas, RED, "%s", text_string(interface, "why"));
	}
	canvas_end_row(canvas);
}

/* Relays: those that are held down first */

static void draw_held(struct canvas *canvas, const json_t *hold)
{
	char left[TEXT_SHORT];

	canvas_cell(canvas, PLAIN, RELAY_WIDTH, "relay %s", text_string(hold, "relay"));
	canvas_print(canvas, RED, "held down for %s: %s", text_seconds(hold, "ends_s", left),
		     text_string(hold, "reason"));
	canvas_end_row(canvas);
}

static const json_t *cycle_of(const json_t *tunnel)
{
	const json_t *igmp = at(tunnel, "igmp");

	return strcmp(text_string(igmp, "state"), "idle") ? igmp : at(tunnel, "mld");
}

static void draw_tunnel(struct canvas *canvas, const json_t *tunnel)
{
	const char *state = text_string(cycle_of(tunnel), "state");
	char channels[TEXT_SHORT], trip[TEXT_SHORT], query[TEXT_SHORT];

	canvas_cell(canvas, PLAIN, RELAY_WIDTH, "relay %s", text_string(tunnel, "relay"));
	canvas_cell(canvas, show_state_colour(state), 12, "%s", state);
	canvas_print(canvas, PLAIN, "%s channels  RTT %s ms  asks in %s",
		     text_number(tunnel, "channels", channels),
		     text_number(tunnel, "round_trip_ms", trip),
		     text_seconds(cycle_of(tunnel), "next_request_s", query));
	canvas_end_row(canvas);
}

static void draw_relays(struct canvas *canvas, const struct top_state *state)
{
	const json_t *holds = at(state->tunnels, "held_down"), *tunnels, *relay;
	size_t all = json_array_size(holds), drawn = 0, i;

	tunnels = at(state->tunnels, "tunnels");
	all += json_array_size(tunnels);
	json_array_foreach (holds, i, relay)
		if (drawn < RELAYS_MAX && drawn++ < RELAYS_MAX)
			draw_held(canvas, relay);
	json_array_foreach (tunnels, i, relay)
		if (drawn < RELAYS_MAX && drawn++ < RELAYS_MAX)
			draw_tunnel(canvas, relay);
	if (all > drawn) {
		canvas_print(canvas, PLAIN, "and %zu more relays: mcingest tunnels", all - drawn);
		canvas_end_row(canvas);
	}
}

/* Channels */

static unsigned address_width(const struct canvas *canvas)
{
	return canvas->columns < NARROW ? 16 : 24;
}

static void draw_heading(struct canvas *canvas, const struct top_state *state)
{
	int width = (int)address_width(canvas);

	canvas->reverse = true;
	canvas_cell(canvas, PLAIN, width, "SOURCE");
	canvas_cell(canvas, PLAIN, width, "GROUP");
	canvas_cell(canvas, PLAIN, 13, "STATE");
	canvas_cell(canvas, PLAIN, width, "RELAY");
	canvas_cell(canvas, PLAIN, -11, "RATE");
	canvas_cell(canvas, PLAIN, 5, "LOST");
	if (canvas->columns >= NARROW)
		canvas_print(canvas, PLAIN, " %u of %u", state->shown_count,
			     HASH_COUNT(state->by_key));
	canvas_end_row(canvas);
}

/* A channel that failed has no relay; its reason is worth more. */
static void draw_channel(struct canvas *canvas, const struct top_channel *channel, bool selected)
{
	int width = (int)address_width(canvas);
	const json_t *view = channel->view;
	const char *state = text_string(view, "state");
	char rate[TEXT_SHORT], lost[TEXT_SHORT];

	canvas->reverse = selected;
	canvas_cell(canvas, PLAIN, width, "%s", text_string(view, "source"));
	canvas_cell(canvas, PLAIN, width, "%s", text_string(view, "group"));
	canvas_cell(canvas, show_state_colour(state), 13, "%s", state);
	if (channel->failed) {
		canvas_print(canvas, RED, "%s", text_string(view, "reason"));
	} else {
		canvas_cell(canvas, PLAIN, width, "%s", text_string(view, "relay"));
		canvas_cell(canvas, PLAIN, -11, "%s", text_bit_rate(view, "bits_per_s", rate));
		canvas_print(canvas, PLAIN, "%s", text_number(view, "rtp_lost", lost));
	}
	canvas_end_row(canvas);
}

static void follow_selection(struct top_state *state, unsigned room)
{
	unsigned place = top_selected_place(state);

	state->page = room;
	if (place < state->first)
		state->first = place;
	if (room && place >= state->first + room)
		state->first = place - room + 1;
	if (state->first + room > state->shown_count)
		state->first = state->shown_count > room ? state->shown_count - room : 0;
}

static void draw_channels(struct canvas *canvas, struct top_state *state)
{
	unsigned room = canvas->rows > canvas->row + 2 ? canvas->rows - canvas->row - 2 : 0;

	follow_selection(state, room);
	draw_heading(canvas, state);
	for (unsigned i = state->first; i < state->shown_count && i < state->first + room; i++)
		draw_channel(canvas, state->shown[i],
			     strcmp(state->shown[i]->key, state->selected) == 0);
	if (room && !state->shown_count) {
		canvas_print(canvas, PLAIN, "%s",
			     state->filter[0] ? "No channel passes the filter."
					      : "No router or host on a LAN has joined a channel.");
		canvas_end_row(canvas);
	}
}

/* The foot */

void top_view_foot(struct canvas *canvas, const struct top_state *state, const char *keys)
{
	canvas->row = canvas->rows - 1;
	canvas->column = 0;
	if (state->filtering)
		canvas_print(canvas, BOLD, "filter: %s_   Enter: take it, Esc: none",
			     state->filter);
	else if (state->error[0])
		canvas_print(canvas, RED, "%s", state->error);
	else
		canvas_print(canvas, BOLD, "%s", keys);
	canvas_end_row(canvas);
}

static void draw_keys(struct canvas *canvas, const struct top_state *state)
{
	char keys[256];

	snprintf(keys, sizeof(keys),
		 "q quit  / filter%s%s%s  s sort: %s  Enter one channel  arrows",
		 state->filter[0] ? " '" : "", state->filter, state->filter[0] ? "'" : "",
		 top_sort_name(state->sort));
	top_view_foot(canvas, state, keys);
}

void top_view(struct canvas *canvas, struct top_state *state)
{
	const json_t *interface;
	size_t i;

	draw_box(canvas, state);
	json_array_foreach (at(state->status, "interfaces"), i, interface)
		draw_interface(canvas, interface);
	if (canvas->rows > canvas->row + RELAYS_MAX + CHANNELS_MIN)
		draw_relays(canvas, state);
	draw_channels(canvas, state);
	draw_keys(canvas, state);
}
