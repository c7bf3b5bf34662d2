/* SPDX-License-Identifier: BSD-2-Clause */
#include "daemon/wire_control.h"
#include "base/log.h"
#include "daemon/restart.h"
#include "daemon/state.h"

#include <errno.h>
#include <string.h>

static usec_t longest_stall(void *context)
{
	return loop_longest_stall(((struct engine *)context)->loop);
}

static const char *restart(void *context, bool reload)
{
	return restart_begin(context, reload);
}

static const struct requests_actions requests_actions = {.mode = dataplane_mode,
							 .why = dataplane_why,
							 .in_front = dataplane_in_front,
							 .refused = dataplane_refused,
							 .unasked = dataplane_unasked,
							 .drops = dataplane_drops,
							 .left = dataplane_left,
							 .error = dataplane_error,
							 .longest_stall = longest_stall,
							 .restart = restart};

bool wire_control(struct engine *engine)
{
	const char *path = engine->config->control_socket, *group = engine->config->control_group;
	int error;

	engine->requests = (struct requests){
		.config = engine->config,
		.timers = &engine->timers,
		.started = engine->timers.now,
		.links = &engine->links,
		.lans = &engine->lans,
		.statics = &engine->statics.statics,
		.paths = &engine->paths,
		.forward = &engine->forward,
		.rejected = (const uint64_t(*)[FAULT_COUNT])engine->rejected.counts,
		.actions = &requests_actions,
		.dataplane = engine->dataplane,
		.context = engine};
	requests_init(&engine->requests);
	error = control_open(&engine->control, engine->loop, &engine->timers, path, group,
			     requests_handle, requests_gone, &engine->requests);
	if (error == -EADDRINUSE)
		log_error("another mcingestd answers on %s: stop it first, or give each a name by "
			  "--instance",
			  path);
	else if (error == -ESRCH)
		log_error("there is no group '%s', which 'group' under [control] names", group);
	else if (error)
		log_error("cannot listen on %s: %s", path, strerror(-error));
	else
		engine->page = page_open(&engine->requests, engine->loop);
	return !error;
}
