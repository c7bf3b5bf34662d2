/* SPDX-License-Identifier: BSD-2-Clause */
/* Asks one DNS server, by its address, the same question in several ways at once: libunbound tells
 * neither which server failed nor what it said. */
#pragma once

#include "driad/rdata.h"
#include "io/loop.h"

#define DNS_PROBE_TEXT     80 /* of ADDRESS[%ZONE][@PORT] */
#define DNS_PROBE_TIMEOUT  (2 * USEC_PER_SEC)
#define DNS_PROBE_RECEIVED 1500
#define DNS_PROBE_RELAYS   4

enum dns_probe_way {
	DNS_PROBE_EDNS,  /* AMTRELAY by UDP with EDNS, as the daemon asks */
	DNS_PROBE_PLAIN, /* the same without EDNS */
	DNS_PROBE_TCP,   /* the same by TCP */
	DNS_PROBE_PTR,   /* PTR of the same name by UDP with EDNS */
	DNS_PROBE_WAYS
};

struct dns_exchange {
	struct dns_probe *probe;
	enum dns_probe_way way;
	int fd;
	struct loop_watch *watch;
	struct timer again; /* repeats the question */
	uint16_t id;
	int error;   /* errno of the socket: ECONNREFUSED, ENETUNREACH, EPERM, ...; 0: none */
	bool routed; /* there was a route to the server */
	bool answered;
	unsigned rcode;
	usec_t took;
	char zone[DNS_NAME_TEXT]; /* owner of the SOA in a negative answer, or "" */
	uint8_t received[DNS_PROBE_RECEIVED];
	size_t received_length;
};

struct dns_probe {
	char text[DNS_PROBE_TEXT];
	struct loop *loop;
	struct timers *timers;
	char name[DNS_NAME_TEXT];
	struct sockaddr_storage to;
	socklen_t to_length;
	usec_t begun;
	struct dns_exchange exchanges[DNS_PROBE_WAYS];
	struct addr relays[DNS_PROBE_RELAYS]; /* that the AMTRELAY records name by address */
	unsigned relay_count;
};

/* Begins to ask the server, named as in the configuration, for the relays of `source`. */
void dns_probe_start(struct dns_probe *probe, struct loop *loop, struct timers *timers,
		     const char *server, const struct addr *source);
bool dns_probe_is_over(const struct dns_probe *probe);
void dns_probe_stop(struct dns_probe *probe);
