/* SPDX-License-Identifier: BSD-2-Clause */
/* pcap_seeds FOLDER PCAP...: makes the fuzz targets' first inputs of captured packets, in
 * FOLDER/TARGET. Each target gets what its code is given of a packet: an IP datagram, a UDP
 * payload, the datagram in an AMT message, RDATA; a state machine gets steps. */
#include "amt/packets.h"
#include "base/ip.h"
#include "driad/rdata.h"
#include "fuzz.h"
#include "pim/packets.h"

#include <errno.h>
#include <ldns/ldns.h>
#include <libgen.h>
#include <limits.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define ETHERNET_HEADER 14
#define UDP_HEADER      8
#define DNS_PORT        53
#define IGMP            2
#define UDP             17
#define ICMPV6          58

static const char *folder;
static char frame_name[256]; /* of the file and the frame at hand */

/* Writing */

_Noreturn static void give_up(const char *path)
{
	fprintf(stderr, "pcap_seeds: %s: %s\n", path, strerror(errno));
	exit(1);
}

static void make_folder(const char *path)
{
	if (mkdir(path, 0755) && errno != EEXIST)
		give_up(path);
}

static FILE *open_seed(const char *target, const char *name, const char *mode)
{
	char path[PATH_MAX];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", folder, target);
	make_folder(path);
	snprintf(path, sizeof(path), "%s/%s/%s", folder, target, name);
	file = fopen(path, mode);
	if (!file)
		give_up(path);
	return file;
}

static void write_bytes(FILE *file, struct cursor bytes)
{
	fwrite(bytes.at, 1, cursor_left(&bytes), file);
}

static void write_seed(const char *target, struct cursor bytes)
{
	FILE *file = open_seed(target, frame_name, "w");

	write_bytes(file, bytes);
	fclose(file);
}

static void write_step(FILE *file, enum fuzz_op op, uint8_t argument, struct cursor bytes)
{
	size_t length = cursor_left(&bytes);

	fwrite((uint8_t[]){op, argument, length >> 8, length & 0xff}, 1, 4, file);
	write_bytes(file, bytes);
}

static void write_bare_step(FILE *file, enum fuzz_op op, uint8_t argument)
{
	write_step(file, op, argument, cursor_over("", 0));
}

/* Taking apart */

/* One sequence a family, Hellos before Joins and Prunes as the files' names have it. Two neighbors
 * say Hello, so that a Prune has to wait. */
static void take_pim(struct cursor datagram, struct ip_datagram ip)
{
	const char *name = ip.source.family == AF_INET ? "all-v4" : "all-v6";
	FILE *file = open_seed("pim_interface", name, "a");

	write_step(file, STEP_MESSAGE, 2, datagram);
	if ((cursor_u8(&ip.payload) & 0x0f) == PIM_HELLO)
		write_step(file, STEP_MESSAGE, 3, datagram);
	write_bare_step(file, STEP_TIME, 4);
	fclose(file);
	write_seed("pim", datagram);
}

/* To members of both families, one behind a discovery address, of whom one leaves: to each endpoint
 * that they have opened, twice. */
static void take_amt_from_relay(struct cursor payload)
{
	static const uint8_t members[] = {0, 3, 24 + 6 * 3 + 1};
	FILE *file = open_seed("amt_tunnels", frame_name, "w");

	for (size_t i = 0; i < sizeof(members); i++)
		write_bare_step(file, STEP_JOIN, members[i]);
	for (unsigned time = 0; time < 2; time++) {
		for (uint8_t endpoint = 0; endpoint < sizeof(members); endpoint++)
			write_step(file, STEP_MESSAGE, endpoint, payload);
		write_bare_step(file, STEP_TIME, 36);
		write_bare_step(file, STEP_LEAVE, 0);
	}
	fclose(file);
}

