/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli/show.h"

#include <stdio.h>
#include <string.h>

#define SLOW_SHARE 0.01 /* of all packets: the slow path is coloured from here on */

/* The querier of a LAN: of IGMP if IGMP is spoken there, else of MLD. */
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
			table_note(table, "%s stands in front of our filter and may take packets",
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

/* The causes of the slow path, each with what to do about it. */
static const struct {
	const char *key, *cure;
} causes[] = {
	{"aggregates",
	 "aggregates made by UDP GRO or GSO: `ethtool -K WAN rx-udp-gro-forwarding off rx-gro-list "
	 "off`; on a veth, `tx-udp-segmentation off` at its other end"},
	{"fragments", "fragments of tunnel packets: the path to the relay needs a larger MTU"},
	{"options", "with options in the tunnel's IP header: the relay or a firewall adds them"},
	{"exceeds_mtu", "longer than the LAN's MTU, hence fragmented: the LAN needs a larger MTU"},
	{"unseen", "not seen by our filter: "},
};

static bool has_any(const json_t *slow)
{
	for (size_t i = 0; i < COUNT_OF(causes); i++)
		if (json_integer_value(json_object_get(slow, causes[i].key)))
			return true;
	return false;
}

/* What may have taken the packets before our filter did. */
static void print_in_front(const json_t *interfaces)
{
	const json_t *interface;
	size_t i;

	json_array_foreach (interfaces, i, interface) {
		if (strcmp(text_string(interface, "role"), "upstream") ||
		    !json_is_string(json_object_get(interface, "in_front")))
			continue;
		text_line(PLAIN, "%s stands in front of it on %s",
			  text_string(interface, "in_front"), text_string(interface, "name"));
		return;
	}
	text_line(PLAIN,
		  "another program took them first, or our filter was not attached when they came");
}

static void print_cause(const json_t *reply, const json_t *slow, size_t cause)
{
	char packets[TEXT_SHORT];

	if (!json_integer_value(json_object_get(slow, causes[cause].key)))
		return;
	text_print(PLAIN, "          %s %s", text_number(slow, causes[cause].key, packets),
		   causes[cause].cure);
	if (strcmp(causes[cause].key, "unseen"))
		putchar('\n');
	else
		print_in_front(json_object_get(reply, "interfaces"));
}

/* The slow path's share of all packets, at most 1: the two rates do not cover quite the same
 * seconds. */
static double slow_share(const json_t *reply, const json_t *slow)
{
	double all = json_number_value(json_object_get(reply, "packets_per_s"));
	double rate = json_number_value(json_object_get(slow, "packets_per_s"));

	return rate < all ? rate / all : rate > 0;
}

/* "Slow path 12.0 packets/s (4 %), 12345 in all" */
static void print_slow_path(const json_t *reply)
{
	const json_t *slow = json_object_get(reply, "slow_path");
	double share = slow_share(reply, slow);
	char packets[TEXT_SHORT], rate[TEXT_SHORT];

	if (!has_any(slow))
		return;
	text_line(share >= SLOW_SHARE ? YELLOW : PLAIN,
		  "Slow path %s packets/s (%.0f %%), %s in all",
		  text_number(slow, "packets_per_s", rate), 100 * share,
		  text_number(slow, "packets", packets));
	for (size_t i = 0; i < COUNT_OF(causes); i++)
		print_cause(reply, slow, i);
}

/* "Limit     lan0: 512.0 Mbit/s of 500.0 Mbit/s, full, 3 channels are stopped" */
static void print_rates(const json_t *rates)
{
	char bits[TEXT_SHORT], limit[TEXT_SHORT];
	const json_t *line;
	size_t i;

	json_array_foreach (rates, i, line) {
		bool is_full = json_is_true(json_object_get(line, "full"));
		json_int_t stopped = json_integer_value(json_object_get(line, "stopped"));
		const char *of = text_string(line, json_is_string(json_object_get(line, "prefix"))
							   ? "prefix"
							   : "interface");

		text_line(is_full || stopped ? YELLOW : PLAIN,
			  "Limit     %s %s of %s%s, %" JSON_INTEGER_FORMAT " channels stopped",
			  json_is_string(json_object_get(line, "limit")) &&
					  !strcmp(text_string(line, "limit"), "rate")
				  ? "all channels"
				  : of,
			  text_bit_rate(line, "bits_per_s", bits),
			  text_bit_rate(line, "limit_bits_per_s", limit), is_full ? ", full" : "",
			  stopped);
	}
}

static void print_waiting(const json_t *waiting)
{
	char discoveries[TEXT_SHORT], relays[TEXT_SHORT];

	if (json_integer_value(json_object_get(waiting, "discoveries")) ||
	    json_integer_value(json_object_get(waiting, "new_relays")))
		text_line(PLAIN,
			  "Waiting   %s sources for a lookup, %s channels for a new relay: see "
			  "[limits]",
			  text_number(waiting, "discoveries", discoveries),
			  text_number(waiting, "new_relays", relays));
}

static void print_status(const struct cli *cli, const json_t *reply)
{
	char pid[TEXT_SHORT], uptime[TEXT_SHORT], tunnels[TEXT_SHORT], limit[TEXT_SHORT];
	char packets[TEXT_SHORT], bits[TEXT_SHORT];
	const json_t *limits = json_object_get(reply, "limits");
	bool is_named = json_is_string(json_object_get(reply, "instance"));

	(void)cli;
	text_line(PLAIN, "mcingestd %s%s%s, pid %s, up %s, since %s", text_string(reply, "version"),
		  is_named ? ", instance " : "", is_named ? text_string(reply, "instance") : "",
		  text_number(reply, "pid", pid), text_seconds(reply, "uptime_s", uptime),
		  text_string(reply, "since"));
	putchar('\n');
	print_interfaces(json_object_get(reply, "interfaces"));
	putchar('\n');
	print_channel_states(reply);
	text_line(PLAIN, "Forwards  %s, %s packets/s", text_bit_rate(reply, "bits_per_s", bits),
		  text_number(reply, "packets_per_s", packets));
	print_rates(json_object_get(reply, "rates"));
	print_slow_path(reply);
	text_line(PLAIN, "Tunnels   %s of %s", text_number(reply, "tunnels", tunnels),
		  text_number(limits, "tunnels", limit));
	print_waiting(json_object_get(reply, "waiting"));
}

enum cli_status command_status(const struct cli *cli)
{
	return show_reply(cli, print_status);
}
