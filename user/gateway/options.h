/* SPDX-License-Identifier: BSD-2-Clause */
/* Converts the configuration into the options of the rooms that find relays and talk to
 * them; for the daemon, too. */
#pragma once

#include "config/config.h"
#include "driad/ways.h"
#include "io/resolver.h"
#include "io/udp.h"

/* Without a configured domain for DNS-SD, that of resolv.conf is taken. Free the options with
 * driad_options_free(). */
struct driad_options driad_options_of(const struct config *config);
void driad_options_free(struct driad_options *options);
/* Points into the configuration. */
struct resolver_options resolver_options_of(const struct config *config);
/* How tunnels are routed, without their ports. Points into the configuration. */
struct udp_path udp_path_of(const struct config *config);
