/* SPDX-License-Identifier: BSD-2-Clause */
/* The tunnels' endpoints as UDP sockets. The context of an endpoint is the struct engine. */
#pragma once

#include "amt/endpoint.h"

extern const struct amt_endpoint_actions endpoints_actions;
