/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli/show.h"

#include <stdio.h>

/* Hosts on a LAN that `igmp` does not name. */
static void note_unasked(struct table *table, const json_t *interface)
{
	char reports[TEXT_SHORT];

	if (json_integer_value(json_object_get(interface, "unasked_reports")))
		table_note(table,
			   "%s reports of hosts that join a source were not heeded: `igmp = %s` "
			   "under [interfaces]",
			   text_number(interface, "unasked_reports", reports),
			   text_string(interface, "name"));
}

static void print_links(const json_t *interfaces)
{
	static const char *const headings[] = {"INTERFACE", "ROLE",         "LINK",
					       "MODE",      ">MTU",         ">REFUSED",
					       "ADDRESSES", "WHY THIS MODE"};
	struct table *table = table_new(headings, COUNT_OF(headings));
	const json_t *interface;
	size_t i;

	json_array_foreach (interfaces, i, interface) {
		bool up = json_is_true(json_object_get(interface, "up"));

		cell_string(table, interface, "name");
		cell_string(table, interface, "role");
		table_cell(table, up ? GREEN : RED, up ? "up" : "down");
		cell_string(table, interface, "mode");
		cell_number(table, interface, "mtu");
		cell_count(table, interface, "refused");
		cell_list(table, interface, "addresses");
		cell_string(table, interface, "why");
		note_unasked(table, interface);
	}
	table_print(table);
}

static void fill_pim(const struct cli *cli, struct table *table, const json_t *interface,
		     const json_t *pim)
{
	bool observing = json_is_true(json_object_get(pim, "observing"));
	bool dr_is_us = json_is_true(json_object_get(pim, "dr_is_us"));

	cell_string(table, interface, "name");
	cell_string(table, pim, "address");
	table_cell(table, PLAIN, "%s%s", text_string(pim, "dr"), dr_is_us ? " (us)" : "");
	cell_number(table, pim, "neighbors");
	cell_number(table, pim, "joins");
	cell_seconds(table, pim, "next_hello_s");
	cell_number(table, pim, "override_interval_ms");
	cell_string(table, pim, "generation_id");
	if (observing)
		table_note(table, "observed only: another daemon on this host speaks PIM");
	if (json_is_string(json_object_get(pim, "send_error")))
		table_note(table, "cannot send: %s: see the firewall's output",
			   text_string(pim, "send_error"));
	if (!cli->verbose || !json_array_size(json_object_get(pim, "further_addresses")))
		return;
	show_note_list(table, "further addresses", pim, "further_addresses");
}

static void print_pim(const struct cli *cli, const json_t *interfaces)
{
	static const char *const headings[] = {"PIM ON",       "ADDRESS",   "DR",
					       ">NEIGHBORS",   ">JOINS",    ">NEXT HELLO",
					       ">OVERRIDE MS", "GENERATION"};
	struct table *table = table_new(headings, COUNT_OF(headings));
	const json_t *interface, *pim;
	size_t i, j;

	json_array_foreach (interfaces, i, interface)
		json_array_foreach (json_object_get(interface, "pim"), j, pim)
			fill_pim(cli, table, interface, pim);
	putchar('\n');
	table_print(table);
}

static void fill_querier(struct table *table, const json_t *interface, const char *protocol,
			 const json_t *querier)
{
	bool ours = json_is_true(json_object_get(querier, "querier"));

	cell_string(table, interface, "name");
	table_cell(table, PLAIN, "%s", protocol);
	table_cell(table, PLAIN, "%s%s", text_string(querier, "address"), ours ? " (us)" : "");
	cell_number(table, querier, "memberships");
	cell_seconds(table, querier, "next_query_s");
	cell_seconds(table, querier, "expires_s");
	cell_seconds(table, querier, "query_interval_s");
	cell_number(table, querier, "robustness");
}

static void print_queriers(const json_t *interfaces)
{
	static const char *const headings[] = {"HOSTS ON",     "PROTOCOL",    "QUERIER",
					       ">MEMBERSHIPS", ">NEXT QUERY", ">OTHER EXPIRES",
					       ">INTERVAL",    ">ROBUSTNESS"};
	static const struct {
		const char *key, *name;
	} protocols[] = {{"igmp", "IGMPv3"}, {"mld", "MLDv2"}};
	struct table *table = table_new(headings, COUNT_OF(headings));
	const json_t *interface, *querier;
	size_t i;

	json_array_foreach (interfaces, i, interface)
		for (size_t j = 0; j < COUNT_OF(protocols); j++) {
			querier = json_object_get(interface, protocols[j].key);
			if (json_is_object(querier))
				fill_querier(table, interface, protocols[j].name, querier);
		}
	putchar('\n');
	table_print(table);
}

static bool any_has(const json_t *interfaces, const char *key)
{
	const json_t *interface, *value;
	size_t i;

	json_array_foreach (interfaces, i, interface) {
		value = json_object_get(interface, key);
		if (json_is_object(value) || json_array_size(value))
			return true;
	}
	return false;
}

static void print_interfaces(const struct cli *cli, const json_t *reply)
{
	const json_t *interfaces = json_object_get(reply, "interfaces");

	print_links(interfaces);
	if (any_has(interfaces, "pim"))
		print_pim(cli, interfaces);
	if (any_has(interfaces, "igmp") || any_has(interfaces, "mld"))
		print_queriers(interfaces);
}

enum cli_status command_interfaces(const struct cli *cli)
{
	return show_reply(cli, print_interfaces);
}
