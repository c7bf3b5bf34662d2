/* SPDX-License-Identifier: BSD-2-Clause */
/* What the doctor is asked, and how it asks the daemon. */
#pragma once

#include "base/addr.h"

#include <jansson.h>

struct doctor_options {
	const struct sg *channel; /* NULL: the box as a whole */
	const char *config;       /* a file; NULL: the daemon's, or the default one */
	const char *instance;     /* of the daemon; NULL: it has no name */
	/* Sends a request to the daemon, for whose reply the caller waits `patience` seconds. Takes
	 * over the reference to `request`. Returns NULL and a sentence in *why, to be freed, if
	 * there is no reply. */
	json_t *(*ask)(void *context, json_t *request, unsigned patience, char **why);
	void *context;
};
