/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli/show.h"

#include <string.h>

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

	if (json_is_string(json_object_get(channel, "other_relay")))
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
	table_cell(table, show_state_colour(state), "%s", state);
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
		table_note(table, "nobody wants the channel any more; it stays subscribed for %s",
			   text_seconds(channel, "lingers_s", linger));
	note_move(table, channel);
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

	if (show_is_empty(channels, "No channels: no router or host on a LAN has joined an (S,G); "
				    "`mcingest doctor S G` says why."))
		return;
	table = table_new(headings, COUNT_OF(headings));
	json_array_foreach (channels, i, channel) {
		fill_channel(table, channel);
		if (cli->verbose) {
			note_wanted(table, channel);
			note_slow_path(table, channel);
			note_trace(table, channel);
		}
	}
	table_print(table);
}

enum cli_status command_channels(const struct cli *cli)
{
	return show_reply(cli, print_channels);
}
