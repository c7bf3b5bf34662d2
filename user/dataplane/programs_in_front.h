/* SPDX-License-Identifier: BSD-2-Clause */
/* Programs of others that see packets before our filter of TC but are no filters: those of XDP (on
 * an upstream, those before our own) and of TCX (Linux 6.6). Nobody knows what such a program does
 * with a packet, and our filter cannot pass it by. */
#pragma once

#include "dataplane/attachments.h"

/* Writes their names to attachment->in_front; an empty text if there are none. */
void programs_in_front_look(const struct dataplane *dp, struct attachment *attachment);
