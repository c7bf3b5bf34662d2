/* SPDX-License-Identifier: BSD-2-Clause */
#include "pim/packets.h"

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
	cursor_bytes(&body, PIM_HEADER);
	if (message->type == PIM_HELLO)
		return pim_decode_hello(body, ip->source.family, &message->hello);
	if (message->type == PIM_ASSERT)
		return pim_decode_assert(body, ip->source.family, &message->assert);
	return pim_decode_join_prune(body, ip->source.family, &message->join_prune);
}

enum fault pim_decode(const struct ip_datagram *ip, struct pim_message *message)
{
	struct cursor c = ip->payload;
	uint8_t first = cursor_u8(&c);

	*message = (struct pim_message){.type = first & 0x0f};
	if (ip->protocol != PIM_IP_PROTOCOL)
		return FAULT_TYPE;
	if (cursor_left(&ip->payload) < PIM_HEADER)
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
