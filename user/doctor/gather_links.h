/* SPDX-License-Identifier: BSD-2-Clause */
/* The interfaces, and where packets leave by. */
#pragma once

#include "doctor/state.h"

/* Fills in shapes, links, hints and way_out. */
void gather_links(struct doctor *doctor);
/* Fills in routes: to the relays that are known after the window. */
void gather_routes(struct doctor *doctor);

/* The interface of this role with this number, or NULL. */
const struct doctor_link *doctor_link_of(const struct doctor *doctor, enum doctor_role role,
					 unsigned ifindex);
/* Any interface of this host; NULL if there is none with this number. */
const struct netlink_shape *doctor_shape_of(const struct doctor *doctor, unsigned ifindex);
