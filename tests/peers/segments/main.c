/* SPDX-License-Identifier: BSD-2-Clause */
/* segments FROM TO PORT FILE COUNT TIMES RATE
 *
 * Sends the AMT message of a pcap file's first frame (IPv4, without options) from a relay's address
 * and port: COUNT copies in one send by UDP_SEGMENT, TIMES such sends, RATE copies a second. A veth
 * delivers each send as one packet, as GRO would. */
#include <arpa/inet.h>
#include <err.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#define AMT_PORT 2268
#define MESSAGE                                                                                    \
	(24 + 16 + 14 + 20 + 8) /* behind the headers of file, frame, Ethernet, IP and UDP */
#define BURST_MAX 60000

struct burst {
	char bytes[BURST_MAX];
	size_t message, length;
};

static void read_message(const char *path, struct burst *burst)
{
	FILE *file = fopen(path, "rb");

	if (!file)
		err(2, "%s", path);
	if (fseek(file, MESSAGE, SEEK_SET))
		err(2, "%s", path);
	burst->message = fread(burst->bytes, 1, sizeof(burst->bytes), file);
	fclose(file);
	if (!burst->message)
		errx(2, "%s: no message", path);
}

static void repeat(struct burst *burst, size_t count)
{
	if (!count || count * burst->message > BURST_MAX)
		errx(2, "1 to %zu copies", BURST_MAX / burst->message);
	for (size_t i = 1; i < count; i++)
		memcpy(burst->bytes + i * burst->message, burst->bytes, burst->message);
	burst->length = count * burst->message;
}

static struct sockaddr_in endpoint(const char *address, unsigned port)
{
	struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons(port)};

	if (inet_pton(AF_INET, address, &in.sin_addr) != 1)
		errx(2, "'%s' is no IPv4 address", address);
	return in;
}

/* The relay's address belongs to another node. */
static int open_socket(const char *from, const char *to, unsigned port, int message)
{
	struct sockaddr_in source = endpoint(from, AMT_PORT), target = endpoint(to, port);
	int fd = socket(AF_INET, SOCK_DGRAM, 0), on = 1;

	if (fd < 0 || setsockopt(fd, IPPROTO_IP, IP_TRANSPARENT, &on, sizeof(on)) ||
	    setsockopt(fd, IPPROTO_UDP, UDP_SEGMENT, &message, sizeof(message)) ||
	    bind(fd, (struct sockaddr *)&source, sizeof(source)) ||
	    connect(fd, (struct sockaddr *)&target, sizeof(target)))
		err(1, "socket");
	return fd;
}

static void send_all(int fd, const struct burst *burst, long times, double rate)
{
	long pause_ns = (long)(1e9 * (double)(burst->length / burst->message) / rate);
	struct timespec next;

	clock_gettime(CLOCK_MONOTONIC, &next);
	while (times--) {
		if (send(fd, burst->bytes, burst->length, 0) < 0)
			err(1, "send");
		next.tv_nsec += pause_ns;
		next.tv_sec += next.tv_nsec / 1000000000;
		next.tv_nsec %= 1000000000;
		clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &next, NULL);
	}
}

int main(int argc, char **argv)
{
	static struct burst burst;

	if (argc != 8)
		errx(2, "usage: segments FROM TO PORT FILE COUNT TIMES RATE");
	read_message(argv[4], &burst);
	repeat(&burst, strtoul(argv[5], NULL, 10));
	send_all(open_socket(argv[1], argv[2], strtoul(argv[3], NULL, 10), (int)burst.message),
		 &burst, strtol(argv[6], NULL, 10), strtod(argv[7], NULL));
	return 0;
}
