/* SPDX-License-Identifier: BSD-2-Clause */
/* The configuration file, line by line. */
#pragma once

#include "config/reading.h"

/* Reads the file, whose path is kept; a default file may be missing. All mistakes are rejected, and
 * the reading goes on in the next line. Returns false if the file is no text, or cannot be read to
 * its end. */
bool file_read(struct reading *reading, const char *path, bool may_miss);
