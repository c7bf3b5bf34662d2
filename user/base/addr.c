/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/addr.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool prefix_parse(const char *text, struct prefix *prefix)
{
	const char *slash = strchrnul(text, '/');
	size_t length = slash - text, digits = strlen(slash + !!*slash);
	char address[ADDR_TEXT];

	if (length >= sizeof(address) || digits > 3 ||
	    strspn(slash + !!*slash, "0123456789") != digits)
		return false;
	memcpy(address, text, length);
	address[length] = '\0';
	if (!addr_parse(address, &prefix->addr))
		return false;
	prefix->length = addr_length(prefix->addr.family) * 8;
	if (!*slash)
		return true;
	if (!digits || strtoul(slash + 1, NULL, 10) > prefix->length)
		return false;
	prefix->length = strtoul(slash + 1, NULL, 10);
	return true;
}

bool prefix_holds(const struct prefix *prefix, const struct addr *addr)
{
	unsigned whole = prefix->length / 8, rest = prefix->length % 8;
	const uint8_t *a = prefix->addr.bytes, *b = addr->bytes;

	return prefix->addr.family == addr->family && memcmp(a, b, whole) == 0 &&
	       (!rest || (a[whole] ^ b[whole]) >> (8 - rest) == 0);
}

bool prefixes_allow(const struct prefixes *prefixes, const struct addr *addr)
{
	for (unsigned i = 0; i < prefixes->count; i++)
		if (prefix_holds(&prefixes->list[i], addr))
			return true;
	return !prefixes->count;
}

unsigned addr_length(int family)
{
	return family == AF_INET ? 4 : family == AF_INET6 ? 16 : 0;
}

struct addr addr_network(const struct addr *addr)
{
	struct addr network = {.family = addr->family};

	memcpy(network.bytes, addr->bytes, addr->family == AF_INET ? 3 : 6);
	return network;
}

struct addr addr_from_bytes(int family, const void *bytes)
{
	struct addr addr = {0};

	if (addr_length(family)) {
		addr.family = family;
		memcpy(addr.bytes, bytes, addr_length(family));
	}
	return addr;
}

bool addr_parse(const char *text, struct addr *addr)
{
	int family = strchr(text, ':') ? AF_INET6 : AF_INET;

	*addr = (struct addr){.family = family};
	return inet_pton(family, text, addr->bytes) == 1;
}

const char *addr_format(const struct addr *addr, char buf[ADDR_TEXT])
{
	if (!inet_ntop(addr->family, addr->bytes, buf, ADDR_TEXT))
		snprintf(buf, ADDR_TEXT, "none");
	return buf;
}

const char *sg_format(const struct sg *sg, char buf[SG_TEXT])
{
	char source[ADDR_TEXT], group[ADDR_TEXT];

	snprintf(buf, SG_TEXT, "(%s,%s)", addr_format(&sg->source, source),
		 addr_format(&sg->group, group));
	return buf;
}

bool addr_equal(const struct addr *a, const struct addr *b)
{
	return memcmp(a, b, sizeof(*a)) == 0;
}

bool addr_is_unspecified(const struct addr *addr)
{
	static const uint8_t zero[sizeof(addr->bytes)];

	return memcmp(addr->bytes, zero, sizeof(zero)) == 0;
}

bool addr_is_multicast(const struct addr *addr)
{
	if (addr->family == AF_INET)
		return (addr->bytes[0] & 0xf0) == 0xe0;
	return addr->family == AF_INET6 && addr->bytes[0] == 0xff;
}

bool addr_is_loopback(const struct addr *addr)
{
	if (addr->family == AF_INET)
		return addr->bytes[0] == 127;
	return addr->family == AF_INET6 && memcmp(addr->bytes, &in6addr_loopback, 16) == 0;
}

bool addr_is_link_local(const struct addr *addr)
{
	if (addr->family == AF_INET)
		return addr->bytes[0] == 169 && addr->bytes[1] == 254;
	return addr->family == AF_INET6 && addr->bytes[0] == 0xfe &&
	       (addr->bytes[1] & 0xc0) == 0x80;
}

