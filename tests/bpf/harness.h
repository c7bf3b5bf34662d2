/* SPDX-License-Identifier: BSD-2-Clause */
/* The dataplane under test, in network and mount namespaces of our own, and TAP. */
#pragma once

#include "dataplane/dataplane.h"

#include <stdarg.h>

#define PINS             "/sys/fs/bpf/mcingest"
#define HARNESS_CHANNELS (8 * MCI_STATS_CHUNK) /* the limit */

/* The PIM packet that was handed over last, and how many were. */
struct observation {
	unsigned count, first_packets, moved, rivals;
	bool membership;        /* IGMP or MLD, otherwise PIM */
	uint32_t ifindex, slot; /* of that, of a first packet, a move, or a rival */
	size_t length;
	uint8_t packet[MCI_OBSERVED_MAX];
	unsigned takes_ms; /* set by a case: what the owner does with each */
};

extern struct observation observation;

/* Ends the program where the namespaces cannot be had. */
void harness_enter(void);
struct dataplane *harness_open(void);
/* Runs a command of the shell; false where it fails. */
bool harness_shell(const char *format, ...) __attribute__((format(printf, 1, 2)));
unsigned harness_ifindex(const char *name);

struct run {
	uint32_t verdict;
	size_t length;
	uint8_t frame[4096];
};

/* BPF_PROG_RUN of a pinned program. */
struct run harness_run(const char *program, const uint8_t *frame, size_t length, unsigned gso_size,
		       unsigned repeat);

/* A copy of the XDP program for BPF_PROG_RUN, for an interface of this address, that shares the
 * pinned maps. There is one: it is made by the first call. */
int harness_xdp_copy(const uint8_t mac[6]);
/* Runs the copy that stands on an interface whose address is zeros. */
struct run harness_run_xdp(const uint8_t *frame, size_t length);

void tap(bool ok, const char *format, ...) __attribute__((format(printf, 2, 3)));
void tap_note(const char *format, ...) __attribute__((format(printf, 1, 2)));
void tap_frame(const char *what, const uint8_t *frame, size_t length);
int tap_end(void);

/* attach_test.c, egress_test.c, fault_test.c, move_test.c, slow_test.c, veth_test.c */
void attach_tests(void);
void fault_tests(void);
void slow_tests(void);
void veth_tests(void);
void egress_tests(struct dataplane *dp);
void move_tests(struct dataplane *dp);
