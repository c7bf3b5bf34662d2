/* SPDX-License-Identifier: BSD-2-Clause */
#include "gateway/payload.h"
#include "base/ip.h"

#define UDP_HEADER 8

/* The checksum is not looked at: what is damaged is to be seen. */
static bool read_udp(struct cursor bytes, struct payload *payload)
{
	unsigned length;

	cursor_u16(&bytes);
	payload->port = cursor_u16(&bytes);
	length = cursor_u16(&bytes);
	cursor_u16(&bytes);
	if (bytes.failed || length < UDP_HEADER)
		return false;
	payload->bytes = cursor_sub(&bytes, length - UDP_HEADER);
	return !payload->bytes.failed;
}

enum payload_kind payload_read(struct reassembly *reassembly, struct cursor packet,
			       struct payload *payload)
{
	struct payload found = {0};
	struct ip_datagram ip;

	if (!cursor_left(&packet) || reassembly_take(reassembly, 0, packet, &found.datagram))
		return PAYLOAD_BROKEN;
	if (!cursor_left(&found.datagram))
		return PAYLOAD_FRAGMENT;
	if (ip_decode(found.datagram, &ip))
		return PAYLOAD_BROKEN;
	if (ip.protocol != IPPROTO_UDP)
		return PAYLOAD_OTHER;
	if (!read_udp(ip.payload, &found))
		return PAYLOAD_BROKEN;
	found.sg = (struct sg){ip.source, ip.destination};
	found.ttl = ip.ttl;
	found.length = ip.payload.at + cursor_left(&ip.payload) - found.datagram.at;
	*payload = found;
	return PAYLOAD_UDP;
}
