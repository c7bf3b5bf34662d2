/* SPDX-License-Identifier: BSD-2-Clause */
#include "doctor/capture.h"
#include "base/memory.h"

#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>

#define SNAP_BYTES   256
#define BUFFER_BYTES (1 << 20)
#define PER_CALL     256 /* packets in one call */
#define VLAN_BYTES   4
#define UDP_BYTES    8

struct capture {
	char interface[IF_NAMESIZE];
	pcap_t *pcap;
	struct loop_watch *watch;
	capture_fn *fn;
	void *owner;
};

static void take_udp(struct capture_packet *packet, struct cursor c)
{
	packet->source_port = cursor_u16(&c);
	packet->destination_port = cursor_u16(&c);
	cursor_bytes(&c, UDP_BYTES - 4);
	packet->payload = c;
}

static struct cursor take_v4(struct capture_packet *packet, struct cursor c)
{
	size_t header = (cursor_u8(&c) & 0xf) * 4;

	cursor_bytes(&c, offsetof(struct iphdr, protocol) - 1);
	packet->protocol = cursor_u8(&c);
	cursor_u16(&c);
	packet->source = cursor_addr(&c, AF_INET);
	packet->destination = cursor_addr(&c, AF_INET);
	if (header > sizeof(struct iphdr))
		cursor_bytes(&c, header - sizeof(struct iphdr));
	return c;
}

static struct cursor take_v6(struct capture_packet *packet, struct cursor c)
{
	cursor_bytes(&c, offsetof(struct ip6_hdr, ip6_nxt));
	packet->protocol = cursor_u8(&c);
	cursor_u8(&c);
	packet->source = cursor_addr(&c, AF_INET6);
	packet->destination = cursor_addr(&c, AF_INET6);
	return c;
}

bool capture_decode(struct cursor frame, struct capture_packet *packet)
{
	uint16_t ethertype;

	*packet = (struct capture_packet){0};
	cursor_bytes(&frame, sizeof(struct ether_header) - sizeof(ethertype));
	ethertype = cursor_u16(&frame);
	if (ethertype == ETHERTYPE_VLAN) { /* a priority tag */
		cursor_bytes(&frame, VLAN_BYTES - sizeof(ethertype));
		ethertype = cursor_u16(&frame);
	}
	if (ethertype == ETHERTYPE_IP)
		frame = take_v4(packet, frame);
	else if (ethertype == ETHERTYPE_IPV6)
		frame = take_v6(packet, frame);
	if (packet->protocol == IPPROTO_UDP)
		take_udp(packet, frame);
	return packet->source.family && !frame.failed;
}

static void take(u_char *owner, const struct pcap_pkthdr *header, const u_char *bytes)
{
	struct capture *capture = (struct capture *)owner;
	struct capture_packet packet;

	if (capture_decode(cursor_over(bytes, header->caplen), &packet))
		capture->fn(capture->owner, capture->interface, &packet);
}

static void ready(void *owner, uint32_t events)
{
	struct capture *capture = owner;

	(void)events;
	pcap_dispatch(capture->pcap, PER_CALL, take, owner);
}

static bool activate(pcap_t *pcap, const char *filter)
{
	struct bpf_program program;
	char error[PCAP_ERRBUF_SIZE];
	bool fine;

	if (pcap_set_snaplen(pcap, SNAP_BYTES) || pcap_set_immediate_mode(pcap, 1) ||
	    pcap_set_buffer_size(pcap, BUFFER_BYTES) || pcap_activate(pcap) < 0 ||
	    pcap_setnonblock(pcap, 1, error) || pcap_datalink(pcap) != DLT_EN10MB ||
	    pcap_compile(pcap, &program, filter, 1, PCAP_NETMASK_UNKNOWN))
		return false;
	fine = !pcap_setfilter(pcap, &program);
	pcap_freecode(&program);
	return fine;
}

struct capture *capture_open(struct loop *loop, const char *interface, const char *filter,
			     capture_fn *fn, void *owner, char *why, size_t size)
{
	struct capture *capture = memory_new(sizeof(*capture));
	char error[PCAP_ERRBUF_SIZE];

	*capture = (struct capture){.fn = fn, .owner = owner};
	snprintf(capture->interface, sizeof(capture->interface), "%s", interface);
	capture->pcap = pcap_create(interface, error);
	if (capture->pcap && activate(capture->pcap, filter))
		capture->watch = loop_watch(loop, pcap_get_selectable_fd(capture->pcap), EPOLLIN,
					    ready, capture);
	if (capture->watch)
		return capture;
	snprintf(why, size, "%s", capture->pcap ? pcap_geterr(capture->pcap) : error);
	capture_close(capture);
	return NULL;
}

void capture_close(struct capture *capture)
{
	if (!capture)
		return;
	loop_unwatch(capture->watch);
	if (capture->pcap)
		pcap_close(capture->pcap);
	free(capture);
}
