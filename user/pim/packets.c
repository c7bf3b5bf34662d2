/* SPDX-License-Identifier: BSD-2-Clause */
/* The wire side of PIM: RFC 7761 sections 4.9 (header, destinations, checksum), 4.9.1 (encoded
 * addresses), 4.9.2 (Hello), 4.9.5 (Join/Prune) and 4.9.6 (Assert); types from RFC 8736.
 *
 * A Hello is read option by option through a table. Options that are not in it are passed over, as
 * section 4.9.2 demands; one that is shorter than its value refuses the message, one that is longer
 * may be of a future version and is taken. Bytes that make no whole option, where one is to begin,
 * are no part of it: what stood before counts. An Address List is read as far as its addresses are
 * of a known size; those of the other family are left out, for a neighbour of this family cannot be
 * a next hop by them.
 *
 * A Join/Prune is walked twice with the same two functions: once by pim_decode, so that a message
 * that ends before its counts do is refused before any entry of it acts, and once by whoever asks
 * for the entries. Attributes of a source (RFC 5384) are for routers that say option 26, which we
 * do not: they are stepped over, and the source counts. An address of an unknown family or encoding
 * hides where the next one starts: what stood before counts, the rest does not. Entries of the
 * family that the upstream neighbour is not of are handed out as no channel (section 4.9.5), and so
 * are (*,G), (S,G,rpt), masked ones and those of a bidirectional group.
 *
 * Left out: Register and the other types (an SSM-only router that is no rendezvous point needs
 * none, section 4.8.2), for which even the checksum is left alone since Register has a rule of its
 * own; the TTL, which the RFC gives to senders only. */
#include "pim/packets.h"

#define PIM_VERSION   2
#define HEADER        4
#define CHECKSUM_AT   2
#define FAMILY_IPV4   1 /* IANA address family numbers */
#define FAMILY_IPV6   2
#define NATIVE        0    /* encoding types */
#define ATTRIBUTES    1    /* of a source: native, and join attributes behind it */
#define ATTRIBUTE_END 0x40 /* E bit, of the last of them */
#define GROUP_BIDIR   0x80 /* flags of an encoded group */
#define SOURCE_SPARSE 0x04 /* flags of an encoded source */
#define SOURCE_WC     0x02
#define SOURCE_RPT    0x01
#define ASSERT_RPT    0x80000000
#define LAN_PRUNE_T   0x8000 /* the other 15 bits are the propagation delay */
#define OPTION_HEADER 4

enum hello_option {
	OPTION_HOLDTIME = 1,
	OPTION_LAN_PRUNE_DELAY = 2,
	OPTION_DR_PRIORITY = 19,
	OPTION_GENERATION_ID = 20,
	OPTION_ADDRESS_LIST = 24
};

struct addr pim_all_routers(int family)
{
	static const uint8_t v4[4] = {224, 0, 0, 13};
	static const uint8_t v6[16] = {0xff, 0x02, [15] = 0x0d};

	return addr_from_bytes(family, family == AF_INET ? v4 : v6);
}

/* Family and encoding type, which stand before every address; AF_UNSPEC where they leave the
 * address's size unknown. */
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

static struct addr read_unicast(struct cursor *c)
{
	return cursor_addr(c, read_native_family(c));
}

struct masked_addr { /* an encoded group or source */
	struct addr addr;
	uint8_t flags;
	bool is_single;
};

static struct masked_addr read_rest_of_masked(struct cursor *c, int family)
{
	struct masked_addr masked = {.flags = cursor_u8(c)};

	masked.is_single = cursor_u8(c) == addr_length(family) * 8;
	masked.addr = cursor_addr(c, family);
	return masked;
}

static struct masked_addr read_masked(struct cursor *c)
{
	return read_rest_of_masked(c, read_native_family(c));
}

/* RFC 5384 section 3.1: type and flags, length, value; there is at least one. */
static void pass_attributes(struct cursor *c)
{
	uint8_t first;

	do {
		first = cursor_u8(c);
		cursor_bytes(c, cursor_u8(c));
	} while (!(first & ATTRIBUTE_END) && !c->failed);
}

static struct masked_addr read_source(struct cursor *c, bool *has_attributes)
{
	uint8_t encoding;
	int family = read_family(c, &encoding);
	struct masked_addr masked = read_rest_of_masked(c, family);

	*has_attributes = family && encoding == ATTRIBUTES;
	if (*has_attributes)
		pass_attributes(c);
	return masked;
}

static enum fault address_fault(const struct cursor *c, const struct addr *addr)
{
	if (c->failed)
		return FAULT_TRUNCATED;
	return addr->family == AF_UNSPEC ? FAULT_ADDRESS : FAULT_NONE;
}

