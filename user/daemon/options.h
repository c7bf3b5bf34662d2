/* SPDX-License-Identifier: BSD-2-Clause */
/* Converts the configuration into the options of the other rooms. */
#pragma once

#include "config/config.h"
#include "driad/ways.h"
#include "membership/querier.h"
#include "pim/interface.h"

/* Without a configured domain for DNS-SD, that of resolv.conf is taken. Free the options with
 * options_driad_free(). */
struct driad_options options_driad(const struct config *config);
void options_driad_free(struct driad_options *options);

/* Both point into the configuration. */
struct pim_options options_pim(const struct config *config);
struct membership_settings options_membership(const struct config *config);
