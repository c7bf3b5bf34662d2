/* SPDX-License-Identifier: BSD-2-Clause */
/* The configuration file, line by line. */
#pragma once

#include "config/reading.h"

/* Reads the file `asked`; if it is NULL, the default file, which may be missing. All mistakes are
 * rejected, and the reading goes on in the next line. Returns false if the file is no text, or
 * cannot be read to its end. */
bool file_read(struct reading *reading, const char *asked);
