/* SPDX-License-Identifier: BSD-2-Clause */
#include "config/listen.h"
#include "config/values.h"

#include <string.h>

/* Takes the address off the front of ADDRESS, ADDRESS:PORT, [ADDRESS] or [ADDRESS]:PORT; returns
 * the rest, or NULL. */
static const char *address_parse(const char *text, struct addr *address)
{
	bool bracket = *text == '[';
	const char *from = text + bracket, *end = strchrnul(from, bracket ? ']' : ':');
	char copy[ADDR_TEXT];
	size_t length = end - from;

	if (length >= sizeof(copy) || (bracket && !*end))
		return NULL;
	memcpy(copy, from, length);
	copy[length] = '\0';
	if (!addr_parse(copy, address) || (address->family == AF_INET6) != bracket)
		return NULL;
	return end + bracket;
}

static bool where_parse(const char *text, struct config_metrics *metrics)
{
	const char *rest = address_parse(text, &metrics->address);
	unsigned port = CONFIG_METRICS_PORT;

	if (!rest || addr_is_multicast(&metrics->address))
		return false;
	if (*rest && (*rest != ':' || !values_number_parse(rest + 1, 1, 65535, &port)))
		return false;
	metrics->port = (uint16_t)port;
	return true;
}

static bool take_listen(struct reading *reading, const struct setting *setting, const char *value)
{
	struct config_metrics *metrics = values_field(reading->config, setting);
	struct config_metrics where = *metrics;

	where.address = (struct addr){0};
	where.port = 0;
	if (strcmp(value, "yes") == 0)
		value = CONFIG_METRICS_ADDRESS;
	if (strcmp(value, "no") != 0 && !where_parse(value, &where))
		return reading_reject(reading, "expected %s", setting->expected);
	*metrics = where;
	return true;
}

static bool give_listen(FILE *out, const struct config *config, const struct setting *setting,
			unsigned i)
{
	const struct config_metrics *metrics = values_field(config, setting);
	bool brackets = metrics->address.family == AF_INET6;
	char text[ADDR_TEXT];

	if (i)
		return false;
	if (!metrics->address.family)
		return fputs("no", out) >= 0;
	return fprintf(out, "%s%s%s:%u", brackets ? "[" : "", addr_format(&metrics->address, text),
		       brackets ? "]" : "", metrics->port) > 0;
}

const struct kind kind_listen = {.take = take_listen, .give = give_listen};
