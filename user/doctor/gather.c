/* SPDX-License-Identifier: BSD-2-Clause */
#include "doctor/gather.h"
#include "config/config.h"
#include "control/view_configuration.h"
#include "doctor/gather_links.h"
#include "doctor/gather_probes.h"
#include "doctor/report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LOOKUP_PATIENCE 30 /* seconds */

/* The configuration */

static json_t *settings_of_daemon(struct doctor *doctor)
{
	const struct doctor_options *options = doctor->options;
	char *why = NULL;
	json_t *reply =
		options->ask(options->context, json_pack("{s:s}", "command", "configuration"),
			     VIEWS_PATIENCE, &why);

	free(why);
	return reply;
}

/* NULL for the default one, which need not be there. */
static const char *file_of(const struct doctor *doctor)
{
	const char *file = view_text(doctor->configuration, "file");
	char *usual = config_file_of(doctor->options->instance);
	bool is_usual = !*file || !strcmp(file, usual);

	free(usual);
	if (doctor->options->config)
		return doctor->options->config;
	return is_usual ? NULL : file;
}

static void find_settings(struct doctor *doctor)
{
	struct config config = {0};
	char *complaints = NULL;
	size_t size;
	FILE *out = open_memstream(&complaints, &size);

	if (!out)
		abort();
	if (doctor->before.status)
		doctor->configuration = settings_of_daemon(doctor);
	config_read_file(&config, file_of(doctor), doctor->options->instance,
			 !doctor->before.status, out);
	fclose(out);
	doctor->complaints = complaints;
	doctor->file = report_text(doctor, "%s", config.file);
	doctor->file_settings = view_configuration(&config);
	doctor->settings = json_object_get(doctor->configuration, "configuration");
	if (!doctor->settings)
		doctor->settings = doctor->file_settings;
	config_free(&config);
}

/* The relays of the channel's source */

static void look_up(struct doctor *doctor)
{
	const struct doctor_options *options = doctor->options;
	char source[ADDR_TEXT], *why = NULL;

	if (!options->channel || !doctor->before.status)
		return;
	doctor->lookup = options->ask(options->context,
				      json_pack("{s:s, s:s}", "command", "lookup", "source",
						addr_format(&options->channel->source, source)),
				      LOOKUP_PATIENCE, &why);
	free(why);
}

void gather(struct doctor *doctor)
{
	views_ask(&doctor->before, doctor->options);
	find_settings(doctor);
	gather_links(doctor);
	look_up(doctor);
	gather_probes(doctor);
	views_ask(&doctor->now, doctor->options);
	gather_routes(doctor);
}

void gather_free(struct doctor *doctor)
{
	views_free(&doctor->before);
	views_free(&doctor->now);
	json_decref(doctor->configuration);
	json_decref(doctor->file_settings);
	json_decref(doctor->lookup);
	json_decref(doctor->routes);
	free(doctor->complaints);
}
