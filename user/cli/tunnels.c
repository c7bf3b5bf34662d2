/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli/show.h"

#include <stdio.h>
#include <string.h>

static void cell_local(struct table *table, const json_t *tunnel)
{
	const char *local = text_string(tunnel, "local");
	char port[TEXT_SHORT];

	table_cell(table, PLAIN, strchr(local, ':') ? "[%s]:%s" : "%s:%s", local,
		   text_number(tunnel, "local_port", port));
}

/* IGMP or MLD in a tunnel. */
static void cell_protocol(struct table *table, const json_t *protocol)
{
	const char *state = text_string(protocol, "state");
	bool timed = json_is_number(json_object_get(protocol, "next_request_s"));
	enum colour colour =
		strcmp(state, "idle") && strcmp(state, "-") ? show_state_colour(state) : PLAIN;
	char next[TEXT_SHORT];

	if (timed)
		table_cell(table, colour, "%s (%s)", state,
			   text_seconds(protocol, "next_request_s", next));
	else
		table_cell(table, colour, "%s", state);
}

static void note_protocol(struct table *table, const char *name, const json_t *protocol)
{
	char interval[TEXT_SHORT], robustness[TEXT_SHORT];

	if (json_is_number(json_object_get(protocol, "query_interval_s")))
		table_note(table, "%s: query interval %s, robustness %s", name,
			   text_seconds(protocol, "query_interval_s", interval),
			   text_number(protocol, "robustness", robustness));
}

static void print_tunnel_list(const struct cli *cli, const json_t *tunnels)
{
	static const char *const headings[] = {"RELAY",      "LOCAL",   ">CHANNELS",  "IGMP (NEXT)",
					       "MLD (NEXT)", ">RTT MS", ">SLOW-PATH", ">SINCE"};
	struct table *table = table_new(headings, COUNT_OF(headings));
	const json_t *tunnel;
	size_t i;

	json_array_foreach (tunnels, i, tunnel) {
		cell_string(table, tunnel, "relay");
		cell_local(table, tunnel);
		cell_number(table, tunnel, "channels");
		cell_protocol(table, json_object_get(tunnel, "igmp"));
		cell_protocol(table, json_object_get(tunnel, "mld"));
		cell_number(table, tunnel, "round_trip_ms");
		cell_number(table, tunnel, "data_on_socket");
		cell_age(table, tunnel, "since");
		if (json_is_true(json_object_get(tunnel, "full")))
			table_note(table, "full: new channels go to other relays");
		if (!strcmp(text_string(tunnel, "p_flag"), "0x80"))
			table_note(table, "reads the P flag of a Request at 0x80, as Linux does");
		if (!cli->verbose)
			continue;
		note_protocol(table, "IGMP", json_object_get(tunnel, "igmp"));
		note_protocol(table, "MLD", json_object_get(tunnel, "mld"));
	}
	table_print(table);
}

static void print_discoveries(const json_t *discoveries)
{
	static const char *const headings[] = {"DISCOVERY", "RELAY", ">WAITING"};
	struct table *table = table_new(headings, COUNT_OF(headings));
	const json_t *discovery;
	size_t i;

	json_array_foreach (discoveries, i, discovery) {
		cell_string(table, discovery, "address");
		cell_string(table, discovery, "relay");
		cell_number(table, discovery, "waiting");
	}
	putchar('\n');
	table_print(table);
}

static void print_holds(const json_t *holds)
{
	static const char *const headings[] = {"HELD DOWN", ">FOR", ">SINCE", "WHY"};
	struct table *table = table_new(headings, COUNT_OF(headings));
	const json_t *hold;
	size_t i;

	json_array_foreach (holds, i, hold) {
		cell_string(table, hold, "relay");
		cell_seconds(table, hold, "ends_s");
		cell_age(table, hold, "since");
		cell_string(table, hold, "reason");
	}
	putchar('\n');
	table_print(table);
	text_line(PLAIN, "`mcingest lift RELAY` lets a relay be tried again at once.");
}

static void print_tunnels(const struct cli *cli, const json_t *reply)
{
	const json_t *tunnels = json_object_get(reply, "tunnels");
	const json_t *discoveries = json_object_get(reply, "discoveries");
	const json_t *holds = json_object_get(reply, "held_down");

	if (!show_is_empty(tunnels, "No tunnels: no channel needs a relay, or no relay was found."))
		print_tunnel_list(cli, tunnels);
	if (json_array_size(discoveries))
		print_discoveries(discoveries);
	if (json_array_size(holds))
		print_holds(holds);
}

enum cli_status command_tunnels(const struct cli *cli)
{
	return show_reply(cli, print_tunnels);
}
