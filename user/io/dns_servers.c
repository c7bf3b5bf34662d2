/* SPDX-License-Identifier: BSD-2-Clause */
#include "io/dns_servers.h"
#include "base/cursor.h"
#include "base/memory.h"

#include <ctype.h>
#include <errno.h>
#include <ldns/ldns.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DNS_PORT     53
#define HEADER       12
#define REFUSALS_MAX 16 /* the latest replies with an error code that are remembered */
/* libunbound repeats a failure from its cache for five seconds, without asking the server. */
#define REFUSAL_AGE (10 * USEC_PER_SEC)

struct server {
	char *text;
	struct sockaddr_storage address;
	socklen_t length;
	usec_t heard;       /* when it sent its last reply; 0 if it has sent none */
	usec_t unreachable; /* when ICMP said so last; 0 if it has not */
};

/* A reply with an error code. */
struct refusal {
	const struct server *server; /* NULL if the place is free */
	usec_t at;
	unsigned rcode, type;
	uint8_t name[LDNS_MAX_DOMAINLEN]; /* of the question, as on the wire */
	size_t length;
};

struct dns_servers {
	unsigned count;
	struct refusal refusals[REFUSALS_MAX];
	unsigned next; /* place of the next refusal */
	struct server list[];
};

/* Servers */

static bool take_zone(struct server *server, const char *zone)
{
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)&server->address;

	if (!zone || in6->sin6_family != AF_INET6)
		return !zone;
	in6->sin6_scope_id = if_nametoindex(zone);
	return in6->sin6_scope_id;
}

/* ADDRESS[%ZONE][@PORT] */
static bool read_server(struct server *server, const char *text)
{
	char *copy = memory_copy_text(text), *port = copy, *zone, *host;
	struct addr addr;
	bool fine;

	zone = strsep(&port, "@");
	host = strsep(&zone, "%");
	fine = addr_parse(host, &addr);
	if (fine)
		server->length = addr_to_sockaddr(&addr, port ? strtoul(port, NULL, 10) : DNS_PORT,
						  &server->address);
	fine = fine && take_zone(server, zone);
	free(copy);
	return fine;
}

struct dns_servers *dns_servers_new(char *const *texts, unsigned count)
{
	struct dns_servers *servers =
		memory_new(sizeof(*servers) + count * sizeof(servers->list[0]));

	for (unsigned i = 0; i < count; i++) {
		struct server *server = &servers->list[servers->count];

		if (!read_server(server, texts[i]))
			continue;
		server->text = memory_copy_text(texts[i]);
		servers->count++;
	}
	return servers;
}

void dns_servers_free(struct dns_servers *servers)
{
	for (unsigned i = 0; servers && i < servers->count; i++)
		free(servers->list[i].text);
	free(servers);
}

static struct server *find(struct dns_servers *servers, const struct sockaddr_storage *address)
{
	uint16_t port, other_port;
	struct addr addr = addr_from_sockaddr(address, &port);

	for (unsigned i = 0; i < servers->count; i++) {
		struct addr other = addr_from_sockaddr(&servers->list[i].address, &other_port);

		if (port == other_port && addr_equal(&addr, &other))
			return &servers->list[i];
	}
	return NULL;
}

/* Replies */

/* The name of a question is never compressed. */
static struct cursor take_name(struct cursor *message)
{
	const uint8_t *start = message->at;
	unsigned label;

	while ((label = cursor_u8(message)) != 0 && !message->failed)
		cursor_bytes(message, label);
	return cursor_over(start, message->failed ? 0 : message->at - start);
}

static void note_refusal(struct dns_servers *servers, const struct server *server,
			 struct cursor question, unsigned rcode, usec_t now)
{
	struct refusal *refusal = &servers->refusals[servers->next];
	struct cursor name = take_name(&question);
	unsigned type = cursor_u16(&question);

	if (question.failed || cursor_left(&name) > sizeof(refusal->name))
		return;
	servers->next = (servers->next + 1) % REFUSALS_MAX;
	*refusal = (struct refusal){.server = server,
				    .at = now,
				    .rcode = rcode,
				    .type = type,
				    .length = cursor_left(&name)};
	memcpy(refusal->name, name.at, refusal->length);
}

static void take_reply(struct dns_servers *servers, struct server *server, struct cursor message,
		       usec_t now)
{
	unsigned rcode;

	server->heard = now;
	cursor_u16(&message);
	rcode = cursor_u16(&message) & 0xf;
	cursor_bytes(&message, HEADER - 4);
	if (rcode != LDNS_RCODE_NOERROR && rcode != LDNS_RCODE_NXDOMAIN)
		note_refusal(servers, server, message, rcode, now);
}

static bool is_udp(int fd)
{
	int type = 0;

	return !getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &(socklen_t){sizeof(type)}) &&
	       type == SOCK_DGRAM;
}

