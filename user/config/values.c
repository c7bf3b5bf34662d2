/* SPDX-License-Identifier: BSD-2-Clause */
#include "config/values.h"

#include "base/instance.h"
#include "base/memory.h"

#include <net/if.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>

#define ALTERNATIVE_NAME_BYTES 128 /* NUL included (ALTIFNAMSIZ) */
#define GROUP_NAME_MAX         32
#define HOST_NAME_CHARS        253 /* RFC 1035 section 2.3.4, as text */

static bool is_device_name(const char *word, size_t bytes)
{
	return strlen(word) < bytes && strcmp(word, ".") != 0 && strcmp(word, "..") != 0 &&
	       !strpbrk(word, "/:");
}

bool word_is_interface(const char *word)
{
	return is_device_name(word, ALTERNATIVE_NAME_BYTES);
}

bool word_is_host(const char *word)
{
	size_t length = strlen(word);

	return length <= HOST_NAME_CHARS &&
	       strspn(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._") ==
		       length;
}

bool values_number_parse(const char *text, unsigned min, unsigned max, unsigned *number)
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

	if (at - word >= (ptrdiff_t)sizeof(text) ||
	    (*at && !values_number_parse(at + 1, 1, 65535, &port)))
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

void *values_field(const struct config *config, const struct setting *setting)
{
	return (char *)config + setting->offset;
}

unsigned *values_count(const struct config *config, const struct setting *setting)
{
	return (unsigned *)((char *)config + setting->count_offset);
}

unsigned values_find_word(const char *const words[], unsigned count, const char *word)
{
	unsigned i = 0;

	while (i < count && strcmp(words[i], word))
		i++;
	return i;
}

static bool take_mark(struct reading *reading, const struct setting *setting, const char *value)
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

static bool give_mark(FILE *out, const struct config *config, const struct setting *setting,
		      unsigned i)
{
	uint32_t mark = *(uint32_t *)values_field(config, setting);

	return !i && mark && fprintf(out, "0x%x", mark) > 0;
}

const struct kind kind_mark = {.take = take_mark, .give = give_mark};

static bool keep_text(const struct reading *reading, const struct setting *setting,
		      const char *value)
{
	char **text = values_field(reading->config, setting);

	free(*text);
	*text = memory_copy_text(value);
	return true;
}

static bool take_interface(struct reading *reading, const struct setting *setting,
			   const char *value)
{
	if (!*value || strpbrk(value, READING_BLANK) || !is_device_name(value, IF_NAMESIZE))
		return reading_reject(reading, "expected %s", setting->expected);
	return keep_text(reading, setting, value);
}

bool give_text(FILE *out, const struct config *config, const struct setting *setting, unsigned i)
{
	char *const *text = values_field(config, setting);

	return !i && *text && fputs(*text, out) >= 0;
}

const struct kind kind_interface = {.take = take_interface, .give = give_text};

/* As useradd(8) takes them. */
static bool take_group(struct reading *reading, const struct setting *setting, const char *value)
{
	if (!*value || strlen(value) > GROUP_NAME_MAX || strpbrk(value, READING_BLANK ":,/"))
		return reading_reject(reading, "expected %s", setting->expected);
	return keep_text(reading, setting, value);
}

const struct kind kind_group = {.take = take_group, .give = give_text};

static bool take_instance(struct reading *reading, const struct setting *setting, const char *value)
{
	if (!instance_is_name(value))
		return reading_reject(reading, "expected %s", setting->expected);
	return keep_text(reading, setting, value);
}

const struct kind kind_instance = {.take = take_instance, .give = give_text};

static bool take_count(struct reading *reading, const struct setting *setting, const char *value)
{
	unsigned *count = values_field(reading->config, setting);

	return values_number_parse(value, setting->min, setting->max, count) ||
	       reading_reject(reading, "expected %s", setting->expected);
}

static bool give_count(FILE *out, const struct config *config, const struct setting *setting,
		       unsigned i)
{
	return !i && fprintf(out, "%u", *(unsigned *)values_field(config, setting)) > 0;
}

const struct kind kind_count = {.take = take_count, .give = give_count};

static bool take_seconds(struct reading *reading, const struct setting *setting, const char *value)
{
	usec_t *time = values_field(reading->config, setting);
	unsigned seconds;

	if (!values_number_parse(value, setting->min, setting->max, &seconds))
		return reading_reject(reading, "expected %s", setting->expected);
	*time = seconds * USEC_PER_SEC;
	return true;
}

static bool give_seconds(FILE *out, const struct config *config, const struct setting *setting,
			 unsigned i)
{
	usec_t time = *(usec_t *)values_field(config, setting);

	return !i && fprintf(out, "%u", (unsigned)(time / USEC_PER_SEC)) > 0;
}

const struct kind kind_seconds = {.take = take_seconds, .give = give_seconds};

static bool take_ms(struct reading *reading, const struct setting *setting, const char *value)
{
	usec_t *time = values_field(reading->config, setting);
	size_t digits = strspn(value, "0123456789");
	char number[16] = "";
	unsigned ms = 0;

	if (digits < sizeof(number))
		memcpy(number, value, digits);
	if (strcmp(value, "off") && (strcmp(value + digits, "ms") ||
				     !values_number_parse(number, setting->min, setting->max, &ms)))
		return reading_reject(reading, "expected %s", setting->expected);
	*time = ms * USEC_PER_MS;
	return true;
}

static bool give_ms(FILE *out, const struct config *config, const struct setting *setting,
		    unsigned i)
{
	usec_t time = *(usec_t *)values_field(config, setting);

	if (i)
		return false;
	return time ? fprintf(out, "%ums", (unsigned)(time / USEC_PER_MS)) > 0
		    : fputs("off", out) >= 0;
}

/* Milliseconds, or "off", which is 0. */
const struct kind kind_ms = {.take = take_ms, .give = give_ms};

static bool take_path(struct reading *reading, const struct setting *setting, const char *value)
{
	if (!*value || strlen(value) >= sizeof((struct sockaddr_un){0}.sun_path))
		return reading_reject(reading, "expected %s", setting->expected);
	return keep_text(reading, setting, value);
}

const struct kind kind_path = {.take = take_path, .give = give_text};

static bool take_level(struct reading *reading, const struct setting *setting, const char *value)
{
	bool *debug = values_field(reading->config, setting);

	*debug = strcmp(value, "debug") == 0;
	return *debug || strcmp(value, "notice") == 0 ||
	       reading_reject(reading, "expected %s", setting->expected);
}

static bool give_level(FILE *out, const struct config *config, const struct setting *setting,
		       unsigned i)
{
	return !i && fputs(*(bool *)values_field(config, setting) ? "debug" : "notice", out) >= 0;
}

const struct kind kind_level = {.take = take_level, .give = give_level};

static bool take_yes(struct reading *reading, const struct setting *setting, const char *value)
{
	bool *yes = values_field(reading->config, setting);

	*yes = strcmp(value, "yes") == 0;
	return *yes || strcmp(value, "no") == 0 ||
	       reading_reject(reading, "expected %s", setting->expected);
}

static bool give_yes(FILE *out, const struct config *config, const struct setting *setting,
		     unsigned i)
{
	return !i && fputs(*(bool *)values_field(config, setting) ? "yes" : "no", out) >= 0;
}

const struct kind kind_yes = {.take = take_yes, .give = give_yes};

static const char *const mode_words[CONFIG_MODE_COUNT] = {
	[CONFIG_MODE_AUTO] = "auto", [CONFIG_MODE_XDP] = "xdp", [CONFIG_MODE_TC] = "tc"};

static bool take_mode(struct reading *reading, const struct setting *setting, const char *value)
{
	enum config_mode *mode = values_field(reading->config, setting);

	*mode = values_find_word(mode_words, CONFIG_MODE_COUNT, value);
	return *mode < CONFIG_MODE_COUNT ||
	       reading_reject(reading, "expected %s", setting->expected);
}

static bool give_mode(FILE *out, const struct config *config, const struct setting *setting,
		      unsigned i)
{
	enum config_mode mode = *(enum config_mode *)values_field(config, setting);

	return !i && fputs(mode_words[mode], out) >= 0;
}

const struct kind kind_mode = {.take = take_mode, .give = give_mode};

static const char *const dnssec_words[CONFIG_DNSSEC_COUNT] = {[CONFIG_DNSSEC_OFF] = "off",
							      [CONFIG_DNSSEC_PREFER] = "prefer",
							      [CONFIG_DNSSEC_REQUIRE] = "require"};

const char *config_dnssec_name(const struct config *config)
{
	return dnssec_words[config->trust_anchor ? config->dnssec : CONFIG_DNSSEC_OFF];
}

static bool take_dnssec(struct reading *reading, const struct setting *setting, const char *value)
{
	enum config_dnssec *dnssec = values_field(reading->config, setting);

	*dnssec = values_find_word(dnssec_words, CONFIG_DNSSEC_COUNT, value);
	return *dnssec < CONFIG_DNSSEC_COUNT ||
	       reading_reject(reading, "expected %s", setting->expected);
}

static bool give_dnssec(FILE *out, const struct config *config, const struct setting *setting,
			unsigned i)
{
	enum config_dnssec dnssec = *(enum config_dnssec *)values_field(config, setting);

	return !i && fputs(dnssec_words[dnssec], out) >= 0;
}

const struct kind kind_dnssec = {.take = take_dnssec, .give = give_dnssec};
