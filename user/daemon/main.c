/* SPDX-License-Identifier: BSD-2-Clause */
/* mcingestd: start, readiness, stop. Exit status: 0 stopped as asked, 1 the loop broke, 2 cannot
 * start. */
#include "base/log.h"
#include "daemon/engine.h"

#include <string.h>
#include <systemd/sd-daemon.h>

static int serve(struct engine *engine)
{
	int error;

	sd_notify(0, "READY=1");
	log_notice("ready");
	error = loop_run(engine->loop);
	sd_notify(0, "STOPPING=1");
	if (error)
		log_error("the event loop broke: %s", strerror(-error));
	return error ? 1 : 0;
}

int main(int argc, char **argv)
{
	static struct engine engine;
	struct config config;
	int status = config_read(&config, argc, argv);

	if (status)
		return status == 1 ? 0 : status;
	if (config.debug)
		log_set_level(LOG_LEVEL_DEBUG);
	status = engine_start(&engine, &config) ? serve(&engine) : 2;
	engine_stop(&engine);
	log_catch_up(USEC_NEVER);
	config_free(&config);
	return status;
}
