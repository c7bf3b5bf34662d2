/* SPDX-License-Identifier: BSD-2-Clause */
/* Bytes for the tests of the codecs: frames of tests/samples, and hexadecimal text. They are copied
 * to memory of exactly their size, so that AddressSanitizer reports a read beyond the end. */
#pragma once

#include "base/checksum.h"
#include "base/cursor.h"
#include "base/ip.h"

#include <criterion/criterion.h>
#include <ctype.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ETHERNET_HEADER 14
#define UDP_HEADER      8

#define EACH(i, table) for (size_t i = 0; i < sizeof(table) / sizeof((table)[0]); i++)

static inline struct cursor exact_copy(const void *bytes, size_t length)
{
	uint8_t *copy = malloc(length);

	if (length)
		memcpy(copy, bytes, length);
	return cursor_over(copy, length);
}

/* Frees the result of one of these functions. The cursor must not have moved. */
static inline void exact_free(struct cursor bytes)
{
	free((void *)bytes.at);
}

/* Of AddressSanitizer; gcc does not install the header that declares it. Criterion's workers end
 * without LeakSanitizer's check, so a test for leaks counts allocations itself. */
size_t __sanitizer_get_current_allocated_bytes(void);

/* Reads pairs of digits; spaces may stand between them. */
static inline struct cursor from_hex(const char *text)
{
	uint8_t bytes[1024];
	size_t length = 0;
	unsigned value;

	for (; *text; text++) {
		if (isspace((unsigned char)*text))
			continue;
		cr_assert(length < sizeof(bytes) && sscanf(text, "%2x", &value) == 1,
			  "bad test data at '%s'", text);
		bytes[length++] = value;
		text++;
	}
	return exact_copy(bytes, length);
}

/* The payload of Ethernet in frame `number`, from 0. */
static inline struct cursor sample_datagram(const char *name, unsigned number)
{
	char path[256], error[PCAP_ERRBUF_SIZE];
	struct pcap_pkthdr *header;
	const u_char *frame = NULL;
	struct cursor copy;
	pcap_t *pcap;

	snprintf(path, sizeof(path), "tests/samples/%s.pcap", name);
	pcap = pcap_open_offline(path, error);
	cr_assert(pcap, "%s (tests run in the folder of the Makefile)", error);
	do
		cr_assert_eq(pcap_next_ex(pcap, &header, &frame), 1, "%s: too short", path);
	while (number--);
	cr_assert_gt(header->caplen, ETHERNET_HEADER, "%s: no datagram", path);
	copy = exact_copy(frame + ETHERNET_HEADER, header->caplen - ETHERNET_HEADER);
	pcap_close(pcap);
	return copy;
}

/* The payload of the UDP datagram in a frame. */
static inline struct cursor sample_udp(const char *name, unsigned number)
{
	struct cursor datagram = sample_datagram(name, number), copy;
	struct ip_datagram ip;

	cr_assert_eq(ip_decode(datagram, &ip), FAULT_NONE, "%s: not IP", name);
	cursor_bytes(&ip.payload, UDP_HEADER);
	copy = exact_copy(ip.payload.at, cursor_left(&ip.payload));
	exact_free(datagram);
	return copy;
}

/* Calls `try` with each proper prefix of `bytes`, in memory of its own. */
static inline void each_truncation(struct cursor bytes, void (*try)(struct cursor, void *),
				   void *context)
{
	for (size_t length = 0; length < cursor_left(&bytes); length++) {
		struct cursor copy = exact_copy(bytes.at, length);

		try(copy, context);
		exact_free(copy);
	}
}

/* Calls `try` with each copy of `bytes` that has one bit flipped. */
static inline void each_bit_flip(struct cursor bytes, void (*try)(struct cursor, void *),
				 void *context)
{
	for (size_t bit = 0; bit < cursor_left(&bytes) * 8; bit++) {
		struct cursor copy = exact_copy(bytes.at, cursor_left(&bytes));

		((uint8_t *)copy.at)[bit / 8] ^= 1 << bit % 8;
		try(copy, context);
		exact_free(copy);
	}
}

/* Corrects the checksum at an offset after a change. */
static inline void fix_checksum(struct cursor bytes, size_t at, uint32_t pseudo)
{
	uint8_t *start = (uint8_t *)bytes.at;
	uint16_t sum;

	if (cursor_left(&bytes) < at + 2)
		return;
	memset(start + at, 0, 2);
	sum = checksum_fold(checksum_add(pseudo, start, cursor_left(&bytes)));
	start[at] = sum >> 8;
	start[at + 1] = sum & 0xff;
}
