/* SPDX-License-Identifier: BSD-2-Clause */
/* Sets right what differs from what an interface was. */
#pragma once

#include "links/state.h"

void follow_lan(struct links *links, struct link *lan);
void follow_upstream(struct links *links, struct link *upstream);
/* Upstream interfaces come and go with the routes, if the configuration names none. */
void follow_routes(struct links *links);