/* Hello */

struct option {
	struct cursor value;
	int family; /* of the message */
	struct pim_hello *hello;
};

static void read_holdtime(struct option *option)
{
	option->hello->holdtime = cursor_u16(&option->value);
}

static void read_lan_prune_delay(struct option *option)
{
	struct pim_hello *hello = option->hello;
	uint16_t delay = cursor_u16(&option->value);

	hello->has_lan_prune_delay = true;
	hello->tracking_support = delay & LAN_PRUNE_T;
	hello->propagation_delay_ms = delay & ~LAN_PRUNE_T;
	hello->override_interval_ms = cursor_u16(&option->value);
}

static void read_dr_priority(struct option *option)
{
	option->hello->has_dr_priority = true;
	option->hello->dr_priority = cursor_u32(&option->value);
}

static void read_generation_id(struct option *option)
{
	option->hello->has_generation_id = true;
	option->hello->generation_id = cursor_u32(&option->value);
}

static void read_address_list(struct option *option)
{
	struct pim_hello *hello = option->hello;

	while (cursor_left(&option->value)) {
		struct addr addr = read_unicast(&option->value);

		if (addr.family == AF_UNSPEC)
			break;
		if (addr.family == option->family && hello->address_count < PIM_ADDRESSES_MAX)
			hello->addresses[hello->address_count++] = addr;
	}
}

struct option_reader {
	uint16_t type, least; /* least length of the value */
	void (*read)(struct option *option);
};

static const struct option_reader option_readers[] = {
	{OPTION_HOLDTIME, 2, read_holdtime},
	{OPTION_LAN_PRUNE_DELAY, 4, read_lan_prune_delay},
	{OPTION_DR_PRIORITY, 4, read_dr_priority},
	{OPTION_GENERATION_ID, 4, read_generation_id},
	{OPTION_ADDRESS_LIST, 0, read_address_list},
};

static const struct option_reader *find_reader(uint16_t type)
{
	for (size_t i = 0; i < sizeof(option_readers) / sizeof(option_readers[0]); i++)
		if (option_readers[i].type == type)
			return &option_readers[i];
	return NULL;
}

static enum fault read_option(struct option *option, uint16_t type)
{
	const struct option_reader *reader = find_reader(type);

	if (!reader)
		return FAULT_NONE;
	if (cursor_left(&option->value) < reader->least)
		return FAULT_LENGTH;
	reader->read(option);
	return option->value.failed ? FAULT_LENGTH : FAULT_NONE;
}

static enum fault decode_hello(struct cursor c, int family, struct pim_hello *hello)
{
	enum fault fault = FAULT_NONE;

	hello->holdtime = PIM_HOLDTIME_DEFAULT;
	while (!fault && cursor_left(&c) && !hello->has_stray_bytes) {
		uint16_t type = cursor_u16(&c);
		struct option option = {
			.value = cursor_sub(&c, cursor_u16(&c)), .family = family, .hello = hello};

		hello->has_stray_bytes = option.value.failed;
		if (!hello->has_stray_bytes)
			fault = read_option(&option, type);
	}
	return fault;
}

/* Join/Prune */

static enum fault read_group(struct pim_join_prune *message)
{
	struct masked_addr masked = read_masked(&message->groups);

	message->group = masked.addr;
	message->group_is_single = masked.is_single && !(masked.flags & GROUP_BIDIR);
	message->joins = cursor_u16(&message->groups);
	message->prunes = cursor_u16(&message->groups);
	return address_fault(&message->groups, &masked.addr);
}

static enum fault read_entry(struct pim_join_prune *message, struct pim_entry *entry)
{
	struct masked_addr masked = read_source(&message->groups, &entry->has_attributes);

	entry->sg = (struct sg){.source = masked.addr, .group = message->group};
	entry->prune = !message->joins;
	entry->is_channel = message->group_is_single && masked.is_single &&
			    !(masked.flags & (SOURCE_WC | SOURCE_RPT)) &&
			    masked.addr.family == message->upstream.family &&
			    message->group.family == message->upstream.family;
	if (entry->prune)
		message->prunes--;
	else
		message->joins--;
	return address_fault(&message->groups, &masked.addr);
}

/* Finds where the last group ends, or what can be read of it. */
static enum fault walk_groups(struct pim_join_prune *walker, unsigned groups, const uint8_t **end)
{
	struct pim_entry entry;
	enum fault fault = FAULT_NONE;

