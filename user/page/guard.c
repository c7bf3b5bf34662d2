/* SPDX-License-Identifier: BSD-2-Clause */
#include "page/guard.h"

#include <string.h>
#include <strings.h>

#define HOST_BYTES 256

static bool is_port(const char *text)
{
	return !*text || (*text == ':' && text[1 + strspn(text + 1, "0123456789")] == '\0');
}

/* Copies the host without its port. Returns false if there is more than a host and a port. */
static bool take_host(const char *text, char host[HOST_BYTES])
{
	bool bracket = *text == '[';
	size_t length = strcspn(text + bracket, bracket ? "]" : ":");

	if (length >= HOST_BYTES || (bracket && text[1 + length] != ']'))
		return false;
	memcpy(host, text + bracket, length);
	host[length] = '\0';
	return is_port(text + length + 2 * bracket);
}

bool guard_host_is_ours(const char *text, const char *hostname,
			const struct config_metrics *metrics)
{
	char host[HOST_BYTES];
	struct addr addr;

	if (!text)
		return true;
	if (!take_host(text, host))
		return false;
	if (addr_parse(host, &addr) || !strcasecmp(host, "localhost") ||
	    !strcasecmp(host, hostname))
		return true;
	for (unsigned i = 0; i < metrics->name_count; i++)
		if (!strcasecmp(host, metrics->names[i]))
			return true;
	return false;
}
