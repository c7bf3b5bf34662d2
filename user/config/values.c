/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/memory.h"
#include "config/settings.h"

#include <net/if.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>

#define ALTERNATIVE_NAME_BYTES 128 /* the NUL included (ALTIFNAMSIZ) */

static bool is_device_name(const char *word, size_t bytes)
{
	return strlen(word) < bytes && strcmp(word, ".") != 0 && strcmp(word, "..") != 0 &&
	       !strpbrk(word, "/:");
}

bool word_is_interface(const char *word)
{
	return is_device_name(word, ALTERNATIVE_NAME_BYTES);
}

static bool number_parse(const char *text, unsigned least, unsigned most, unsigned *number)
{
	size_t length = strlen(text);

	/* Nine digits fit any unsigned. */
	if (!length || length > 9 || strspn(text, "0123456789") != length)
		return false;
	*number = (unsigned)strtoul(text, NULL, 10);
	return *number >= least && *number <= most;
}

/* A link-local address has a zone (RFC 4007 section 11), and no other has one. */
bool word_is_server(const char *word)
{
	char text[ADDR_TEXT + IF_NAMESIZE], *zone;
	const char *at = strchrnul(word, '@');
	struct addr addr;
	unsigned port;

	if (at - word >= (ptrdiff_t)sizeof(text) || (*at && !number_parse(at + 1, 1, 65535, &port)))
		return false;
	memcpy(text, word, at - word);
	text[at - word] = '\0';
	zone = strchr(text, '%');
	if (zone)
		*zone++ = '\0';
	if (!addr_parse(text, &addr))
		return false;
	if (addr.family == AF_INET6 && addr_is_link_local(&addr))
		return zone && *zone && is_device_name(zone, IF_NAMESIZE);
	return !zone;
}

static void *field_of(struct config *config, size_t offset)
{
	return (char *)config + offset;
}

bool setting_is_list(const struct setting *setting)
{
	return setting->take == take_list || setting->take == take_prefixes ||
	       setting->take == take_sources || setting->take == take_rule ||
	       setting->take == take_addresses;
}

void setting_clear(struct config *config, const struct setting *setting)
{
	unsigned *count = field_of(config, setting->count_offset);
	char **list = field_of(config, setting->offset);

	while (*count)
		free(list[--*count]);
}

static bool list_add(struct reading *reading, const struct setting *setting, const char *word)
{
	unsigned *count = field_of(reading->config, setting->count_offset);
	char **list = field_of(reading->config, setting->offset);

	if (!setting->word(word))
		return reading_refuse(reading, "'%s' is not %s", word, setting->expected);
	for (unsigned i = 0; i < *count; i++)
		if (strcmp(list[i], word) == 0)
			return reading_refuse(reading, "'%s' is given twice", word);
	if (*count == setting->most)
		return reading_refuse(reading, "expected %u at most, '%s' is one more", *count,
				      word);
	list[(*count)++] = memory_copy_text(word);
	return true;
}

static bool each_word(struct reading *reading, const struct setting *setting, const char *value,
		      take_fn *add)
{
	char *copy = memory_copy_text(value), *rest = copy, *word;
	bool fine = true;

	if (!value[strspn(value, CONFIG_BLANK)])
		fine = reading_refuse(reading, "expected %s", setting->expected);
	while (fine && (word = strsep(&rest, CONFIG_BLANK)))
		fine = !*word || add(reading, setting, word);
	free(copy);
	return fine;
}

bool take_list(struct reading *reading, const struct setting *setting, const char *value)
{
	return each_word(reading, setting, value, list_add);
}

static bool prefix_add(struct reading *reading, const struct setting *setting, const char *word)
{
	struct prefixes *prefixes = field_of(reading->config, setting->offset);
	struct prefix prefix;

	if (!prefix_parse(word, &prefix))
		return reading_refuse(reading, "'%s' is not %s", word, setting->expected);
	if (prefixes->count == setting->most)
		return reading_refuse(reading, "expected %u at most, '%s' is one more",
				      setting->most, word);
	prefixes->list[prefixes->count++] = prefix;
	return true;
}

