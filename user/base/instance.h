/* SPDX-License-Identifier: BSD-2-Clause */
/* Several daemons on one box are told apart by the names of their instances: `mcingestd --instance
 * NAME`. Whatever a daemon has on the box is called "mcingest", or "mcingest-NAME": its folders in
 * the BPF file system, in /run and in /var/lib, and its configuration. NULL is the daemon without
 * a name. */
#pragma once

#include <stdbool.h>

#define INSTANCE_MAX 32 /* bytes of a name */

/* Letters, digits, '-' and '_', of which a letter or digit is the first: the name stands in paths.
 */
bool instance_is_name(const char *name);

/* The path "BEFOREmcingest-NAMEAFTER", to be freed. */
char *instance_path(const char *before, const char *name, const char *after);
/* The unit of systemd, "mcingestd@NAME", to be freed. */
char *instance_unit(const char *name);
