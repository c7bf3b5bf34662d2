/* SPDX-License-Identifier: BSD-2-Clause */
/* The configuration that is in force, as a file. */
#pragma once

#include "config/reading.h"

/* Writes every setting, preceded by its origin as a comment. The text reads back as the same
 * configuration. A setting without a value is a comment; so is a value that cannot stand in a line
 * of the file, such as a path with a line feed from the command line. */
void print_config(FILE *out, struct reading *reading);
