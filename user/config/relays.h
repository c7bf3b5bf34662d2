/* SPDX-License-Identifier: BSD-2-Clause */
/* The texts of the section [relays] into their fields, and back. */
#pragma once

#include "config/reading.h"

extern const struct kind kind_ways, kind_rules, kind_domain;

/* Frees what was taken. */
void relays_clear(struct config_relays *relays);
