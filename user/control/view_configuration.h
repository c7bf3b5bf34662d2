/* SPDX-License-Identifier: BSD-2-Clause */
/* The configuration that is in force, command line included. */
#pragma once

#include "config/config.h"

#include <jansson.h>

/* {section: {key: [value, ...]}}: the keys and texts of the configuration file; a setting without a
 * value has an empty array. */
json_t *view_configuration(const struct config *config);
