/* SPDX-License-Identifier: BSD-2-Clause */
/* mcingestd: start, readiness, stop. Exit status: 0 after a stop that was asked for, 1 if the event
 * loop broke, 2 if the daemon cannot start. */
#include "base/log.h"
#include "daemon/engine.h"
#include "daemon/restart.h"

#include <string.h>
#include <systemd/sd-daemon.h>

static int serve(struct engine *engine)
{
	int error;

	sd_notify(0, "READY=1");
	log_notice("ready");
	error = engine_run(engine);
	if (!restart_is_wanted(engine))
		sd_notify(0, "STOPPING=1");
	if (error)
		log_error("the event loop broke: %s", strerror(-error));
	return error ? 1 : 0;
}

int main(int argc, char **argv)
{
	struct engine *engine;
	struct config config;
	int status = config_read(&config, argc, argv);
	bool up;

	if (status)
		return status == 1 ? 0 : status;
	if (config.debug)
		log_set_level(LOG_LEVEL_DEBUG);
	engine = engine_start(&config, &up);
	if (up)
		up = restart_watch(engine, argc, argv);
	status = up ? serve(engine) : 2;
	log_catch_up(USEC_NEVER);
	if (restart_is_wanted(engine))
		restart_execute(engine);
	engine_stop(engine);
	log_catch_up(USEC_NEVER);
	config_free(&config);
	return status;
}
