/* SPDX-License-Identifier: BSD-2-Clause */
#include "statics/on_lans.h"
#include "base/log.h"
#include "base/memory.h"
#include "lan/interest.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int lan_number(void *context, const char *name)
{
	const struct lans *lans = context;

	for (unsigned i = 0; i < lans->count; i++)
		if (!strcmp(lans->list[i].link.name, name))
			return i;
	return -1;
}

static bool want(void *context, const struct sg *sg, unsigned lan)
{
	struct lans *lans = context;

	lans->seen = lans->timers->now;
	return lan_joined(&lans->list[lan], sg, 0);
}

static void unwant(void *context, const struct sg *sg, unsigned lan)
{
	lan_left(&((struct lans *)context)->list[lan], sg);
}

static const struct statics_actions actions = {
	.lan_number = lan_number, .want = want, .unwant = unwant};

static void changed(void *owner)
{
	statics_load(owner);
}

void statics_start(struct statics_on_lans *on, struct loop *loop, struct lans *lans,
		   const char *file, const char *state)
{
	on->lans = lans;
	if (file)
		on->path = memory_copy_text(file);
	else if (asprintf(&on->path, "%s/joins", state) < 0)
		abort();
	on->statics = (struct statics){.timers = lans->timers,
				       .actions = &actions,
				       .context = lans,
				       .path = on->path,
				       .lan_count = lans->count,
				       .limit = lans->channels->limit};
	on->watch = file_watch_open(loop, lans->timers, on->path, changed, &on->statics);
	if (!on->watch && file)
		log_warning("cannot follow %s, which 'file' under [channels] names: %s", on->path,
			    strerror(errno));
	statics_load(&on->statics);
}

void statics_stop(struct statics_on_lans *on)
{
	if (!on->path)
		return;
	file_watch_close(on->watch);
	statics_free(&on->statics);
	free(on->path);
}
