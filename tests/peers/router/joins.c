/* SPDX-License-Identifier: BSD-2-Clause */
#include "joins.h"

#include "../clock.h"
#include "../pim.h"

#define HOLDTIME  210 /* of a Join, RFC 7761 section 4.11 */
#define ENTRY_MAX (2 * PIM_ENCODED_MAX + 4)

static void hear_routers(const struct joins *joins)
{
	struct group_req routers = {.gr_interface = joins->interface};
	int level = joins->family == AF_INET ? IPPROTO_IP : IPPROTO_IPV6;

	pim_routers(joins->interface, joins->family, &routers.gr_group);
	pim_option(joins->fd, level, MCAST_JOIN_GROUP, &routers, sizeof(routers));
}

void joins_open(struct joins *joins, unsigned interface, int family)
{
	char name[IF_NAMESIZE];

	*joins = (struct joins){.interface = interface, .family = family};
	joins->generation = (uint32_t)clock_ns();
	joins->fd = pim_open(interface, family);
	if_indextoname(interface, name);
	pim_option(joins->fd, SOL_SOCKET, SO_BINDTODEVICE, name, (socklen_t)strlen(name));
	hear_routers(joins);
}

void joins_keep(struct joins *joins, const char *text)
{
	struct channel *c = &joins->kept[joins->kept_count];

	if (joins->kept_count == JOINS_KEPT_MAX)
		fail(2, "'%s': there are %d channels already", text, JOINS_KEPT_MAX);
	option_channel(text, &c->source, &c->group);
	joins->kept_count += c->source.family == joins->family;
}

static void transmit(const struct joins *joins, uint8_t *message, size_t length)
{
	if (!pim_send(joins->fd, joins->interface, joins->family, message, length))
		printf("not sent: %s\n", strerror(errno));
}

void joins_hello(const struct joins *joins, uint16_t holdtime)
{
	uint8_t message[] = {PIM_HELLO, 0, 0, 0, 0, PIM_HOLDTIME, 0, 2, 0, 0, 0, PIM_GENERATION, 0,
			     4,         0, 0, 0, 0};

	put16(message + 8, holdtime);
	put32(message + 14, joins->generation);
	transmit(joins, message, sizeof(message));
}

static bool read_options(const uint8_t *b, size_t length, struct hello *hello)
{
	while (length >= 4) {
		unsigned type = get16(b), size = get16(b + 2);

		if (size + 4 > length)
			return false;
		if (type == PIM_HOLDTIME && size == 2)
			hello->holdtime = get16(b + 4);
		else if (type == PIM_GENERATION && size == 4)
			hello->generation = get32(b + 4);
		b += 4 + size;
		length -= 4 + size;
	}
	return true;
}

bool joins_hear(const struct joins *joins, struct hello *hello)
{
	struct sockaddr_storage from;
	socklen_t size = sizeof(from);
	uint8_t bytes[2048];
	ssize_t length =
		recvfrom(joins->fd, bytes, sizeof(bytes), MSG_DONTWAIT, (void *)&from, &size);
	size_t header = 0;
	uint16_t port;

	if (length > 0 && joins->family == AF_INET)
		header = (bytes[0] & 15) * 4u;
	if (length < (ssize_t)header + PIM_HEADER || bytes[header] != PIM_HELLO)
		return false;
	*hello = (struct hello){.from = address_of(&from, &port)};
	return read_options(bytes + header + PIM_HEADER, (size_t)length - header - PIM_HEADER,
			    hello);
}

void joins_flush(struct joins *joins)
{
	if (joins->length)
		transmit(joins, joins->message, joins->length);
	joins->length = 0;
}

void joins_add(struct joins *joins, const struct channel *channel, bool join)
{
	uint8_t *b = joins->message;

	if (!joins->length)
		joins->length = pim_begin_join_prune(b, &joins->upstream, HOLDTIME);
	joins->length += pim_put_encoded(b + joins->length, 0, &channel->group);
	put16(b + joins->length, join);
	put16(b + joins->length + 2, !join);
	joins->length += 4;
	joins->length += pim_put_encoded(b + joins->length, PIM_SPARSE, &channel->source);
	if (++*pim_groups_at(b, &joins->upstream) == UINT8_MAX ||
	    joins->length + ENTRY_MAX > sizeof(joins->message))
		joins_flush(joins);
}
