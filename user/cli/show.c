/* SPDX-License-Identifier: BSD-2-Clause */
/* The commands that show one state of the daemon. */
#include "cli/client.h"
#include "cli/table.h"

#include <stdlib.h>
#include <string.h>

#define PATIENCE 10 /* seconds until a daemon counts as one that does not answer */

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

typedef void print_fn(const struct cli *cli, const json_t *reply);

static enum cli_status show(const struct cli *cli, print_fn *print)
{
	json_t *reply = client_ask(cli, json_pack("{s:s}", "command", cli->command), PATIENCE);

	if (!reply)
		return CLI_FAILED;
	if (cli->json)
		client_print_json(reply);
	else
		print(cli, reply);
	json_decref(reply);
	return CLI_OK;
}

static void cell_list(struct table *table, const json_t *object, const char *key)
{
	char *list = text_list(object, key, " ");

	table_cell(table, PLAIN, "%s", list);
	free(list);
}

static void cell_string(struct table *table, const json_t *object, const char *key)
{
	table_cell(table, PLAIN, "%s", text_string(object, key));
}

static void cell_number(struct table *table, const json_t *object, const char *key)
{
	char number[TEXT_SHORT];

	table_cell(table, PLAIN, "%s", text_number(object, key, number));
}

static void cell_bytes(struct table *table, const json_t *object, const char *key)
{
	char bytes[TEXT_SHORT];

	table_cell(table, PLAIN, "%s", text_bytes(object, key, bytes));
}

static void cell_bit_rate(struct table *table, const json_t *object, const char *key)
{
	char rate[TEXT_SHORT];

	table_cell(table, PLAIN, "%s", text_bit_rate(object, key, rate));
}

static void cell_age(struct table *table, const json_t *object, const char *key)
{
	char age[TEXT_SHORT];

	table_cell(table, PLAIN, "%s", text_age(object, key, age));
}

static void cell_seconds(struct table *table, const json_t *object, const char *key)
{
	char time[TEXT_SHORT];

	table_cell(table, PLAIN, "%s", text_seconds(object, key, time));
}

/* For a table with nothing in it: says so, and returns true. */
static bool is_empty(const json_t *list, const char *sentence)
{
	if (json_array_size(list))
		return false;
	text_line(PLAIN, "%s", sentence);
	return true;
}

static enum colour colour_of(const char *state)
{
	static const char *const good[] = {"receiving", "active", "refreshing"};

	for (size_t i = 0; i < COUNT_OF(good); i++)
		if (strcmp(state, good[i]) == 0)
			return GREEN;
	return strcmp(state, "failed") == 0 ? RED : YELLOW;
}

/* status */

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
		text_print(colour_of(state), "%" JSON_INTEGER_FORMAT " %s",
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
	return show(cli, print_status);
}

/* neighbors */

static void note_neighbor(struct table *table, const json_t *neighbor)
{
	char delay[TEXT_SHORT], override[TEXT_SHORT];
	char *addresses = text_list(neighbor, "addresses", " ");

	table_note(table, "generation %s, propagation delay %s ms, override interval %s ms",
		   text_string(neighbor, "generation_id"),
		   text_number(neighbor, "propagation_delay_ms", delay),
		   text_number(neighbor, "override_interval_ms", override));
	if (json_array_size(json_object_get(neighbor, "addresses")))
		table_note(table, "further addresses: %s", addresses);
	free(addresses);
}

static void print_neighbors(const struct cli *cli, const json_t *reply)
{
	static const char *const headings[] = {"INTERFACE", "ADDRESS",  "DR",    ">DR-PRIORITY",
					       ">HOLDTIME", ">EXPIRES", ">SINCE"};
	const json_t *neighbors = json_object_get(reply, "neighbors"), *neighbor;
	struct table *table;
	size_t i;

	if (is_empty(neighbors, "No neighbors: no PIM Hello has been heard on a LAN."))
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
		if (cli->verbose)
			note_neighbor(table, neighbor);
	}
	table_print(table);
}

