/* SPDX-License-Identifier: BSD-2-Clause */
/* Static channels on the LANs, and the watch of their file. */
#pragma once

#include "io/file_watch.h"
#include "lan/state.h"
#include "statics/statics.h"

struct statics_on_lans {
	struct statics statics;
	struct lans *lans;
	struct file_watch *watch; /* NULL if the file cannot be followed */
	char *path;
};

/* `file` is what the configuration names, or NULL; then a file in the folder `state` is used. The
 * limit is that of the channels. */
void statics_start(struct statics_on_lans *on, struct loop *loop, struct lans *lans,
		   const char *file, const char *state);
void statics_stop(struct statics_on_lans *on);
