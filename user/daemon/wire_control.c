/* SPDX-License-Identifier: BSD-2-Clause */
#include "daemon/wire_control.h"
#include "base/log.h"
#include "daemon/restart.h"
#include "daemon/state.h"

#include <errno.h>
#include <string.h>

static struct dataplane *dataplane_of(void *context)
{
	return ((struct engine *)context)->dataplane;
}

static const char *mode(void *context, unsigned ifindex, enum role role)
{
	return dataplane_mode(dataplane_of(context), ifindex, role);
}

static const char *why(void *context, unsigned ifindex, enum role role)
{
	return dataplane_why(dataplane_of(context), ifindex, role);
}

static const char *in_front(void *context, unsigned ifindex, enum role role)
{
	return dataplane_in_front(dataplane_of(context), ifindex, role);
}

static bool refused(void *context, unsigned ifindex, uint64_t *packets)
{
	return dataplane_refused(dataplane_of(context), ifindex, packets);
}

static const char *why_not(struct dataplane *dataplane, int error)
{
	return error ? dataplane_error(dataplane) : NULL;
}

static const char *drops(void *context, uint64_t drops[MCI_DROP_COUNT])
{
	struct dataplane *dataplane = dataplane_of(context);

	return why_not(dataplane, dataplane_drops(dataplane, drops));
}

static const char *slow(void *context, uint64_t causes[MCI_SLOW_COUNT])
{
	struct dataplane *dataplane = dataplane_of(context);

	return why_not(dataplane, dataplane_slow(dataplane, causes));
}

static usec_t longest_stall(void *context)
{
	return loop_longest_stall(((struct engine *)context)->loop);
}

static const char *restart(void *context, bool reload)
{
	return restart_begin(context, reload);
}

static const struct requests_actions requests_actions = {.mode = mode,
							 .why = why,
							 .in_front = in_front,
							 .refused = refused,
							 .drops = drops,
							 .slow = slow,
							 .longest_stall = longest_stall,
							 .restart = restart};

bool wire_control(struct engine *engine)
{
	const char *path = engine->config->control_socket;
	int error;

	engine->requests = (struct requests){
		.config = engine->config,
		.timers = &engine->timers,
		.started = engine->timers.now,
		.links = &engine->links,
		.lans = &engine->lans,
		.paths = &engine->paths,
		.forward = &engine->forward,
		.rejected = (const uint64_t(*)[FAULT_COUNT])engine->rejected.counts,
		.actions = &requests_actions,
		.context = engine};
	requests_init(&engine->requests);
	error = control_open(&engine->control, engine->loop, &engine->timers, path, requests_handle,
			     requests_gone, &engine->requests);
	if (error == -EADDRINUSE)
		log_error("another mcingestd answers on %s: stop it first", path);
	else if (error)
		log_error("cannot listen on %s: %s", path, strerror(-error));
	return !error;
}
