/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli/channels_select.h"
#include "base/addr.h"
#include "base/memory.h"
#include "cli/text.h"

#include <stdlib.h>
#include <string.h>

/* Choosing */

static bool has_interface(const json_t *channel, const char *name)
{
	const json_t *interface;
	size_t i;

	json_array_foreach (json_object_get(channel, "interfaces"), i, interface)
		if (!strcmp(json_is_string(interface) ? json_string_value(interface) : "", name))
			return true;
	return false;
}

static bool is_address(const json_t *channel, const char *key, const struct addr *wanted)
{
	struct addr addr;

	return addr_parse(text_string(channel, key), &addr) && addr_equal(&addr, wanted);
}

static bool is_relay(const json_t *channel, const char *text)
{
	struct addr relay;

	return addr_parse(text, &relay) &&
	       (is_address(channel, "relay", &relay) || is_address(channel, "other_relay", &relay));
}

/* An argument is a source or a group: which of them, it shows itself. */
static bool is_named(const struct cli *cli, const json_t *channel)
{
	for (int i = 0; i < cli->argument_count; i++) {
		struct addr addr;

		if (!addr_parse(cli->arguments[i], &addr) ||
		    !is_address(channel, addr_is_multicast(&addr) ? "group" : "source", &addr))
			return false;
	}
	return true;
}

static bool is_wanted(const struct cli *cli, const json_t *channel)
{
	const char *state = cli->values[CLI_STATE], *relay = cli->values[CLI_RELAY];
	const char *interface = cli->values[CLI_INTERFACE];

	return is_named(cli, channel) &&
	       (!state || !strcmp(text_string(channel, "state"), state)) &&
	       (!relay || is_relay(channel, relay)) &&
	       (!interface || has_interface(channel, interface));
}

/* Sorting */

enum order { BY_TEXT, BY_ADDRESS, MOST_FIRST };

static const struct key {
	const char *name, *member;
	enum order order;
} keys[] = {
	{"rate", "bits_per_s", MOST_FIRST}, {"packets", "packets", MOST_FIRST},
	{"bytes", "bytes", MOST_FIRST},     {"lost", "rtp_lost", MOST_FIRST},
	{"since", "since", BY_TEXT},        {"state", "state", BY_TEXT},
	{"source", "source", BY_ADDRESS},   {"group", "group", BY_ADDRESS},
	{"relay", "relay", BY_ADDRESS},
};

static const struct key *find_key(const char *name)
{
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (!strcmp(keys[i].name, name))
			return &keys[i];
	return NULL;
}

/* Where a channel stood stays the order of those that are alike. */
struct place {
	json_t *channel;
	const struct key *key;
	size_t number;
	struct addr addr;
};

static int compare_numbers(double a, double b)
{
	return (a < b) - (a > b);
}

static int compare_places(const void *first, const void *second)
{
	const struct place *a = first, *b = second;
	const char *member = a->key->member;
	int result;

	if (a->key->order == MOST_FIRST)
		result = compare_numbers(json_number_value(json_object_get(a->channel, member)),
					 json_number_value(json_object_get(b->channel, member)));
	else if (a->key->order == BY_ADDRESS)
		result = memcmp(&a->addr, &b->addr, sizeof(a->addr));
	else
		result = strcmp(text_string(a->channel, member), text_string(b->channel, member));
	return result ? result : (a->number > b->number) - (a->number < b->number);
}

static void sort(json_t *channels, const struct key *key)
{
	size_t count = json_array_size(channels);
	struct place *places = memory_new(count * sizeof(*places));

	for (size_t i = 0; i < count; i++) {
		places[i] = (struct place){.channel = json_incref(json_array_get(channels, i)),
					   .key = key,
					   .number = i};
		addr_parse(text_string(places[i].channel, key->member), &places[i].addr);
	}
	qsort(places, count, sizeof(*places), compare_places);
	json_array_clear(channels);
	for (size_t i = 0; i < count; i++)
		json_array_append_new(channels, places[i].channel);
	free(places);
}

/* Both */

static bool is_state(const char *name)
{
	static const char *const states[] = {"discovering", "connecting", "joined", "receiving",
					     "failed"};

	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++)
		if (!strcmp(states[i], name))
			return true;
	return false;
}

static bool are_addresses(const struct cli *cli)
{
	struct addr addr;

	for (int i = 0; i < cli->argument_count; i++)
		if (!addr_parse(cli->arguments[i], &addr)) {
			text_error("'%s' is no address of a source or group", cli->arguments[i]);
			return false;
		}
	return true;
}

enum cli_status channels_check(const struct cli *cli)
{
	const char *state = cli->values[CLI_STATE], *order = cli->values[CLI_SORT];
	const char *relay = cli->values[CLI_RELAY];
	struct addr addr;

	if (!are_addresses(cli))
		return CLI_USAGE;
	if (state && !is_state(state))
		text_error(
			"'%s' is no state: there are discovering, connecting, joined, receiving, "
			"failed",
			state);
	else if (order && !find_key(order))
		text_error(
			"'%s' is nothing to sort by: there are rate, packets, bytes, lost, since, "
			"state, source, group, relay",
			order);
	else if (relay && !addr_parse(relay, &addr))
		text_error("'%s' is not the address of a relay", relay);
	else
		return CLI_OK;
	return CLI_USAGE;
}

void channels_select(const struct cli *cli, json_t *channels)
{
	size_t i = 0;

	while (i < json_array_size(channels))
		if (is_wanted(cli, json_array_get(channels, i)))
			i++;
		else
			json_array_remove(channels, i);
	if (cli->values[CLI_SORT])
		sort(channels, find_key(cli->values[CLI_SORT]));
}
