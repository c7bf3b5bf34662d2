/* SPDX-License-Identifier: BSD-2-Clause */
#include "daemon/engine.h"
#include "base/lock.h"
#include "base/log.h"
#include "base/memory.h"
#include "daemon/adopt.h"
#include "daemon/state.h"
#include "daemon/wire_control.h"
#include "daemon/wire_forward.h"
#include "daemon/wire_lans.h"
#include "daemon/wire_paths.h"
#include "forward/forward.h"
#include "gateway/options.h"
#include "io/descriptors.h"
#include "io/privileges.h"
#include "io/sandbox.h"
#include "lan/lan.h"
#include "links/links.h"
#include "path/path.h"
#include "path/warm.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define DESCRIPTORS_OTHER 256

/* Each tunnel has a socket, and another one while its relay is being discovered. The resolver has
 * one for each question, and so has the resolver that it replaces. */
static void allow_descriptors(const struct config *config)
{
	unsigned long max, wanted = 2ul * config->max_tunnels + 2ul * RESOLVER_SOCKETS +
				    3ul * config->max_channels / MCI_STATS_CHUNK +
				    DESCRIPTORS_OTHER;

	if (!descriptors_allow(wanted, &max))
		log_warning("may have %lu files open, of %lu that its limits may need: "
			    "raise LimitNOFILE, or ulimit -n",
			    max, wanted);
}

static bool start_loop(struct engine *engine)
{
	engine->loop = loop_new(&engine->timers);
	if (!engine->loop)
		log_error("cannot make an event loop: %s", strerror(errno));
	return engine->loop;
}

static bool confined(const char *what, int error)
{
	if (error)
		log_error("cannot %s: %s", what, strerror(-error));
	return !error;
}

/* Another daemon's programs, maps, sockets and files must not be touched. */
static bool claim(struct engine *engine)
{
	if (!dataplane_claim(engine->config->instance, &engine->dataplane))
		return true;
	log_error("%s", dataplane_error(engine->dataplane));
	return false;
}

static void start_secret(struct engine *engine)
{
	const char *folder = engine->config->state;
	int error = secret_open(folder, &engine->secret);

	if (error)
		log_warning(
			"cannot keep the tunnels' ports in %s: %s. After a restart relays may not "
			"answer for minutes: make the folder writable, or name another by "
			"'state' in [daemon]",
			folder, strerror(error));
}

/* Two daemons would write over each other's channels, and draw the same ports. */
static bool lock_state(struct engine *engine)
{
	const char *folder = engine->config->state;

	engine->state_lock = lock_folder(folder);
	if (engine->state_lock != -EWOULDBLOCK)
		return true; /* what else is wrong with the folder has been said */
	log_error("process %d has %s: give each mcingestd a folder of its own by 'state' in "
		  "[daemon], or a name by --instance",
		  lock_holder(folder), folder);
	return false;
}

static bool start_resolver(struct engine *engine)
{
	struct resolver_options options = resolver_options_of(engine->config);
	char error[256];

	engine->resolver =
		resolver_new(engine->loop, &engine->timers, &options, error, sizeof(error));
	if (!engine->resolver)
		log_error("%s", error);
	return engine->resolver;
}

static bool start_rooms(struct engine *engine)
{
	start_secret(engine);
	if (!lock_state(engine))
		return false;
	engine->driad_options = driad_options_of(engine->config);
	wire_paths(engine);
	return true;
}

static bool open_all(struct engine *engine)
{
	return wire_forward(engine) && wire_lans(engine) && wire_control(engine) &&
	       start_resolver(engine) && wire_dataplane(engine);
}

/* To load and attach programs may take seconds on a busy machine. What neighbors have time for
 * counts from our Hello, and what is taken over from the moment in which we hear of it. */
static bool start_all(struct engine *engine)
{
	if (!open_all(engine))
		return false;
	loop_read_clock(engine->loop);
	if (!lans_start(&engine->lans))
		return false;
	forward_start(&engine->forward);
	if (!wire_news(engine))
		return false;
	loop_read_clock(engine->loop);
	adopt_leftovers(engine);
	statics_start(&engine->statics, engine->loop, &engine->lans, engine->config->joinfile,
		      engine->config->state);
	path_warm_start(&engine->paths, &engine->config->warm);
	return true;
}

struct engine *engine_start(const struct config *config, bool *up)
{
	struct engine *engine = memory_new(sizeof(*engine));

	*up = false;
	engine->config = config;
	if (!privileges_suffice())
		return engine;
	allow_descriptors(config);
	if (!start_loop(engine) ||
	    !confined("watch for refused system calls", sandbox_watch(engine->loop)) ||
	    !confined("give up capabilities", privileges_drop()) || !claim(engine))
		return engine;
	*up = start_rooms(engine) && start_all(engine) &&
	      confined("filter system calls, which 'seccomp = no' under [daemon] goes without",
		       sandbox_enter(config->seccomp));
	return engine;
}

int engine_run(struct engine *engine)
{
	return loop_run(engine->loop);
}

static void stop_rooms(struct engine *engine)
{
	statics_stop(&engine->statics);
	lans_stop(&engine->lans);
	paths_free(&engine->paths);
	requests_stop(&engine->requests);
	forward_stop(&engine->forward);
	links_stop(&engine->links);
}

void engine_stop(struct engine *engine)
{
	netlink_monitor_close(engine->monitor);
	clocks_stop(&engine->clocks);
	successor_stop(&engine->successor);
	if (engine->paths.timers)
		stop_rooms(engine);
	control_close(engine->control);
	page_close(engine->page);
	resolver_free(engine->resolver);
	driad_options_free(&engine->driad_options);
	frames_close(engine->frames);
	loop_unwatch(engine->observed);
	dataplane_close(engine->dataplane);
	sandbox_close();
	loop_free(engine->loop);
	timers_free(&engine->timers);
	if (engine->state_lock > 0)
		close(engine->state_lock);
	free(engine);
}
