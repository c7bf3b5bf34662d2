/* SPDX-License-Identifier: BSD-2-Clause */
/* Looks for settings that fit neither this host's addresses nor its routes. */
#pragma once

#include "links/state.h"

/* Logs a warning, with a cure, for each: channels will fail by it. Call it once the interfaces are
 * found. */
void advice_log(const struct links *links);