bool take_prefixes(struct reading *reading, const struct setting *setting, const char *value)
{
	return each_word(reading, setting, value, prefix_add);
}

static bool address_add(struct reading *reading, const struct setting *setting, const char *word)
{
	struct addr addr;

	if (!addr_parse(word, &addr) || addr_is_martian(&addr))
		return reading_refuse(reading, "'%s' is not %s", word, setting->expected);
	return prefix_add(reading, setting, word);
}

bool take_addresses(struct reading *reading, const struct setting *setting, const char *value)
{
	return each_word(reading, setting, value, address_add);
}

static bool source_add(struct reading *reading, const struct setting *setting, const char *word)
{
	struct config *config = reading->config;
	struct addr addr, *place;

	if (!addr_parse(word, &addr) || addr_is_unspecified(&addr) || addr_is_multicast(&addr))
		return reading_refuse(reading, "'%s' is not %s", word, setting->expected);
	place = addr.family == AF_INET ? &config->tunnels.ipv4 : &config->tunnels.ipv6;
	if (place->family)
		return reading_refuse(reading, "'%s' is a second one of its family", word);
	*place = addr;
	return true;
}

bool take_sources(struct reading *reading, const struct setting *setting, const char *value)
{
	return each_word(reading, setting, value, source_add);
}

bool take_mark(struct reading *reading, const struct setting *setting, const char *value)
{
	uint32_t *mark = field_of(reading->config, setting->offset);
	bool hexadecimal = !strncmp(value, "0x", 2);
	const char *digits = hexadecimal ? value + 2 : value;
	size_t length = strlen(digits);
	unsigned long long number = strtoull(digits, NULL, hexadecimal ? 16 : 10);

	if (!length || length > 10 || number < 1 || number > UINT32_MAX ||
	    strspn(digits, hexadecimal ? "0123456789abcdefABCDEF" : "0123456789") != length)
		return reading_refuse(reading, "expected %s", setting->expected);
	*mark = number;
	return true;
}

bool take_interface(struct reading *reading, const struct setting *setting, const char *value)
{
	char **name = field_of(reading->config, setting->offset);

	if (!*value || strpbrk(value, CONFIG_BLANK) || !is_device_name(value, IF_NAMESIZE))
		return reading_refuse(reading, "expected %s", setting->expected);
	free(*name);
	*name = memory_copy_text(value);
	return true;
}

bool take_count(struct reading *reading, const struct setting *setting, const char *value)
{
	unsigned *count = field_of(reading->config, setting->offset);

	return number_parse(value, setting->least, setting->most, count) ||
	       reading_refuse(reading, "expected %s", setting->expected);
}

bool take_seconds(struct reading *reading, const struct setting *setting, const char *value)
{
	usec_t *time = field_of(reading->config, setting->offset);
	unsigned seconds;

	if (!number_parse(value, setting->least, setting->most, &seconds))
		return reading_refuse(reading, "expected %s", setting->expected);
	*time = seconds * USEC_PER_SEC;
	return true;
}

bool take_path(struct reading *reading, const struct setting *setting, const char *value)
{
	char **path = field_of(reading->config, setting->offset);

	if (!*value || strlen(value) >= sizeof((struct sockaddr_un){0}.sun_path))
		return reading_refuse(reading, "expected %s", setting->expected);
	free(*path);
	*path = memory_copy_text(value);
	return true;
}

bool take_level(struct reading *reading, const struct setting *setting, const char *value)
{
	bool *debug = field_of(reading->config, setting->offset);

	*debug = strcmp(value, "debug") == 0;
	return *debug || strcmp(value, "notice") == 0 ||
	       reading_refuse(reading, "expected %s", setting->expected);
}