	*end = walker->groups.at;
	while (!fault && (groups || walker->joins || walker->prunes)) {
		*end = walker->groups.at;
		if (walker->joins || walker->prunes) {
			fault = read_entry(walker, &entry);
		} else {
			groups--;
			fault = read_group(walker);
		}
	}
	if (!fault)
		*end = walker->groups.at;
	return fault;
}

static enum fault decode_join_prune(struct cursor c, int family, struct pim_join_prune *message)
{
	struct pim_join_prune walker;
	enum fault fault;
	unsigned groups;

	message->upstream = read_unicast(&c);
	fault = address_fault(&c, &message->upstream);
	if (fault)
		return fault;
	if (message->upstream.family != family)
		return FAULT_ADDRESS;
	cursor_u8(&c); /* reserved */
	groups = cursor_u8(&c);
	message->holdtime = cursor_u16(&c);
	if (c.failed)
		return FAULT_TRUNCATED;
	message->groups = c;
	walker = *message;
	fault = walk_groups(&walker, groups, &message->groups.end); /* the rest is to be ignored */
	message->is_cut = fault == FAULT_ADDRESS;
	return message->is_cut ? FAULT_NONE : fault;
}

bool pim_next_entry(struct pim_join_prune *message, struct pim_entry *entry)
{
	while (!message->joins && !message->prunes)
		if (!cursor_left(&message->groups) || read_group(message))
			return false;
	return read_entry(message, entry) == FAULT_NONE;
}

/* Assert */

static enum fault decode_assert(struct cursor c, int family, struct pim_assert *message)
{
	struct masked_addr group = read_masked(&c);
	enum fault fault = address_fault(&c, &group.addr);
	struct addr source = fault ? (struct addr){0} : read_unicast(&c);
	uint32_t preference = cursor_u32(&c);

	if (!fault)
		fault = address_fault(&c, &source);
	message->sg = (struct sg){.source = source, .group = group.addr};
	message->metric = (struct pim_metric){.rpt = preference & ASSERT_RPT,
					      .preference = preference & ~ASSERT_RPT,
					      .metric = cursor_u32(&c)};
	message->is_channel =
		group.is_single && !(group.flags & GROUP_BIDIR) && !addr_is_unspecified(&source);
	if (!fault && c.failed)
		fault = FAULT_TRUNCATED;
	if (!fault && (group.addr.family != family || source.family != family))
		fault = FAULT_ADDRESS;
	return fault;
}

/* The envelope that all messages share */

static enum fault check_multicast(const struct ip_datagram *ip)
{
	struct addr all_routers = pim_all_routers(ip->source.family);

	if (!addr_equal(&ip->destination, &all_routers))
		return FAULT_DESTINATION;
	if (ip_message_checksum(&ip->source, &ip->destination, PIM_IP_PROTOCOL, ip->payload.at,
				cursor_left(&ip->payload)))
		return FAULT_CHECKSUM;
	return FAULT_NONE;
}

static enum fault decode_body(const struct ip_datagram *ip, struct pim_message *message)
{
	struct cursor body = ip->payload;
	enum fault fault = check_multicast(ip);

	if (fault)
		return fault;
	cursor_bytes(&body, HEADER);
	if (message->type == PIM_HELLO)
		return decode_hello(body, ip->source.family, &message->hello);
	if (message->type == PIM_ASSERT)
		return decode_assert(body, ip->source.family, &message->assert);
	return decode_join_prune(body, ip->source.family, &message->join_prune);
}

enum fault pim_decode(const struct ip_datagram *ip, struct pim_message *message)
{
	struct cursor c = ip->payload;
	uint8_t first = cursor_u8(&c);

	*message = (struct pim_message){.type = first & 0x0f};
	if (ip->protocol != PIM_IP_PROTOCOL)
		return FAULT_TYPE;
	if (cursor_left(&ip->payload) < HEADER)
		return FAULT_TRUNCATED;
	if (first >> 4 != PIM_VERSION)
		return FAULT_VERSION;
	if (message->type > PIM_TYPE_LAST)
		return FAULT_TYPE;
	if (message->type != PIM_HELLO && message->type != PIM_JOIN_PRUNE &&
	    message->type != PIM_ASSERT)
		return FAULT_NONE;
	return decode_body(ip, message);
}

/* What we say ourselves */

static void write_option(struct writer *w, enum hello_option type, uint16_t length)
{
	writer_u16(w, type);
	writer_u16(w, length);
}

static void write_family(struct writer *w, int family)
{
	writer_u8(w, family == AF_INET ? FAMILY_IPV4 : FAMILY_IPV6);
	writer_u8(w, NATIVE);
}

static void write_unicast(struct writer *w, const struct addr *addr)
{
	write_family(w, addr->family);
	writer_addr(w, addr);
}

