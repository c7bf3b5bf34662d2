/* SPDX-License-Identifier: BSD-2-Clause */
/* Why bytes from outside were rejected: one list for all protocols, counted for each protocol. */
#pragma once

#include <stdint.h>

enum fault {
	FAULT_NONE,
	FAULT_TRUNCATED, /* ends before the structure that it announces */
	FAULT_OVERSIZED, /* fragments of a datagram longer than IP allows */
	FAULT_CHECKSUM,
	FAULT_VERSION,
	FAULT_TYPE,        /* a message type that is unknown, or not for this side */
	FAULT_LENGTH,      /* an impossible length or count field */
	FAULT_ADDRESS,     /* an address of the wrong family or kind */
	FAULT_DESTINATION, /* not sent to the destination of such a message */
	FAULT_OFF_LINK,    /* TTL, hop limit or Router Alert are wrong for a message of the link */
	FAULT_SENDER,      /* not from the expected sender, or from a stranger */
	FAULT_NONCE,
	FAULT_UNEXPECTED,  /* well formed, but nothing asked for it */
	FAULT_LIMIT,       /* a table is full */
	FAULT_FRAGMENTS,   /* fragments that make no datagram: missing, overlapping, or too many */
	FAULT_INTERFACE,   /* received on an interface where the protocol is not spoken */
	FAULT_UNREACHABLE, /* ICMP came instead of an answer */
	FAULT_COUNT
};

/* Protocols that receive bytes from outside. */
enum protocol { PROTOCOL_PIM, PROTOCOL_AMT, PROTOCOL_MEMBERSHIP, PROTOCOL_DNS, PROTOCOL_COUNT };

/* Lower-case words with underscores, as `mcingest counters` shows them. */
const char *fault_name(enum fault fault);
const char *protocol_name(enum protocol protocol);
