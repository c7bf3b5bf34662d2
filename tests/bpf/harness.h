/* SPDX-License-Identifier: BSD-2-Clause */
/* The dataplane under test in network and mount namespaces of its own, and TAP output. */
#pragma once

#include "dataplane/dataplane.h"

#include <stdarg.h>

#define PINS             "/sys/fs/bpf/mcingest"
#define HARNESS_CHANNELS (8 * MCI_STATS_CHUNK) /* the limit */

/* What the dataplane has reported: how often, and the last packet. */
struct observation {
	unsigned count, first_packets, moved, rivals;
	bool membership;        /* IGMP or MLD, otherwise PIM */
	uint32_t ifindex, slot; /* of the last event */
	size_t length;
	uint8_t packet[MCI_OBSERVED_MAX];
	unsigned takes_ms; /* set by a case: how long the owner takes for a packet */
};

extern struct observation observation;

/* Ends the program if the namespaces cannot be made. */
void harness_enter(void);
struct dataplane *harness_open(void);
/* Keeps channels' rates; the XDP copy is made anew. */
struct dataplane *harness_open_with_rates(void);
/* Runs a shell command; returns false if it fails. */
bool harness_shell(const char *format, ...) __attribute__((format(printf, 1, 2)));
unsigned harness_ifindex(const char *name);
/* Lets this process look programs up by their id, or not: by CAP_SYS_ADMIN. */
void harness_may_look_up(bool may);

struct run {
	uint32_t verdict;
	size_t length;
	uint8_t frame[4096];
};

/* Runs a pinned program by BPF_PROG_RUN. */
struct run harness_run(const char *program, const uint8_t *frame, size_t length, unsigned gso_size,
		       unsigned repeat);

/* Returns a copy of the XDP program for BPF_PROG_RUN, for an interface with this MAC address. It
 * shares the pinned maps. The first call makes the copy; there is only one. */
int harness_xdp_copy(const uint8_t mac[6]);
/* Runs the copy for an interface with an address of zeros. */
struct run harness_run_xdp(const uint8_t *frame, size_t length);

void tap(bool ok, const char *format, ...) __attribute__((format(printf, 2, 3)));
void tap_note(const char *format, ...) __attribute__((format(printf, 1, 2)));
void tap_frame(const char *what, const uint8_t *frame, size_t length);
int tap_end(void);

/* attach_test.c, egress_test.c, fast_test.c, fault_test.c, move_test.c, rate_test.c, slow_test.c,
 * veth_test.c */
void attach_tests(void);
void fault_tests(void);
void rate_tests(void);
void slow_tests(void);
void veth_tests(void);
void egress_tests(struct dataplane *dp);
void move_tests(struct dataplane *dp);
void fast_tests(struct dataplane *dp);