/* An encoded group or source. */
static void write_masked(struct writer *w, const struct addr *addr, uint8_t flags)
{
	write_family(w, addr->family);
	writer_u8(w, flags);
	writer_u8(w, addr_length(addr->family) * 8);
	writer_addr(w, addr);
}

static void write_address_list(struct writer *w, const struct pim_hello *hello)
{
	size_t at = writer_length(w);

	if (!hello->address_count)
		return;
	write_option(w, OPTION_ADDRESS_LIST, 0);
	for (unsigned i = 0; i < hello->address_count; i++)
		write_unicast(w, &hello->addresses[i]);
	writer_patch_u16(w, at + 2, writer_length(w) - at - OPTION_HEADER);
}

static void write_options(struct writer *w, const struct pim_hello *hello)
{
	write_option(w, OPTION_HOLDTIME, 2);
	writer_u16(w, hello->holdtime);
	if (hello->has_lan_prune_delay) {
		write_option(w, OPTION_LAN_PRUNE_DELAY, 4);
		writer_u16(w, (hello->tracking_support ? LAN_PRUNE_T : 0) |
				      (hello->propagation_delay_ms & ~LAN_PRUNE_T));
		writer_u16(w, hello->override_interval_ms);
	}
	if (hello->has_dr_priority) {
		write_option(w, OPTION_DR_PRIORITY, 4);
		writer_u32(w, hello->dr_priority);
	}
	if (hello->has_generation_id) {
		write_option(w, OPTION_GENERATION_ID, 4);
		writer_u32(w, hello->generation_id);
	}
	write_address_list(w, hello);
}

static struct writer begin_message(enum pim_type type, void *bytes, size_t size)
{
	struct writer w = writer_over(bytes, size);

	writer_u8(&w, PIM_VERSION << 4 | type);
	writer_u8(&w, 0);
	writer_u16(&w, 0);
	return w;
}

static size_t finish_message(struct writer *w, const struct addr *source)
{
	struct addr destination = pim_all_routers(source->family);

	if (w->failed)
		return 0;
	writer_patch_u16(w, CHECKSUM_AT,
			 ip_message_checksum(source, &destination, PIM_IP_PROTOCOL, w->start,
					     writer_length(w)));
	return writer_length(w);
}

size_t pim_encode_hello(const struct pim_hello *hello, const struct addr *source, void *bytes,
			size_t size)
{
	struct writer w = begin_message(PIM_HELLO, bytes, size);

	write_options(&w, hello);
	return finish_message(&w, source);
}

/* Whether the group of the prune at `at` has not stood before it. */
static bool is_first_of_group(const struct sg *prunes, unsigned at)
{
	for (unsigned i = 0; i < at; i++)
		if (addr_equal(&prunes[i].group, &prunes[at].group))
			return false;
	return true;
}

static void write_group_set(struct writer *w, const struct sg *prunes, unsigned count,
			    const struct addr *group)
{
	unsigned sources = 0;
	size_t sources_at;

	write_masked(w, group, 0);
	writer_u16(w, 0);
	sources_at = writer_length(w);
	writer_u16(w, 0);
	for (unsigned i = 0; i < count; i++) {
		if (!addr_equal(&prunes[i].group, group))
			continue;
		write_masked(w, &prunes[i].source, SOURCE_SPARSE);
		sources++;
	}
	writer_patch_u16(w, sources_at, sources);
}

size_t pim_encode_prune_echo(const struct sg *prunes, unsigned count, const struct addr *source,
			     void *bytes, size_t size)
{
	struct writer w = begin_message(PIM_JOIN_PRUNE, bytes, size);
	unsigned groups = 0;

	for (unsigned i = 0; i < count; i++)
		groups += is_first_of_group(prunes, i);
	write_unicast(&w, source);
	writer_u8(&w, 0);
	writer_u8(&w, groups);
	writer_u16(&w, PIM_HOLDTIME_JOIN_PRUNE);
	for (unsigned i = 0; i < count; i++)
		if (is_first_of_group(prunes, i))
			write_group_set(&w, prunes, count, &prunes[i].group);
	return finish_message(&w, source);
}

size_t pim_encode_assert(const struct sg *sg, const struct pim_metric *metric,
			 const struct addr *source, void *bytes, size_t size)
{
	struct writer w = begin_message(PIM_ASSERT, bytes, size);

	write_masked(&w, &sg->group, 0);
	write_unicast(&w, &sg->source);
	writer_u32(&w, (metric->rpt ? ASSERT_RPT : 0) | metric->preference);
	writer_u32(&w, metric->metric);
	return finish_message(&w, source);
}
