/* SPDX-License-Identifier: BSD-2-Clause */
#include "daemon/restart.h"
#include "base/log.h"
#include "daemon/state.h"

#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Whether the binary can be executed: it may be missing, or of another machine, or lack a library.
 * The loop waits for it, some milliseconds. */
static bool starts(const char *binary)
{
	char *argv[] = {(char *)binary, "--version", NULL};
	posix_spawn_file_actions_t actions;
	int status = -1, error;
	pid_t child;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", 0, 0);
	error = posix_spawn(&child, binary, &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	if (!error && waitpid(child, &status, 0) == child && status == 0)
		return true;
	if (error)
		log_error("no restart: cannot execute %s: %s; this daemon goes on", binary,
			  strerror(error));
	else
		log_error("no restart: '%s --version' has failed; this daemon goes on", binary);
	return false;
}

static void leave(struct restart *restart, const char *why)
{
	if (!starts(restart->binary))
		return;
	log_notice("%s: %s is executed anew, and the kernel forwards on meanwhile", why,
		   restart->binary);
	restart->wanted = true;
	loop_stop(restart->engine->loop);
}

static void on_restart(void *owner)
{
	leave(owner, "restart");
}

/* Maps of another size cannot be adopted: that would lose packets. */
static bool fits(const struct config *now, const struct config *then)
{
	if (now->max_channels == then->max_channels && now->max_tunnels == then->max_tunnels)
		return true;
	log_error("no reload: 'channels' and 'tunnels' under [limits] change only by a stop and a "
		  "start; nothing of the new configuration is in force");
	return false;
}

static void on_reload(void *owner)
{
	struct restart *restart = owner;
	struct config config;
	bool usable;

	if (config_read(&config, restart->argc, restart->argv)) {
		log_error("no reload: the configuration stays as it was");
		return;
	}
	usable = fits(&config, restart->engine->config);
	config_free(&config);
	if (usable)
		leave(restart, "reload");
}

bool restart_watch(struct engine *engine, int argc, char **argv)
{
	struct restart *restart = &engine->restart;
	ssize_t length = readlink("/proc/self/exe", restart->binary, sizeof(restart->binary) - 1);
	int error;

	restart->engine = engine;
	restart->argc = argc;
	restart->argv = argv;
	if (length < 0) {
		log_error("cannot find this daemon's own binary: %s", strerror(errno));
		return false;
	}
	restart->binary[length] = '\0';
	error = loop_on_signal(engine->loop, SIGUSR2, on_restart, restart);
	if (!error)
		error = loop_on_signal(engine->loop, SIGHUP, on_reload, restart);
	if (error)
		log_error("cannot watch for signals: %s", strerror(-error));
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
