/* SPDX-License-Identifier: BSD-2-Clause */
/* What this process has attached: one record for each interface and role. How programs are attached
 * is in attach.c; this file only keeps the records and answers questions about them. */
#pragma once

#include "dataplane/state.h"

#define ATTACHMENT_TEXT 192 /* bytes */

struct attachment {
	unsigned ifindex;
	enum role role;
	bool lost;                      /* another tool has taken a program away */
	char in_front[ATTACHMENT_TEXT]; /* what may take packets before our filter sees them; or
					   empty */
	char xdp_in_front[96];          /* the XDP programs among them */
	uint32_t xdp_in_front_id;       /* xdp_id() when they were listed */
	bool xdp;                       /* XDP is attached, with TC behind it */
	uint32_t xdp_id;  /* program in the driver: ours, or a dispatcher that has ours */
	bool asked;       /* of a LAN: its IGMP and MLD are handed over, too */
	bool takes_xdp;   /* of a LAN: its driver sends what XDP redirects to it */
	bool takes_parts; /* of a LAN: the same for frames in several buffers */
	char why[160];    /* why XDP is used, or not */
};

/* Returns NULL if there is no record. The pointer is valid until the next add or remove. */
struct attachment *attachments_find(const struct dataplane *dp, unsigned ifindex, enum role role);
struct attachment *attachments_add(struct dataplane *dp, unsigned ifindex, enum role role);
void attachments_remove(struct dataplane *dp, unsigned ifindex, enum role role);
void attachments_free(struct dataplane *dp);

/* The first LAN whose driver takes frames from XDP, or does not; NULL if there is none. */
const struct attachment *attachments_find_lan(const struct dataplane *dp, bool takes_xdp);
