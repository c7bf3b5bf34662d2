/* SPDX-License-Identifier: BSD-2-Clause */
/* Takes the texts of the section [relays]. */
#pragma once

#include "config/reading.h"

take_fn take_ways, take_rule, take_domain;

/* Frees what was taken. */
void relays_clear(struct config_relays *relays);
