/* SPDX-License-Identifier: BSD-2-Clause */
/* Frames for the programs, described by how they differ from a plain frame: AMT data of the channel
 * (S,G) from its relay to its tunnel, IPv4 in IPv4, 34 bytes of payload. */
#pragma once

#include "base/addr.h"
#include "base/cursor.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FRAME_MAX   4096
#define TUNNEL_PORT 40001 /* of the tunnel to relay 0; those of the others follow */
#define NOTHING     (-1)  /* for members whose 0 means the plain value */
#define HOP_BY_HOP  NOTHING

struct packet {
	/* Ethernet; `tag` is the ethertype of a tag, of VLAN `vlan`. */
	bool to_other_host;
	int tag, vlan;
	int padding; /* bytes after the outer IP packet */
	/* Outer IP: 4 or 6, words of IPv4 options, IPv4's fragment field, an IPv6 extension header.
	 * A wrong length is a number that is added to the right one. */
	int outer, outer_options, outer_fragment, outer_extension, outer_length_wrong;
	int outer_protocol;
	bool from_stranger, to_stranger;
	int relay; /* 0 to 2, each with a tunnel of its own */
	/* UDP and AMT; `amt` is byte 0. */
	int source_port, destination_port, udp_length_wrong;
	int amt, amt_reserved;
	/* Inner IP: `keep` cuts the frame, and all outer lengths, after this many bytes of it. */
	int inner, inner_options, inner_fragment, inner_length_wrong, inner_version, inner_ihl;
	int ttl, payload, trailing, keep;
	int inner_protocol;  /* 0 means UDP */
	const char *headers; /* between IP header and payload, in hexadecimal */
	bool other_source, unicast;
	/* Numbers that tell packets apart: by the first bytes of payload, the last one, IPv4's
	 * identification. */
	int first, last, identification;
};

extern const uint8_t egress_mac[6];

/* Writes bytes given in hexadecimal; spaces are ignored. */
void packet_put_hex(struct writer *w, const char *hex);

struct addr packet_relay(int family);
struct addr packet_relay_at(int family, int number);
struct addr packet_local(int family);
struct sg packet_channel(int family);

/* Each of these returns the length of the frame. */
size_t packet_build(const struct packet *packet, uint8_t frame[FRAME_MAX]);
/* The frame that must appear on the LAN, built anew rather than rewritten. */
size_t packet_on_lan(const struct packet *packet, const uint8_t mac[6], uint8_t frame[FRAME_MAX]);
