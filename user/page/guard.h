/* SPDX-License-Identifier: BSD-2-Clause */
/* DNS rebinding: a foreign site gives its own name our address, and its script, which a browser
 * then takes for ours, reads the page. Such a request names the foreign site in its Host. */
#pragma once

#include "config/config.h"

/* Whether the text of a Host header is ours: an address, localhost, our own name (`hostname`), or
 * one of the configuration, each with a port or without one. NULL, of a client that is no browser,
 * is. */
bool guard_host_is_ours(const char *host, const char *hostname,
			const struct config_metrics *metrics);
