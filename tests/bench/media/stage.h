/* SPDX-License-Identifier: BSD-2-Clause */
/* The stage: upstreams and LANs as veths in a namespace of our own, the real dataplane on them, and
 * programs at their far ends. All work is done by one CPU. */
#pragma once

#include "dataplane/dataplane.h"
#include "media.h"

#define STAGE_LANS  8
#define STAGE_BURST 512 /* packets that any socket here holds */

/* An upstream; what its far end sends is handled in its own way. */
enum stage_way {
	STAGE_XDP,      /* ingest_xdp */
	STAGE_TC,       /* ingest_tc */
	STAGE_BARE_XDP, /* a redirect and nothing else */
	STAGE_BARE_TC,
	STAGE_STACK, /* no program: to a socket */
	STAGE_WAYS
};

struct stage {
	struct dataplane *dp;
	struct media *programs;
	uint8_t mac[6];             /* of every interface here */
	unsigned feeds[STAGE_WAYS]; /* far ends of the upstreams: ifindexes to send into */
	unsigned lans[STAGE_LANS];  /* their far ends take XDP frames */
	unsigned plain_lan;         /* whose far end takes socket buffers */
	uint32_t slots;             /* given to channels */
	double overhead;            /* seconds of stage_send() that no packet was on its way in */
};

/* `channels` is the limit of the maps. Ends the program where something cannot be had. */
void stage_open(struct stage *stage, uint32_t channels);
void stage_close(struct stage *stage);

/* Joins `count` channels from (S,G) on, S and G counted up together, on some LANs. The tunnel is of
 * their family. */
void stage_join(struct stage *stage, const struct sg *first, uint32_t count, const unsigned *lans,
		unsigned lan_count);
/* Takes the channel with this number out or puts it in, on the first LAN. */
void stage_change(struct stage *stage, const struct sg *first, uint32_t number, bool join);
/* What to send into a way: frames of these channels, `payload` bytes of RTP in each; with an outer
 * extension header where the programs shall leave them to the stack. */
void stage_load(struct stage *stage, enum stage_way way, const struct sg *first, uint32_t count,
		unsigned payload, bool left);
/* Sends so many; returns when all have been handled as far as the kernel goes. The kernel takes
 * tens of milliseconds to take its own stage down, which count as overhead. */
void stage_send(struct stage *stage, unsigned packets);
/* Frames that have reached far ends of LANs since the start; the second waits for so many, while
 * they come. */
uint64_t stage_delivered(const struct stage *stage);
uint64_t stage_settle(const struct stage *stage, uint64_t expected);

double stage_seconds(void); /* by a clock that goes steadily */