static void take_amt(struct cursor payload)
{
	struct amt_message message;

	write_seed("amt", payload);
	if (amt_decode(payload, &message))
		return;
	take_amt_from_relay(payload);
	if (message.type == AMT_QUERY)
		write_seed("membership", message.query.datagram);
	else if (message.type == AMT_DATA)
		write_seed("slowpath", message.data);
}

/* One sequence a family, of all messages, each from a host of its own, too. */
static void take_membership(struct cursor datagram, const struct ip_datagram *ip)
{
	const char *name = ip->source.family == AF_INET ? "all-v4" : "all-v6";
	FILE *file = open_seed("membership_querier", name, "a");

	write_step(file, STEP_MESSAGE, 0, datagram);
	write_step(file, STEP_MESSAGE, 5, datagram);
	write_bare_step(file, STEP_TIME, 4);
	fclose(file);
	write_seed("membership", datagram);
}

static void take_rdata(struct cursor rdata)
{
	FILE *file = open_seed("driad_lookup", frame_name, "w");

	write_step(file, STEP_MESSAGE, 0, rdata);
	write_bare_step(file, STEP_JOIN, 0);
	write_bare_step(file, STEP_TIME, 4);
	fclose(file);
	write_seed("driad", rdata);
}

static void take_dns(struct cursor payload)
{
	FILE *file = open_seed("dns_message", frame_name, "w");
	ldns_pkt *packet;

	fputc(4, file); /* AMTRELAY is asked for */
	write_bytes(file, payload);
	fclose(file);
	if (ldns_wire2pkt(&packet, payload.at, cursor_left(&payload)) != LDNS_STATUS_OK)
		return;
	for (size_t i = 0; i < ldns_rr_list_rr_count(ldns_pkt_answer(packet)); i++) {
		const ldns_rr *rr = ldns_rr_list_rr(ldns_pkt_answer(packet), i);
		const ldns_rdf *rdata = ldns_rr_rdf(rr, 0);

		if (ldns_rr_get_type(rr) == DNS_TYPE_AMTRELAY)
			take_rdata(cursor_over(ldns_rdf_data(rdata), ldns_rdf_size(rdata)));
	}
	ldns_pkt_free(packet);
}

static void take_udp(struct cursor payload)
{
	uint16_t source = cursor_u16(&payload), destination = cursor_u16(&payload);

	cursor_u32(&payload); /* length, checksum */
	if (source == AMT_PORT || destination == AMT_PORT)
		take_amt(payload);
	else if (source == DNS_PORT)
		take_dns(payload);
}

static void take_datagram(struct cursor datagram)
{
	struct ip_datagram ip;

	write_seed("ip", datagram);
	if (ip_decode(datagram, &ip))
		return;
	switch (ip.protocol) {
	case PIM_IP_PROTOCOL:
		take_pim(datagram, ip);
		break;
	case IGMP:
	case ICMPV6:
		take_membership(datagram, &ip);
		break;
	case UDP:
		take_udp(ip.payload);
	}
}

static void take_capture(char *path)
{
	char error[PCAP_ERRBUF_SIZE];
	struct pcap_pkthdr *header;
	const u_char *frame;
	unsigned number = 0;
	pcap_t *pcap = pcap_open_offline(path, error);

	if (!pcap) {
		fprintf(stderr, "pcap_seeds: %s\n", error);
		exit(1);
	}
	while (pcap_next_ex(pcap, &header, &frame) == 1) {
		struct cursor bytes = cursor_over(frame, header->caplen);

		snprintf(frame_name, sizeof(frame_name), "%s-%u", basename(path), number++);
		cursor_bytes(&bytes, ETHERNET_HEADER);
		take_datagram(bytes);
	}
	pcap_close(pcap);
}

int main(int argc, char **argv)
{
	if (argc < 3) {
		fprintf(stderr, "usage: pcap_seeds FOLDER PCAP...\n");
		return 2;
	}
	folder = argv[1];
	make_folder(folder);
	for (int i = 2; i < argc; i++)
		take_capture(argv[i]);
	return 0;
}
