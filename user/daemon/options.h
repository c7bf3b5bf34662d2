/* SPDX-License-Identifier: BSD-2-Clause */
/* Converts the configuration into the options of the other rooms. */
#pragma once

#include "config/config.h"
#include "membership/querier.h"
#include "pim/interface.h"

/* Both point into the configuration. */
struct pim_options options_pim(const struct config *config);
struct membership_settings options_membership(const struct config *config);
