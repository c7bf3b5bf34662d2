/* SPDX-License-Identifier: BSD-2-Clause */
#include "doctor/dns_probe.h"
#include "base/random.h"
#include "io/dns_message.h"

#include <errno.h>
#include <ldns/ldns.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#define DNS_PORT         53
#define QUESTION_BYTES   320
#define EDNS_SIZE        1232
#define FLAG_RD          0x0100
#define CLASS_IN         1
#define AGAIN            (700 * USEC_PER_MS)
#define TCP_LENGTH       2 /* bytes before a message (RFC 1035 section 4.2.2) */
#define MESSAGE_ID_RCODE 4 /* bytes up to the response code */

/* ADDRESS[%ZONE][@PORT] */
static socklen_t server_address(const char *text, struct sockaddr_storage *ss)
{
	char copy[DNS_PROBE_TEXT], *port, *zone;
	struct addr addr;
	socklen_t length;

	snprintf(copy, sizeof(copy), "%s", text);
	port = strchr(copy, '@');
	if (port)
		*port++ = '\0';
	zone = strchr(copy, '%');
	if (zone)
		*zone++ = '\0';
	if (!addr_parse(copy, &addr))
		return 0;
	length = addr_to_sockaddr(&addr, port ? strtoul(port, NULL, 10) : DNS_PORT, ss);
	if (zone && addr.family == AF_INET6)
		((struct sockaddr_in6 *)ss)->sin6_scope_id = if_nametoindex(zone);
	return length;
}

static size_t write_question(const struct dns_exchange *exchange, uint8_t bytes[QUESTION_BYTES])
{
	bool is_tcp = exchange->way == DNS_PROBE_TCP, edns = exchange->way != DNS_PROBE_PLAIN;
	struct writer w = writer_over(bytes, QUESTION_BYTES);

	if (is_tcp)
		writer_u16(&w, 0);
	writer_u16(&w, exchange->id);
	writer_u16(&w, FLAG_RD);
	writer_u16(&w, 1); /* one question */
	writer_u16(&w, 0);
	writer_u16(&w, 0);
	writer_u16(&w, edns); /* OPT */
	name_encode(&w, exchange->probe->name);
	writer_u16(&w, exchange->way == DNS_PROBE_PTR ? LDNS_RR_TYPE_PTR : DNS_TYPE_AMTRELAY);
	writer_u16(&w, CLASS_IN);
	if (edns) {
		writer_u8(&w, 0); /* the root, then type, size, flags and no options (RFC 6891) */
		writer_u16(&w, LDNS_RR_TYPE_OPT);
		writer_u16(&w, EDNS_SIZE);
		writer_u32(&w, 0);
		writer_u16(&w, 0);
	}
	if (is_tcp)
		writer_patch_u16(&w, 0, writer_length(&w) - TCP_LENGTH);
	return writer_length(&w);
}

static void end(struct dns_exchange *exchange, int error)
{
	loop_unwatch(exchange->watch);
	exchange->watch = NULL;
	timer_stop(exchange->probe->timers, &exchange->again);
	if (exchange->fd >= 0)
		close(exchange->fd);
	exchange->fd = -1;
	exchange->error = error;
}

static void note_zone(struct dns_exchange *exchange, const ldns_pkt *packet)
{
	const ldns_rr_list *authority = ldns_pkt_authority(packet);

	for (size_t i = 0; i < ldns_rr_list_rr_count(authority); i++) {
		const ldns_rr *rr = ldns_rr_list_rr(authority, i);

		if (ldns_rr_get_type(rr) == LDNS_RR_TYPE_SOA)
			name_to_text(ldns_rdf_clone(ldns_rr_owner(rr)), exchange->zone);
	}
}

static void note_relays(struct dns_probe *probe, const uint8_t *bytes, size_t length)
{
	struct dns_message message;

	dns_message_decode(bytes, length, DNS_TYPE_AMTRELAY, &message);
	for (unsigned i = 0; i < message.answer.count; i++) {
		const struct dns_record *record = &message.answer.records[i];
		struct amtrelay relay;

		if (!amtrelay_decode(record->rdata, record->length, &relay) && relay.relay.family &&
		    probe->relay_count < DNS_PROBE_RELAYS)
			probe->relays[probe->relay_count++] = relay.relay;
	}
	dns_message_free(&message);
}

/* Returns whether these bytes are the answer. */
static bool take_answer(struct dns_exchange *exchange, const uint8_t *bytes, size_t length)
{
	ldns_pkt *packet = NULL;

	if (length < MESSAGE_ID_RCODE || (bytes[0] << 8 | bytes[1]) != exchange->id ||
	    !(bytes[2] & 0x80))
		return false;
	exchange->answered = true;
	exchange->rcode = bytes[3] & 0xf;
	exchange->took = exchange->probe->timers->now - exchange->probe->begun;
	if (ldns_wire2pkt(&packet, bytes, length) == LDNS_STATUS_OK)
		note_zone(exchange, packet);
	ldns_pkt_free(packet);
	if (exchange->way == DNS_PROBE_EDNS)
		note_relays(exchange->probe, bytes, length);
	end(exchange, 0);
	return true;
}

