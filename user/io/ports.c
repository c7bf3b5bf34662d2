/* SPDX-License-Identifier: BSD-2-Clause */
#include "io/ports.h"
#include "base/memory.h"

#include <fcntl.h>
#include <ldns/sha2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define RANGE_FILE    "/proc/sys/net/ipv4/ip_local_port_range"
#define RESERVED_FILE "/proc/sys/net/ipv4/ip_local_reserved_ports"
#define RESERVED_TEXT (256 << 10) /* bytes: room for every second port and its comma */

#define DRAWS_MAX 64 /* to find PORTS_OF_PEER ports that are not reserved */

/* The kernel gives the whole text in one read, cut if the buffer is too small. */
static void read_text(const char *path, char *text, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t length = fd < 0 ? -1 : read(fd, text, size - 1);

	text[length < 0 ? 0 : length] = '\0';
	if (fd >= 0)
		close(fd);
}

static bool take_number(const char **at, unsigned long *number)
{
	char *end;

	if (**at < '0' || **at > '9')
		return false;
	*number = strtoul(*at, &end, 10);
	*at = end;
	return *number <= UINT16_MAX;
}

void ports_reserve(struct ports *ports, const char *list)
{
	unsigned long from, to;

	while (take_number(&list, &from)) {
		to = from;
		if (*list == '-') {
			list++;
			if (!take_number(&list, &to))
				return;
		}
		for (unsigned long port = from; port <= to; port++)
			ports->reserved[port / 8] |= 1u << port % 8;
		if (*list++ != ',')
			return;
	}
}

void ports_read(struct ports *ports)
{
	char *text = memory_new(RESERVED_TEXT);

	*ports = (struct ports){.first = 32768, .last = 60999};
	read_text(RANGE_FILE, text, RESERVED_TEXT);
	sscanf(text, "%hu %hu", &ports->first, &ports->last);
	read_text(RESERVED_FILE, text, RESERVED_TEXT);
	ports_reserve(ports, text);
	free(text);
}

/* Hashes secret, peer and number. The input always has the same length, so a plain SHA-256 is safe.
 */
static uint16_t port_draw(const struct ports *ports, const struct secret *secret,
			  const struct addr *peer, uint8_t number)
{
	uint8_t input[sizeof(secret->bytes) + sizeof(*peer) + 1], *at = input;
	uint8_t digest[LDNS_SHA256_DIGEST_LENGTH];
	uint32_t value;

	memcpy(at, secret->bytes, sizeof(secret->bytes));
	memcpy(at + sizeof(secret->bytes), peer, sizeof(*peer));
	input[sizeof(input) - 1] = number;
	ldns_sha256(input, sizeof(input), digest);
	value = (uint32_t)digest[0] << 24 | digest[1] << 16 | digest[2] << 8 | digest[3];
	return ports->first + value % (ports->last - ports->first + 1u);
}

static bool is_reserved(const struct ports *ports, uint16_t port)
{
	return !port || ports->reserved[port / 8] & 1u << port % 8;
}

unsigned ports_of_peer(const struct ports *ports, const struct secret *secret,
		       const struct addr *peer, uint16_t found[PORTS_OF_PEER])
{
	unsigned count = 0;

	if (ports->last < ports->first)
		return 0;
	for (unsigned i = 0; i < DRAWS_MAX && count < PORTS_OF_PEER; i++) {
		uint16_t port = port_draw(ports, secret, peer, i);

		if (!is_reserved(ports, port))
			found[count++] = port;
	}
	return count;
}
