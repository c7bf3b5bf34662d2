/* SPDX-License-Identifier: BSD-2-Clause */
/* AMT tunnels, relays that are being discovered, and relays that are held down. */
#pragma once

#include "amt/tunnels.h"

#include <jansson.h>

/* {"tunnels": [...], "discoveries": [...], "held_down": [...]} */
json_t *view_tunnels(const struct amt_tunnels *tunnels);
