/* SPDX-License-Identifier: BSD-2-Clause */
#include "daemon/restart.h"
#include "base/log.h"
#include "daemon/state.h"
#include "io/binary.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

/* A reply to who has asked for the restart goes out before. */
#define GRACE (300 * USEC_PER_MS)

/* Maps of another size cannot be adopted: that would lose packets. */
static const char *try_limits(const struct restart *restart, const struct config *then)
{
	const struct config *now = restart->engine->config;

	if (now->max_channels == then->max_channels && now->max_tunnels == then->max_tunnels)
		return NULL;
	return "'channels' and 'tunnels' under [limits] change only by a stop and a start; nothing "
	       "of the new configuration is in force";
}

static const char *try_configuration(struct restart *restart)
{
	struct config config;
	const char *why;

	if (config_read(&config, restart->argc, restart->argv))
		return "the configuration has a mistake, which the log names, and stays as it was";
	why = try_limits(restart, &config);
	config_free(&config);
	return why;
}

static void grace_over(struct timer *timer)
{
	struct restart *restart = container_of(timer, struct restart, grace);

	restart->wanted = true;
	loop_stop(restart->engine->loop);
}

/* The trial of the binary took time that the timers have not seen. */
static void trial_over(struct timer *timer)
{
	struct restart *restart = container_of(timer, struct restart, grace);

	restart->grace.fn = grace_over;
	timer_start(&restart->engine->timers, timer, GRACE);
}

const char *restart_begin(struct engine *engine, bool reload)
{
	struct restart *restart = &engine->restart;
	const char *what = reload ? "reload" : "restart";
	const char *why = reload ? try_configuration(restart) : NULL;

	if (!why && !binary_starts(restart->binary, restart->why, sizeof(restart->why)))
		why = restart->why;
	if (why) {
		log_error("no %s: %s", what, why);
		return why;
	}
	log_notice("%s: %s is executed anew, and the kernel forwards on meanwhile", what,
		   restart->binary);
	restart->grace.fn = trial_over;
	timer_start(&engine->timers, &restart->grace, 0);
	return NULL;
}

static void on_restart(void *owner)
{
	restart_begin(((struct restart *)owner)->engine, false);
}

static void on_reload(void *owner)
{
	restart_begin(((struct restart *)owner)->engine, true);
}

bool restart_watch(struct engine *engine, int argc, char **argv)
{
	struct restart *restart = &engine->restart;
	int error = binary_path(restart->binary, sizeof(restart->binary));

	restart->engine = engine;
	restart->argc = argc;
	restart->argv = argv;
	if (!error)
		error = loop_on_signal(engine->loop, SIGUSR2, on_restart, restart);
	if (!error)
		error = loop_on_signal(engine->loop, SIGHUP, on_reload, restart);
	if (error)
		log_error("cannot prepare for restarts: %s", strerror(-error));
	return !error;
}

bool restart_is_wanted(const struct engine *engine)
{
	return engine->restart.wanted;
}

void restart_execute(const struct engine *engine)
{
	const struct restart *restart = &engine->restart;

	execv(restart->binary, restart->argv);
	log_error("cannot execute %s: %s", restart->binary, strerror(errno));
}
