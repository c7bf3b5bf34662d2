/* SPDX-License-Identifier: BSD-2-Clause
 *
 * wire IF TAP MS [LOSS [DISORDER]]: a long wire for the lab. Carries whole frames between an
 * interface and a tap device, each MS milliseconds late, both ways. Of a hundred frames LOSS are
 * lost; of the others DISORDER overtake the one before, and as many come twice. Beyond that they
 * come in order, and none is lost until LIMIT frames wait.
 *
 * netem would do this, but not every kernel has it. The virtio header travels with each frame, so
 * that an unfinished checksum and a segment to be cut arrive as they were sent, as on a bare veth.
 */
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/if_tun.h>
#include <linux/virtio_net.h>
#include <net/if.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { LIMIT = 1 << 17, BATCH = 64, BUFFER_BYTES = 128 << 20 };

struct frame {
	uint64_t due;
	size_t length;
	char data[];
};

struct lane { /* one direction: a ring of frames under way */
	int from, to;
	size_t first, count;
	struct frame *frames[LIMIT];
};

static uint64_t delay;
static unsigned loss, disorder; /* per cent */
static struct lane lanes[2];

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000ull + now.tv_nsec;
}

static int open_tap(const char *name)
{
	struct ifreq request = {.ifr_flags = IFF_TAP | IFF_NO_PI | IFF_VNET_HDR};
	int fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);

	strncpy(request.ifr_name, name, IFNAMSIZ - 1);
	if (fd < 0 || ioctl(fd, TUNSETIFF, &request) ||
	    ioctl(fd, TUNSETOFFLOAD, TUN_F_CSUM | TUN_F_TSO4 | TUN_F_TSO6))
		err(1, "tap %s", name);
	return fd;
}

static int open_interface(const char *name)
{
	struct sockaddr_ll address = {.sll_family = AF_PACKET,
				      .sll_protocol = htons(ETH_P_ALL),
				      .sll_ifindex = if_nametoindex(name)};
	int on = 1, bytes = BUFFER_BYTES;
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0 || setsockopt(fd, SOL_PACKET, PACKET_VNET_HDR, &on, sizeof(on)) ||
	    setsockopt(fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, &on, sizeof(on)) ||
	    setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof(bytes)) ||
	    setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &bytes, sizeof(bytes)) ||
	    bind(fd, (struct sockaddr *)&address, sizeof(address)))
		err(1, "interface %s", name);
	return fd;
}

static bool happens(unsigned percent)
{
	return (unsigned)(random() % 100) < percent;
}

static struct frame **place(struct lane *lane, size_t number)
{
	return &lane->frames[(lane->first + number) % LIMIT];
}

static void put(struct lane *lane, const char *data, size_t length)
{
	struct frame *frame = malloc(sizeof(*frame) + length);

	if (!frame)
		err(1, "frame");
	frame->due = now_ns() + delay;
	frame->length = length;
	memcpy(frame->data, data, length);
	*place(lane, lane->count++) = frame;
}

static void overtake(struct lane *lane)
{
	struct frame **last = place(lane, lane->count - 1), **before = place(lane, lane->count - 2);
	struct frame *frame = *last;

	*last = *before;
	*before = frame;
}

static void take_in(struct lane *lane)
{
	static char buffer[sizeof(struct virtio_net_hdr) + ETH_HLEN + 65536];

	for (int i = 0; i < BATCH && lane->count < LIMIT - 1; i++) {
		ssize_t length = read(lane->from, buffer, sizeof(buffer));

		if (length <= 0)
			return;
		if (happens(loss))
			continue;
		put(lane, buffer, length);
		if (happens(disorder))
			put(lane, buffer, length);
		if (lane->count > 1 && happens(disorder))
			overtake(lane);
	}
}

static void let_out(struct lane *lane)
{
	while (lane->count && lane->frames[lane->first]->due <= now_ns()) {
		struct frame *frame = lane->frames[lane->first];

		if (write(lane->to, frame->data, frame->length) < 0 && errno == EAGAIN)
			return;
		free(frame);
		lane->first = (lane->first + 1) % LIMIT;
		lane->count--;
	}
}

static void wait_for_work(void)
{
	struct pollfd fds[2];
	uint64_t now = now_ns(), due = now + 1000000000;
	struct timespec timeout;

	for (int i = 0; i < 2; i++) {
		struct lane *lane = &lanes[i];

		fds[i] = (struct pollfd){.fd = lane->from,
					 .events = lane->count < LIMIT ? POLLIN : 0};
		if (lane->count && lane->frames[lane->first]->due < due)
			due = lane->frames[lane->first]->due;
	}
	timeout = (struct timespec){.tv_sec = due > now ? (due - now) / 1000000000 : 0,
				    .tv_nsec = due > now ? (due - now) % 1000000000 : 0};
	ppoll(fds, 2, &timeout, NULL);
}

int main(int argc, char **argv)
{
	if (argc < 4 || argc > 6)
		errx(2, "usage: wire IF TAP MS [LOSS [DISORDER]]");
	lanes[0].from = lanes[1].to = open_interface(argv[1]);
	lanes[0].to = lanes[1].from = open_tap(argv[2]);
	delay = strtoull(argv[3], NULL, 10) * 1000000;
	loss = argc > 4 ? strtoul(argv[4], NULL, 10) : 0;
	disorder = argc > 5 ? strtoul(argv[5], NULL, 10) : 0;
	srandom(now_ns());
	for (;;) {
		wait_for_work();
		for (int i = 0; i < 2; i++) {
			take_in(&lanes[i]);
			let_out(&lanes[i]);
		}
	}
}
