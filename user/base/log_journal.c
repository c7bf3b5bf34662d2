/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/log_journal.h"

#include <stdio.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>

#define JOURNAL_SOCKET "/run/systemd/journal/socket"
#define DATAGRAM_MAX   4096 /* bytes; a field that finds no room is left out */

static int journal_socket(void)
{
	static int fd = -1;
	struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = JOURNAL_SOCKET};

	if (fd >= 0)
		return fd;
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof(address))) {
		close(fd);
		fd = -1;
	}
	return fd;
}

struct datagram {
	char text[DATAGRAM_MAX];
	size_t length;
};

/* A field's value is one line, whatever it contains. */
static void add(struct datagram *datagram, const char *key, const char *value)
{
	size_t room = sizeof(datagram->text) - datagram->length, start;

	if (strlen(key) + strlen(value) + 3 > room)
		return;
	datagram->length += sprintf(datagram->text + datagram->length, "%s=", key);
	start = datagram->length;
	datagram->length += sprintf(datagram->text + start, "%s", value);
	for (size_t i = start; i < datagram->length; i++)
		if ((unsigned char)datagram->text[i] < ' ' || datagram->text[i] == 0x7f)
			datagram->text[i] = '?';
	datagram->text[datagram->length++] = '\n';
}

static void add_address(struct datagram *datagram, const char *key, const struct addr *addr)
{
	char text[ADDR_TEXT];

	if (addr)
		add(datagram, key, addr_format(addr, text));
}

bool log_journal_send(int priority, const struct log_fields *fields, const char *line)
{
	struct datagram datagram = {.length = 0};
	char number[] = {(char)('0' + priority), '\0'};
	int fd = journal_socket();

	if (fd < 0)
		return false;
	add(&datagram, "MESSAGE", line);
	add(&datagram, "PRIORITY", number);
	add(&datagram, "SYSLOG_IDENTIFIER", "mcingestd");
	add(&datagram, "MESSAGE_ID", log_message_id(fields->message));
	add_address(&datagram, "MCINGEST_SOURCE",
		    fields->sg ? &fields->sg->source : fields->source);
	add_address(&datagram, "MCINGEST_GROUP", fields->sg ? &fields->sg->group : NULL);
	add_address(&datagram, "MCINGEST_RELAY", fields->relay);
	add_address(&datagram, "MCINGEST_NEIGHBOR", fields->neighbor);
	if (fields->interface)
		add(&datagram, "MCINGEST_INTERFACE", fields->interface);
	return send(fd, datagram.text, datagram.length, MSG_NOSIGNAL | MSG_DONTWAIT) >= 0;
}