enum cli_status show_neighbors(const struct cli *cli)
{
	return show(cli, print_neighbors);
}

/* channels */

static void note_trace(struct table *table, const json_t *channel)
{
	const json_t *trace = json_object_get(channel, "trace");
	char dns[TEXT_SHORT], tunnel[TEXT_SHORT], update[TEXT_SHORT], packet[TEXT_SHORT];

	table_note(table, "ms after the join: DNS %s, tunnel %s, update %s, first packet %s",
		   text_number(trace, "dns_answered", dns), text_number(trace, "tunnel_up", tunnel),
		   text_number(trace, "update_sent", update),
		   text_number(trace, "first_packet", packet));
}

static void note_slow_path(struct table *table, const json_t *channel)
{
	char packets[TEXT_SHORT];

	if (json_integer_value(json_object_get(channel, "slow_packets")))
		table_note(table, "packets that took the slow path: %s",
			   text_number(channel, "slow_packets", packets));
}

static void note_asserts(struct table *table, const json_t *channel)
{
	const json_t *asserts = json_object_get(channel, "asserts"), *assert;
	char preference[TEXT_SHORT], metric[TEXT_SHORT], time[TEXT_SHORT];
	size_t i;

	json_array_foreach (asserts, i, assert)
		table_note(table, "Assert on %s: %s, winner %s, preference %s, metric %s, for %s",
			   text_string(assert, "interface"), text_string(assert, "state"),
			   text_string(assert, "winner"),
			   text_number(assert, "preference", preference),
			   text_number(assert, "metric", metric),
			   text_seconds(assert, "expires_s", time));
}

static void fill_channel(struct table *table, const json_t *channel)
{
	const char *state = text_string(channel, "state");
	char linger[TEXT_SHORT];

	cell_string(table, channel, "source");
	cell_string(table, channel, "group");
	table_cell(table, colour_of(state), "%s", state);
	cell_string(table, channel, "relay");
	cell_list(table, channel, "interfaces");
	cell_number(table, channel, "packets");
	cell_bytes(table, channel, "bytes");
	cell_number(table, channel, "packets_per_s");
	cell_bit_rate(table, channel, "bits_per_s");
	cell_number(table, channel, "rtp_lost");
	cell_age(table, channel, "since");
	if (json_is_string(json_object_get(channel, "reason")))
		table_note(table, "%s", text_string(channel, "reason"));
	if (json_is_number(json_object_get(channel, "lingers_s")))
		table_note(table, "left, but kept for %s",
			   text_seconds(channel, "lingers_s", linger));
	note_asserts(table, channel);
}

static void print_channels(const struct cli *cli, const json_t *reply)
{
	static const char *const headings[] = {"SOURCE",     "GROUP",    "STATE",  "RELAY",
					       "INTERFACES", ">PACKETS", ">BYTES", ">PACKETS/S",
					       ">RATE",      ">LOST",    ">SINCE"};
	const json_t *channels = json_object_get(reply, "channels"), *channel;
	struct table *table;
	size_t i;

	if (is_empty(channels, "No channels: no router has joined an (S,G) here."))
		return;
	table = table_new(headings, COUNT_OF(headings));
	json_array_foreach (channels, i, channel) {
		fill_channel(table, channel);
		if (cli->verbose) {
			note_slow_path(table, channel);
			note_trace(table, channel);
		}
	}
	table_print(table);
}

enum cli_status show_channels(const struct cli *cli)
{
	return show(cli, print_channels);
}

/* tunnels */

static void cell_local(struct table *table, const json_t *tunnel)
{
	const char *local = text_string(tunnel, "local");
	char port[TEXT_SHORT];

	table_cell(table, PLAIN, strchr(local, ':') ? "[%s]:%s" : "%s:%s", local,
		   text_number(tunnel, "local_port", port));
}

