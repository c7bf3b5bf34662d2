/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/view_configuration.h"
#include "config/settings.h"
#include "control/values.h"

#include <stdlib.h>

static json_t *view_values(const struct config *config, const struct setting *setting)
{
	json_t *list = json_array();
	unsigned i = 0;
	char *text;

	while ((text = settings_value(config, setting, i++))) {
		json_array_append_new(list, json_string(text));
		free(text);
	}
	return list;
}

json_t *view_configuration(const struct config *config)
{
	json_t *view = json_object();

	for (size_t i = 0; i < settings_count; i++) {
		const struct setting *setting = &settings[i];
		json_t *section = json_object_get(view, setting->section);

		if (!section) {
			section = json_object();
			put(view, setting->section, section);
		}
		put(section, setting->key, view_values(config, setting));
	}
	return view;
}