bool addr_is_ssm_group(const struct addr *group)
{
	const uint8_t *b = group->bytes;

	if (group->family == AF_INET)
		return b[0] == 232;
	return group->family == AF_INET6 && b[0] == 0xff && b[1] >> 4 == 3 && !b[2] && !b[3];
}

static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};

void addr_to_mapped(const struct addr *addr, uint8_t bytes[16])
{
	memcpy(bytes, addr->bytes, 16);
	if (addr->family != AF_INET)
		return;
	memcpy(bytes, mapped, sizeof(mapped));
	memcpy(bytes + sizeof(mapped), addr->bytes, 4);
}

struct addr addr_from_mapped(const uint8_t bytes[16])
{
	static const uint8_t none[16];

	if (!memcmp(bytes, none, sizeof(none)))
		return (struct addr){0};
	return memcmp(bytes, mapped, sizeof(mapped)) ? addr_from_bytes(AF_INET6, bytes)
						     : addr_from_bytes(AF_INET, bytes + 12);
}

bool addr_is_martian(const struct addr *addr)
{
	if (addr_is_unspecified(addr) || addr_is_multicast(addr) || addr_is_loopback(addr) ||
	    addr_is_link_local(addr))
		return true;
	if (addr->family == AF_INET)
		return addr->bytes[0] == 0 || addr->bytes[0] >= 240;
	return memcmp(addr->bytes, mapped, sizeof(mapped)) == 0;
}

bool addr_is_on_link(const struct addr *addr, const struct prefixes *subnets)
{
	bool can_tell = false;

	if (addr_is_link_local(addr))
		return true;
	for (unsigned i = 0; i < subnets->count; i++) {
		if (prefix_holds(&subnets->list[i], addr))
			return true;
		can_tell |= subnets->list[i].addr.family == addr->family;
	}
	return !can_tell;
}

/* The null values among SSM groups, 232.0.0.0 and ff3x::4000:0 (RFC 4607 section 4.3). */
static bool is_null_group(const struct addr *group)
{
	static const uint8_t v4[3] = {0}, v6[14] = {[10] = 0x40};

	if (!addr_is_ssm_group(group))
		return false;
	return group->family == AF_INET ? !memcmp(group->bytes + 1, v4, sizeof(v4))
					: !memcmp(group->bytes + 2, v6, sizeof(v6));
}

static bool group_is_forwardable(const struct addr *group)
{
	static const uint8_t link_scope[3] = {224, 0, 0};

	if (!addr_is_multicast(group) || is_null_group(group))
		return false;
	if (group->family == AF_INET)
		return memcmp(group->bytes, link_scope, sizeof(link_scope)) != 0;
	return (group->bytes[1] & 0x0f) > 2;
}

bool sg_is_forwardable(const struct sg *sg)
{
	return sg->source.family == sg->group.family && !addr_is_martian(&sg->source) &&
	       group_is_forwardable(&sg->group);
}

socklen_t addr_to_sockaddr(const struct addr *addr, uint16_t port, struct sockaddr_storage *ss)
{
	memset(ss, 0, sizeof(*ss));
	if (addr->family == AF_INET) {
		struct sockaddr_in *in = (struct sockaddr_in *)ss;

		in->sin_family = AF_INET;
		in->sin_port = htons(port);
		memcpy(&in->sin_addr, addr->bytes, 4);
		return sizeof(*in);
	}
	if (addr->family == AF_INET6) {
		struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)ss;

		in6->sin6_family = AF_INET6;
		in6->sin6_port = htons(port);
		memcpy(&in6->sin6_addr, addr->bytes, 16);
		return sizeof(*in6);
	}
	return 0;
}

struct addr addr_from_sockaddr(const struct sockaddr_storage *ss, uint16_t *port)
{
	const struct sockaddr_in *in = (const struct sockaddr_in *)ss;
	const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)ss;

	/* The port has the same offset in both. */
	*port = ntohs(in->sin_port);
	return addr_from_bytes(ss->ss_family, ss->ss_family == AF_INET6
						      ? (const void *)&in6->sin6_addr
						      : (const void *)&in->sin_addr);
}
