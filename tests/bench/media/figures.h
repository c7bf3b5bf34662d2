/* SPDX-License-Identifier: BSD-2-Clause */
/* What the rounds have shown: a table, a picture and an object for each contender. */
#pragma once

#include "contender.h"

#include <jansson.h>

/* Prints the machine: processor, caches, mitigations. */
void figures_machine(json_t *results);
/* `base` names the commit that took turns with this tree; NULL: none did. */
void figures_report(json_t *results, const struct contender *contenders, unsigned count, int rounds,
		    const char *base);
/* Writes what each contender adds to its limit as bars. */
void figures_draw(const char *path, const struct contender *contenders, unsigned count, int rounds,
		  const char *base);
