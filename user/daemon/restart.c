/* SPDX-License-Identifier: BSD-2-Clause */
#include "daemon/restart.h"
#include "base/log.h"
#include "daemon/state.h"
#include "forward/kept.h"
#include "lan/lan.h"

#include <net/if.h>
#include <signal.h>
#include <string.h>

static const char *try_configuration(const struct engine *engine)
{
	struct config config;

	if (config_read(&config, engine->argc, engine->successor.argv))
		return "the configuration has a mistake, which the log names, and stays as it was";
	config_free(&config);
	return NULL;
}

const char *restart_begin(struct engine *engine, bool reload)
{
	const char *what = reload ? "reload" : "restart";
	const char *why = reload ? try_configuration(engine) : NULL;

	engine->requests.reload_failed |= why != NULL;
	return why ? successor_refuse(what, why) : successor_begin(&engine->successor, what);
}

static void decided(void *owner, const char *why)
{
	requests_restart_over(&((struct engine *)owner)->requests, why);
}

static void on_restart(void *owner)
{
	restart_begin(owner, false);
}

static void on_reload(void *owner)
{
	restart_begin(owner, true);
}

static void on_leave(void *owner)
{
	successor_leave(&((struct engine *)owner)->successor);
}

bool restart_watch(struct engine *engine, int argc, char **argv)
{
	int error;

	engine->argc = argc;
	engine->successor = (struct successor){.loop = engine->loop,
					       .timers = &engine->timers,
					       .argv = argv,
					       .decided = decided,
					       .owner = engine};
	error = successor_prepare(&engine->successor);
	if (!error)
		error = loop_on_signal(engine->loop, SIGUSR2, on_restart, engine);
	if (!error)
		error = loop_on_signal(engine->loop, SIGHUP, on_reload, engine);
	if (!error)
		error = loop_on_signal(engine->loop, SIGUSR1, on_leave, engine);
	if (error)
		log_error("cannot prepare for restarts: %s", strerror(-error));
	return !error;
}

bool restart_is_wanted(const struct engine *engine)
{
	return successor_follows(&engine->successor);
}

static bool has_lan(const struct config *config, unsigned ifindex)
{
	for (unsigned i = 0; i < config->downstream_count; i++)
		if (if_nametoindex(config->downstream[i]) == ifindex)
			return true;
	return false;
}

/* Nobody but us can say goodbye on a LAN that the next daemon will not have. */
static void leave_lans(struct engine *engine)
{
	struct config next;

	if (config_read(&next, engine->argc, engine->successor.argv))
		return;
	for (unsigned i = 0; i < engine->lans.count; i++)
		if (!has_lan(&next, engine->lans.list[i].link.ifindex))
			lan_stop(&engine->lans.list[i]);
	config_free(&next);
}

void restart_execute(struct engine *engine)
{
	leave_lans(engine);
	kept_keep_all(&engine->forward);
	successor_follow(&engine->successor);
}
