/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli/show.h"

#include <stdio.h>

/* Who asks the hosts of a LAN. */
static void cell_querier(struct table *table, const json_t *interface)
{
	const json_t *igmp = json_object_get(interface, "igmp");

	cell_string(table, json_is_object(igmp) ? igmp : json_object_get(interface, "mld"),
		    "address");
}

static void print_interfaces(const json_t *interfaces)
{
	static const char *const headings[] = {"INTERFACE",  "ROLE",         "MODE",
					       ">NEIGHBORS", "QUERIER",      ">REFUSED",
					       "ADDRESSES",  "WHY THIS MODE"};
	struct table *table = table_new(headings, COUNT_OF(headings));
	const json_t *interface;
	size_t i;

	json_array_foreach (interfaces, i, interface) {
		cell_string(table, interface, "name");
		cell_string(table, interface, "role");
		cell_string(table, interface, "mode");
		cell_number(table, interface, "neighbors");
		cell_querier(table, interface);
		cell_number(table, interface, "refused");
		cell_list(table, interface, "addresses");
		cell_string(table, interface, "why");
		if (json_is_string(json_object_get(interface, "in_front")))
			table_note(table, "%s stands in front, and may take packets",
				   text_string(interface, "in_front"));
	}
	table_print(table);
}

/* "Channels  3 of 16384: 2 receiving, 1 failed" */
static void print_channel_states(const json_t *reply)
{
	json_t *states = json_object_get(reply, "channels"), *count;
	json_int_t sum = 0;
	const char *state, *before = ": ";
	char limit[TEXT_SHORT];

	json_object_foreach (states, state, count)
		sum += json_integer_value(count);
	text_print(PLAIN, "Channels  %" JSON_INTEGER_FORMAT " of %s", sum,
		   text_number(json_object_get(reply, "limits"), "channels", limit));
	json_object_foreach (states, state, count) {
		if (!json_integer_value(count))
			continue;
		text_print(PLAIN, "%s", before);
		text_print(show_state_colour(state), "%" JSON_INTEGER_FORMAT " %s",
			   json_integer_value(count), state);
		before = ", ";
	}
	putchar('\n');
}

static void print_status(const struct cli *cli, const json_t *reply)
{
	char pid[TEXT_SHORT], uptime[TEXT_SHORT], tunnels[TEXT_SHORT], limit[TEXT_SHORT];
	char packets[TEXT_SHORT], bits[TEXT_SHORT];
	const json_t *limits = json_object_get(reply, "limits");

	(void)cli;
	text_line(PLAIN, "mcingestd %s, pid %s, up %s, since %s", text_string(reply, "version"),
		  text_number(reply, "pid", pid), text_seconds(reply, "uptime_s", uptime),
		  text_string(reply, "since"));
	putchar('\n');
	print_interfaces(json_object_get(reply, "interfaces"));
	putchar('\n');
	print_channel_states(reply);
	text_line(PLAIN, "Forwards  %s, %s packets/s", text_bit_rate(reply, "bits_per_s", bits),
		  text_number(reply, "packets_per_s", packets));
	text_line(PLAIN, "Tunnels   %s of %s", text_number(reply, "tunnels", tunnels),
		  text_number(limits, "tunnels", limit));
}

enum cli_status show_status(const struct cli *cli)
{
	return show_reply(cli, print_status);
}
