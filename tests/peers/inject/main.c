/* SPDX-License-Identifier: BSD-2-Clause */
/* inject IF FILE [AT=HEX]... [cut=N] [pad=N] [mend] [tag=HEX] [times=N]
 *
 * Sends the first frame of a pcap file out of an interface, as it is or changed:
 *
 *   AT=HEX   bytes from offset AT on are replaced
 *   cut=N    the last N bytes are left out
 *   pad=N    N zero bytes are appended
 *   mend     the checksums of the IPv4 header and of an IGMP or PIM message are made right again,
 * and the UDP checksum is removed tag=HEX  a VLAN tag of four bytes is put before the ethertype,
 * after all other changes times=N  the frame is sent N times */
#include <err.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define FRAME_MAX    9000
#define TIMES_MAX    100000
#define FILE_HEADER  24
#define FRAME_HEADER 16
#define ADDRESSES    12
#define TAG          4

struct frame {
	uint8_t bytes[FRAME_MAX];
	size_t length;
};

static void read_frame(const char *path, struct frame *frame)
{
	uint8_t header[FILE_HEADER + FRAME_HEADER];
	FILE *file = fopen(path, "rb");
	uint32_t length;

	if (!file)
		err(2, "%s", path);
	if (fread(header, sizeof(header), 1, file) != 1)
		errx(2, "%s: no pcap file", path);
	memcpy(&length, header + FILE_HEADER + 8,
	       sizeof(length)); /* in the byte order of this machine */
	if (length > FRAME_MAX || fread(frame->bytes, 1, length, file) != length)
		errx(2, "%s: no frame of up to %d bytes", path, FRAME_MAX);
	frame->length = length;
	fclose(file);
}

static void patch(struct frame *frame, const char *text)
{
	char *hex;
	unsigned long at = strtoul(text, &hex, 10);
	unsigned byte;

	if (*hex++ != '=')
		errx(2, "'%s': AT=HEX, cut=N, pad=N, mend, tag=HEX or times=N", text);
	for (; *hex; hex += 2, at++) {
		if (at >= frame->length || sscanf(hex, "%2x", &byte) != 1 || !hex[1])
			errx(2, "'%s' does not fit a frame of %zu bytes", text, frame->length);
		frame->bytes[at] = byte;
	}
}

static void put_checksum(uint8_t *bytes, size_t length, size_t at)
{
	uint32_t sum = 0;

	memset(bytes + at, 0, 2);
	for (size_t i = 0; i < length; i++)
		sum += i % 2 ? bytes[i] : bytes[i] << 8;
	sum = (sum & 0xffff) + (sum >> 16);
	sum = ~((sum & 0xffff) + (sum >> 16));
	bytes[at] = sum >> 8;
	bytes[at + 1] = sum;
}

static void mend(struct frame *frame)
{
	uint8_t *ip = frame->bytes + 14;
	size_t header = (ip[0] & 15) * 4, total = ip[2] << 8 | ip[3];

	if (total > frame->length - 14 || total < header + 8)
		errx(2, "mend: no IPv4 datagram of %zu bytes", total);
	put_checksum(ip, header, 10);
	if (ip[9] == IPPROTO_UDP)
		memset(ip + header + 6, 0, 2);
	else if (ip[9] == IPPROTO_IGMP || ip[9] == IPPROTO_PIM)
		put_checksum(ip + header, total - header, 2);
}

static void put_tag(struct frame *frame, unsigned tag)
{
	uint8_t *at = frame->bytes + ADDRESSES;

	if (frame->length < ADDRESSES || frame->length + TAG > FRAME_MAX)
		errx(2, "tag: a frame of %zu bytes", frame->length);
	memmove(at + TAG, at, frame->length - ADDRESSES);
	for (int i = 0; i < TAG; i++)
		at[i] = tag >> (24 - 8 * i) & 0xff;
	frame->length += TAG;
}

static void change(struct frame *frame, const char *text, unsigned *times)
{
	unsigned number;

	if (sscanf(text, "cut=%u", &number) == 1) {
		if (number >= frame->length)
			errx(2, "'%s': the frame has %zu bytes", text, frame->length);
		frame->length -= number;
	} else if (sscanf(text, "pad=%u", &number) == 1) {
		if (number > FRAME_MAX - frame->length)
			errx(2, "'%s': frames have up to %d bytes", text, FRAME_MAX);
		memset(frame->bytes + frame->length, 0, number);
		frame->length += number;
	} else if (sscanf(text, "tag=%8x", &number) == 1) {
		put_tag(frame, number);
	} else if (strcmp(text, "mend") == 0) {
		mend(frame);
	} else if (sscanf(text, "times=%u", &number) == 1) {
		*times = number < TIMES_MAX ? number : TIMES_MAX;
	} else {
		patch(frame, text);
	}
}

int main(int argc, char **argv)
{
	struct sockaddr_ll to = {.sll_family = AF_PACKET};
	struct frame frame;
	unsigned times = 1;
	int fd;

	if (argc < 3)
		errx(2, "usage: inject IF FILE [AT=HEX]... [cut=N] [pad=N] [mend] [tag=HEX] "
			"[times=N]");
	to.sll_ifindex = if_nametoindex(argv[1]);
	if (!to.sll_ifindex)
		err(1, "%s", argv[1]);
	read_frame(argv[2], &frame);
	for (int i = 3; i < argc; i++)
		change(&frame, argv[i], &times);
	fd = socket(AF_PACKET, SOCK_RAW, 0);
	if (fd < 0)
		err(1, "socket");
	while (times--)
		if (sendto(fd, frame.bytes, frame.length, 0, (struct sockaddr *)&to, sizeof(to)) <
		    0)
			err(1, "send on %s", argv[1]);
	return 0;
}
