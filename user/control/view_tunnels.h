/* SPDX-License-Identifier: BSD-2-Clause */
/* AMT tunnels, relays that are being discovered, and relays that are held down. */
#pragma once

#include "amt/tunnels.h"

#include <jansson.h>

json_t *view_tunnel(const struct amt_tunnel *tunnel);
json_t *view_contact(const struct amt_contact *contact);
/* A list of all that hold at this moment. */
json_t *view_holds(const struct amt_tunnels *tunnels);
