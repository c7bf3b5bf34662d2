/* SPDX-License-Identifier: BSD-2-Clause */
/* Values of command line options. A wrong value ends the program with one line and status 2. */
#pragma once

#include "address.h"

#include <errno.h>
#include <net/if.h>
#include <stdarg.h>
#include <stdlib.h>

static inline void __attribute__((noreturn, format(printf, 2, 3)))
fail(int status, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	fprintf(stderr, "%s: ", program_invocation_short_name);
	vfprintf(stderr, format, arguments);
	fputc('\n', stderr);
	va_end(arguments);
	exit(status);
}

static inline uint64_t option_number(const char *name, const char *text, uint64_t least,
				     uint64_t most)
{
	char *end;
	uint64_t value;

	errno = 0;
	value = strtoull(text, &end, 10);
	if (errno || *text < '0' || *text > '9' || *end || value < least || value > most)
		fail(2, "--%s '%s': not a number from %llu to %llu", name, text,
		     (unsigned long long)least, (unsigned long long)most);
	return value;
}

static inline struct address option_address(const char *name, const char *text)
{
	struct address a;

	if (!address_parse(text, &a))
		fail(2, "--%s '%s': not an IPv4 or IPv6 address", name, text);
	return a;
}

static inline struct address option_group(const char *name, const char *text)
{
	struct address a = option_address(name, text);

	if (!address_is_multicast(&a))
		fail(2, "--%s '%s': not a multicast address", name, text);
	return a;
}

/* "S,G" */
static inline void option_channel(const char *text, struct address *source, struct address *group)
{
	char first[INET6_ADDRSTRLEN];
	const char *comma = strchr(text, ',');

	if (!comma || comma - text >= (int)sizeof(first))
		fail(2, "'%s': S,G is needed", text);
	memcpy(first, text, (size_t)(comma - text));
	first[comma - text] = 0;
	*source = option_address("source", first);
	*group = option_group("group", comma + 1);
}

static inline unsigned option_interface(const char *text)
{
	unsigned index = if_nametoindex(text);

	if (!index)
		fail(1, "interface '%s': %s", text, strerror(errno));
	return index;
}
