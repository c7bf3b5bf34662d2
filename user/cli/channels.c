/* SPDX-License-Identifier: BSD-2-Clause */
/* channels: one line for each; more with --verbose. */
#include "cli/channels_select.h"
#include "cli/client.h"
#include "cli/options.h"
#include "cli/show.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PATIENCE       10 /* seconds to wait for the reply */
#define WATCH_INTERVAL 2  /* seconds */

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

/* The routers and hosts that want the channel, on which LAN, and until when. */
static void note_wanted(struct table *table, const json_t *channel)
{
	const json_t *list = json_object_get(channel, "wanted"), *wanted;
	char expires[TEXT_SHORT], prune[TEXT_SHORT];
	size_t i;

	json_array_foreach (list, i, wanted) {
		bool is_pim = strcmp(text_string(wanted, "by"), "pim") == 0;
		bool pruned = json_is_number(json_object_get(wanted, "prune_s"));

		if (!strcmp(text_string(wanted, "by"), "static")) {
			table_note(table, "%s: static", text_string(wanted, "interface"));
			continue;
		}
		table_note(table, "%s: %s %s, %s%s%s, expires in %s",
			   text_string(wanted, "interface"), is_pim ? "router" : "hosts by",
			   text_string(wanted, is_pim ? "neighbor" : "by"),
			   text_string(wanted, "state"), pruned ? " for " : "",
			   pruned ? text_seconds(wanted, "prune_s", prune) : "",
			   text_seconds(wanted, "expires_s", expires));
	}
}

static void note_move(struct table *table, const json_t *channel)
{
	const char *move = text_string(channel, "move");
	bool has_relay = json_is_string(json_object_get(channel, "relay"));
	char retry[TEXT_SHORT];

	if (!strcmp(move, "protected"))
		table_note(table, "protected: relay %s serves it, too",
			   text_string(channel, "other_relay"));
	else if (json_is_string(json_object_get(channel, "other_relay")))
		table_note(table, "moving to relay %s (%s)", text_string(channel, "other_relay"),
			   move);
	else if (strcmp(move, "staying"))
		table_note(table, "looking for another relay");
	else if (json_is_number(json_object_get(channel, "retry_s")))
		table_note(table,
			   has_relay ? "in %s the Update is repeated, or another relay is tried"
				     : "the next attempt is in %s",
			   text_seconds(channel, "retry_s", retry));
}

/* On some LANs or on all, because others have its room. */
static void note_stopped(struct table *table, const json_t *channel)
{
	const json_t *stopped = json_object_get(channel, "stopped");
	bool is_known = json_is_number(json_object_get(stopped, "bits_per_s"));
	char rate[TEXT_SHORT], age[TEXT_SHORT], back[TEXT_SHORT];

	if (!json_is_object(stopped))
		return;
	show_note_list(table, "stopped on", stopped, "interfaces");
	table_note(table, "%s, %s ago%s%s; may go on in %s, if there is room",
		   text_string(stopped, "reason"), text_age(stopped, "since", age),
		   is_known ? ", when it brought " : "",
		   is_known ? text_bit_rate(stopped, "bits_per_s", rate) : "",
		   text_seconds(stopped, "back_s", back));
}