/* A socket that is connected tells of ICMP errors; libunbound would ignore them. */
static void take_error(struct dns_servers *servers, int fd, usec_t now)
{
	struct sockaddr_storage peer = {0};
	struct server *server;

	if (errno == EAGAIN ||
	    getpeername(fd, (struct sockaddr *)&peer, &(socklen_t){sizeof(peer)}))
		return;
	server = find(servers, &peer);
	if (server)
		server->unreachable = now;
}

void dns_servers_look(struct dns_servers *servers, int fd, usec_t now)
{
	uint8_t bytes[HEADER + LDNS_MAX_DOMAINLEN + 2];
	struct sockaddr_storage from = {0};
	struct server *server;
	ssize_t length;

	if (!is_udp(fd))
		return;
	length = recvfrom(fd, bytes, sizeof(bytes), MSG_PEEK | MSG_DONTWAIT,
			  (struct sockaddr *)&from, &(socklen_t){sizeof(from)});
	server = length < 0 ? NULL : find(servers, &from);
	if (length < 0)
		take_error(servers, fd, now);
	else if (server)
		take_reply(servers, server, cursor_over(bytes, length), now);
}

/* Sentences */

static const char *rcode_name(unsigned rcode, char text[32])
{
	ldns_lookup_table *known = ldns_lookup_by_id(ldns_rcodes, (int)rcode);

	snprintf(text, 32, known ? "%s" : "%s %u", known ? known->name : "RCODE", rcode);
	return text;
}

static bool is_about(const struct refusal *refusal, const ldns_rdf *name, unsigned type)
{
	const uint8_t *wire = ldns_rdf_data(name);

	if (refusal->type != type || refusal->length != ldns_rdf_size(name))
		return false;
	for (size_t i = 0; i < refusal->length; i++)
		if (tolower(refusal->name[i]) != tolower(wire[i]))
			return false;
	return true;
}

static const struct refusal *refusal_of(const struct dns_servers *servers,
					const struct server *server, const char *name,
					unsigned type, usec_t now)
{
	ldns_rdf *wire = ldns_dname_new_frm_str(name);
	const struct refusal *found = NULL;

	for (unsigned i = 0; wire && i < REFUSALS_MAX; i++) {
		const struct refusal *refusal = &servers->refusals[i];

		if (refusal->server == server && now - refusal->at <= REFUSAL_AGE &&
		    is_about(refusal, wire, type) && (!found || refusal->at >= found->at))
			found = refusal;
	}
	ldns_rdf_deep_free(wire);
	return found;
}

static bool has_route(const struct server *server)
{
	int fd = socket(server->address.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	bool has =
		fd >= 0 && !connect(fd, (const struct sockaddr *)&server->address, server->length);

	if (fd >= 0)
		close(fd);
	return has;
}

/* Writes what the server did about a question. */
static enum dns_status judge(const struct server *server, const struct refusal *refusal,
			     usec_t asked, char text[DNS_DETAIL_MAX])
{
	enum dns_status status = DNS_UNREACHABLE;
	char code[32];

	if (refusal) {
		snprintf(text, DNS_DETAIL_MAX, "%s says %s", server->text,
			 rcode_name(refusal->rcode, code));
		return DNS_SERVER_FAILURE;
	}
	if (server->heard >= asked) {
		snprintf(text, DNS_DETAIL_MAX, "no answer of %s is usable", server->text);
		return DNS_SERVER_FAILURE;
	}
	if (!has_route(server)) {
		snprintf(text, DNS_DETAIL_MAX, "no route to %s", server->text);
	} else if (server->unreachable >= asked) {
		snprintf(text, DNS_DETAIL_MAX, "ICMP refuses packets to %s", server->text);
	} else {
		snprintf(text, DNS_DETAIL_MAX, "%s", server->text);
		status = DNS_TIMEOUT;
	}
	return status;
}

/* What explains more comes first in this order. */
static enum dns_status worse(enum dns_status a, enum dns_status b)
{
	static const enum dns_status order[] = {DNS_SERVER_FAILURE, DNS_TIMEOUT};

	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++)
		if (a == order[i] || b == order[i])
			return order[i];
	return DNS_UNREACHABLE;
}

enum dns_status dns_servers_judge(const struct dns_servers *servers, const char *name,
				  unsigned type, usec_t asked, usec_t now,
				  char detail[DNS_DETAIL_MAX])
{
	enum dns_status status = DNS_UNREACHABLE;
	size_t length = 0;

	detail[0] = '\0';
	for (unsigned i = 0; i < servers->count && length < DNS_DETAIL_MAX; i++) {
		const struct server *server = &servers->list[i];
		char text[DNS_DETAIL_MAX];

		status = worse(status, judge(server, refusal_of(servers, server, name, type, now),
					     asked, text));
		length += snprintf(detail + length, DNS_DETAIL_MAX - length, "%s%s", i ? "; " : "",
				   text);
	}
	return status;
}
