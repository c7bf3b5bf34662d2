/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli/show.h"

#include <stdio.h>

static void print_counts(const char *heading, json_t *counts)
{
	const char *const headings[] = {heading, ">PACKETS"};
	struct table *table = table_new(headings, COUNT_OF(headings));
	const char *what;
	json_t *count;

	json_object_foreach (counts, what, count) {
		table_cell(table, PLAIN, "%s", what);
		cell_count(table, counts, what);
	}
	table_print(table);
	putchar('\n');
}

/* One row for each fault, one column for each protocol. */
static void print_rejected(const json_t *rejected)
{
	static const char *const protocols[] = {"pim", "amt", "membership", "dns"};
	static const char *const headings[] = {"REJECTED", ">PIM", ">AMT", ">MEMBERSHIP", ">DNS"};
	struct table *table = table_new(headings, COUNT_OF(headings));
	const char *fault;
	json_t *count;

	json_object_foreach (json_object_get(rejected, protocols[0]), fault, count) {
		table_cell(table, PLAIN, "%s", fault);
		for (size_t i = 0; i < COUNT_OF(protocols); i++)
			cell_count(table, json_object_get(rejected, protocols[i]), fault);
	}
	table_print(table);
}

static void print_pim(const json_t *interfaces)
{
	static const char *const headings[] = {
		"PIM",           "FAMILY",        ">HELLOS-SENT",   ">HELLOS-HEARD", ">JOIN-PRUNES",
		">PRUNE-ECHOES", ">ASSERTS-SENT", ">ASSERTS-HEARD", ">SKIPPED",      ">REFUSED",
		">OVER-LIMIT",   ">FOR-OTHERS",   ">UNREAD"};
	struct table *table = table_new(headings, COUNT_OF(headings));
	const json_t *interface;
	size_t i;

	json_array_foreach (interfaces, i, interface) {
		cell_string(table, interface, "interface");
		cell_string(table, interface, "family");
		cell_number(table, interface, "hellos_sent");
		cell_number(table, interface, "hellos_received");
		cell_number(table, interface, "join_prunes_received");
		cell_number(table, interface, "prune_echoes_sent");
		cell_number(table, interface, "asserts_sent");
		cell_number(table, interface, "asserts_received");
		cell_number(table, interface, "entries_skipped");
		cell_number(table, interface, "entries_refused");
		cell_number(table, interface, "joins_refused");
		cell_number(table, interface, "for_other_router");
		cell_number(table, interface, "parts_skipped");
	}
	table_print(table);
}

static void print_counters(const struct cli *cli, const json_t *reply)
{
	(void)cli;
	print_counts("FROM WANS", json_object_get(reply, "account"));
	print_counts("DROPPED", json_object_get(reply, "drops"));
	print_rejected(json_object_get(reply, "refused"));
	putchar('\n');
	print_pim(json_object_get(reply, "pim"));
}

enum cli_status command_counters(const struct cli *cli)
{
	return show_reply(cli, print_counters);
}
