/* SPDX-License-Identifier: BSD-2-Clause */
/* Keeps our program on an interface attached. */
#pragma once

#include "links/state.h"

/* Attaches the program if it is not attached and the time for an attempt has come, and logs what
 * has become of it. */
void attached_keep(struct links *links, struct link *link);
/* Whether the program is attached, or was until another tool took it away. */
bool attached_is(const struct links *links, const struct link *link);
/* Logs by what the data of each upstream interface is taken. */
void attached_log_modes(const struct links *links);