/* One of the two membership protocols that a tunnel runs. */
static void cell_protocol(struct table *table, const json_t *protocol)
{
	const char *state = text_string(protocol, "state");
	bool timed = json_is_number(json_object_get(protocol, "next_request_s"));
	enum colour colour = strcmp(state, "idle") && strcmp(state, "-") ? colour_of(state) : PLAIN;
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
	static const char *const headings[] = {
		"RELAY", "LOCAL", ">CHANNELS", "IGMP (NEXT)", "MLD (NEXT)", ">SLOW-PATH", ">SINCE"};
	struct table *table = table_new(headings, COUNT_OF(headings));
	const json_t *tunnel;
	size_t i;

	json_array_foreach (tunnels, i, tunnel) {
		cell_string(table, tunnel, "relay");
		cell_local(table, tunnel);
		cell_number(table, tunnel, "channels");
		cell_protocol(table, json_object_get(tunnel, "igmp"));
		cell_protocol(table, json_object_get(tunnel, "mld"));
		cell_number(table, tunnel, "data_on_socket");
		cell_age(table, tunnel, "since");
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

static void print_tunnels(const struct cli *cli, const json_t *reply)
{
	const json_t *tunnels = json_object_get(reply, "tunnels");
	const json_t *discoveries = json_object_get(reply, "discoveries");

	if (!is_empty(tunnels, "No tunnels: no channel has needed a relay, or none was found."))
		print_tunnel_list(cli, tunnels);
	if (json_array_size(discoveries))
		print_discoveries(discoveries);
}

enum cli_status show_tunnels(const struct cli *cli)
{
	return show(cli, print_tunnels);
}

/* counters */

static void cell_count(struct table *table, const json_t *counts, const char *key)
{
	char count[TEXT_SHORT];

	table_cell(table, json_integer_value(json_object_get(counts, key)) ? YELLOW : PLAIN, "%s",
		   text_number(counts, key, count));
}

static void print_drops(json_t *drops)
{
	static const char *const headings[] = {"DROPPED", ">PACKETS"};
	struct table *table = table_new(headings, COUNT_OF(headings));
	const char *reason;
	json_t *count;

	json_object_foreach (drops, reason, count) {
		table_cell(table, PLAIN, "%s", reason);
		cell_count(table, drops, reason);
	}
	table_print(table);
}

/* A row for each fault that a protocol counts, a column for each protocol. */
static void print_refused(const json_t *refused)
{
	static const char *const protocols[] = {"pim", "amt", "membership", "dns"};
	static const char *const headings[] = {"REFUSED", ">PIM", ">AMT", ">MEMBERSHIP", ">DNS"};
	struct table *table = table_new(headings, COUNT_OF(headings));
	const char *fault;
	json_t *count;

	json_object_foreach (json_object_get(refused, protocols[0]), fault, count) {
		table_cell(table, PLAIN, "%s", fault);
		for (size_t i = 0; i < COUNT_OF(protocols); i++)
			cell_count(table, json_object_get(refused, protocols[i]), fault);
	}
	table_print(table);
}

static void print_pim(const json_t *interfaces)
{
	static const char *const headings[] = {"PIM",           "FAMILY",         ">HELLOS-SENT",
					       ">HELLOS-HEARD", ">JOIN-PRUNES",   ">PRUNE-ECHOES",
					       ">ASSERTS-SENT", ">ASSERTS-HEARD", ">SKIPPED",
					       ">REFUSED",      ">OVER-LIMIT",    ">FOR-OTHERS"};
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
	}
	table_print(table);
}

static void print_counters(const struct cli *cli, const json_t *reply)
{
	(void)cli;
	print_drops(json_object_get(reply, "drops"));
	putchar('\n');
	print_refused(json_object_get(reply, "refused"));
	putchar('\n');
	print_pim(json_object_get(reply, "pim"));
}

enum cli_status show_counters(const struct cli *cli)
{
	return show(cli, print_counters);
}
