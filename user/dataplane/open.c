/* SPDX-License-Identifier: BSD-2-Clause */
/* Opening and closing: the order in which the other files of this folder begin and end. */
#include "base/log.h"
#include "base/memory.h"
#include "dataplane/attach.h"
#include "dataplane/attachments.h"
#include "dataplane/carried.h"
#include "dataplane/entries.h"
#include "dataplane/error.h"
#include "dataplane/fast.h"
#include "dataplane/lan_sets.h"
#include "dataplane/lans.h"
#include "dataplane/observed.h"
#include "dataplane/owner.h"
#include "dataplane/pins.h"
#include "dataplane/policers.h"
#include "dataplane/program.h"
#include "dataplane/refused.h"
#include "dataplane/stats.h"
#include "dataplane/stats_chunks.h"
#include "dataplane/takeover.h"

#include <stdlib.h>

static int take_over(struct dataplane *dp)
{
	int error = takeover_begin(dp);

	if (!error)
		error = program_load(dp);
	return error ? error : takeover_copy(dp);
}

/* Takes over an earlier daemon's maps with their contents; its filters work on until ours replace
 * them. */
static int load_or_take_over(struct dataplane *dp)
{
	int error = program_open(dp);

	if (error)
		return error;
	takeover_recover(dp);
	fast_forget(dp);
	dp->adopted = pins_exist(dp);
	if (dp->adopted) {
		if (!take_over(dp))
			return 0;
		log_warning("the maps of an earlier mcingestd cannot be taken over: starting "
			    "afresh, and its channels are interrupted until they are joined again: "
			    "%s",
			    dp->error);
		program_unload(dp);
		pins_empty(dp);
		dp->adopted = dp->is_earlier = false;
		error = program_open(dp);
	}
	attach_remove_all(dp);
	return error ? error : program_load(dp);
}

static void close_all(struct dataplane *dp)
{
	attachments_free(dp);
	stats_chunks_close(dp);
	fast_close(dp);
	policers_close(dp);
	lan_sets_close(dp);
	observed_close(dp);
	refused_close(dp);
	program_unload(dp);
}

static void release(struct dataplane *dp)
{
	attach_remove_all(dp);
	close_all(dp);
	pins_remove_all(dp);
	owner_release(dp); /* whose folder would keep the file system busy */
	pins_unmount(dp);
}

/* A daemon that cannot start must not end what an earlier one has left: the next one may start. */
static void leave(struct dataplane *dp)
{
	log_notice("what an earlier mcingestd has left in the kernel stays there, and forwards "
		   "until its deadlines have passed");
	close_all(dp);
	owner_release(dp);
}

int dataplane_claim(const char *instance, struct dataplane **claimed)
{
	struct dataplane *dp = memory_new(sizeof(*dp));
	int error;

	*claimed = dp;
	dp->instance = instance;
	pins_name(dp);
	error_capture_libraries();
	error = pins_prepare(dp);
	if (!error)
		error = owner_claim(dp);
	dp->is_earlier = !error && pins_exist(dp);
	return error;
}

int dataplane_open(struct dataplane *dp, const struct dataplane_limits *limits,
		   const struct dataplane_events *events)
{
	int error;

	dp->limits = *limits;
	dp->events = *events;
	stats_open(dp);
	error = load_or_take_over(dp);
	if (!error)
		error = observed_open(dp);
	if (!error)
		error = stats_chunks_open(dp);
	if (!error)
		error = fast_open(dp);
	if (!error)
		error = policers_open(dp);
	if (error)
		return error;
	carried_open(dp);
	lans_open(dp);
	entries_open(dp);
	refused_open(dp);
	return 0;
}

void dataplane_close(struct dataplane *dp)
{
	if (!dp)
		return;
	if (dp->owned_folder && dp->is_earlier)
		leave(dp);
	else if (dp->owned_folder)
		release(dp);
	stats_close(dp);
	free(dp);
}
