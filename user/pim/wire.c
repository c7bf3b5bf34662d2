/* SPDX-License-Identifier: BSD-2-Clause */
#include "pim/wire.h"

#define CHECKSUM_AT   2
#define FAMILY_IPV4   1 /* IANA address family numbers */
#define FAMILY_IPV6   2
#define NATIVE        0    /* encoding type */
#define ATTRIBUTES    1    /* encoding type of a source: native, then Join Attributes */
#define ATTRIBUTE_END 0x40 /* E bit of the last attribute */

struct addr pim_all_routers(int family)
{
	static const uint8_t v4[4] = {224, 0, 0, 13};
	static const uint8_t v6[16] = {0xff, 0x02, [15] = 0x0d};

	return addr_from_bytes(family, family == AF_INET ? v4 : v6);
}

/* Reading */

/* Reads family and encoding type, which precede every address. Returns AF_UNSPEC if they leave the
 * length of the address unknown. */
static int read_family(struct cursor *c, uint8_t *encoding)
{
	uint8_t family = cursor_u8(c);

	*encoding = cursor_u8(c);
	if (*encoding > ATTRIBUTES)
		return AF_UNSPEC;
	return family == FAMILY_IPV4 ? AF_INET : family == FAMILY_IPV6 ? AF_INET6 : AF_UNSPEC;
}

static int read_native_family(struct cursor *c)
{
	uint8_t encoding;
	int family = read_family(c, &encoding);

	return encoding == NATIVE ? family : AF_UNSPEC;
}

struct addr pim_read_unicast(struct cursor *c)
{
	return cursor_addr(c, read_native_family(c));
}

static struct pim_masked read_rest_of_masked(struct cursor *c, int family)
{
	struct pim_masked masked = {.flags = cursor_u8(c)};

	masked.is_single = cursor_u8(c) == addr_length(family) * 8;
	masked.addr = cursor_addr(c, family);
	return masked;
}

struct pim_masked pim_read_group(struct cursor *c)
{
	return read_rest_of_masked(c, read_native_family(c));
}

/* RFC 5384 section 3.1: type and flags, length, value; at least one attribute. */
static void skip_attributes(struct cursor *c)
{
	uint8_t first;

	do {
		first = cursor_u8(c);
		cursor_bytes(c, cursor_u8(c));
	} while (!(first & ATTRIBUTE_END) && !c->failed);
}

struct pim_masked pim_read_source(struct cursor *c, bool *has_attributes)
{
	uint8_t encoding;
	int family = read_family(c, &encoding);
	struct pim_masked masked = read_rest_of_masked(c, family);

	*has_attributes = family && encoding == ATTRIBUTES;
	if (*has_attributes)
		skip_attributes(c);
	return masked;
}

enum fault pim_address_fault(const struct cursor *c, const struct addr *addr)
{
	if (c->failed)
		return FAULT_TRUNCATED;
	return addr->family == AF_UNSPEC ? FAULT_ADDRESS : FAULT_NONE;
}

/* Writing */

static void write_family(struct writer *w, int family)
{
	writer_u8(w, family == AF_INET ? FAMILY_IPV4 : FAMILY_IPV6);
	writer_u8(w, NATIVE);
}

void pim_write_unicast(struct writer *w, const struct addr *addr)
{
	write_family(w, addr->family);
	writer_addr(w, addr);
}

void pim_write_masked(struct writer *w, const struct addr *addr, uint8_t flags)
{
	write_family(w, addr->family);
	writer_u8(w, flags);
	writer_u8(w, addr_length(addr->family) * 8);
	writer_addr(w, addr);
}

struct writer pim_begin(enum pim_type type, void *bytes, size_t size)
{
	struct writer w = writer_over(bytes, size);

	writer_u8(&w, PIM_VERSION << 4 | type);
	writer_u8(&w, 0);
	writer_u16(&w, 0);
	return w;
}

size_t pim_finish(struct writer *w, const struct addr *source)
{
	struct addr destination = pim_all_routers(source->family);

	if (w->failed)
		return 0;
	writer_patch_u16(w, CHECKSUM_AT,
			 ip_message_checksum(source, &destination, PIM_IP_PROTOCOL, w->start,
					     writer_length(w)));
	return writer_length(w);
}
