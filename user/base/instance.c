/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/instance.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

bool instance_is_name(const char *name)
{
	size_t length = strlen(name);

	return length && length <= INSTANCE_MAX && strchr(FIRST, name[0]) &&
	       strspn(name, FIRST "-_") == length;
}

char *instance_unit(const char *name)
{
	char *unit;

	if (asprintf(&unit, "mcingestd%s%s", name ? "@" : "", name ? name : "") < 0)
		abort();
	return unit;
}

char *instance_path(const char *before, const char *name, const char *after)
{
	char *path;

	if (asprintf(&path, "%smcingest%s%s%s", before, name ? "-" : "", name ? name : "", after) <
	    0)
		abort();
	return path;
}
