/* SPDX-License-Identifier: BSD-2-Clause */
/* IP datagrams: what is decoded lies within the bytes and adds up to the header's own length, and
 * the same datagram written by us decodes to the same. */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#define OUR_HEADER_MAX 48

static size_t announced_length(const uint8_t *bytes)
{
	return bytes[0] >> 4 == 4 ? (size_t)(bytes[2] << 8 | bytes[3])
				  : 40 + (size_t)(bytes[4] << 8 | bytes[5]);
}

static void write_and_decode(const struct ip_datagram *ip)
{
	size_t length = cursor_left(&ip->payload), size = OUR_HEADER_MAX + length;
	uint8_t *bytes = malloc(size);
	struct writer w = writer_over(bytes, size);
	struct ip_datagram again;

	if (size <= UINT16_MAX) {
		ip_write_alert_header(&w, &ip->source, &ip->destination, ip->protocol, length);
		writer_bytes(&w, ip->payload.at, length);
		must(!w.failed);
		must(ip_decode(cursor_over(bytes, writer_length(&w)), &again) == FAULT_NONE);
		must(addr_equal(&again.source, &ip->source));
		must(addr_equal(&again.destination, &ip->destination));
		must(again.protocol == ip->protocol && again.ttl == 1 && again.router_alert);
		must(cursor_left(&again.payload) == length);
		must(!memcmp(again.payload.at, ip->payload.at, length));
	}
	free(bytes);
}

static void try(struct cursor bytes)
{
	struct ip_datagram ip;

	if (ip_decode(bytes, &ip))
		return;
	must(ip.source.family == (bytes.at[0] >> 4 == 4 ? AF_INET : AF_INET6));
	must(ip.destination.family == ip.source.family);
	must(!ip.payload.failed && fuzz_lies_within(&ip.payload, &bytes));
	must(ip.payload.end == bytes.at + announced_length(bytes.at));
	write_and_decode(&ip);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	fuzz_with_checksums(cursor_over(bytes, size), try);
	return 0;
}