static void note_rate(struct table *table, const json_t *channel)
{
	char rate[TEXT_SHORT];

	if (json_is_number(json_object_get(channel, "rate_limit")))
		table_note(table, "may bring %s, by channel_rate",
			   text_bit_rate(channel, "rate_limit", rate));
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

static void note_drop_sizes(struct table *table, const json_t *channel)
{
	json_t *reasons = json_object_get(channel, "drop_sizes"), *sizes;
	char shortest[TEXT_SHORT], longest[TEXT_SHORT];
	const char *reason;

	json_object_foreach (reasons, reason, sizes)
		table_note(table, "%s: packets of %s to %s bytes", reason,
			   text_number(sizes, "shortest", shortest),
			   text_number(sizes, "longest", longest));
}

static void note_drops(struct table *table, const json_t *channel)
{
	const json_t *last = json_object_get(channel, "last_drop");
	char age[TEXT_SHORT], *drops;

	if (!json_object_size(json_object_get(channel, "dropped")))
		return;
	drops = text_counts(channel, "dropped");
	table_note(table, "dropped: %s; the last one, %s, %s ago", drops,
		   text_string(last, "reason"), text_age(last, "at", age));
	free(drops);
}

static void note_history(struct table *table, const json_t *channel)
{
	const json_t *history = json_object_get(channel, "history"), *change;
	size_t i;

	json_array_foreach (history, i, change) {
		bool has_relay = json_is_string(json_object_get(change, "relay"));
		bool has_reason = json_is_string(json_object_get(change, "reason"));
		const char *move = text_string(change, "move");

		if (!strcmp(move, "staying"))
			move = "";
		table_note(table, "%s %s%s%s%s%s%s%s", text_string(change, "at"),
			   text_string(change, "state"), *move ? ", another relay: " : "", move,
			   has_relay ? ", relay " : "",
			   has_relay ? text_string(change, "relay") : "", has_reason ? ": " : "",
			   has_reason ? text_string(change, "reason") : "");
	}
}

/* What kept packets from a LAN, but for second copies, of which the first one went out. */
static char *losses(const json_t *channel)
{
	json_t *dropped = json_copy((json_t *)json_object_get(channel, "dropped")), *holder;
	char *text = NULL;

	json_object_del(dropped, "duplicate");
	holder = json_pack("{s:o}", "dropped", dropped ? dropped : json_object());
	if (json_object_size(dropped))
		text = text_counts(holder, "dropped");
	json_decref(holder);
	return text;
}

/* The one thing that an operator should know first. */
static void fill_why(struct table *table, const json_t *channel)
{
	char *dropped = losses(channel), linger[TEXT_SHORT];

	if (json_is_string(json_object_get(channel, "reason")))
		table_cell(table, PLAIN, "%s", text_string(channel, "reason"));
	else if (json_is_object(json_object_get(channel, "stopped")))
		table_cell(table, YELLOW, "%s",
			   text_string(json_object_get(channel, "stopped"), "reason"));
	else if (dropped)
		table_cell(table, YELLOW, "dropped: %s", dropped);
	else if (json_is_number(json_object_get(channel, "lingers_s")))
		table_cell(table, PLAIN, "nobody wants it; stays subscribed for %s",
			   text_seconds(channel, "lingers_s", linger));
	else if (!strcmp(text_string(channel, "move"), "protected"))
		table_cell(table, PLAIN, "protected by relay %s",
			   text_string(channel, "other_relay"));
	else if (json_is_string(json_object_get(channel, "other_relay")))
		table_cell(table, PLAIN, "moves to relay %s", text_string(channel, "other_relay"));
	else
		table_cell(table, PLAIN, "-");
	free(dropped);
}

static void fill_channel(struct table *table, const json_t *channel)
{
	const char *state = text_string(channel, "state");

	cell_string(table, channel, "source");
	cell_string(table, channel, "group");
	table_cell(table, show_state_colour(state), "%s", state);
	cell_string(table, channel, "relay");
	cell_list(table, channel, "interfaces");
	cell_number(table, channel, "packets");
	cell_bytes(table, channel, "bytes");
	cell_number(table, channel, "packets_per_s");
	cell_bit_rate(table, channel, "bits_per_s");
	cell_number(table, channel, "rtp_lost");
	cell_age(table, channel, "since");
	fill_why(table, channel);
}

static void fill_more(struct table *table, const json_t *channel)
{
	char linger[TEXT_SHORT];

	if (json_is_number(json_object_get(channel, "lingers_s")))
		table_note(table, "nobody wants the channel any more; it stays subscribed for %s",
			   text_seconds(channel, "lingers_s", linger));
	note_move(table, channel);
	note_stopped(table, channel);
	note_rate(table, channel);
	note_asserts(table, channel);
	note_drops(table, channel);
	note_drop_sizes(table, channel);
	note_wanted(table, channel);
	note_slow_path(table, channel);
	note_trace(table, channel);
	note_history(table, channel);
}

static bool is_filtered(const struct cli *cli)
{
	return cli->argument_count || cli->values[CLI_STATE] || cli->values[CLI_RELAY] ||
	       cli->values[CLI_INTERFACE];
}

static void print_channels(const struct cli *cli, const json_t *reply)
{
	static const char *const headings[] = {"SOURCE",     "GROUP",    "STATE",  "RELAY",
					       "INTERFACES", ">PACKETS", ">BYTES", ">PACKETS/S",
					       ">RATE",      ">LOST",    ">SINCE", "WHY"};
	const json_t *channels = json_object_get(reply, "channels"), *channel;
	struct table *table;
	size_t i;

	if (show_is_empty(channels,
			  is_filtered(cli)
				  ? "No such channels."
				  : "No channels: no router or host on a LAN has joined an (S,G); "
				    "`mcingest doctor S G` says why."))
		return;
	table = table_new(headings, COUNT_OF(headings));
	json_array_foreach (channels, i, channel) {
		fill_channel(table, channel);
		if (cli->verbose)
			fill_more(table, channel);
	}
	table_print(table);
}

static enum cli_status show_once(const struct cli *cli)
{
	json_t *reply = client_ask(cli, json_pack("{s:s}", "command", "channels"), PATIENCE);

	if (!reply)
		return CLI_FAILED;
	channels_select(cli, json_object_get(reply, "channels"));
	if (cli->json)
		client_print_json(reply);
	else
		print_channels(cli, reply);
	json_decref(reply);
	return CLI_OK;
}

/* The screen of a terminal begins anew each time. */
static enum cli_status watch(const struct cli *cli, unsigned long count)
{
	enum cli_status status = CLI_OK;

	for (unsigned long i = 0; status == CLI_OK && (!count || i < count); i++) {
		if (i)
			sleep(WATCH_INTERVAL);
		if (!cli->json && isatty(STDOUT_FILENO))
			fputs("\033[H\033[2J", stdout);
		status = show_once(cli);
		if (fflush(stdout))
			break; /* nobody reads any more */
	}
	return status;
}

enum cli_status command_channels(const struct cli *cli)
{
	enum cli_status status = channels_check(cli);
	unsigned long count;

	if (status || !options_number(cli, CLI_COUNT, 1, UINT32_MAX, 0, &count))
		return CLI_USAGE;
	return cli->values[CLI_WATCH] ? watch(cli, count) : show_once(cli);
}
