/* SPDX-License-Identifier: BSD-2-Clause */
#include "config/values.h"

#include "base/memory.h"

#include <net/if.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>

#define ALTERNATIVE_NAME_BYTES 128 /* NUL included (ALTIFNAMSIZ) */

static bool is_device_name(const char *word, size_t bytes)
{
	return strlen(word) < bytes && strcmp(word, ".") != 0 && strcmp(word, "..") != 0 &&
	       !strpbrk(word, "/:");
}

bool word_is_interface(const char *word)
{
	return is_device_name(word, ALTERNATIVE_NAME_BYTES);
}

static bool number_parse(const char *text, unsigned min, unsigned max, unsigned *number)
{
	size_t length = strlen(text);

	/* Nine digits always fit. */
	if (!length || length > 9 || strspn(text, "0123456789") != length)
		return false;
	*number = (unsigned)strtoul(text, NULL, 10);
	return *number >= min && *number <= max;
}

/* A link-local address must have a zone (RFC 4007 section 11); other addresses must not. */
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

static void *field_at(struct config *config, size_t offset)
{
	return (char *)config + offset;
}

void *values_field(struct config *config, const struct setting *setting)
{
	return field_at(config, setting->offset);
}

void values_clear(struct config *config, const struct setting *setting)
{
	unsigned *count = field_at(config, setting->count_offset);
	char **list = values_field(config, setting);

	while (*count)
		free(list[--*count]);
}

static bool list_add(struct reading *reading, const struct setting *setting, const char *word)
{
	unsigned *count = field_at(reading->config, setting->count_offset);
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

unsigned values_find_word(const char *const words[], unsigned count, const char *word)
{
	unsigned i = 0;

	while (i < count && strcmp(words[i], word))
		i++;
	return i;
}

bool values_each_word(struct reading *reading, const struct setting *setting, const char *value,
		      take_fn *add)
{
	char *copy = memory_copy_text(value), *rest = copy, *word;
	bool fine = true;

	if (!value[strspn(value, READING_BLANK)])
		fine = reading_reject(reading, "expected %s", setting->expected);
	while (fine && (word = strsep(&rest, READING_BLANK)))
		fine = !*word || add(reading, setting, word);
	free(copy);
	return fine;
}

bool take_list(struct reading *reading, const struct setting *setting, const char *value)
{
	return values_each_word(reading, setting, value, list_add);
}

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

bool take_prefixes(struct reading *reading, const struct setting *setting, const char *value)
{
	return values_each_word(reading, setting, value, prefix_add);
}

static bool address_add(struct reading *reading, const struct setting *setting, const char *word)
{
	struct addr addr;

	if (!addr_parse(word, &addr) || addr_is_martian(&addr))
		return reading_reject(reading, "'%s' is not %s", word, setting->expected);
	return prefix_add(reading, setting, word);
}

bool take_addresses(struct reading *reading, const struct setting *setting, const char *value)
{
	return values_each_word(reading, setting, value, address_add);
}

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

bool take_sources(struct reading *reading, const struct setting *setting, const char *value)
{
	return values_each_word(reading, setting, value, source_add);
}

bool take_mark(struct reading *reading, const struct setting *setting, const char *value)
{
	uint32_t *mark = values_field(reading->config, setting);
	bool hexadecimal = !strncmp(value, "0x", 2);
	const char *digits = hexadecimal ? value + 2 : value;
	size_t length = strlen(digits);
	unsigned long long number = strtoull(digits, NULL, hexadecimal ? 16 : 10);

	if (!length || length > 10 || number < 1 || number > UINT32_MAX ||
	    strspn(digits, hexadecimal ? "0123456789abcdefABCDEF" : "0123456789") != length)
		return reading_reject(reading, "expected %s", setting->expected);
	*mark = number;
	return true;
}

bool take_interface(struct reading *reading, const struct setting *setting, const char *value)
{
	char **name = values_field(reading->config, setting);

	if (!*value || strpbrk(value, READING_BLANK) || !is_device_name(value, IF_NAMESIZE))
		return reading_reject(reading, "expected %s", setting->expected);
	free(*name);
	*name = memory_copy_text(value);
	return true;
}

bool take_count(struct reading *reading, const struct setting *setting, const char *value)
{
	unsigned *count = values_field(reading->config, setting);

	return number_parse(value, setting->min, setting->max, count) ||
	       reading_reject(reading, "expected %s", setting->expected);
}

bool take_seconds(struct reading *reading, const struct setting *setting, const char *value)
{
	usec_t *time = values_field(reading->config, setting);
	unsigned seconds;

	if (!number_parse(value, setting->min, setting->max, &seconds))
		return reading_reject(reading, "expected %s", setting->expected);
	*time = seconds * USEC_PER_SEC;
	return true;
}

bool take_path(struct reading *reading, const struct setting *setting, const char *value)
{
	char **path = values_field(reading->config, setting);

	if (!*value || strlen(value) >= sizeof((struct sockaddr_un){0}.sun_path))
		return reading_reject(reading, "expected %s", setting->expected);
	free(*path);
	*path = memory_copy_text(value);
	return true;
}

bool take_level(struct reading *reading, const struct setting *setting, const char *value)
{
	bool *debug = values_field(reading->config, setting);

	*debug = strcmp(value, "debug") == 0;
	return *debug || strcmp(value, "notice") == 0 ||
	       reading_reject(reading, "expected %s", setting->expected);
}

bool take_yes(struct reading *reading, const struct setting *setting, const char *value)
{
	bool *yes = values_field(reading->config, setting);

	*yes = strcmp(value, "yes") == 0;
	return *yes || strcmp(value, "no") == 0 ||
	       reading_reject(reading, "expected %s", setting->expected);
}

static const char *const mode_words[CONFIG_MODE_COUNT] = {
	[CONFIG_MODE_AUTO] = "auto", [CONFIG_MODE_XDP] = "xdp", [CONFIG_MODE_TC] = "tc"};

bool take_mode(struct reading *reading, const struct setting *setting, const char *value)
{
	enum config_mode *mode = values_field(reading->config, setting);

	*mode = values_find_word(mode_words, CONFIG_MODE_COUNT, value);
	return *mode < CONFIG_MODE_COUNT ||
	       reading_reject(reading, "expected %s", setting->expected);
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
	enum config_dnssec *dnssec = values_field(reading->config, setting);

	*dnssec = values_find_word(dnssec_words, CONFIG_DNSSEC_COUNT, value);
	return *dnssec < CONFIG_DNSSEC_COUNT ||
	       reading_reject(reading, "expected %s", setting->expected);
}
