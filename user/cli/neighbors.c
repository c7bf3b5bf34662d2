/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli/show.h"

static void note_neighbor(struct table *table, const json_t *neighbor)
{
	char delay[TEXT_SHORT], override[TEXT_SHORT];

	table_note(table, "generation %s, propagation delay %s ms, override interval %s ms",
		   text_string(neighbor, "generation_id"),
		   text_number(neighbor, "propagation_delay_ms", delay),
		   text_number(neighbor, "override_interval_ms", override));
	if (json_array_size(json_object_get(neighbor, "addresses")))
		show_note_list(table, "further addresses", neighbor, "addresses");
}

static void print_neighbors(const struct cli *cli, const json_t *reply)
{
	static const char *const headings[] = {"INTERFACE", "ADDRESS",  "DR",    ">DR-PRIORITY",
					       ">HOLDTIME", ">EXPIRES", ">SINCE"};
	const json_t *neighbors = json_object_get(reply, "neighbors"), *neighbor;
	struct table *table;
	size_t i;

	if (show_is_empty(neighbors, "No neighbors: no PIM Hello has been heard on a LAN; "
				     "`mcingest doctor` says more."))
		return;
	table = table_new(headings, COUNT_OF(headings));
	json_array_foreach (neighbors, i, neighbor) {
		cell_string(table, neighbor, "interface");
		cell_string(table, neighbor, "address");
		table_cell(table, PLAIN, "%s",
			   json_is_true(json_object_get(neighbor, "dr")) ? "yes" : "no");
		cell_number(table, neighbor, "dr_priority");
		cell_seconds(table, neighbor, "holdtime_s");
		cell_seconds(table, neighbor, "expires_s");
		cell_age(table, neighbor, "since");
		if (json_is_true(json_object_get(neighbor, "other_subnet")))
			table_note(table,
				   "not in a subnet of this interface: its routes to the sources "
				   "must have one of our addresses as next hop");
		if (cli->verbose)
			note_neighbor(table, neighbor);
	}
	table_print(table);
}

enum cli_status command_neighbors(const struct cli *cli)
{
	return show_reply(cli, print_neighbors);
}
