/* SPDX-License-Identifier: BSD-2-Clause */
/* Where a relay reads the P flag of a Request, which asks for MLD. RFC 7450 section 5.1.3.4 has it
 * at 0x01. The relay of the Linux kernel reads 0x80 (on little-endian machines), and drops a
 * Request with 0x01, which it takes for a reserved bit. A relay that follows the RFC ignores 0x80
 * and answers by an IGMP Query.
 *
 * The RFC's form is sent first. If no answer comes, each repetition sends both, so that neither
 * kind of relay has to wait. The form that the relay answers to is sent first from then on. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define AMT_P       0x01
#define AMT_P_LINUX 0x80

#define AMT_P_FORMS 2

struct amt_p_flag {
	uint8_t first; /* AMT_P or AMT_P_LINUX: the form that is sent first */
	uint8_t sent;  /* the forms sent with the present nonce, without a misread one */
	bool misread;  /* the relay seems to have misread AMT_P_LINUX with the present nonce */
	bool known;    /* `first` was answered when no other form had been sent */
};

/* There is a new nonce, with which no Request for MLD was sent yet. */
void amt_p_flag_begin(struct amt_p_flag *p);
/* Fills in the forms of the Requests to be sent now, in order; returns how many. */
unsigned amt_p_flag_next(struct amt_p_flag *p, uint8_t forms[AMT_P_FORMS]);
/* An MLD Query has come with the present nonce. */
void amt_p_flag_answered(struct amt_p_flag *p);
/* An IGMP Query was not asked for. Returns true if a misread AMT_P_LINUX explains it. */
bool amt_p_flag_misread(struct amt_p_flag *p);
