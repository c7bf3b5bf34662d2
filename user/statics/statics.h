/* SPDX-License-Identifier: BSD-2-Clause */
/* statics: channels that no router or host asks for, but the operator, by `mcingest join` or in a
 * file that he or a program of his writes. The file is what counts: `join` and `leave` change it,
 * and it is read again whenever it has changed.
 *
 *   joinfile.c   the file: its lines, and how they are changed
 *   statics.c    the channels that the file names, and what is to be done when it has changed
 *
 * What has changed is done in turns, so that a long file holds up nothing. A channel that finds no
 * room is tried again. The LANs and the watch of the file are the owner's. */
#pragma once

#include "base/timers.h"
#include "statics/joinfile.h"

#include <uthash.h>

#define STATICS_TURN      64 /* channels in one turn */
#define STATICS_RETRY     (30 * USEC_PER_SEC)
#define STATICS_BAD_NAMED 5 /* bad lines that the log names one by one */

struct statics_actions {
	/* The LAN's number, or -1. */
	int (*lan_number)(void *context, const char *name);
	/* False if there is no room for the channel now. */
	bool (*want)(void *context, const struct sg *sg, unsigned lan);
	void (*unwant)(void *context, const struct sg *sg, unsigned lan);
};

struct static_channel {
	struct sg sg;
	uint32_t lans, next; /* a bit for each LAN: as it is, and as the file says */
	UT_hash_handle hh;
};

struct statics {
	struct timers *timers;
	const struct statics_actions *actions;
	void *context;
	const char *path;
	unsigned lan_count, limit; /* limit: of channels */
	struct static_channel *by_sg;
	struct static_channel *turn; /* the next one whose turn it is */
	bool is_short;               /* a channel has found no room */
	struct timer timer;
};

/* Reads the file, and begins to do what it says. */
void statics_load(struct statics *statics);
void statics_free(struct statics *statics);
bool statics_has(const struct statics *statics, const struct sg *sg, unsigned lan);
/* Change the file, which is read again then. NULL, or a sentence why that cannot be. */
const char *statics_join(struct statics *statics, const struct joinfile_line *line);
const char *statics_leave(struct statics *statics, const struct joinfile_line *line);
