/* SPDX-License-Identifier: BSD-2-Clause */
#include "config/lists.h"

#include "base/memory.h"
#include "config/values.h"

#include <stdlib.h>
#include <string.h>

void lists_clear(struct config *config, const struct setting *setting)
{
	unsigned *count = values_count(config, setting);
	char **list = values_field(config, setting);

	while (*count)
		free(list[--*count]);
}

bool lists_each_word(struct reading *reading, const struct setting *setting, const char *value,
		     take_fn *add)
{
	char *copy = memory_copy_text(value), *rest = copy, *word;
	bool fine = true;

	if (!value[strspn(value, READING_BLANK)])
		fine = reading_reject(reading, "expected %s", setting->expected);
	if (fine && strchr(value, ','))
		fine = reading_reject(reading,
				      "separate the words of a list by spaces, not commas");
	while (fine && (word = strsep(&rest, READING_BLANK)))
		fine = !*word || add(reading, setting, word);
	free(copy);
	return fine;
}

static bool list_add(struct reading *reading, const struct setting *setting, const char *word)
{
	unsigned *count = values_count(reading->config, setting);
	char **list = values_field(reading->config, setting);

	if (!setting->word(word))
		return reading_reject(reading, "'%s' is not %s", word, setting->expected);
	for (unsigned i = 0; i < *count; i++)
		if (strcmp(list[i], word) == 0)
			return reading_reject(reading, "'%s' is given twice", word);
	if (*count == setting->max)
		return reading_reject(reading, "expected %u at most, '%s' is one more", *count,
				      word);
	list[(*count)++] = memory_copy_text(word);
	return true;
}

static bool take_list(struct reading *reading, const struct setting *setting, const char *value)
{
	return lists_each_word(reading, setting, value, list_add);
}

static bool give_list(FILE *out, const struct config *config, const struct setting *setting,
		      unsigned i)
{
	char *const *list = values_field(config, setting);

	return i < *values_count(config, setting) && fputs(list[i], out) >= 0;
}

const struct kind kind_list = {.take = take_list, .give = give_list, .repeats = true};

static bool prefix_add(struct reading *reading, const struct setting *setting, const char *word)
{
	struct prefixes *prefixes = values_field(reading->config, setting);
	struct prefix prefix;

	if (!prefix_parse(word, &prefix))
		return reading_reject(reading, "'%s' is not %s", word, setting->expected);
	if (prefixes->count == setting->max)
		return reading_reject(reading, "expected %u at most, '%s' is one more",
				      setting->max, word);
	prefixes->list[prefixes->count++] = prefix;
	return true;
}

static bool take_prefixes(struct reading *reading, const struct setting *setting, const char *value)
{
	return lists_each_word(reading, setting, value, prefix_add);
}

void prefix_give(FILE *out, const struct prefix *prefix)
{
	char text[ADDR_TEXT];

	fputs(addr_format(&prefix->addr, text), out);
	if (prefix->length != 8 * addr_length(prefix->addr.family))
		fprintf(out, "/%u", prefix->length);
}

static bool give_prefixes(FILE *out, const struct config *config, const struct setting *setting,
			  unsigned i)
{
	const struct prefixes *prefixes = values_field(config, setting);

	if (i >= prefixes->count)
		return false;
	prefix_give(out, &prefixes->list[i]);
	return true;
}

const struct kind kind_prefixes = {.take = take_prefixes, .give = give_prefixes, .repeats = true};

static bool prefix_or_all_add(struct reading *reading, const struct setting *setting,
			      const char *word)
{
	bool all = strcmp(word, "all") == 0;

	return prefix_add(reading, setting, all ? "0.0.0.0/0" : word) &&
	       (!all || prefix_add(reading, setting, "::/0"));
}

static bool take_prefixes_or_all(struct reading *reading, const struct setting *setting,
				 const char *value)
{
	return lists_each_word(reading, setting, value, prefix_or_all_add);
}

const struct kind kind_prefixes_or_all = {
	.take = take_prefixes_or_all, .give = give_prefixes, .repeats = true};

static bool address_add(struct reading *reading, const struct setting *setting, const char *word)
{
	struct addr addr;

	if (!addr_parse(word, &addr) || addr_is_martian(&addr))
		return reading_reject(reading, "'%s' is not %s", word, setting->expected);
	return prefix_add(reading, setting, word);
}

static bool take_addresses(struct reading *reading, const struct setting *setting,
			   const char *value)
{
	return lists_each_word(reading, setting, value, address_add);
}

const struct kind kind_addresses = {.take = take_addresses, .give = give_prefixes, .repeats = true};

static bool source_add(struct reading *reading, const struct setting *setting, const char *word)
{
	struct config *config = reading->config;
	struct addr addr, *place;

	if (!addr_parse(word, &addr) || addr_is_unspecified(&addr) || addr_is_multicast(&addr))
		return reading_reject(reading, "'%s' is not %s", word, setting->expected);
	place = addr.family == AF_INET ? &config->tunnels.ipv4 : &config->tunnels.ipv6;
	if (place->family)
		return reading_reject(reading, "'%s' is the second address of its family", word);
	*place = addr;
	return true;
}

static bool take_sources(struct reading *reading, const struct setting *setting, const char *value)
{
	return lists_each_word(reading, setting, value, source_add);
}

static bool give_sources(FILE *out, const struct config *config, const struct setting *setting,
			 unsigned i)
{
	const struct addr *first = config->tunnels.ipv4.family ? &config->tunnels.ipv4 : NULL;
	const struct addr *second = config->tunnels.ipv6.family ? &config->tunnels.ipv6 : NULL;
	const struct addr *list[] = {first ? first : second, first ? second : NULL, NULL};
	char text[ADDR_TEXT];

	(void)setting;
	return list[i] && fputs(addr_format(list[i], text), out) >= 0;
}

const struct kind kind_sources = {.take = take_sources, .give = give_sources, .repeats = true};
