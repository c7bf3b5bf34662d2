/* SPDX-License-Identifier: BSD-2-Clause */
/* Why bytes from outside were refused: one list for every protocol, counted protocol by protocol.
 */
#pragma once

#include <stdint.h>

enum fault {
	FAULT_NONE,
	FAULT_TRUNCATED, /* ends before the structure that it announces */
	FAULT_OVERSIZED, /* longer than an IP datagram can be, by its fragments */
	FAULT_CHECKSUM,
	FAULT_VERSION,
	FAULT_TYPE,        /* a message type that is unknown, or not for this side */
	FAULT_LENGTH,      /* a length or count field that cannot be */
	FAULT_ADDRESS,     /* an address of the wrong family or kind */
	FAULT_DESTINATION, /* not sent to where this message belongs */
	FAULT_OFF_LINK, /* TTL, hop limit or Router Alert are not those of this link's messages */
	FAULT_SENDER,   /* not from whom it was awaited, or from a stranger */
	FAULT_NONCE,
	FAULT_UNEXPECTED,  /* well formed, but nothing asked for it */
	FAULT_LIMIT,       /* refused because a table is full */
	FAULT_FRAGMENTS,   /* fragments that make no datagram: missing, overlapping, or too many */
	FAULT_INTERFACE,   /* came in by an interface where none of this protocol belong */
	FAULT_UNREACHABLE, /* ICMP came instead: nobody takes what we send */
	FAULT_COUNT
};

/* Protocols that take bytes from outside. */
enum protocol { PROTOCOL_PIM, PROTOCOL_AMT, PROTOCOL_MEMBERSHIP, PROTOCOL_DNS, PROTOCOL_COUNT };

/* Lower-case words with underscores, as `mcingest counters` shows them. */
const char *fault_name(enum fault fault);
const char *protocol_name(enum protocol protocol);
