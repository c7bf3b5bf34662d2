/* SPDX-License-Identifier: BSD-2-Clause */
#include "reports.h"

#include "../packets.h"

#define IGMP_QUERY  0x11
#define IGMP_REPORT 0x22
#define MLD_QUERY   130
#define MLD_REPORT  143

#define HEADER4 24 /* with Router Alert */
#define HEADER6 48 /* with a hop-by-hop header */

void reports_open(struct reports *reports)
{
	int ethertype = reports->host.family == AF_INET ? ETH_P_IP : ETH_P_IPV6;
	struct packet_mreq all = {.mr_ifindex = (int)reports->interface,
				  .mr_type = PACKET_MR_ALLMULTI};

	reports->fd = packets_open(reports->interface, ethertype, SOCK_NONBLOCK);
	if (setsockopt(reports->fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &all, sizeof(all)))
		fail(1, "packet socket: %s", strerror(errno));
}

static size_t put_record(uint8_t *b, const struct record *record)
{
	size_t size = address_length(record->group.family);

	b[0] = record->type;
	b[1] = 0;
	put16(b + 2, 1);
	memcpy(b + 4, record->group.bytes, size);
	memcpy(b + 4 + size, record->source.bytes, size);
	return 4 + 2 * size;
}

static void put_header4(uint8_t *b, size_t length, const struct reports *reports)
{
	static const uint8_t routers[4] = {224, 0, 0, 22};

	memset(b, 0, HEADER4);
	b[0] = 0x46;
	b[1] = 0xc0;
	put16(b + 2, length);
	b[8] = 1;
	b[9] = IPPROTO_IGMP;
	memcpy(b + 12, reports->host.bytes, 4);
	memcpy(b + 16, routers, 4);
	b[20] = 0x94;
	b[21] = 4;
	put16(b + 10, sum_finish(sum_add(0, b, HEADER4)));
}

static void put_header6(uint8_t *b, size_t length, const struct reports *reports)
{
	static const uint8_t hop_by_hop[8] = {IPPROTO_ICMPV6, 0, 5, 2, 0, 0, 1, 0};
	static const uint8_t routers[16] = {0xff, 2, [15] = 22};

	memset(b, 0, HEADER6);
	b[0] = 0x60;
	put16(b + 4, length - 40);
	b[6] = IPPROTO_HOPOPTS;
	b[7] = 1;
	memcpy(b + 8, reports->host.bytes, 16);
	memcpy(b + 24, routers, 16);
	memcpy(b + 40, hop_by_hop, sizeof(hop_by_hop));
}

static void put_checksum(uint8_t *b, size_t length, const struct reports *reports)
{
	bool v4 = reports->host.family == AF_INET;
	struct datagram d = {.protocol = IPPROTO_ICMPV6,
			     .source = reports->host,
			     .header = v4 ? HEADER4 : HEADER6,
			     .length = length};
	uint8_t *message = b + d.header;

	if (v4) {
		put16(message + 2, sum_finish(sum_add(0, message, length - d.header)));
		return;
	}
	d.destination = address_from(AF_INET6, b + 24);
	put16(message + 2, datagram_checksum(b, &d));
}

static void transmit(const struct reports *reports, const uint8_t *b, size_t length)
{
	bool v4 = reports->host.family == AF_INET;
	struct sockaddr_ll to = {.sll_family = AF_PACKET,
				 .sll_protocol = htons(v4 ? ETH_P_IP : ETH_P_IPV6),
				 .sll_ifindex = (int)reports->interface,
				 .sll_halen = 6};
	static const uint8_t mac4[6] = {1, 0, 0x5e, 0, 0, 22}, mac6[6] = {0x33, 0x33, 0, 0, 0, 22};

	memcpy(to.sll_addr, v4 ? mac4 : mac6, 6);
	if (sendto(reports->fd, b, length, 0, (void *)&to, sizeof(to)) < 0)
		fail(1, "report: %s", strerror(errno));
}

void reports_send(const struct reports *reports, const struct record *records, unsigned count)
{
	size_t header = reports->host.family == AF_INET ? HEADER4 : HEADER6, length = header + 8;
	uint8_t b[HEADER6 + 8 + RECORDS_MAX * 36] = {0};

	b[header] = reports->host.family == AF_INET ? IGMP_REPORT : MLD_REPORT;
	put16(b + header + 6, count);
	for (unsigned i = 0; i < count; i++)
		length += put_record(b + length, &records[i]);
	if (reports->host.family == AF_INET)
		put_header4(b, length, reports);
	else
		put_header6(b, length, reports);
	put_checksum(b, length, reports);
	transmit(reports, b, length);
}

bool reports_query(const uint8_t *b, size_t length, struct query *query)
{
	struct datagram d;
	size_t fixed, size;
	bool v4;

	if (datagram_parse(b, length, &d))
		return false;
	v4 = d.source.family == AF_INET;
	size = address_length(d.source.family);
	fixed = v4 ? 12 : 28; /* before the sources */
	if (d.protocol != (v4 ? IPPROTO_IGMP : IPPROTO_ICMPV6) || d.length - d.header < fixed ||
	    b[d.header] != (v4 ? IGMP_QUERY : MLD_QUERY))
		return false;
	query->group = address_from(d.source.family, b + d.header + (v4 ? 4 : 8));
	query->count = get16(b + d.header + fixed - 2);
	query->sources = b + d.header + fixed;
	return fixed + query->count * size <= d.length - d.header;
}
