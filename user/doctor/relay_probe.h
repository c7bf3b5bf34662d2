/* SPDX-License-Identifier: BSD-2-Clause */
/* Asks one relay for a sign of life (RFC 7450 sections 5.1.1 and 5.1.3), and compares what comes in
 * on the wire with what comes out of the socket: what a firewall of this host takes is seen on the
 * wire only.
 *
 * A Request is sent only where no daemon runs, and from the daemon's own port: Linux's relay knows
 * a gateway by its address alone, and would answer to our port in the daemon's place. */
#pragma once

#include "doctor/capture.h"

#define RELAY_PROBE_TIMEOUT (2500 * USEC_PER_MS)

struct relay_probe_path {
	struct addr source; /* AF_UNSPEC: the route's */
	uint32_t mark;
	const char *vrf; /* "": none */
	uint16_t port;   /* of the daemon's tunnel to this relay; 0: any, and no Request is sent */
};

struct relay_step {
	bool sent;    /* seen to leave */
	bool on_wire; /* the answer came in */
	bool on_socket;
	usec_t took;
};

struct relay_probe {
	struct addr relay;
	struct loop *loop;
	struct timers *timers;
	int fd;
	struct loop_watch *watch;
	struct timer again;
	uint16_t port; /* ours */
	bool asks;     /* by Requests, too */
	usec_t begun;
	uint32_t nonce;
	int error; /* errno: ENETUNREACH, EPERM, ...; 0: none */
	struct relay_step discovery, request;
	struct addr named; /* by the Advertisement */
	struct addr icmp;  /* who sent an ICMP error; AF_UNSPEC: nobody */
	unsigned icmp_type, icmp_code;
	unsigned queries_on_wire; /* answers to Requests of whoever asked: the daemon, say */
	unsigned requests_on_wire;
};

void relay_probe_start(struct relay_probe *probe, struct loop *loop, struct timers *timers,
		       const struct addr *relay, const struct relay_probe_path *path);
/* A packet of UDP port 2268 was captured on an upstream interface. */
void relay_probe_see(struct relay_probe *probe, const struct capture_packet *packet);
bool relay_probe_is_over(const struct relay_probe *probe);
void relay_probe_stop(struct relay_probe *probe);
