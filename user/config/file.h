/* SPDX-License-Identifier: BSD-2-Clause */
/* The configuration file, line by line. */
#pragma once

#include "config/config.h"

/* Reads the file `asked`; if it is NULL, the default file, which may be missing. Returns false
 * after a line in the log. */
bool file_read(struct config *config, const char *asked);