static void send_question(struct dns_exchange *exchange)
{
	uint8_t bytes[QUESTION_BYTES];
	size_t length = write_question(exchange, bytes);

	if (send(exchange->fd, bytes, length, MSG_NOSIGNAL) < 0 && errno != EAGAIN)
		end(exchange, errno);
}

static void again(struct timer *timer)
{
	struct dns_exchange *exchange = container_of(timer, struct dns_exchange, again);

	timer_start(exchange->probe->timers, timer, AGAIN);
	send_question(exchange);
}

static void receive(struct dns_exchange *exchange)
{
	size_t had = exchange->received_length;
	ssize_t got =
		recv(exchange->fd, exchange->received + had, sizeof(exchange->received) - had, 0);

	if (got < 0 && errno != EAGAIN)
		end(exchange, errno);
	else if (got > 0 && exchange->way != DNS_PROBE_TCP)
		take_answer(exchange, exchange->received, got);
	else if (got > 0)
		exchange->received_length += got;
	else if (!got)
		end(exchange, ECONNRESET);
}

/* The first bytes of the message tell enough; the rest is not waited for. */
static void receive_stream(struct dns_exchange *exchange)
{
	receive(exchange);
	if (exchange->fd >= 0 && exchange->received_length >= TCP_LENGTH + MESSAGE_ID_RCODE &&
	    !take_answer(exchange, exchange->received + TCP_LENGTH,
			 exchange->received_length - TCP_LENGTH))
		end(exchange, EPROTO);
}

static void connected(struct dns_exchange *exchange)
{
	int error = 0;

	getsockopt(exchange->fd, SOL_SOCKET, SO_ERROR, &error, &(socklen_t){sizeof(error)});
	if (error) {
		end(exchange, error);
		return;
	}
	loop_watch_change(exchange->watch, EPOLLIN);
	send_question(exchange);
}

static void ready(void *owner, uint32_t events)
{
	struct dns_exchange *exchange = owner;

	if (exchange->way != DNS_PROBE_TCP)
		receive(exchange);
	else if (events & EPOLLOUT)
		connected(exchange);
	else
		receive_stream(exchange);
}

static void start(struct dns_exchange *exchange)
{
	const struct dns_probe *probe = exchange->probe;
	bool is_tcp = exchange->way == DNS_PROBE_TCP;
	int kind = (is_tcp ? SOCK_STREAM : SOCK_DGRAM) | SOCK_CLOEXEC | SOCK_NONBLOCK;

	exchange->id = random_between(0, UINT16_MAX);
	exchange->again.fn = again;
	exchange->fd = socket(probe->to.ss_family, kind, 0);
	if (exchange->fd < 0 ||
	    (connect(exchange->fd, (const struct sockaddr *)&probe->to, probe->to_length) &&
	     errno != EINPROGRESS)) {
		end(exchange, errno);
		return;
	}
	exchange->routed = true;
	exchange->watch =
		loop_watch(probe->loop, exchange->fd, is_tcp ? EPOLLOUT : EPOLLIN, ready, exchange);
	if (!exchange->watch)
		end(exchange, errno);
	else if (!is_tcp)
		again(&exchange->again);
}

void dns_probe_start(struct dns_probe *probe, struct loop *loop, struct timers *timers,
		     const char *server, const struct addr *source)
{
	*probe = (struct dns_probe){.loop = loop, .timers = timers, .begun = timers->now};
	snprintf(probe->text, sizeof(probe->text), "%s", server);
	amtrelay_owner(source, probe->name);
	probe->to_length = server_address(server, &probe->to);
	for (unsigned way = 0; way < DNS_PROBE_WAYS; way++) {
		struct dns_exchange *exchange = &probe->exchanges[way];

		*exchange = (struct dns_exchange){.probe = probe, .way = way, .fd = -1};
		start(exchange);
	}
}

bool dns_probe_is_over(const struct dns_probe *probe)
{
	for (unsigned way = 0; way < DNS_PROBE_WAYS; way++)
		if (probe->exchanges[way].fd >= 0)
			return false;
	return true;
}

/* What has not ended has had no answer. */
void dns_probe_stop(struct dns_probe *probe)
{
	for (unsigned way = 0; way < DNS_PROBE_WAYS; way++)
		if (probe->exchanges[way].fd >= 0)
			end(&probe->exchanges[way], ETIMEDOUT);
}
