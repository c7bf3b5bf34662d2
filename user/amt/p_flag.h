/* SPDX-License-Identifier: BSD-2-Clause */
/* Where a relay reads the P flag of a Request, by which MLD is asked for. RFC 7450 section 5.1.3.4
 * has it at 0x01. The Linux kernel's relay reads 0x80 (on little-endian machines), and drops the
 * other, since it takes that for a reserved bit. A relay that follows the RFC takes 0x80 for a
 * reserved bit, ignores it, and answers by an IGMP Query.
 *
 * The RFC's is asked first. Where no answer comes, each repetition says both, so that neither kind
 * waits for a turn of the other's. What the relay answers to is asked first from then on. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define AMT_P       0x01
#define AMT_P_LINUX 0x80

#define AMT_P_FORMS 2

struct amt_p_flag {
	uint8_t first; /* AMT_P or AMT_P_LINUX: what is asked first */
	uint8_t sent;  /* of both, under the present nonce, but for what was misread */
	bool misread;  /* under the present nonce, it seems */
	bool known;    /* the first has been answered when nothing else had been asked */
};

/* A new nonce: no Request for MLD has gone out under it. */
void amt_p_flag_begin(struct amt_p_flag *p);
/* The forms of the Requests that are to go out now, in their order; returns how many. */
unsigned amt_p_flag_next(struct amt_p_flag *p, uint8_t forms[AMT_P_FORMS]);
/* An MLD Query has come under the present nonce. */
void amt_p_flag_answered(struct amt_p_flag *p);
/* An IGMP Query has come that IGMP did not ask for. True where AMT_P_LINUX explains it. */
bool amt_p_flag_misread(struct amt_p_flag *p);