bool take_yes(struct reading *reading, const struct setting *setting, const char *value)
{
	bool *yes = field_of(reading->config, setting->offset);

	*yes = strcmp(value, "yes") == 0;
	return *yes || strcmp(value, "no") == 0 ||
	       reading_refuse(reading, "expected %s", setting->expected);
}

bool take_mode(struct reading *reading, const struct setting *setting, const char *value)
{
	static const char *const words[CONFIG_MODE_COUNT] = {
		[CONFIG_MODE_AUTO] = "auto", [CONFIG_MODE_XDP] = "xdp", [CONFIG_MODE_TC] = "tc"};
	enum config_mode *mode = field_of(reading->config, setting->offset);

	for (*mode = 0; *mode < CONFIG_MODE_COUNT; (*mode)++)
		if (strcmp(words[*mode], value) == 0)
			return true;
	return reading_refuse(reading, "expected %s", setting->expected);
}

static const char *const dnssec_words[CONFIG_DNSSEC_COUNT] = {[CONFIG_DNSSEC_OFF] = "off",
							      [CONFIG_DNSSEC_PREFER] = "prefer",
							      [CONFIG_DNSSEC_REQUIRE] = "require"};

const char *config_dnssec_name(const struct config *config)
{
	return dnssec_words[config->trust_anchor ? config->dnssec : CONFIG_DNSSEC_OFF];
}

bool take_dnssec(struct reading *reading, const struct setting *setting, const char *value)
{
	enum config_dnssec *dnssec = field_of(reading->config, setting->offset);

	for (*dnssec = 0; *dnssec < CONFIG_DNSSEC_COUNT; (*dnssec)++)
		if (strcmp(dnssec_words[*dnssec], value) == 0)
			return true;
	return reading_refuse(reading, "expected %s", setting->expected);
}

/* Relays */

static bool way_add(struct reading *reading, const struct setting *setting, const char *word)
{
	struct driad_options *relays = field_of(reading->config, setting->offset);
	enum driad_way way = 0;

	while (way < DRIAD_WAYS && strcmp(driad_way_name(way), word))
		way++;
	for (unsigned i = 0; i < relays->way_count; i++)
		if (relays->ways[i] == way)
			way = DRIAD_WAYS;
	if (way == DRIAD_WAYS)
		return reading_refuse(reading, "'%s': expected %s", word, setting->expected);
	relays->ways[relays->way_count++] = way;
	return true;
}

bool take_ways(struct reading *reading, const struct setting *setting, const char *value)
{
	struct driad_options *relays = field_of(reading->config, setting->offset);

	relays->way_count = 0;
	return each_word(reading, setting, value, way_add);
}

bool take_rule(struct reading *reading, const struct setting *setting, const char *value)
{
	struct driad_options *relays = field_of(reading->config, setting->offset);
	size_t end = strcspn(value, CONFIG_BLANK);
	struct driad_rule *rule;
	char prefix[ADDR_TEXT + 4];

	if (relays->rule_count == setting->most)
		return reading_refuse(reading, "more than %u of them", setting->most);
	if (!relays->rules)
		relays->rules = memory_new(setting->most * sizeof(*relays->rules));
	rule = &relays->rules[relays->rule_count];
	if (end >= sizeof(prefix))
		return reading_refuse(reading, "expected %s", setting->expected);
	memcpy(prefix, value, end);
	prefix[end] = '\0';
	if (!prefix_parse(prefix, &rule->sources) ||
	    !amtrelay_parse(value + end + strspn(value + end, CONFIG_BLANK), &rule->record))
		return reading_refuse(reading, "expected %s", setting->expected);
	relays->rule_count++;
	return true;
}

bool take_domain(struct reading *reading, const struct setting *setting, const char *value)
{
	char **domain = field_of(reading->config, setting->offset);
	char name[DNS_NAME_TEXT];

	if (!name_parse(value, name))
		return reading_refuse(reading, "expected %s", setting->expected);
	free(*domain);
	*domain = memory_copy_text(name);
	return true;
}
